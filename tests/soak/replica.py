"""Queries read from a standby while it keeps up, and from the primary when it does not."""

from __future__ import annotations

import asyncio
from time import monotonic
from typing import TYPE_CHECKING, Any

import asyncpg
import httpx

from tests.soak.machines import Site, database_of
from tests.soak.postgres import Server, standby_of

if TYPE_CHECKING:
    from tests.soak.crew import Crew
    from tests.soak.report import Report

STALE_S = 1.0
"""How old a query's answer may be, as the setting promises."""
_LOOK = """
query ($org: String!, $name: String!) {
  organization(by: {slug: $org}) { member(by: {userName: $name}) { userName } }
}
"""
_READS = "SELECT xact_commit + xact_rollback FROM pg_stat_database WHERE datname = 'rollcall'"


async def replica(report: Report, *, queries: int, seed: str) -> None:
    """The standby follows, stops following, dies, and comes back."""
    async with Site() as site:
        first = await site.primary()
        second = await standby_of(first, synchronous=False)
        site.callback(second.stop)
        env = {"ROLLCALL_DATABASE_READ_URL": second.url("rollcall_server")}
        server = site.deploy(database_of(first), env)
        await server.until_ready()
        crew = await site.crew([server.url], seed, server, first.url())
        wrong = []
        async with httpx.AsyncClient(base_url=server.url, timeout=40) as client:
            asking = Asking(client, crew, queries)
            standby = [await transactions_of(second)]
            wrong += await asking.fresh("while the standby follows")
            standby.append(await transactions_of(second))
            if standby[1] - standby[0] < queries:
                wrong.append(f"the standby was not read from: {standby}")
            await second.run("SELECT pg_wal_replay_pause()")
            await asyncio.sleep(2 * STALE_S)
            wrong += await asking.fresh("while the standby stands still")
            await second.run("SELECT pg_wal_replay_resume()")
            await asyncio.sleep(STALE_S)
            second.kill()
            wrong += await asking.fresh("right after the standby was killed")
            second.start()
            await second.until_ready()
            await asyncio.sleep(2 * STALE_S)
            again = await transactions_of(second)
            wrong += await asking.fresh("after the standby came back")
            if await transactions_of(second) - again < queries:
                wrong.append("the standby was not read from after it came back")
        report.note(f"{asking.asked} queries, slowest {asking.slowest_s:.2f} s")
        crew.still_writing()
        await crew.finish()
        wrong += await crew.verdict(site.box.by_row, hurry=True)
        report.note(crew.summary())
        if crew.record.troubles:
            wrong.append(f"requests failed: {dict(crew.record.troubles)}")
        report.wrong(wrong)


class Asking:
    """Makes people and asks for them by GraphQL."""

    def __init__(self, client: httpx.AsyncClient, crew: Crew, queries: int) -> None:
        self._client = client
        self._queries = queries
        self._made = crew.made
        self._crew = crew
        self.asked = 0
        self.slowest_s = 0.0

    async def fresh(self, when: str) -> list[str]:
        """What is wrong: queries that fail, or that do not know what is older than a second."""
        wrong = []
        for _ in range(self._queries):
            name = f"fresh-{self.asked}@soak.example"
            self._crew.bystanders.add(name)
            path = f"/v2/{self._made['organizationId']}/Users"
            headers = {"authorization": f"Bearer {self._made['scimApiKey']}"}
            body = {"userName": name, "displayName": name}
            made = await self._client.post(path, headers=headers, json=body)
            if made.status_code != 201:
                wrong.append(f"{when}: {made.status_code} {made.text}")
                continue
            await asyncio.sleep(STALE_S + 0.1)
            wrong += await self._seen(name, when)
        return wrong

    async def _seen(self, name: str, when: str) -> list[str]:
        self.asked += 1
        began = monotonic()
        answer = await self._client.post(
            "/graphql",
            headers={"authorization": f"Bearer {self._made['accessToken']}"},
            json={
                "query": _LOOK,
                "variables": {"org": self._made["organizationSlug"], "name": name},
            },
        )
        self.slowest_s = max(self.slowest_s, monotonic() - began)
        found: Any = answer.json()
        if "errors" in found:
            return [f"{when}: {answer.status_code} {answer.text[:200]}"]
        if found["data"]["organization"]["member"] is None:
            return [f"{when}: a member who was made over a second ago is not shown"]
        return []


async def transactions_of(server: Server) -> int:
    """How many transactions the server has run in the database."""
    await asyncio.sleep(1.2)  # counted a second at a time
    connection = await asyncpg.connect(server.url(database="postgres"))
    try:
        found: int = await connection.fetchval(_READS)
        return found
    finally:
        await connection.close()
