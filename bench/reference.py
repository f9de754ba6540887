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
from domain.store.invitation_links import InvitationPolicy
from domain.store.isolation import Isolation
from domain.store.member_rows import SELECT_MEMBER
from domain.store.membership import membership_statement
from domain.store.pool import open_pool
from domain.store.sign_in_links import SignInPolicy
from domain.store.unit_of_work import UnitOfWork
from domain.vocabulary import ProvisioningSource, Stage

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import asyncpg

    from domain.model.member import MemberEvent

Call = tuple[str, list[Any]]
Work = Callable[[Any], Awaitable[None]]
"""One unit of work on a connection."""
CALLER = system_caller("bench")
LINKS = InvitationPolicy(b"bench" * 7)
MARK = 987_654_321
"""A version that no member has: where it stands among a statement's arguments is found by it."""
SELECT = SELECT_MEMBER[False, True, True]
OPERATIONS = ("get", "filter", "create", "patch-active", "group-add", "confirm")
SAMPLE = 20_000
"""Members at most that are asked for by turns."""


@dataclass(frozen=True, slots=True)
class Measured:
    """Operations a second: median, least and most of the repeats; median latency in ms."""

    rate: float
    least: float
    most: float
    p50_ms: float


async def measure(
    url: str,
    organization_id: UUID,
    seconds: float,
    repeats: int,
    *,
    operations: Sequence[str] = OPERATIONS,
    connections: Sequence[int] = (1, 16),
) -> dict[tuple[str, int], Measured]:
    """Every operation with each number of connections, where there is something to do it with."""
    pool = await open_pool(url, size=max(connections), smallest=max(connections))
    try:
        seeds = await pool.fetch(
            "SELECT id, user_name FROM members WHERE organization_id = $1"
            " ORDER BY random() LIMIT $2",
            *(organization_id, SAMPLE),
            timeout=120,
        )
        group_id = await pool.fetchval(
            "SELECT id FROM groups WHERE organization_id = $1 ORDER BY id LIMIT 1", organization_id
        )
        members = [(row["id"], row["user_name"]) for row in seeds]
        makers: dict[str, Callable[[], Iterator[Work]]] = {
            "get": lambda: _gets(organization_id, members),
            "filter": lambda: _filters(organization_id, members),
            "create": lambda: _creates(organization_id),
            "patch-active": lambda: _changes(organization_id, members, Member.revoke),
            "confirm": lambda: _changes(organization_id, members, Member.confirm, Stage.ACCEPTED),
            "group-add": lambda: _group_adds(organization_id, group_id, members),
        }
        if group_id is None:
            del makers["group-add"]
        return {
            (name, number): await _repeat(pool, makers[name], number, seconds, repeats)
            for name in operations
            if name in makers
            for number in connections
        }
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
        yield _single(*_write(None, event))


def _changes(
    organization_id: UUID,
    members: list[tuple[UUID, str]],
    change: Callable[[Member, datetime], MemberEvent | None],
    stage: Stage = Stage.INVITED,
) -> Iterator[Work]:
    """A look and a write guarded by the version that was seen, as any change of one member."""
    now = datetime.now(UTC)
    while True:
        member_id, user_name = random.choice(members)
        member = Member(
            organization_id=organization_id,
            id=member_id,
            attributes=MemberAttributes.of(user_name=user_name, email="reference@example.com"),
            source=ProvisioningSource.SCIM,
            created_at=now,
            updated_at=now,
            stage=stage,
            version=MARK - 1,
        )
        event = change(member, now)
        if event is None:
            return
        key = SELECT.arguments({"organization_id": organization_id, "id": member_id})
        yield _look_and_write(key, *_write(member, event))


def _look_and_write(key: list[Any], text: str, arguments: list[Any]) -> Work:
    loaded, written = arguments.index(MARK - 1), arguments.index(MARK)

    async def run(connection: Any) -> None:
        version = (await connection.fetch(SELECT.text, *key))[0]["version"]
        arguments[loaded], arguments[written] = version, version + 1
        await connection.fetch(text, *arguments)

    return run


def _single(text: str, arguments: list[Any]) -> Work:
    async def run(connection: Any) -> None:
        await connection.fetch(text, *arguments)

    return run


class _Noting:
    """In place of a connection: keeps the statement that it is given, and says that it wrote."""

    def __init__(self) -> None:
        self.asked: list[Call] = []

    async def fetch(self, text: str, *arguments: Any) -> list[bool]:
        self.asked.append((text, list(arguments)))
        return [True]


def _write(before: Member | None, event: MemberEvent) -> Call:
    """The statement that the server itself would write this event with, not a copy of it."""
    noting = _Noting()
    unit = UnitOfWork(
        noting,
        CALLER,
        now=event.member.updated_at,
        isolation=Isolation.OPTIMISTIC,
        invitations=LINKS,
        sign_in=SignInPolicy(LINKS.secret_key),
    )
    try:
        # Nothing in it waits, since nothing is asked.
        unit.write_member(before, [event]).send(None)
    except StopIteration:
        (call,) = noting.asked
        return call
    raise RuntimeError("writing a member waited for something")


def _group_adds(
    organization_id: UUID, group_id: UUID, members: list[tuple[UUID, str]]
) -> Iterator[Work]:
    while True:
        member_id, _ = random.choice(members)
        ids = frozenset({member_id})
        for change in (MembershipChange(add=ids), MembershipChange(remove=ids)):
            now = datetime.now(UTC)
            yield _single(*membership_statement(CALLER, organization_id, group_id, change, now))
