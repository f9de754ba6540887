"""Where reads get their connections, and how a filtered list is compiled once per shape."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import asyncpg

from domain.queries.compiler import CompiledCondition, Queried, compile_condition
from domain.queries.conditions import Condition, shape_of
from domain.store.snapshot import Snapshot
from domain.store.statement import Statement

MAX_SHAPES = 2000


@dataclass(frozen=True, slots=True)
class Reader:
    """Reads from a pool; every statement is a transaction of its own.

    A caller that needs several reads to agree passes a connection inside a transaction instead.
    """

    source: asyncpg.Pool | asyncpg.Connection | Snapshot

    async def fetch(self, statement: Statement, **values: Any) -> list[asyncpg.Record]:
        """All rows."""
        return await statement.fetch(self.source, **values)

    async def fetch_row(self, statement: Statement, **values: Any) -> asyncpg.Record | None:
        """The first row, or None."""
        return await statement.fetch_row(self.source, **values)

    async def fetch_value(self, statement: Statement, **values: Any) -> Any:
        """The first column of the first row, or None."""
        return await statement.fetch_value(self.source, **values)


class Shapes:
    """Compiled statements by the shape of their condition and whatever else tells them apart."""

    def __init__(self, queried: Queried) -> None:
        self._queried = queried
        self._known: dict[Any, tuple[Statement, CompiledCondition]] = {}

    def statement(
        self,
        kind: Any,
        condition: Condition,
        build: Callable[[Any], Any],
    ) -> tuple[Statement, dict[str, Any]]:
        """The statement that `build` makes of the condition's expression, and its parameters.

        `kind` names what `build` makes; the same kind always builds the same.
        """
        return self.built(kind, condition, lambda compiled: build(compiled.expression))

    def built(
        self, kind: Any, condition: Condition, build: Callable[[CompiledCondition], Any]
    ) -> tuple[Statement, dict[str, Any]]:
        """The same, for a `build` that looks at the condition's terms."""
        values: list[Any] = []
        key = (kind, shape_of(condition, values))
        known = self._known.get(key)
        if known is None:
            compiled = compile_condition(condition, self._queried)
            if len(self._known) >= MAX_SHAPES:
                self._known.clear()
            known = self._known[key] = (Statement(build(compiled)), compiled)
        statement, compiled = known
        return statement, compiled.parameters(values)
