"""Spreads the tables over the nodes of a Citus cluster, each organization whole on one of them.

Tables of organizations are distributed by `organization_id`, all in one co-location group; the
global ones become reference tables, a copy on every node. Citus wants the tables distributed before
their foreign keys exist, so those are taken off and put on again. Each step looks at what is there,
so that a run which was interrupted is simply repeated.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy.dialects.postgresql.asyncpg import PGDialect_asyncpg
from sqlalchemy.engine import Dialect
from sqlalchemy.schema import AddConstraint, ForeignKeyConstraint

from domain.model.tables import GLOBAL_TABLES, metadata

if TYPE_CHECKING:
    import asyncpg

KEY = "organization_id"
FIRST = "members"
"""The table that all others of an organization lie beside."""

_HAS_CITUS = "SELECT to_regclass('citus_tables') IS NOT NULL"
_DISTRIBUTED = """
SELECT table_name::text AS name, citus_table_type AS kind, distribution_column AS key,
  colocation_id AS beside FROM citus_tables
"""
_FOREIGN_KEYS = """
SELECT conname FROM pg_constraint
WHERE contype = 'f' AND connamespace = 'public'::regnamespace
"""
# Columns of keys that would have to be unique, or to hold, across nodes.
_KEYS = """
SELECT relation.relname AS owner, key.relname AS name, attribute.attname AS first
FROM pg_index JOIN pg_class AS relation ON relation.oid = indrelid
  JOIN pg_class AS key ON key.oid = indexrelid
  LEFT JOIN pg_attribute AS attribute ON attrelid = indrelid AND attnum = ANY (indkey)
    AND attname = 'organization_id'
WHERE indisunique AND relation.relnamespace = 'public'::regnamespace
"""


class CannotDistribute(Exception):
    """The tables cannot be spread as they are; the message says why, and what to do."""


@dataclass(frozen=True, slots=True)
class Distributed:
    """How Citus keeps a table: `kind` is distributed or reference."""

    kind: str
    key: str | None
    beside: int


@dataclass(frozen=True, slots=True)
class Present:
    """What a database has: how its tables are kept, foreign keys, unique keys without KEY."""

    has_citus: bool
    distributed: dict[str, Distributed]
    foreign_keys: frozenset[str]
    split_keys: tuple[tuple[str, str], ...]


async def look(owner: asyncpg.Connection) -> Present:
    """What the connected database has."""
    has_citus: bool = await owner.fetchval(_HAS_CITUS)
    kept = await owner.fetch(_DISTRIBUTED) if has_citus else []
    return Present(
        has_citus=has_citus,
        distributed={
            row["name"]: Distributed(row["kind"], row["key"], row["beside"]) for row in kept
        },
        foreign_keys=frozenset(row["conname"] for row in await owner.fetch(_FOREIGN_KEYS)),
        split_keys=tuple(
            (row["owner"], row["name"]) for row in await owner.fetch(_KEYS) if row["first"] is None
        ),
    )


def plan(present: Present) -> list[str]:
    """The statements that are left to do, in order. Raises CannotDistribute."""
    _require_whole(present)
    references = [name for name in _names() if name in GLOBAL_TABLES]
    own = [name for name in _names() if name not in GLOBAL_TABLES]
    own.sort(key=lambda name: name != FIRST)
    statements = [
        f"SELECT create_reference_table('{name}')"
        for name in references
        if name not in present.distributed
    ]
    for name in own:
        if name not in present.distributed:
            beside = "none" if name == FIRST else FIRST
            statements.append(
                f"SELECT create_distributed_table('{name}', '{KEY}', colocate_with => '{beside}')"
            )
    keys = _foreign_keys()
    off = []
    if statements:
        off = [
            f'ALTER TABLE "{key.table.name}" DROP CONSTRAINT "{key.name}"'
            for key in keys
            if key.name in present.foreign_keys
        ]
    on = [_added(key) for key in keys if off or key.name not in present.foreign_keys]
    return [*off, *statements, *on]


async def distribute(owner: asyncpg.Connection) -> list[str]:
    """Do what is left to do; the statements that were run. Raises CannotDistribute.

    `owner` is a connection of the schema's owner to the coordinator. Nothing may write meanwhile:
    while foreign keys are off, nobody watches over them.
    """
    present = await look(owner)
    if not present.has_citus:
        raise CannotDistribute(
            "This database has no Citus. On the coordinator, with its workers added, run"
            " `CREATE EXTENSION citus` as a superuser first."
        )
    statements = plan(present)
    for statement in statements:
        await owner.execute(statement, timeout=None)
    return statements


def _require_whole(present: Present) -> None:
    """Raises CannotDistribute where an organization would be split, or already is."""
    known = set(_names())
    for name, kept in sorted(present.distributed.items()):
        if name not in known:
            continue
        if name in GLOBAL_TABLES:
            if kept.kind != "reference":
                raise CannotDistribute(f"{name} is {kept.kind}; it must be a reference table.")
        elif (kept.kind, kept.key) != ("distributed", KEY):
            raise CannotDistribute(
                f"{name} is {kept.kind} by {kept.key or 'nothing'}; it must be distributed by"
                f" {KEY}. Undo that with undistribute_table, then try again."
            )
    groups = {
        kept.beside
        for name, kept in present.distributed.items()
        if name in known and name not in GLOBAL_TABLES
    }
    if len(groups) > 1:
        raise CannotDistribute(
            "Tables of an organization lie in different co-location groups, so that it is split"
            " over nodes. Undo that with undistribute_table, then try again."
        )
    for name, key in present.split_keys:
        if name in known and name not in GLOBAL_TABLES:
            raise CannotDistribute(
                f"{key} of {name} is unique without {KEY}, which no node could watch over alone."
                f" Drop it, then try again."
            )


def _names() -> list[str]:
    """All tables, those that are referred to before those that refer to them."""
    return [table.name for table in metadata.sorted_tables]


def _foreign_keys() -> list[ForeignKeyConstraint]:
    return [
        key
        for table in metadata.sorted_tables
        for key in sorted(table.foreign_key_constraints, key=lambda key: str(key.name))
    ]


def _added(key: ForeignKeyConstraint) -> str:
    dialect: Dialect = PGDialect_asyncpg()  # type: ignore[no-untyped-call]
    compiled = AddConstraint(key, isolate_from_table=False).compile(dialect=dialect)
    return " ".join(str(compiled).split())
