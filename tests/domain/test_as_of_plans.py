"""Looking at the past costs what is looked at, not the group, the organization or all since."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime

import asyncpg
import pytest

from domain.application import Application
from domain.commands import RemoveMember
from domain.ids import UUID
from domain.queries.moments import Moment, moment_of
from domain.queries.paging import Window
from domain.queries.past_groups import find_group_as_of, group_ids_as_of, groups_as_of
from domain.queries.past_members import find_member_as_of
from domain.queries.past_memberships import pages_of_members_as_of
from domain.queries.reader import Reader
from domain.store.pool import open_pool
from domain.store.sealer import seal_pending
from tests.domain.past import seal_all
from tests.domain.test_plans import explained, touched
from tests.support import factories
from tests.support.counting import CountingPool
from tests.support.database import DatabaseFactory, TestDatabase
from tests.support.factories import SYSTEM

MANY = 20_000
TOUCHED = 60
_ID = "('00000000-0000-7000-8000-' || lpad(to_hex(n), 12, '0'))::uuid"
_EVENT = (
    "INSERT INTO audit_events (organization_id, id, recorded_at, action, origin, actor_kind,"
    " actor_label, subject_kind, subject_id, subject_label, changes, correlation_id, request_id)"
    " SELECT $1, gen_random_uuid(), now(), '{action}', 'SCIM', 'SYSTEM_PROCESS', 'a test',"
    " '{kind}', {subject}, 'Ada', {changes}, gen_random_uuid(), gen_random_uuid()"
)
_MEMBERS = (
    _EVENT.format(
        action="member.staged",
        kind="MEMBER",
        subject=_ID,
        changes="jsonb_build_array("
        "jsonb_build_object('attribute', 'userName', 'before', NULL, 'after', 'user' || n),"
        "jsonb_build_object('attribute', 'stage', 'before', NULL, 'after', 'STAGED'),"
        "jsonb_build_object('attribute', 'source', 'before', NULL, 'after', 'SCIM'))",
    )
    + " FROM generate_series(1, $2::int) AS numbers (n)"
)
_CHANGE = (
    _EVENT.format(action="group.members_changed", kind="GROUP", subject="$2", changes="'[]'::jsonb")
    + " RETURNING sequence"
)
_IN_GROUP = (
    "INSERT INTO group_changes (organization_id, group_id, sequence, member_id, added)"
    f" SELECT $1, $2, $3, {_ID}, $4 FROM generate_series(1, $5::int) AS numbers (n)"
)


@dataclass(frozen=True, slots=True)
class Crowd:
    """A group of MANY at `then`, from which almost all have been removed one by one since."""

    app: Application
    organization_id: UUID
    group_id: UUID
    someone: UUID
    then: Moment


@pytest.fixture(scope="module")
def own_database(database_factory: DatabaseFactory, worker_id: str) -> TestDatabase:
    """A database that no other test fills."""
    return database_factory.clone(f"past_{worker_id}", row_security=False)


@pytest.fixture(scope="module")
async def crowd(own_database: TestDatabase) -> AsyncIterator[Crowd]:
    app = Application(await open_pool(own_database.server_url, size=4), factories.POLICY)
    owner = await asyncpg.connect(own_database.owner_url)
    organization_id = await factories.organization(app)
    someone = await factories.member(app, organization_id, name="ada")
    group_id = await factories.group(app, organization_id, frozenset({someone.id}), "Staff")
    await owner.execute(_MEMBERS, organization_id, MANY)
    sequence = await owner.fetchval(_CHANGE, organization_id, group_id)
    await owner.execute(_IN_GROUP, organization_id, group_id, sequence, True, MANY)
    await seal_pending(app.pool)
    then = await seal_all(app, organization_id)
    for count in range(MANY // 100):
        sequence = await owner.fetchval(_CHANGE, organization_id, group_id)
        sql = _IN_GROUP.replace("(1, $5::int)", "($5 * 100 + 1, $5 * 100 + 99)")
        await owner.execute(sql, organization_id, group_id, sequence, False, count)
    await app.execute(RemoveMember(organization_id, someone.id), SYSTEM)
    await seal_all(app, organization_id)
    # Plans follow what is known of the tables; autovacuum may have looked when they were half full.
    await owner.execute("ANALYZE audit_events, group_changes, released_names, groups, members")
    yield Crowd(app, organization_id, group_id, someone.id, then)
    await owner.close()
    await app.pool.close()


async def costs(crowd: Crowd, pool: CountingPool) -> list[int]:
    """How many rows each statement looked at; none goes through a whole table."""
    found = []
    for text, arguments in pool.statements:
        plan = await explained(crowd.app, text, list(arguments))
        assert [node for node in plan if node["Node Type"] == "Seq Scan"] == []
        found.append(touched(plan))
    assert found
    return found


async def test_an_instant_is_found_by_index(crowd: Crowd) -> None:
    pool = CountingPool(crowd.app.pool)

    await moment_of(Reader(pool), crowd.organization_id, datetime.now(UTC))

    assert max(await costs(crowd, pool)) == 1


@pytest.mark.parametrize("name", ["ada", "user77", "nobody"])
async def test_a_member_is_found_by_its_name_of_then(crowd: Crowd, name: str) -> None:
    pool = CountingPool(crowd.app.pool)
    reader = Reader(pool)

    found = await find_member_as_of(reader, crowd.organization_id, crowd.then, user_name=name)

    assert (found is not None) is (name == "ada")
    assert max(await costs(crowd, pool)) <= TOUCHED


@pytest.mark.parametrize(
    "window",
    [
        Window(10),
        Window(10, after=(2**40, UUID(int=0))),
        Window(10, backwards=True),
    ],
)
async def test_a_page_of_members_costs_the_page(crowd: Crowd, window: Window) -> None:
    reader, key = Reader(crowd.app.pool), (crowd.organization_id, [crowd.group_id], crowd.then)
    group = (await groups_as_of(reader, *key))[crowd.group_id]
    pool = CountingPool(crowd.app.pool)

    pages = await pages_of_members_as_of(Reader(pool), [group], window)

    assert len(pages[group.id].rows) == (0 if window.after else 10)
    assert max(await costs(crowd, pool)) <= TOUCHED


async def test_a_group_costs_its_own_history(crowd: Crowd) -> None:
    pool = CountingPool(crowd.app.pool)
    reader = Reader(pool)

    found = await find_group_as_of(reader, crowd.organization_id, crowd.then, display_name="staff")

    assert found is not None
    assert found.version == 3
    *others, changes = await costs(crowd, pool)
    assert max(others) <= TOUCHED + 200
    # Its version is the number of its changes until then; nothing of what came later is looked at.
    assert changes <= MANY + TOUCHED


async def test_the_groups_of_a_member_cost_its_own_changes(crowd: Crowd) -> None:
    pool = CountingPool(crowd.app.pool)
    reader = Reader(pool)

    found = await group_ids_as_of(reader, crowd.organization_id, [crowd.someone], crowd.then)

    assert found == {crowd.someone: [crowd.group_id]}
    assert max(await costs(crowd, pool)) <= TOUCHED
