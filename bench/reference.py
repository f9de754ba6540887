"""The same statements by a bare asyncpg loop: what the database alone allows, in the same run.

Arguments are made beforehand, so that the loop does nothing but send a statement and wait for it.
"""

from __future__ import annotations

import asyncio
import random
import statistics
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from time import perf_counter
from typing import TYPE_CHECKING, Any

from domain.caller import system_caller
from domain.ids import UUID, new_id
from domain.model.attributes import MemberAttributes
from domain.model.group import MembershipChange
from domain.model.member import Member
from domain.queries.conditions import Column, Compare, Op
from domain.queries.members import list_statement
from domain.store.audit_writer import AuditEntry, numbered_values, shared_values
from domain.store.invitation_links import InvitationPolicy
from domain.store.member_rows import SELECT_MEMBER
from domain.store.member_writes import (
    OPEN_STATES,
    MemberWrite,
    write_member_statement,
    write_values,
)
from domain.store.membership import membership_statement
from domain.store.pool import open_pool
from domain.vocabulary import ProvisioningSource, SubjectKind

if TYPE_CHECKING:
    from collections.abc import Iterator

    import asyncpg

Call = tuple[str, list[Any]]
Work = Callable[[Any], Awaitable[None]]
"""One unit of work on a connection."""
CALLER = system_caller("bench")
LINKS = InvitationPolicy(b"bench" * 7)


@dataclass(frozen=True, slots=True)
class Measured:
    """Operations a second: median, least and most of the repeats; median latency in ms."""

    rate: float
    least: float
    most: float
    p50_ms: float


async def measure(
    url: str, organization_id: UUID, seconds: float, repeats: int
) -> dict[tuple[str, int], Measured]:
    """Every operation, with 1 and with 16 connections."""
    pool = await open_pool(url, size=16, smallest=16)
    try:
        seeds = await pool.fetch(
            "SELECT id, user_name FROM members WHERE organization_id = $1"
            " ORDER BY random() LIMIT 20000",
            organization_id,
        )
        group_id = await pool.fetchval(
            "SELECT id FROM groups WHERE organization_id = $1 LIMIT 1", organization_id
        )
        members = [(row["id"], row["user_name"]) for row in seeds]
        makers: dict[str, Callable[[], Iterator[Work]]] = {
            "get": lambda: _gets(organization_id, members),
            "filter": lambda: _filters(organization_id, members),
            "create": lambda: _creates(organization_id),
            "patch-active": lambda: _patches(organization_id, members),
            "group-add": lambda: _group_adds(organization_id, group_id, members),
        }
        results = {}
        for name, make in makers.items():
            if name == "group-add" and group_id is None:
                continue
            for connections in (1, 16):
                results[name, connections] = await _repeat(
                    pool, make, connections, seconds, repeats
                )
        return results
    finally:
        await pool.close()


async def _repeat(
    pool: asyncpg.Pool,
    make: Callable[[], Iterator[Work]],
    connections: int,
    seconds: float,
    repeats: int,
) -> Measured:
    rates, latencies = [], []
    for _ in range(repeats):
        # Enough for the fastest machine; what is left over is thrown away.
        prepared = [work for work, _ in zip(make(), range(int(9000 * seconds)), strict=False)]
        rate, p50 = await _run(pool, prepared, connections, seconds)
        rates.append(rate)
        latencies.append(p50)
    return Measured(statistics.median(rates), min(rates), max(rates), statistics.median(latencies))


async def _run(
    pool: asyncpg.Pool, prepared: list[Work], connections: int, seconds: float
) -> tuple[float, float]:
    latencies: list[float] = []
    work = iter(prepared)
    end = perf_counter() + seconds

    async def worker() -> None:
        async with pool.acquire() as connection:
            for one in work:
                begun = perf_counter()
                if begun > end:
                    return
                await one(connection)
                latencies.append((perf_counter() - begun) * 1000)

    begun = perf_counter()
    await asyncio.gather(*(worker() for _ in range(connections)))
    took = perf_counter() - begun
    return len(latencies) / took, statistics.median(latencies)


