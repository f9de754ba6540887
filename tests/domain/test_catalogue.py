"""The real schema: keys start with the organization, history is append-only, the model is equal."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import fields
from typing import Any

import asyncpg
import pytest

from domain.migrations.run import current_revision, differences, head_revision
from domain.model.attributes import MemberAttributes
from domain.model.member import Member
from domain.model.member_tables import MemberTable
from domain.model.tables import GLOBAL_TABLES, metadata

_TABLES = (
    "SELECT c.oid, c.relname FROM pg_class AS c WHERE c.relkind IN ('r', 'p')"
    " AND c.relnamespace = 'public'::regnamespace AND c.relname <> 'alembic_version'"
)
_INDEXES = (
    "SELECT i.indrelid::regclass::text AS owner, i.indexrelid::regclass::text AS name,"
    " i.indisprimary AS is_primary, a.attname AS first"
    " FROM pg_index AS i LEFT JOIN pg_attribute AS a"
    " ON a.attrelid = i.indrelid AND a.attnum = i.indkey[0]"
    " JOIN pg_class AS c ON c.oid = i.indrelid"
    " WHERE c.relnamespace = 'public'::regnamespace AND c.relname <> 'alembic_version'"
)
_CONSTRAINTS = (
    "SELECT conrelid::regclass::text AS owner, conname AS name, contype::text AS kind,"
    " confrelid::regclass::text AS target, (SELECT attname FROM pg_attribute"
    "  WHERE attrelid = conrelid AND attnum = conkey[1]) AS first,"
    " (SELECT attname FROM pg_attribute"
    "  WHERE attrelid = confrelid AND attnum = confkey[1]) AS first_of_target"
    " FROM pg_constraint WHERE connamespace = 'public'::regnamespace"
    " AND contype IN ('p', 'u', 'f', 'x') AND conrelid::regclass::text <> 'alembic_version'"
)


@pytest.fixture(scope="module")
async def owner(owner_database_url: str) -> AsyncIterator[asyncpg.Connection]:
    connection = await asyncpg.connect(owner_database_url)
    yield connection
    await connection.close()


@pytest.fixture(scope="module")
async def server(database_url: str) -> AsyncIterator[asyncpg.Connection]:
    connection = await asyncpg.connect(database_url)
    yield connection
    await connection.close()


async def test_the_tables_are_those_of_the_model(owner: asyncpg.Connection) -> None:
    names = {row["relname"] for row in await owner.fetch(_TABLES)}

    assert names == set(metadata.tables)
    assert names >= GLOBAL_TABLES


async def test_every_table_has_a_primary_key(owner: asyncpg.Connection) -> None:
    keyed = {row["owner"] for row in await owner.fetch(_INDEXES) if row["is_primary"]}

    assert keyed == set(metadata.tables)


async def test_every_index_starts_with_the_organization(owner: asyncpg.Connection) -> None:
    rows = await owner.fetch(_INDEXES)

    others = {
        row["name"]
        for row in rows
        if row["owner"] not in GLOBAL_TABLES and row["first"] != "organization_id"
    }
    assert others == set()
    assert len(rows) > 40


async def test_every_key_starts_with_the_organization(owner: asyncpg.Connection) -> None:
    found = []
    for row in await owner.fetch(_CONSTRAINTS):
        if row["owner"] in GLOBAL_TABLES:
            # From a global table nothing points into an organization's tables.
            if row["kind"] == "f" and row["target"] not in GLOBAL_TABLES:
                found.append(row["name"])
        elif row["first"] != "organization_id":
            found.append(row["name"])
        elif row["kind"] == "f":
            key = "id" if row["target"] == "organizations" else "organization_id"
            if row["first_of_target"] != key:
                found.append(row["name"])

    assert found == []


async def test_organizations_are_never_null(owner: asyncpg.Connection) -> None:
    rows = await owner.fetch(
        "SELECT attrelid::regclass::text AS name FROM pg_attribute JOIN pg_class ON oid = attrelid"
        " WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace"
        " AND attname = 'organization_id' AND attnotnull"
    )

    never_null = {row["name"] for row in rows}
    assert never_null - GLOBAL_TABLES == set(metadata.tables) - GLOBAL_TABLES


async def test_no_triggers_of_our_own(owner: asyncpg.Connection) -> None:
    assert await owner.fetchval("SELECT count(*) FROM pg_trigger WHERE NOT tgisinternal") == 0


def test_the_model_and_the_migrations_agree(owner_database_url: str) -> None:
    assert differences(owner_database_url) == []


async def test_the_database_is_at_the_newest_revision(server: asyncpg.Connection) -> None:
    assert await current_revision(server) == head_revision()


HISTORY = ("audit_events", "group_changes", "provisioning_requests")


@pytest.mark.parametrize("table", HISTORY)
@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE {table} SET organization_id = organization_id",
        "DELETE FROM {table}",
        "TRUNCATE {table}",
        "ALTER TABLE {table} ADD COLUMN more text",
        "DROP TABLE {table}",
    ],
)
async def test_the_server_cannot_rewrite_history(
    server: asyncpg.Connection, table: str, statement: str
) -> None:
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await server.execute(statement.format(table=table))


async def test_the_server_fills_in_what_sealing_decides_and_nothing_else(
    server: asyncpg.Connection,
) -> None:
    rows = await server.fetch(
        "SELECT column_name FROM information_schema.column_privileges"
        " WHERE table_name = 'audit_events' AND privilege_type = 'UPDATE'"
        " AND grantee = 'rollcall_server'"
    )

    assert {row["column_name"] for row in rows} == {
        "position",
        "occurred_at",
        "previous_hash",
        "hash",
    }


async def test_the_server_owns_nothing_and_makes_nothing(server: asyncpg.Connection) -> None:
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await server.execute("CREATE TABLE own (id int)")
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await server.execute("UPDATE alembic_version SET version_num = 'x'")


@pytest.mark.parametrize(
    ("setting", "value"),
    [
        ("statement_timeout", "5s"),
        ("lock_timeout", "2s"),
        ("idle_in_transaction_session_timeout", "10s"),
    ],
)
async def test_the_server_waits_no_longer(
    server: asyncpg.Connection, setting: str, value: str
) -> None:
    assert await server.fetchval(f"SHOW {setting}") == value


def test_the_member_carries_the_columns_of_its_table() -> None:
    columns: dict[str, Any] = dict(MemberTable.__table__.columns)  # type: ignore[attr-defined]
    carried = {field.name for field in fields(Member)} - {"attributes"}
    known = {field.name for field in fields(MemberAttributes)} - {"further_email_keys"}

    assert not carried & known
    assert carried | known == set(columns)
