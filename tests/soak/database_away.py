"""The database is away: refused, silent, cut off, stopped. It comes back, and all is there."""

from __future__ import annotations

import asyncio
import os
import signal
from contextlib import asynccontextmanager
from time import monotonic, time
from typing import TYPE_CHECKING

from domain.trouble import LONGEST_REQUEST_S
from tests.soak.crew import at_work
from tests.soak.deployment import Deployment
from tests.soak.postbox import Postbox, mail_settings
from tests.soak.verdict import Fault
from tests.support.database import TestDatabase, running_cluster
from tests.support.mail_server import MailServer
from tests.support.processes import children_of
from tests.support.proxy import Proxy, socket_of, through

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from tests.soak.report import Report

LOAD_S = 3.0
OVERHEAD_S = 10.0
"""What a client on a busy machine adds to the time of a request."""


async def database_away(report: Report, *, seconds: float, seed: str) -> None:
    """Each way to be away, for so long."""
    with running_cluster() as factory, MailServer(letters=Postbox()) as mail:
        database = await asyncio.to_thread(factory.clone, f"soak_away_{os.getpid()}")
        proxy = Proxy(socket_of(database.superuser_url))
        await proxy.open()
        over = TestDatabase(
            through(proxy, database.server_url),
            through(proxy, database.owner_url),
            database.superuser_url,
        )
        deployment = Deployment(mail_settings(mail), database=over)
        try:
            crew = await at_work(deployment, seed, database_url=database.superuser_url)
            for name, breaking in WAYS.items():
                await asyncio.sleep(LOAD_S)
                began, moment = monotonic(), time()
                async with breaking(proxy, database):
                    await asyncio.sleep(seconds)
                await deployment.until_ready()
                back_s = monotonic() - began - seconds
                # Whoever waited for the database may have lost its answer.
                crew.faults.append(Fault(f"database {name}", moment, monotonic() - began))
                report.note(f"{name} for {seconds:g} s: ready {back_s:.2f} s after its end")
            await asyncio.sleep(LOAD_S)
            crew.still_writing()
            await crew.finish()
            assert isinstance(mail.letters, Postbox)
            wrong = await crew.verdict(mail.letters.by_row)
            report.note(crew.summary())
            report.note(f"troubles: {dict(crew.record.troubles)}")
            if crew.record.slowest_s > LONGEST_REQUEST_S + OVERHEAD_S:
                wrong.append(f"a request waited {crew.record.slowest_s:.1f} s for its answer")
            if set(crew.record.troubles) - {"503"}:
                wrong.append(f"other answers than 503: {dict(crew.record.troubles)}")
            wrong += await deployment.ends_in_order()
            report.wrong(wrong)
        finally:
            await proxy.close()
            await asyncio.to_thread(deployment.close)


@asynccontextmanager
async def _refused(proxy: Proxy, _database: TestDatabase) -> AsyncIterator[None]:
    await proxy.close()
    yield
    await proxy.open()


@asynccontextmanager
async def _silent(proxy: Proxy, _database: TestDatabase) -> AsyncIterator[None]:
    proxy.stall()
    yield
    proxy.flow()


@asynccontextmanager
async def _cut(proxy: Proxy, _database: TestDatabase) -> AsyncIterator[None]:
    proxy.cut()
    yield


@asynccontextmanager
async def _stopped(_proxy: Proxy, database: TestDatabase) -> AsyncIterator[None]:
    """SIGSTOP of every process of the database, SIGCONT afterwards."""
    folder = str(socket_of(database.superuser_url)).rpartition("/")[0]
    with open(f"{folder}/postmaster.pid", encoding="utf-8") as file:  # noqa: ASYNC230, PTH123
        postmaster = int(file.readline())
    stopped = [postmaster, *children_of(postmaster, "")]
    for pid in stopped:
        os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        for pid in stopped:
            os.kill(pid, signal.SIGCONT)


WAYS = {"refused": _refused, "silent": _silent, "cut": _cut, "stopped": _stopped}