def _gets(organization_id: UUID, members: list[tuple[UUID, str]]) -> Iterator[Work]:
    statement = SELECT_MEMBER[False, True, False]
    while True:
        member_id, _ = random.choice(members)
        values = {"organization_id": organization_id, "id": member_id}
        yield _single(statement.text, statement.arguments(values))


def _filters(organization_id: UUID, members: list[tuple[UUID, str]]) -> Iterator[Work]:
    while True:
        _, user_name = random.choice(members)
        condition = Compare(Column("user_name"), Op.EQ, user_name)
        statement, parameters = list_statement(condition, with_groups=True)
        values = {"organization_id": organization_id, "limit": 101, "offset": 0} | parameters
        yield _single(statement.text, statement.arguments(values))


def _creates(organization_id: UUID) -> Iterator[Work]:
    while True:
        name = f"ref-{new_id().hex}@example.com"
        event = Member.invite_new(
            organization_id=organization_id,
            member_id=new_id(),
            attributes=MemberAttributes.of(
                user_name=name,
                email=name,
                external_id=name,
                display_name="Given Family",
                given_name="Given",
                family_name="Family",
                profile={
                    "emails": [{"value": name, "type": "work", "primary": True}],
                    "name": {"formatted": "Given Family"},
                },
            ),
            source=ProvisioningSource.SCIM,
            now=datetime.now(UTC),
        )
        yield _single(*_write(event, creates=True))


def _patches(organization_id: UUID, members: list[tuple[UUID, str]]) -> Iterator[Work]:
    """A look and a write guarded by the version that was seen, as a deactivation does."""
    select = SELECT_MEMBER[False, True, True]
    now = datetime.now(UTC)
    loaded, written = _positions()
    while True:
        member_id, user_name = random.choice(members)
        member = Member.invite_new(
            organization_id=organization_id,
            member_id=member_id,
            attributes=MemberAttributes.of(user_name=user_name, email="reference@example.com"),
            source=ProvisioningSource.SCIM,
            now=now,
        ).member
        event = member.revoke(now)
        if event is None:
            return
        key = select.arguments({"organization_id": organization_id, "id": member_id})
        text, arguments = _write(event, creates=False)

        async def look_and_write(
            connection: Any,
            key: list[Any] = key,
            text: str = text,
            arguments: list[Any] = arguments,
        ) -> None:
            version = (await connection.fetch(select.text, *key))[0]["version"]
            arguments[loaded], arguments[written] = version, version + 1
            await connection.fetch(text, *arguments)

        yield look_and_write


def _positions() -> tuple[int, int]:
    """Where the version that was seen and the new one stand among a write's arguments."""
    names = write_member_statement(_shape(creates=False)).names
    return names.index("loaded_version"), names.index("version")


def _single(text: str, arguments: list[Any]) -> Work:
    async def run(connection: Any) -> None:
        await connection.fetch(text, *arguments)

    return run


def _shape(*, creates: bool) -> MemberWrite:
    return MemberWrite(
        creates=creates,
        attributes=creates,
        life=True,
        emails=False,
        unlimited_seats=True,
        cancels_invitations=not creates,
        invites=creates,
        releases=False,
        events=1,
    )


def _write(event: Any, *, creates: bool) -> Call:
    member = event.member
    values = write_values(member, 0)
    values |= shared_values(CALLER, member.organization_id, member.updated_at)
    values |= numbered_values(
        [AuditEntry(event.action, SubjectKind.MEMBER, member.id, member.label, event.changes)]
    )
    values |= {"open_states": OPEN_STATES} | LINKS.new_row(
        member.organization_id, member.updated_at
    )
    statement = write_member_statement(_shape(creates=creates))
    return statement.text, statement.arguments(values)


def _group_adds(
    organization_id: UUID, group_id: UUID, members: list[tuple[UUID, str]]
) -> Iterator[Work]:
    while True:
        member_id, _ = random.choice(members)
        ids = frozenset({member_id})
        for change in (MembershipChange(add=ids), MembershipChange(remove=ids)):
            now = datetime.now(UTC)
            yield _single(*membership_statement(CALLER, organization_id, group_id, change, now))
