"""How soon hundreds of live subscribers hear of a change, and what they cost.

Each reads server-sent events of its own: the history, the request log, or the members' changes with
the organization's counts. A provider deactivates one member after the other; every subscriber must
hear of each, once, in order.
"""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import orjson
import uvloop

from bench.asked import patch
from bench.client import JSON, Client, events
from bench.crowd import fill_with, member_id, size_of
from bench.machine import Conditions, cpu_s, server_memory_mib
from bench.part import Report, Wanted, figure, percentile, table
from bench.server import serving_next_to_nothing, serving_with_database

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence
    from pathlib import Path

    from bench.server import ServedOrganization

SUBSCRIBERS = 500
PER_TOKEN = 100
"""As many as one token may have open at a time."""
LATE_S = 30.0
QUERIES = {
    "history": "auditEvents(organizationId: $org) { cursor node { id action summary occurredAt } }",
    "request log": (
        "provisioningRequests(organizationId: $org)"
        " { cursor node { id method path outcome statusCode durationMs } }"
    ),
    "members' changes with counts": (
        "memberChanges(organizationId: $org) { cursor memberId member { id status }"
        " counts { total staged invited accepted confirmed revoked } }"
    ),
}
LET_IN = """
mutation ($input: CreateAccessTokenInput!) {
  createAccessToken(input: $input) { changed errors { code message } secret }
}
"""


@dataclass(slots=True)
class Subscriber:
    """One connection, and when each of its events came."""

    kind: str
    url: str
    token: str
    body: bytes
    begun: asyncio.Event = field(default_factory=asyncio.Event)
    heard: list[float] = field(default_factory=list)
    errors: int = 0
    expected: int | None = None
    all_heard: asyncio.Event = field(default_factory=asyncio.Event)

    def note(self) -> None:
        """Say so when everything has come."""
        if self.expected is not None and len(self.heard) >= self.expected:
            self.all_heard.set()

    async def listen(self) -> None:
        """Until cancelled."""
        async for data in events(self.url, self.token, self.body, self.begun):
            self.heard.append(time.perf_counter())
            self.errors += b'"errors"' in data
            self.note()


@dataclass(frozen=True, slots=True)
class Heard:
    """What came of one kind of subscription, and what all of them cost together."""

    kind: str
    subscribers: int
    lost: int
    p50_ms: float
    p99_ms: float
    last_ms: float
    """Until the last of them has heard, at the median of the changes."""


@dataclass(frozen=True, slots=True)
class Cost:
    """Of the server's processes, without the database."""

    kib_each: float
    idle_cpu: float
    """Of one core while nothing happens."""
    cpu_ms_an_event: float


@dataclass(frozen=True, slots=True)
class Plan:
    """How many listen, in how large an organization, to how many changes."""

    subscribers: int
    members: int
    changes: int
    pause_s: float

    @staticmethod
    def of(wanted: Wanted) -> Plan:
        """All of it, or a share with fewer changes."""
        changes, pause_s = (30, 2.0) if wanted.share > 0.5 else (8, 1.0)
        return Plan(
            wanted.number(SUBSCRIBERS, least=30),
            wanted.number(100_000, least=1_000),
            changes,
            pause_s,
        )


async def fan_out(
    subscribers: Sequence[Subscriber],
    change: Callable[[int], Awaitable[None]],
    pid: int,
    plan: Plan,
) -> tuple[list[Heard], Cost]:
    """Open all, let changes flow, and see what was heard. Raises TimeoutError."""
    empty = server_memory_mib(pid)
    tasks = [asyncio.create_task(each.listen()) for each in subscribers]
    try:
        async with asyncio.timeout(60 + LATE_S):
            await asyncio.gather(*(each.begun.wait() for each in subscribers))
        await asyncio.sleep(1)
        full, cpu, since = server_memory_mib(pid), cpu_s(pid), time.perf_counter()
        await asyncio.sleep(2)
        idle = (cpu_s(pid) - cpu) / (time.perf_counter() - since)
        cpu = cpu_s(pid)
        sent = []
        for number in range(plan.changes):
            sent.append(time.perf_counter())
            await change(number)
            await asyncio.sleep(max(0.0, sent[-1] + plan.pause_s - time.perf_counter()))
        for each in subscribers:
            each.expected = plan.changes
            each.note()
        await asyncio.wait(
            [asyncio.create_task(s.all_heard.wait()) for s in subscribers], timeout=LATE_S
        )
        cpu = cpu_s(pid) - cpu - idle * (time.perf_counter() - sent[0])
    finally:
        for task in tasks:
            task.cancel()
        ended = await asyncio.gather(*tasks, return_exceptions=True)
    for reason in ended:
        if isinstance(reason, Exception) and not isinstance(reason, asyncio.CancelledError):
            raise reason
    kinds = dict.fromkeys(each.kind for each in subscribers)
    heard = [_heard(kind, [s for s in subscribers if s.kind == kind], sent) for kind in kinds]
    number = len(subscribers)
    return heard, Cost((full - empty) * 1024 / number, idle, cpu * 1000 / number / plan.changes)


