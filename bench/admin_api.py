"""The admin API under load: CPU per page beside bare loops, and pages of a large organization.

CPU is that of the server's processes, its database left out; the clock is the client's.
"""

from __future__ import annotations

import json
import statistics
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import asyncpg
import orjson
import uvloop

from bench.crowd import Size, fill, settle
from bench.machine import Conditions, cpu_s
from bench.part import NOTHING, Report, table
from bench.server import serving_with_database
from domain.application import Application
from domain.caller import system_caller
from domain.commands import CreateOrganization
from domain.queries.member_pages import page_members
from domain.queries.paging import Window
from domain.queries.reader import Reader
from domain.store.invitation_links import InvitationPolicy
from domain.store.pool import open_pool

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from pathlib import Path

    from api.embedded_database import DatabaseAddresses
    from bench.client import Client
    from bench.server import ServedOrganization

PAGE = (
    "members(first: 100) { nodes"
    " { id userName email displayName role status createdAt updatedAt } }"
)
_PEOPLE = "{ nodes { id userName } pageInfo { startCursor } }"
_GROUPS = "{ nodes { id displayName } pageInfo { startCursor } }"
_EVENTS = "{ nodes { id action occurredAt } pageInfo { startCursor } }"
_REQUESTS = "{ nodes { id path outcome } pageInfo { startCursor } }"
_WAITING = "{ nodes { acceptedAt } pageInfo { startCursor } }"
_MAILS = "{ nodes { id state } pageInfo { startCursor } }"
LISTS: tuple[tuple[str, str, str, str], ...] = (
    ("members", "members", "", _PEOPLE),
    ("members by e-mail", "members", "orderBy: {field: EMAIL, direction: ASC}", _PEOPLE),
    ("members by update", "members", "orderBy: {field: UPDATED_AT, direction: DESC}", _PEOPLE),
    ("members, rare role", "members", "filter: {role: [ADMIN, OWNER]}", _PEOPLE),
    ("members, revoked", "members", "filter: {status: [REVOKED]}", _PEOPLE),
    ("members, common name", "members", 'filter: {search: "ada"}', _PEOPLE),
    ("members, no such name", "members", 'filter: {search: "zzz"}', _PEOPLE),
    ("groups", "groups", "", _GROUPS),
    ("groups, by name", "groups", 'filter: {search: "lun"}', _GROUPS),
    ("pending confirmations", "pendingConfirmations", "", _WAITING),
    ("invitations", "invitations", "", _MAILS),
    ("events", "auditEvents", "", _EVENTS),
    ("events, rare action", "auditEvents", 'filter: {action: ["member.removed"]}', _EVENTS),
    ("events, absent actions", "auditEvents", 'filter: {action: ["access_token.*"]}', _EVENTS),
    ("events, rare origin", "auditEvents", "filter: {origin: [CLI]}", _EVENTS),
    ("requests", "provisioningRequests", "", _REQUESTS),
    ("requests, failed", "provisioningRequests", "filter: {outcome: [FAILED]}", _REQUESTS),
    ("requests, slow", "provisioningRequests", "filter: {slowerThanMs: 500}", _REQUESTS),
    ("requests, no such text", "provisioningRequests", 'filter: {search: "zzzz"}', _REQUESTS),
)


@dataclass(frozen=True, slots=True)
class Work:
    """What one kind of request costs."""

    name: str
    rate: float
    cpu_ms: float
    p50_ms: float


@dataclass(frozen=True, slots=True)
class Pages:
    """Median times of a list's pages in ms: the first, the last, and the one before it."""

    name: str
    first_ms: float
    last_ms: float
    before_ms: float | None


async def repeat(
    name: str, times: int, work: Callable[[], Awaitable[Any]], cpu: Callable[[], float]
) -> Work:
    """Do it that often, in five rounds of which the least CPU counts."""
    for _ in range(20):
        await work()
    rounds: list[tuple[float, float]] = []
    latencies: list[float] = []
    for _ in range(5):
        before, start = cpu(), time.perf_counter()
        for _ in range(times):
            sent = time.perf_counter()
            await work()
            latencies.append(time.perf_counter() - sent)
        rounds.append((cpu() - before, time.perf_counter() - start))
    return Work(
        name,
        times / min(clock for _, clock in rounds),
        min(used for used, _ in rounds) / times * 1000,
        statistics.median(latencies) * 1000,
    )


