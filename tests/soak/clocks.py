"""The clock of the servers jumps, hours ahead and back: history goes on in order, nothing is lost.

Only the servers' clock: the database keeps its own, as it does on a machine of its own.
"""

from __future__ import annotations

import asyncio
import os
from pathlib import Path
from typing import TYPE_CHECKING

import asyncpg

from tests.soak.crew import at_work
from tests.soak.deployment import Deployment
from tests.soak.postbox import Postbox, mail_settings
from tests.support.mail_server import MailServer
from tests.support.server import server_folder

if TYPE_CHECKING:
    from tests.soak.report import Report

JUMPS = (3600.0, -7200.0, 5.0, -0.5, 0.0)
"""Seconds by which the clock is wrong, one after the other."""
# Python runs this at its start, before anything of ours takes hold of the clock.
_WRONG_CLOCK = """
from datetime import timedelta
from pathlib import Path

import domain.clock

_right = domain.clock.utc_now
_file = Path(__file__).with_name("seconds")


def utc_now():
    return _right() + timedelta(seconds=float(_file.read_text()))


domain.clock.utc_now = utc_now
"""


async def clocks(report: Report, *, seconds: float, seed: str) -> None:
    """Let the clock jump under load, each time for so long."""
    box, folder = Postbox(), server_folder()
    (folder / "sitecustomize.py").write_text(_WRONG_CLOCK)
    set_clock(folder, 0.0)
    path = os.pathsep.join([str(folder), os.environ.get("PYTHONPATH", "")]).rstrip(os.pathsep)
    with MailServer(letters=box) as mail:
        deployment = Deployment(mail_settings(mail) | {"PYTHONPATH": path}, folder=folder)
        try:
            crew = await at_work(deployment, seed)
            for jump in JUMPS:
                await asyncio.sleep(seconds)
                set_clock(folder, jump)
            await asyncio.sleep(seconds)
            crew.still_writing()
            await crew.finish()
            # What was written while the clock was ahead is due when that time comes.
            wrong = await crew.verdict(box.by_row, hurry=True, sooner=True)
            report.note(crew.summary())
            if not await has_jumped(crew.database_url):
                wrong.append("the clock has not jumped: no event is from the future")
            if crew.record.troubles:
                wrong.append(f"requests failed: {dict(crew.record.troubles)}")
            wrong += await deployment.history_holds(crew.organization_id)
            wrong += await deployment.ends_in_order()
            report.wrong(wrong)
        finally:
            await asyncio.to_thread(deployment.close)


async def has_jumped(url: str) -> bool:
    """Whether the servers believed what they were told."""
    connection = await asyncpg.connect(url, timeout=20)
    try:
        found: bool = await connection.fetchval(
            "SELECT max(recorded_at) > now() + interval '30 minutes'"
            " AND min(recorded_at) < now() - interval '30 minutes' FROM audit_events"
        )
        return found
    finally:
        await connection.close()


def set_clock(folder: Path, seconds: float) -> None:
    """Let the servers' clock be wrong by so much."""
    written = folder / "seconds.new"
    written.write_text(str(seconds))
    written.replace(folder / "seconds")
