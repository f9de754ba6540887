"""Tables over a Citus cluster: the plan, run on a real schema; Citus itself where one is given.

Without Citus a stand-in notes the calls, so that order, refusals and repetition can be tried.
"""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from typing import Any

import asyncpg
import pytest

from domain.migrations import migrate
from domain.migrations.distribution import CannotDistribute, distribute, look, plan
from domain.migrations.run import differences
from domain.model.tables import GLOBAL_TABLES, metadata
from tests.support.database import DatabaseFactory, TestDatabase

CITUS = "ROLLCALL_TEST_CITUS_URL"
# Distributes nothing, but refuses what Citus refuses: a table that still has foreign keys to others
# which are not there yet.
STAND_IN = """
CREATE TABLE citus_tables (
  table_name regclass, citus_table_type text, distribution_column text, colocation_id int
);
CREATE FUNCTION create_reference_table(name regclass) RETURNS void LANGUAGE sql AS
  $$ INSERT INTO citus_tables VALUES (name, 'reference', NULL, 1) $$;
CREATE FUNCTION create_distributed_table(name regclass, key text, colocate_with text)
RETURNS void LANGUAGE plpgsql AS $$ BEGIN
  IF EXISTS (SELECT FROM pg_constraint WHERE contype = 'f' AND conrelid = name) THEN
    RAISE EXCEPTION '% has foreign keys', name;
  END IF;
  INSERT INTO citus_tables VALUES (name, 'distributed', key, 2);
END $$;
"""
OWN = set(metadata.tables) - GLOBAL_TABLES


@pytest.fixture
def database(database_factory: DatabaseFactory, worker_id: str) -> TestDatabase:
    """A migrated database that no other test touches."""
    return database_factory.clone(f"distribution_{worker_id}")


@pytest.fixture
async def owner(database: TestDatabase) -> AsyncIterator[asyncpg.Connection]:
    """The schema's owner, in a database with the stand-in."""
    connection = await asyncpg.connect(database.owner_url)
    await connection.execute(STAND_IN)
    yield connection
    await connection.close()


async def kept(owner: asyncpg.Connection) -> dict[str, tuple[str, Any]]:
    """How each table is kept."""
    rows = await owner.fetch(
        "SELECT table_name::text, citus_table_type, distribution_column FROM citus_tables"
    )
    return {row[0]: (row[1], row[2]) for row in rows}


async def test_every_table_is_spread_and_the_schema_is_as_before(
    owner: asyncpg.Connection, database: TestDatabase
) -> None:
    before = (await look(owner)).foreign_keys

    statements = await distribute(owner)

    assert await kept(owner) == dict.fromkeys(GLOBAL_TABLES, ("reference", None)) | dict.fromkeys(
        OWN, ("distributed", "organization_id")
    )
    assert (await look(owner)).foreign_keys == before
    await owner.execute("DROP TABLE citus_tables")
    assert differences(database.owner_url) == []
    kinds = [statement.split()[0] for statement in statements]
    spread = kinds.count("SELECT")
    assert spread == len(metadata.tables)
    assert kinds == ["ALTER"] * len(before) + ["SELECT"] * spread + ["ALTER"] * len(before)


async def test_a_second_run_has_nothing_to_do(owner: asyncpg.Connection) -> None:
    await distribute(owner)

    assert await distribute(owner) == []


@pytest.mark.parametrize("done", [1, 20, 40, 60])
async def test_a_run_that_was_interrupted_is_finished_by_the_next(
    owner: asyncpg.Connection, done: int
) -> None:
    before = (await look(owner)).foreign_keys
    for statement in plan(await look(owner))[:done]:
        await owner.execute(statement)

    await distribute(owner)

    assert set(await kept(owner)) == set(metadata.tables)
    assert (await look(owner)).foreign_keys == before


async def test_a_dry_run_is_the_plan_and_changes_nothing(owner: asyncpg.Connection) -> None:
    planned = plan(await look(owner))

    assert await kept(owner) == {}
    assert await distribute(owner) == planned


@pytest.mark.parametrize(
    ("trouble", "said"),
    [
        (
            "INSERT INTO citus_tables VALUES ('members', 'distributed', 'id', 2)",
            "members is distributed by id; it must be distributed by organization_id",
        ),
        (
            "INSERT INTO citus_tables VALUES ('members', 'reference', NULL, 1)",
            "members is reference by nothing",
        ),
        (
            "INSERT INTO citus_tables VALUES ('accounts', 'distributed', 'id', 1)",
            "accounts is distributed; it must be a reference table",
        ),
        (
            """INSERT INTO citus_tables VALUES ('members', 'distributed', 'organization_id', 2),
            ('groups', 'distributed', 'organization_id', 3)""",
            "different co-location groups",
        ),
        (
            "CREATE UNIQUE INDEX everywhere ON members (email_key)",
            "everywhere of members is unique without organization_id",
        ),
    ],
)
async def test_what_would_split_an_organization_is_refused(
    owner: asyncpg.Connection, trouble: str, said: str
) -> None:
    await owner.execute(trouble)
    before, keys = await kept(owner), (await look(owner)).foreign_keys

    with pytest.raises(CannotDistribute, match=said):
        await distribute(owner)

    assert await kept(owner) == before
    assert (await look(owner)).foreign_keys == keys


async def test_a_database_without_citus_is_refused(database: TestDatabase) -> None:
    connection = await asyncpg.connect(database.owner_url)
    try:
        with pytest.raises(CannotDistribute, match="has no Citus"):
            await distribute(connection)
    finally:
        await connection.close()


@pytest.mark.skipif(CITUS not in os.environ, reason=f"no Citus: {CITUS} names a coordinator's URL")
async def test_a_real_cluster_takes_it() -> None:
    """On an empty database of a coordinator, as a superuser."""
    migrate(os.environ[CITUS])
    connection = await asyncpg.connect(os.environ[CITUS])
    try:
        await distribute(connection)
        assert await distribute(connection) == []
        assert set(metadata.tables) <= set(await kept(connection))
    finally:
        await connection.close()