async def measure_work(
    client: Client, served: ServedOrganization, database_url: str, times: int
) -> list[Work]:
    """A page of 100 × 8, the same rows bare, and an answer of which nothing is looked up."""
    pool = await open_pool(database_url, size=1, smallest=1)
    asked: list[tuple[str, tuple[Any, ...]]] = []

    class Noting:
        async def fetch(self, text: str, *arguments: Any) -> Any:
            asked.append((text, arguments))
            return await pool.fetch(text, *arguments)

    source: Any = Noting()
    await page_members(Reader(source), served.organization_id, Window(100), descending=True)
    ((text, arguments),) = asked

    async def bare() -> None:
        orjson.dumps([dict(row) for row in await pool.fetch(text, *arguments)], default=str)

    try:
        return [
            await repeat(
                "page of 100 members × 8 fields",
                times,
                lambda: client.ask(PAGE, served.graphql_id),
                lambda: cpu_s(served.pid),
            ),
            await repeat(
                "the same rows by asyncpg, as JSON by orjson", times, bare, time.process_time
            ),
            await repeat(
                "an answer without a look-up (`/alive`)",
                times,
                lambda: client.send("GET", "/alive"),
                lambda: cpu_s(served.pid),
            ),
        ]
    finally:
        await pool.close()


async def timed(client: Client, organization: str, selection: str, times: int) -> tuple[float, Any]:
    """The median time of a selection in ms, and what is found."""
    spent: list[float] = []
    answer: Any = None
    for _ in range(times):
        start = time.perf_counter()
        answer = await client.ask(selection, organization)
        spent.append(time.perf_counter() - start)
    return statistics.median(spent) * 1000, answer


async def measure_pages(client: Client, organization: str, times: int) -> list[Pages]:
    """Every list's first, last, and last but one page."""
    found: list[Pages] = []
    for name, field, given, selection in LISTS:
        shape = f"{field}({given} %s) {selection}"
        first, _ = await timed(client, organization, shape % "first: 100", times)
        last, answer = await timed(client, organization, shape % "last: 100", times)
        cursor = answer[field]["pageInfo"]["startCursor"]
        before = None
        if cursor is not None:
            window = f"last: 100, before: {json.dumps(cursor)}"
            before, _ = await timed(client, organization, shape % window, times)
        found.append(Pages(name, first, last, before))
    return found


async def measure(
    served: ServedOrganization, addresses: DatabaseAddresses, size: Size, times: int
) -> tuple[list[Work], list[Pages]]:
    """Fill the server's organization and a smaller one, then ask."""
    owner = await asyncpg.connect(addresses.owner_url)
    pool = await open_pool(addresses.server_url, size=1, smallest=1)
    try:
        app = Application(pool, InvitationPolicy(b"bench" * 7))
        other = await app.execute(CreateOrganization("Other"), system_caller("bench"))
        await fill(owner, served.organization_id, size)
        await fill(owner, other.value, size.part(0.2))
        await settle(owner)
    finally:
        await owner.close()
        await pool.close()
    with served.graphql() as client:
        work = await measure_work(client, served, addresses.server_url, times)
        return work, await measure_pages(client, served.graphql_id, max(3, times // 20))


def run(folder: Path, size: Size, times: int) -> Report:
    """An organization of that size and a fifth of it in another; so many requests of a kind."""
    conditions = Conditions()
    with serving_with_database(folder) as (served, addresses):
        work, pages = uvloop.run(measure(served, addresses, size, times))
    what = (
        f"{size.members:,} members, {size.groups:,} groups, {size.events:,} events and"
        f" {size.requests:,} requests in one organization, a fifth of it in another"
    )
    return Report(tables(work, pages, conditions.text(what)))


def tables(work: list[Work], pages: list[Pages], conditions: str) -> str:
    """Markdown: the page beside what it could cost at least, then the lists."""
    whole, *beside = work
    costs = [
        [
            each.name,
            f"{each.rate:,.0f}",
            f"{each.cpu_ms:.2f}",
            f"{each.p50_ms:.2f}",
            f"{whole.cpu_ms / each.cpu_ms:.1f}",
        ]
        for each in (whole, *beside)
    ]
    times = [
        [
            each.name,
            f"{each.first_ms:.1f}",
            f"{each.last_ms:.1f}",
            NOTHING if each.before_ms is None else f"{each.before_ms:.1f}",
        ]
        for each in pages
    ]
    lines = [
        *(conditions, ""),
        *table(["one client", "requests/s", "CPU ms", "p50 ms", "our CPU to it"], costs),
        "",
        *table(["pages of 100, p50 ms", "first", "last", "before it"], times),
    ]
    return "\n".join(lines) + "\n"
