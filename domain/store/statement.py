"""The bridge: SQLAlchemy constructs over the model, compiled once, executed by asyncpg.

A statement is written with the model's columns and named parameters, compiled to PostgreSQL text
with positional parameters, and run as a prepared statement. SQLAlchemy's own execution is not used:
its result and bind processing costs more than the statements.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, cast

import asyncpg
from sqlalchemy import BindParameter, Boolean, DateTime, Integer, String, Text, bindparam
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.dialects.postgresql import UUID as UuidType
from sqlalchemy.dialects.postgresql.asyncpg import PGDialect_asyncpg
from sqlalchemy.sql import ClauseElement
from sqlalchemy.sql.compiler import SQLCompiler

_DIALECT = PGDialect_asyncpg()  # type: ignore[no-untyped-call]  # SQLAlchemy's own gap

UUID_TYPE: UuidType[Any] = UuidType(as_uuid=True)
UUIDS = ARRAY(UUID_TYPE)
TEXTS = ARRAY(Text())
INTEGERS = ARRAY(Integer())
BOOLEAN = Boolean()
INTEGER = Integer()
TEXT = Text()
KEY = String(collation="C")
INSTANT: DateTime = DateTime(timezone=True)
JSON = JSONB()


def parameter(name: str, kind: Any) -> BindParameter[Any]:
    """A named parameter of a statement, rendered with a cast to its type."""
    return bindparam(name, type_=kind, required=True)


class Statement:
    """A compiled statement; `fetch` and friends take the parameters by name."""

    __slots__ = ("_constants", "names", "text")

    def __init__(self, construct: ClauseElement) -> None:
        compiled = cast(
            "SQLCompiler",
            construct.compile(dialect=_DIALECT, compile_kwargs={"render_postcompile": True}),
        )
        self.text: str = compiled.string
        self.names: tuple[str, ...] = tuple(compiled.positiontup or ())
        self._constants: dict[str, Any] = {
            name: bind.value for name, bind in compiled.binds.items() if not bind.required
        }

    def arguments(self, values: Mapping[str, Any]) -> list[Any]:
        """Positional arguments; raises KeyError naming a parameter that has no value."""
        if self._constants:
            constants = self._constants
            return [values[name] if name in values else constants[name] for name in self.names]
        return [values[name] for name in self.names]

    async def fetch(self, connection: Any, **values: Any) -> list[asyncpg.Record]:
        """All rows."""
        rows: list[asyncpg.Record] = await connection.fetch(self.text, *self.arguments(values))
        return rows

    async def fetch_row(self, connection: Any, **values: Any) -> asyncpg.Record | None:
        """The first row, or None."""
        rows = await connection.fetch(self.text, *self.arguments(values))
        return rows[0] if rows else None

    async def fetch_value(self, connection: Any, **values: Any) -> Any:
        """The first column of the first row, or None."""
        rows = await connection.fetch(self.text, *self.arguments(values))
        return rows[0][0] if rows else None


def instant_text(instant: datetime) -> str:
    """An instant as RFC 3339 in UTC with microseconds and `Z`."""
    return instant.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