def _heard(kind: str, subscribers: Sequence[Subscriber], sent: Sequence[float]) -> Heard:
    latencies = [
        (came - begun) * 1000
        for each in subscribers
        for begun, came in zip(sent, each.heard, strict=False)
    ]
    # More than there were changes is as wrong as fewer, and so is an error.
    lost = sum(abs(len(sent) - len(each.heard)) + each.errors for each in subscribers)
    last = [
        max((each.heard[number] for each in subscribers if len(each.heard) > number), default=begun)
        - begun
        for number, begun in enumerate(sent)
    ]
    return Heard(
        kind,
        len(subscribers),
        lost,
        percentile(latencies, 0.5),
        percentile(latencies, 0.99),
        percentile(last, 0.5) * 1000,
    )


async def measure_ours(
    served: ServedOrganization, owner_url: str, plan: Plan
) -> tuple[list[Heard], Cost, bytes]:
    """With our server; the last is an event as it is sent."""
    await fill_with(owner_url, served.organization_id, size_of(plan.members))
    given = {
        "organizationId": served.graphql_id,
        "scopes": ["MEMBERS_READ", "AUDIT_READ", "PROVISIONING_READ"],
    }
    with served.graphql() as admin:
        tokens = [
            (await admin.graphql(LET_IN, input=given | {"name": f"Subscribers {n}"}))[
                "createAccessToken"
            ]["secret"]
            for n in range(-(-plan.subscribers // PER_TOKEN))
        ]
    kinds = list(QUERIES)
    subscribers = []
    for n in range(plan.subscribers):
        kind = kinds[n % len(kinds)]
        query = f"subscription ($org: ID!) {{ {QUERIES[kind]} }}"
        body = orjson.dumps({"query": query, "variables": {"org": served.graphql_id}})
        token = tokens[n // PER_TOKEN]
        subscribers.append(Subscriber(kind, f"{served.url}/graphql", token, body))
    people = [n for n in range(1, plan.members + 1) if n % 100 > 3 and n % 200 != 3]
    with served.scim() as provider:

        async def deactivate(n: int) -> None:
            member = member_id(people[n * len(people) // plan.changes])
            await provider.expect("PATCH", f"/Users/{member}", patch("active", False))

        # Told of by the server itself, some seconds after it made them.
        await asyncio.sleep(2)
        heard, cost = await fan_out(subscribers, deactivate, served.pid, plan)
    return heard, cost, subscribers[0].body


def measure_bare(plan: Plan, event: bytes) -> tuple[list[Heard], Cost]:
    """With an application that does nothing else."""
    with serving_next_to_nothing() as (url, process):
        return uvloop.run(_fan_out_bare(url, process.pid, plan, event))


async def _fan_out_bare(url: str, pid: int, plan: Plan, event: bytes) -> tuple[list[Heard], Cost]:
    subscribers = [
        Subscriber("bare ASGI", f"{url}/events", "none", b"{}") for _ in range(plan.subscribers)
    ]
    with Client(url, "none", JSON) as client:

        async def publish(_number: int) -> None:
            await client.send("POST", "/publish", event)

        return await fan_out(subscribers, publish, pid, plan)


def run(folder: Path, wanted: Wanted) -> Report:
    """500 subscribers of an organization of 100,000 members; a share of both."""
    conditions = Conditions()
    plan = Plan.of(wanted)
    with serving_with_database(folder) as (served, addresses):
        heard, cost, event = uvloop.run(measure_ours(served, addresses.owner_url, plan))
    bare, least = measure_bare(plan, event)
    said = conditions.text(
        f"{plan.subscribers} subscribers of an organization of {plan.members:,} members",
        f"{plan.changes} changes, one every {plan.pause_s:g} s",
    )
    rows = [
        [
            each.kind,
            str(each.subscribers),
            str(each.lost),
            *map(figure, (each.p50_ms, each.p99_ms, each.last_ms)),
        ]
        for each in (*heard, *bare)
    ]
    costs = [
        [name, figure(each.kib_each), f"{each.idle_cpu:.1%}", f"{each.cpu_ms_an_event:.3f}"]
        for name, each in (("Rollcall", cost), ("bare ASGI", least))
    ]
    lines = [
        *(said, ""),
        *table(
            ["what they follow", "subscribers", "lost", "p50 ms", "p99 ms", "all of them, ms"], rows
        ),
        "",
        *table(
            ["server", "KiB a subscriber", "CPU of a core while idle", "CPU ms an event"], costs
        ),
    ]
    return Report("\n".join(lines) + "\n")
