"""Hot statements find what they want by index among 100,000 members, with the server's plans."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import asyncpg
import orjson
import pytest

from domain.application import Application, Command
from domain.clock import utc_now
from domain.commands import (
    EditKind,
    ProvisionMember,
    RemoveMember,
    RevisedState,
    ReviseMember,
    RevokeMember,
)
from domain.ids import UUID, new_id
from domain.queries.conditions import AllOf, Column, Compare, Condition, Linked, Op
from domain.queries.groups import group_members_after, list_groups
from domain.queries.member_counts import member_counts
from domain.queries.members import count_members, get_member, list_members
from domain.queries.reader import Reader
from domain.store.member_counter import keep_counts
from domain.store.sealer import seal_batch
from domain.vocabulary import MemberStatus
from tests.domain.membership import edit
from tests.support import factories
from tests.support.counting import CountingPool, counting
from tests.support.factories import SYSTEM

Nodes = list[dict[str, Any]]

MANY = 100_000
TOUCHED = 60
"""Rows that one of these statements may look at; a scan of the organization looks at 100,000."""

_MEMBERS = (
    "INSERT INTO members (organization_id, id, user_name, user_name_key, email, email_key,"
    " external_id, display_name, display_name_key, profile, stage, source, created_at, updated_at,"
    " version)"
    " SELECT $1, ('00000000-0000-7000-8000-' || lpad(to_hex(n), 12, '0'))::uuid, 'user' || n,"
    " 'user' || n, n || '@x.org', n || '@x.org', 'ext' || n, 'Person ' || n, 'person ' || n,"
    " '{}', 'INVITED', 'SCIM', now(), now() - n * interval '1 second', 1"
    " FROM generate_series(1, $2::int) AS numbers (n)"
)
_GROUPS = (
    "INSERT INTO groups (organization_id, id, display_name, display_name_key, external_id, source,"
    " created_at, updated_at, version) SELECT $1,"
    " ('00000000-0000-7000-9000-' || lpad(to_hex(n), 12, '0'))::uuid, 'Group ' || n, 'group ' || n,"
    " 'grp' || n, 'SCIM', now(), now(), 1 FROM generate_series(1, 5000) AS numbers (n)"
)
_IN_GROUP = (
    "INSERT INTO group_members (organization_id, group_id, member_id)"
    " SELECT $1, '00000000-0000-7000-9000-000000000001', id FROM members"
    " WHERE organization_id = $1"
)
_FURTHER = (
    "INSERT INTO member_emails (organization_id, email_key, member_id)"
    " SELECT $1, 'further-' || email_key, id FROM members WHERE organization_id = $1"
)
_MEMBER = UUID("00000000-0000-7000-8000-00000000abcd")
_GROUP = UUID("00000000-0000-7000-9000-000000000001")


@dataclass(frozen=True, slots=True)
class Crowd:
    """An organization of 100,000 members, all of them in one of its 5,000 groups."""

    app: Application
    organization_id: UUID


@pytest.fixture(scope="module")
async def crowd(app: Application, owner_database_url: str) -> AsyncIterator[Crowd]:
    organization_id = await factories.organization(app)
    owner = await asyncpg.connect(owner_database_url)
    try:
        await owner.execute(_MEMBERS, organization_id, MANY)
        for sql in (_GROUPS, _IN_GROUP, _FURTHER):
            await owner.execute(sql, organization_id)
        await owner.execute("ANALYZE members, groups, group_members, member_emails")
        yield Crowd(app, organization_id)
    finally:
        await owner.close()


def literal(value: Any) -> str:
    """A value as SQL text; the statement casts it to its type."""
    match value:
        case None:
            return "NULL"
        case bool() | int():
            return str(value)
        case bytes():
            return f"'\\x{value.hex()}'"
        case dict():
            return literal(orjson.dumps(value).decode())
        case list() if value and isinstance(value[0], dict):
            return literal(orjson.dumps(value).decode())
        case list():
            return literal("{" + ",".join(f'"{each}"' for each in value) + "}")
        case _:
            return "'" + str(value).replace("'", "''") + "'"


def nodes(plan: dict[str, Any]) -> Nodes:
    return [plan, *(node for child in plan.get("Plans", ()) for node in nodes(child))]


async def explained(app: Application, text: str, arguments: list[Any]) -> Nodes:
    """The nodes of the generic plan, as they ran; nothing of it stays."""
    values = ", ".join(literal(value) for value in arguments)
    async with app.pool.acquire() as connection:
        transaction = connection.transaction()
        await transaction.start()
        try:
            await connection.execute(f"PREPARE looked_at AS {text}")
            found = await connection.fetchval(
                f"EXPLAIN (ANALYZE, FORMAT JSON) EXECUTE looked_at ({values})"
            )
        finally:
            await transaction.rollback()
            await connection.execute("DEALLOCATE looked_at")
    plan: dict[str, Any] = orjson.loads(found)[0]["Plan"]
    return nodes(plan)


def touched(plan: Nodes) -> int:
    """How many rows the scans looked at."""
    return sum(
        (node["Actual Rows"] + node.get("Rows Removed by Filter", 0)) * node["Actual Loops"]
        for node in plan
        if node["Node Type"].endswith("Scan")
    )


async def check(crowd: Crowd, pool: CountingPool, *, at_most: int = TOUCHED) -> None:
    assert pool.statements
    events = await crowd.app.pool.fetch(
        "SELECT id FROM audit_events WHERE organization_id = $1", crowd.organization_id
    )
    written = {row["id"] for row in events}
    for text, arguments in pool.statements:
        if text in {"BEGIN", "COMMIT"}:
            continue
        # A write runs once more here, so its event needs an id of its own.
        again = [
            new_id() if isinstance(value, UUID) and value in written else value
            for value in arguments
        ]
        plan = await explained(crowd.app, text, again)
        scanned = [n["Relation Name"] for n in plan if n["Node Type"] == "Seq Scan"]
        assert not set(scanned) & {"members", "groups", "group_members", "member_emails"}, text
        assert touched(plan) <= at_most, plan


FILTERS: list[tuple[str, Condition, int]] = [
    ("id", Compare(Column("id"), Op.EQ, _MEMBER), 1),
    ("userName", Compare(Column("user_name"), Op.EQ, "USER77"), 1),
    ("userName of nobody", Compare(Column("user_name"), Op.EQ, "nobody"), 0),
    ("externalId", Compare(Column("external_id"), Op.EQ, "ext77"), 1),
    ("email", Compare(Column("email"), Op.EQ, "77@X.org"), 1),
    ("further email", Compare(Column("email"), Op.EQ, "further-77@X.org"), 1),
    ("displayName", Compare(Column("display_name"), Op.EQ, "PERSON 77"), 1),
    ("start of displayName", Compare(Column("display_name"), Op.STARTS, "Person 7777"), 11),
    ("start of userName", Compare(Column("user_name"), Op.STARTS, "User7777"), 11),
    (
        "userName and active",
        AllOf(
            (
                Compare(Column("user_name"), Op.EQ, "user77"),
                Compare(Column("active"), Op.EQ, value=True),
            )
        ),
        1,
    ),
]


@pytest.mark.parametrize(
    ("condition", "found"), [row[1:] for row in FILTERS], ids=[row[0] for row in FILTERS]
)
async def test_filters(crowd: Crowd, condition: Condition, found: int) -> None:
    _, pool = counting(crowd.app)

    rows = await list_members(Reader(pool), crowd.organization_id, condition, limit=100)

    assert len(rows) == found
    await check(crowd, pool)


@pytest.mark.parametrize(
    "condition",
    [
        Compare(Column("display_name"), Op.EQ, "GROUP 77"),
        Compare(Column("external_id"), Op.EQ, "grp77"),
        Linked(_MEMBER),
    ],
    ids=["displayName", "externalId", "members.value"],
)
async def test_filters_of_groups(crowd: Crowd, condition: Condition) -> None:
    _, pool = counting(crowd.app)

    assert len(await list_groups(Reader(pool), crowd.organization_id, condition, limit=100)) == 1

    await check(crowd, pool)


@pytest.mark.parametrize("with_groups", [False, True])
async def test_member_by_id(crowd: Crowd, with_groups: bool) -> None:
    _, pool = counting(crowd.app)

    assert await get_member(Reader(pool), crowd.organization_id, _MEMBER, with_groups=with_groups)

    await check(crowd, pool)


async def test_members_are_counted_from_the_few_events_since(crowd: Crowd) -> None:
    async with crowd.app.pool.acquire() as connection:
        await seal_batch(connection, crowd.organization_id)
        assert await keep_counts(connection, crowd.organization_id, utc_now())
    await factories.member(crowd.app, crowd.organization_id, MemberStatus.REVOKED)
    _, pool = counting(crowd.app)

    counts = await member_counts(Reader(pool), crowd.organization_id)
    total = await count_members(Reader(pool), crowd.organization_id)

    assert counts.total == total > MANY - 2
    assert counts.revoked >= 1
    assert len(pool.statements) == 2
    await check(crowd, pool)


async def test_page_of_a_large_group(crowd: Crowd) -> None:
    _, pool = counting(crowd.app)

    page = await group_members_after(
        Reader(pool), crowd.organization_id, _GROUP, after=_MEMBER, limit=10
    )

    assert len(page) == 10
    await check(crowd, pool)


def commands(organization_id: UUID) -> dict[str, Command[Any]]:
    nobody = UUID(int=9)
    return {
        "add": edit(organization_id, _GROUP, EditKind.ADD, _MEMBER, nobody),
        "remove": edit(organization_id, _GROUP, EditKind.REMOVE, nobody),
        "create": ProvisionMember(organization_id, factories.attributes()),
        "revise": ReviseMember(
            organization_id,
            _MEMBER,
            lambda member: RevisedState(factories.attributes(email=member.attributes.email)),
        ),
        "revoke": RevokeMember(organization_id, UUID(int=_MEMBER.int + 1)),
        "delete": RemoveMember(organization_id, UUID(int=_MEMBER.int + 2)),
    }


@pytest.mark.parametrize("name", ["add", "remove", "create", "revise", "revoke", "delete"])
async def test_commands(crowd: Crowd, name: str) -> None:
    counted, pool = counting(crowd.app)

    await counted.execute(commands(crowd.organization_id)[name], SYSTEM)

    await check(crowd, pool)
