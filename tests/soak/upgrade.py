"""Two versions side by side on one database, under load: an upgrade without downtime."""

from __future__ import annotations

import asyncio
import shutil
from typing import TYPE_CHECKING

from tests.soak.crew import Crew
from tests.soak.machines import Site, database_of
from tests.soak.versions import checked_out, commit_before_the_newest_step, next_version
from tests.support.server import rollcall, server_environment, server_folder

if TYPE_CHECKING:
    from pathlib import Path

    from tests.soak.report import Report
    from tests.support.database import TestDatabase


async def upgrade(report: Report, *, load_s: float, seed: str) -> None:
    """From the schema before to this version, then from this version to a next one."""
    before = await asyncio.to_thread(commit_before_the_newest_step)
    if before is None:
        report.note("NOT TRIED from the version before: this clone has no history of it")
    else:
        report.note(f"from the version before, {before[:12]}, to this one")
        old = await asyncio.to_thread(checked_out, before)
        try:
            await side_by_side(report, old, None, load_s=load_s, seed=seed)
        finally:
            shutil.rmtree(old.parent)
    report.note("from this version to a next one")
    new = await asyncio.to_thread(next_version)
    try:
        await side_by_side(report, None, new, load_s=load_s, seed=seed)
    finally:
        shutil.rmtree(new.parent)


async def side_by_side(
    report: Report,
    old_version: Path | None,
    new_version: Path | None,
    *,
    load_s: float,
    seed: str,
) -> None:
    """One serves, the next migrates and joins it, the first stops; None is this version."""
    wrong: list[str] = []
    async with Site() as site:
        server = await site.primary(schema=False)
        database = database_of(server)
        await _migrate(database, old_version)
        old = site.deploy(database, _of(old_version))
        await old.until_ready()
        made = await asyncio.to_thread(old.server.init, "Soak")
        crew = Crew([old.url], seed, made, server.url())
        await crew.gather(waiting_each=0)
        crew.start()
        await asyncio.sleep(load_s)
        await _migrate(database, new_version)
        await asyncio.sleep(load_s)
        if not old.server.is_ready():
            wrong.append("the old server was not ready after the migration")
        new = site.deploy(database, _of(new_version))
        await new.until_ready()
        crew.urls.append(new.url)
        await asyncio.sleep(load_s)
        crew.urls.remove(old.url)  # as a proxy does before a server is stopped
        if (code := await asyncio.to_thread(old.stop)) != 0:
            wrong.append(f"the old server ended with {code}")
        await asyncio.sleep(load_s)
        crew.still_writing()
        await crew.finish()
        wrong += await crew.verdict(site.box.by_row)
        report.note(crew.summary())
        if crew.record.troubles:
            wrong.append(f"requests without a proper answer: {dict(crew.record.troubles)}")
        if site.box.doubles():
            wrong.append(f"{site.box.doubles()} mails arrived twice")
    report.wrong(wrong)


async def _migrate(database: TestDatabase, version: Path | None) -> None:
    """`rollcall migrate`, as the operator of an upgrade types it."""
    folder = server_folder()
    environment = server_environment(folder, database) | _of(version)
    done = await asyncio.to_thread(rollcall, "migrate", environment=environment)
    shutil.rmtree(folder)
    assert done.returncode == 0, done.stderr


def _of(version: Path | None) -> dict[str, str]:
    """What makes the program be that version: its folder goes before the installed one."""
    return {} if version is None else {"PYTHONPATH": str(version), "PYTHONSAFEPATH": "1"}
