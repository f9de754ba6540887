"""Several machines on this one: servers behind nginx, pgbouncer, a standby that is promoted."""

from __future__ import annotations

import asyncio
import secrets
from contextlib import AsyncExitStack
from itertools import pairwise
from time import monotonic, time
from typing import TYPE_CHECKING

from tests.soak.crew import Crew, at_work
from tests.soak.deployment import Deployment
from tests.soak.postbox import Postbox, mail_settings
from tests.soak.postgres import Server, primary, remove, standby_of
from tests.soak.programs import is_there, nginx, pgbouncer
from tests.soak.verdict import Fault
from tests.support.database import ROW_SECURITY, TestDatabase
from tests.support.mail_server import MailServer

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tests.soak.report import Report

LOAD_S = 3.0


class Site(AsyncExitStack):
    """What a scenario starts, and ends again whatever happens."""

    def __init__(self) -> None:
        super().__init__()
        self.box = Postbox()
        self.secret = secrets.token_hex(32)

    def deploy(self, database: TestDatabase, env: Mapping[str, str] | None = None) -> Deployment:
        """One more server on the database; all share the mail server and the secret."""
        if not hasattr(self, "_mail"):
            self._mail = self.enter_context(MailServer(letters=self.box))
        settings = mail_settings(self._mail) | {"ROLLCALL_SECRET_KEY": self.secret}
        deployment = Deployment(settings | dict(env or {}), database=database)
        self.push_async_callback(asyncio.to_thread, deployment.close)
        return deployment

    async def primary(self, *, schema: bool = True, row_security: bool = ROW_SECURITY) -> Server:
        """A database server of its own."""
        server = await primary(schema=schema, row_security=row_security)
        self.callback(remove, server)
        return server

    async def crew(
        self, urls: list[str], seed: str, deployment: Deployment, database_url: str
    ) -> Crew:
        """Writers who have begun."""
        return await at_work(deployment, seed, urls=urls, database_url=database_url)


async def two_servers(report: Report, *, rounds: int, seed: str) -> None:
    """Two servers behind nginx; one after the other is stopped, killed and started again."""
    if not is_there("nginx", report):
        return
    async with Site() as site:
        first = await site.primary()
        servers = [site.deploy(database_of(first)) for _ in range(2)]
        ports = [int(each.url.rpartition(":")[2]) for each in servers]
        front = nginx(ports)
        site.callback(front.close)
        for server in servers:
            await server.until_ready()
        crew = await site.crew([f"http://127.0.0.1:{front.port}"], seed, servers[0], first.url())
        wrong = []
        for number in range(2 * rounds):
            await asyncio.sleep(LOAD_S)
            server = servers[number % 2]
            await asyncio.to_thread(server.stop)
            await asyncio.sleep(LOAD_S / 3)
            server.start_again()
            await server.until_ready()
        report.note(f"{2 * rounds} stops: {crew.summary()}")
        if crew.record.troubles:
            wrong.append(f"stops were felt: {dict(crew.record.troubles)}")
        for number in range(2 * rounds):
            await asyncio.sleep(LOAD_S)
            server, began, moment = servers[number % 2], monotonic(), time()
            await asyncio.to_thread(server.kill_everything)
            await server.until_ready()
            crew.faults.append(Fault("server", moment, monotonic() - began))
        await asyncio.sleep(LOAD_S)
        crew.still_writing()
        await crew.finish()
        wrong += await crew.verdict(site.box.by_row, hurry=True)
        report.note(f"{2 * rounds} kills -9: {crew.summary()}")
        report.note(f"troubles: {dict(crew.record.troubles)}")
        report.wrong(wrong)


async def pooler(report: Report, *, seconds: float, seed: str) -> None:
    """Pgbouncer in transaction mode between server and database, killed and started again."""
    if not is_there("pgbouncer", report):
        return
    async with Site() as site:
        first = await site.primary(row_security=False)  # a pooler's sessions are anybody's
        between = pgbouncer(first.port)
        site.callback(between.close)
        pooled = TestDatabase(
            f"postgresql://rollcall_server@127.0.0.1:{between.port}/rollcall",
            first.url("rollcall_owner"),
            first.url(),
        )
        server = site.deploy(pooled, {"ROLLCALL_ROW_SECURITY": "off"})
        await server.until_ready()
        crew = await site.crew([server.url], seed, server, first.url())
        await asyncio.sleep(seconds / 2)
        if crew.record.troubles:
            report.wrong([f"requests failed: {dict(crew.record.troubles)}"])
        began, moment = monotonic(), time()
        between.kill()
        await asyncio.sleep(1)
        between.start()
        await server.until_ready()
        crew.faults.append(Fault("pooler", moment, monotonic() - began))
        await asyncio.sleep(seconds / 2)
        crew.still_writing()
        await crew.finish()
        wrong = await crew.verdict(site.box.by_row, hurry=True)
        report.note(crew.summary())
        if set(crew.record.troubles) - {"503"}:
            wrong.append(f"other answers than 503: {dict(crew.record.troubles)}")
        report.wrong(wrong)


async def failover(report: Report, *, seed: str) -> None:
    """The primary is killed under load and the standby promoted; the URL names both."""
    async with Site() as site:
        first = await site.primary()
        second = await standby_of(first, synchronous=True)
        site.callback(second.stop)
        hosts = f"127.0.0.1:{first.port},127.0.0.1:{second.port}"
        both = f"{hosts}/rollcall?target_session_attrs=primary"
        database = TestDatabase(
            f"postgresql://rollcall_server@{both}",
            f"postgresql://rollcall_owner@{both}",
            first.url(),
        )
        server = site.deploy(database)
        await server.until_ready()
        crew = await site.crew([server.url], seed, server, first.url())
        await asyncio.sleep(LOAD_S)
        before = len(crew.record.answered_at)
        began, moment = monotonic(), time()
        first.kill()
        await second.run("SELECT pg_promote()")
        promoted_s = monotonic() - began
        crew.database_url = second.url()
        while len(crew.record.answered_at) == before or crew.record.answered_at[-1] < began + 0.5:
            assert monotonic() < began + 60, "nothing is written after the promotion"
            await asyncio.sleep(0.02)
        crew.faults.append(Fault("database failed over", moment, monotonic() - began))
        moments = sorted(crew.record.answered_at)
        gap = max(b - a for a, b in pairwise(moments) if b > began)
        await asyncio.sleep(LOAD_S)
        crew.still_writing()
        await crew.finish()
        wrong = await crew.verdict(site.box.by_row, hurry=True)
        report.note(f"no write for {gap:.2f} s, of which the promotion took {promoted_s:.2f} s")
        report.note(crew.summary())
        if set(crew.record.troubles) - {"503"}:
            wrong.append(f"other answers than 503: {dict(crew.record.troubles)}")
        report.wrong(wrong)


def database_of(server: Server) -> TestDatabase:
    """The server's database with the roles of a deployment."""
    return TestDatabase(server.url("rollcall_server"), server.url("rollcall_owner"), server.url())
