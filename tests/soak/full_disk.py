"""The disk is full: writes are refused clearly, reads go on, and all is well when there is room.

A small file system of its own (tmpfs, which needs root) holds the embedded database.
"""

from __future__ import annotations

import asyncio
import os
import shutil
import subprocess
from contextlib import contextmanager, suppress
from pathlib import Path
from time import monotonic, time
from typing import TYPE_CHECKING

from tests.soak.crew import at_work
from tests.soak.deployment import Deployment
from tests.soak.postbox import Postbox, mail_settings
from tests.soak.verdict import Fault
from tests.support.mail_server import MailServer
from tests.support.server import server_folder

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.soak.report import Report

SIZE = "200m"
PIECE_BYTES = 65_536
LOAD_S = 3.0


async def full_disk(report: Report, *, seconds: float, seed: str) -> None:
    """Fill the disk for so long under load."""
    if os.geteuid() != 0:
        report.note("not tried: a file system of its own needs root")
        return
    box = Postbox()
    folder = server_folder()
    try:
        with small_disk(folder / "data") as disk, MailServer(letters=box) as mail:
            deployment = Deployment(mail_settings(mail), folder=folder)
            try:
                await _fill(report, deployment, box, disk, seconds=seconds, seed=seed)
            finally:
                await asyncio.to_thread(deployment.close)
    finally:
        await asyncio.to_thread(shutil.rmtree, folder, ignore_errors=True)


async def _fill(
    report: Report, deployment: Deployment, box: Postbox, disk: Path, *, seconds: float, seed: str
) -> None:
    crew = await at_work(deployment, seed)
    await asyncio.sleep(LOAD_S)
    began, moment = monotonic(), time()
    ballast = disk / "ballast"
    before = dict(crew.record.counts)
    deadline = monotonic() + seconds
    while monotonic() < deadline:  # what the database removes meanwhile is taken at once
        fill(disk, ballast)
        await asyncio.sleep(0.2)
    refused = crew.record.counts["temporary error"] - before.get("temporary error", 0)
    troubles = dict(crew.record.troubles)
    ballast.unlink()
    freed = monotonic()
    await deployment.until_ready()
    while crew.record.answered_at[-1] < freed:
        assert monotonic() < freed + 60, "no write succeeds although there is room again"
        await asyncio.sleep(0.05)
    report.note(
        f"full for {seconds:g} s: {refused} requests answered 503; the first write after there was"
        f" room again came after {crew.record.answered_at[-1] - freed:.2f} s"
    )
    crew.faults.append(Fault("disk full, database restarted", moment, monotonic() - began))
    await asyncio.sleep(LOAD_S)
    crew.still_writing()
    await crew.finish()
    wrong = await crew.verdict(box.by_row, hurry=True)
    report.note(crew.summary())
    if refused == 0:
        wrong.append("nothing was refused: the disk was not full")
    if set(troubles) - {"503"}:
        wrong.append(f"other answers than 503: {troubles}")
    wrong += await deployment.ends_in_order()
    report.wrong(wrong)


@contextmanager
def small_disk(at: Path) -> Iterator[Path]:
    """A file system of its own, gone at the end."""
    at.mkdir()
    options = f"size={SIZE},mode=0755"
    subprocess.run(["mount", "-t", "tmpfs", "-o", options, "tmpfs", at], check=True)
    try:
        yield at
    finally:
        subprocess.run(["umount", "--lazy", at], check=True)


def fill(disk: Path, ballast: Path) -> None:
    """Take all the room there is."""
    with ballast.open("ab", buffering=0) as file, suppress(OSError):
        while os.statvfs(disk).f_bavail * os.statvfs(disk).f_frsize > 0:
            file.write(b"\0" * PIECE_BYTES)
