"""A statement that forgets its organization finds nothing of others, where the wall is up."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import asyncpg
import pytest

from domain.application import Application
from domain.ids import UUID, new_id
from domain.migrations import migrate
from domain.model.tables import GLOBAL_TABLES, metadata
from domain.reach import reach_only, reaching
from domain.store.pool import open_pool
from domain.vocabulary import MemberStatus
from tests.support import factories
from tests.support.database import DatabaseFactory, TestDatabase

FORGETFUL = "SELECT DISTINCT organization_id FROM members"
CHANGES = "UPDATE members SET display_name = 'changed' RETURNING organization_id"


@pytest.fixture(scope="module")
def walled(database_factory: DatabaseFactory, worker_id: str) -> TestDatabase:
    """A database whose wall is up, whatever the other tests have."""
    return database_factory.clone(f"walled_{worker_id}", row_security=True)


@pytest.fixture
def unwalled(database_factory: DatabaseFactory, worker_id: str) -> TestDatabase:
    """One whose wall is down."""
    return database_factory.clone(f"unwalled_{worker_id}", row_security=False)


@pytest.fixture(scope="module")
async def app(walled: TestDatabase) -> AsyncIterator[Application]:
    pool = await open_pool(walled.server_url, size=4, row_security=True)
    made = Application(pool, factories.POLICY)
    yield made
    await pool.close()


@pytest.fixture(scope="module")
async def both(app: Application) -> tuple[UUID, UUID]:
    """Two organizations with a member each."""
    made = await factories.organization(app), await factories.organization(app)
    for organization_id in made:
        await factories.member(app, organization_id, MemberStatus.CONFIRMED)
    return made


async def found(pool: asyncpg.Pool, statement: str = FORGETFUL) -> set[UUID]:
    return {row[0] for row in await pool.fetch(statement)}


async def test_a_forgetful_statement_sees_and_changes_one_organization(
    app: Application, both: tuple[UUID, UUID]
) -> None:
    for organization_id in both:
        with reaching(organization_id):
            assert await found(app.pool) == {organization_id}
            assert await found(app.pool, CHANGES) == {organization_id}
    with reaching():
        assert await found(app.pool) == set()
        assert await found(app.pool, CHANGES) == set()
    with reaching(None):
        assert await found(app.pool) >= set(both)


async def test_nothing_is_written_for_others(app: Application, both: tuple[UUID, UUID]) -> None:
    mine, other = both

    with reaching(mine), pytest.raises(asyncpg.InsufficientPrivilegeError, match="row-level"):
        await app.pool.execute(
            "INSERT INTO provisioning_heads (organization_id) VALUES ($1)", other
        )


async def test_a_connection_that_was_told_nothing_sees_nothing(walled: TestDatabase) -> None:
    connection = await asyncpg.connect(walled.server_url, server_settings={"rollcall.reach": ""})
    try:
        assert await connection.fetch(FORGETFUL) == []
    finally:
        await connection.close()


async def test_the_owner_of_the_tables_sees_over_the_wall(
    walled: TestDatabase, both: tuple[UUID, UUID]
) -> None:
    connection = await asyncpg.connect(walled.owner_url)
    try:
        assert {row[0] for row in await connection.fetch(FORGETFUL)} >= set(both)
    finally:
        await connection.close()


async def test_what_is_told_in_a_transaction_ends_with_it(
    app: Application, both: tuple[UUID, UUID]
) -> None:
    mine, other = both
    async with app.pool.acquire() as connection:
        with reaching(mine):
            assert {row[0] for row in await connection.fetch(FORGETFUL)} == {mine}
            transaction = connection.transaction()
            await transaction.start()
            with reaching(other):
                assert {row[0] for row in await connection.fetch(FORGETFUL)} == {other}
            assert {row[0] for row in await connection.fetch(FORGETFUL)} == {mine}
            await transaction.rollback()
            assert {row[0] for row in await connection.fetch(FORGETFUL)} == {mine}
        with reaching(other):
            assert {row[0] for row in await connection.fetch(FORGETFUL)} == {other}


async def test_what_was_told_and_interrupted_is_told_again(
    app: Application, both: tuple[UUID, UUID]
) -> None:
    mine, other = both
    async with app.pool.acquire() as connection:
        with reaching(mine):
            await connection.fetch(FORGETFUL)
        for wait_s in (0, 0.0001, 0.0005, 0.001, 0.002):
            with reaching(other):
                asking = asyncio.create_task(connection.fetch(FORGETFUL))
                await asyncio.sleep(wait_s)
                asking.cancel()
                await asyncio.gather(asking, return_exceptions=True)
            with reaching(mine):
                assert {row[0] for row in await connection.fetch(FORGETFUL)} == {mine}


async def test_tasks_do_not_change_what_others_reach(
    app: Application, both: tuple[UUID, UUID]
) -> None:
    async def look(organization_id: UUID) -> bool:
        reach_only(organization_id)
        await asyncio.sleep(0)
        return await found(app.pool) == {organization_id}

    with reaching():
        looked = await asyncio.gather(*(look(both[number % 2]) for number in range(40)))
        assert await found(app.pool) == set()

    assert all(looked)


async def test_every_table_of_an_organization_is_behind_the_wall_or_none(
    walled: TestDatabase, unwalled: TestDatabase
) -> None:
    behind = {}
    for database in (walled, unwalled):
        connection = await asyncpg.connect(database.owner_url)
        rows = await connection.fetch(
            "SELECT relname, (SELECT count(*) FROM pg_policy WHERE polrelid = pg_class.oid)"
            " FROM pg_class WHERE relrowsecurity"
        )
        behind[database] = {row[0]: row[1] for row in rows}
        await connection.close()

    assert behind[walled] == dict.fromkeys(set(metadata.tables) - GLOBAL_TABLES, 1)
    assert behind[unwalled] == {}


async def test_the_wall_can_be_put_up_and_taken_down_at_any_time(unwalled: TestDatabase) -> None:
    pool = await open_pool(unwalled.server_url, size=2, row_security=True)
    application = Application(pool, factories.POLICY)
    mine = await factories.organization(application)
    await factories.member(application, mine)
    seen = []

    for on in (True, True, False):
        migrate(unwalled.owner_url, row_security=on)
        with reaching(new_id()):
            seen.append(await found(pool))

    await pool.close()
    assert seen == [set(), set(), {mine}]
