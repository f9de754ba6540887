"""The writers of one run together: an organization to write to, a mixed load, and the verdict."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from random import Random
from time import monotonic, time
from typing import TYPE_CHECKING, Any
from uuid import UUID

import asyncpg
import httpx

from domain.vocabulary import MemberStatus
from tests.soak.admin_writer import AdminWriter
from tests.soak.found import Found, look
from tests.soak.ledger import GroupState, Tracked
from tests.soak.scim_writer import ScimWriter
from tests.soak.verdict import Evidence, Fault, judge
from tests.soak.wire import PATIENCE_S, Access, Record, Wire
from tests.support import factories

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from tests.soak.deployment import Deployment

WAITING = 12
OWNER = "owner@example.com"
SETTLE_S = 300.0
LOGGED_WITHIN_S = 10.0
"""In which the log has the last requests, unless a killed process took them along."""
_GIVE_UP_CLAIMS = """
UPDATE {} SET claimed_until = now()
WHERE state = 'QUEUED' AND claimed_until < now() + interval '3 minutes' - interval '15 seconds'
"""
"""Claims that no living sender has: it would have sent or renewed them since."""

_DUE_NOW = """
UPDATE invitations SET due_at = now() WHERE state = 'QUEUED' AND due_at > now()
"""


async def at_work(
    deployment: Deployment,
    seed: str,
    *,
    urls: list[str] | None = None,
    database_url: str | None = None,
    **people: int,
) -> Crew:
    """Writers who have begun, on a new organization of a server, once that is ready.

    `urls` are other ways to it, `database_url` that of a database that is not its own, `people` how
    many of each kind there are.
    """
    await deployment.until_ready()
    made = await asyncio.to_thread(deployment.server.init, "Soak")
    if database_url is None:
        database_url = await asyncio.to_thread(deployment.superuser_url)
    crew = Crew(urls or [deployment.url], seed, made, database_url)
    await crew.gather(**people)
    crew.start()
    return crew


@dataclass
class Crew:
    """Writers on one organization; `urls` are the servers, all of one database."""

    urls: list[str]
    seed: str
    made: Mapping[str, Any]
    database_url: str
    writers: list[ScimWriter] = field(default_factory=list)
    record: Record = field(default_factory=Record)
    faults: list[Fault] = field(default_factory=list)
    bystanders: set[str] = field(default_factory=lambda: {OWNER})
    _shared: list[Tracked[GroupState]] = field(default_factory=list)
    _stop: asyncio.Event = field(default_factory=asyncio.Event)
    _running: list[asyncio.Task[None]] = field(default_factory=list)
    _clients: AsyncExitStack = field(default_factory=AsyncExitStack)
    _finished: float = 0.0

    @property
    def organization_id(self) -> str:
        """The organization that is written to."""
        return str(self.made["organizationId"])

    async def gather(self, *, scim: int = 5, admin: int = 3, waiting_each: int = WAITING) -> None:
        """Make groups and people, and so many writers of each kind.

        `waiting_each` people of each administrator wait to be confirmed; those are made by this
        version's code, which needs this version's schema.
        """
        waiting = await self._people(admin * waiting_each)
        shared = await self._groups(4)
        for number in range(scim):
            wire = await self._wire(f"s{number}")
            self.writers.append(ScimWriter(f"s{number}", wire, self._rng(f"s{number}"), shared))
        for number in range(admin):
            name = f"a{number}"
            self.writers.append(
                AdminWriter(
                    name,
                    await self._wire(name),
                    self._rng(name),
                    shared,
                    organization_id=UUID(self.organization_id),
                    waiting=waiting[number * waiting_each : (number + 1) * waiting_each],
                )
            )

    def start(self) -> None:
        """Let all of them write."""
        self._running = [asyncio.create_task(writer.run(self._stop)) for writer in self.writers]

    def still_writing(self) -> None:
        """Raises what a writer failed with."""
        for task in self._running:
            if task.done() and not task.cancelled() and (error := task.exception()):
                raise error

    async def finish(self) -> None:
        """Let everything under way be finished, then stop."""
        self._stop.set()
        await asyncio.gather(*self._running)
        self._finished = time()
        await self._clients.aclose()

    async def look(self, *, hurry: bool = False, sooner: bool = False) -> Found:
        """What the tables hold, once events are sealed, requests logged and mails on their way.

        `hurry` lets the claims of dead senders run out sooner than they would, `sooner` what was
        refused for now be due.
        """
        deadline = monotonic() + SETTLE_S
        while True:
            if hurry:
                await self._execute(_GIVE_UP_CLAIMS.format("invitations"))
                await self._execute(_GIVE_UP_CLAIMS.format("mails"))
            if sooner:
                await self._execute(_DUE_NOW)
            found = await look(self.database_url, self.organization_id)
            waits = any(row["waits"] for row in [*found.invitations, *found.notices])
            unsealed = any("not sealed" in complaint for complaint in found.complaints)
            unlogged = time() < self._finished + LOGGED_WITHIN_S and not (
                found.logged >= self.record.logged.keys()
            )
            if not (waits or unsealed or unlogged) or monotonic() > deadline:
                return found
            await asyncio.sleep(0.3)

    def evidence(self, letters: Mapping[str, list[float]]) -> Evidence:
        """What was written and what arrived."""
        return Evidence(
            members=[member for writer in self.writers for member in writer.members],
            groups=[group for writer in self.writers for group in writer.groups] + self._shared,
            contradictions=[line for writer in self.writers for line in writer.contradictions],
            bystanders=frozenset(self.bystanders),
            faults=self.faults,
            letters=letters,
        )

    async def verdict(
        self,
        letters: Callable[[], Mapping[str, list[float]]],
        *,
        hurry: bool = False,
        sooner: bool = False,
    ) -> list[str]:
        """Everything that is lost or half; `letters` are asked for when all is over."""
        found = await self.look(hurry=hurry, sooner=sooner)
        return judge(self.evidence(letters()), found, self.record)

    def summary(self) -> str:
        """The run in one line."""
        counts = self.record.counts
        open_ones = sum(
            sum(len(member.ways) > 1 for member in writer.members)
            + sum(len(group.ways) > 1 for group in writer.groups)
            for writer in self.writers
        )
        return (
            f"{counts['acknowledged']} writes acknowledged, {counts['no answer']} without answer,"
            f" {counts['temporary error']} temporary errors, {counts['not sent']} not sent,"
            f" {counts['refused']} refused; longest gap {self.record.longest_gap_s():.2f} s,"
            f" slowest answer {self.record.slowest_s:.2f} s;"
            f" {open_ones} members or groups whose last write had no answer"
        )

    async def _execute(self, sql: str) -> None:
        connection = await asyncpg.connect(self.database_url, timeout=20)
        try:
            await connection.execute(sql)
        finally:
            await connection.close()

    def _rng(self, name: str) -> Random:
        return Random(f"{self.seed}/{name}")

    async def _wire(self, name: str) -> Wire:
        timeout = httpx.Timeout(PATIENCE_S, connect=5)
        client = await self._clients.enter_async_context(httpx.AsyncClient(timeout=timeout))
        access = Access(self.organization_id, self.made["scimApiKey"], self.made["accessToken"])
        return Wire(client, self.urls, access, self.record, self._rng(f"{name}/wire"))

    async def _people(self, count: int) -> list[tuple[str, str]]:
        """Names and ids of people who accepted their invitation."""
        if not count:
            return []
        app = await factories.application(self.database_url, size=2)
        try:
            made = [
                await factories.member(
                    app, UUID(self.organization_id), MemberStatus.ACCEPTED, name=f"waiting-{n}"
                )
                for n in range(count)
            ]
        finally:
            await app.pool.close()
        return [(f"waiting-{n}", str(member.id)) for n, member in enumerate(made)]

    async def _groups(self, count: int) -> list[str]:
        """Ids of groups that everybody's members go in and out of."""
        wire = await self._wire("groups")
        writer = ScimWriter("shared", wire, self._rng("groups"), [])
        for _ in range(count):
            assert await writer.make_group(), "a group could not be made"
        self._shared = writer.groups
        return [group.id for group in writer.groups]
