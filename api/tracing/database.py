"""Spans of commands, which are the transactions, and of each statement, by kind and table."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, TypeVar

from domain.application import Application, Command, Outcome
from domain.errors import DomainError
from domain.spans import SpanKind, Value, note_span, span

if TYPE_CHECKING:
    import asyncpg

    from domain.caller import Caller

_KEYWORD = re.compile(
    r"\s*(SELECT|INSERT|UPDATE|DELETE|WITH|BEGIN|COMMIT|ROLLBACK|SET)\b", re.IGNORECASE
)
_TABLE = re.compile(r"\b(?:FROM|INTO|UPDATE|JOIN)\s+(?:ONLY\s+)?\"?([a-z_]+)\"?")

MOST_KNOWN = 10_000
"""Statements whose names are remembered: they are made of parts, and there are only so many."""

Result = TypeVar("Result")


class TracedApplication(Application):
    """An application that makes a span of each command."""

    async def execute(self, command: Command[Result], caller: Caller) -> Outcome[Result]:
        """As the application does."""
        name = type(command).__name__
        with span(f"command {name}") as made:
            try:
                outcome = await super().execute(command, caller)
            except DomainError as error:
                if made is not None:
                    made.attributes["rollcall.outcome"] = error.code
                raise
            if made is not None:
                made.attributes["rollcall.outcome"] = "CHANGED" if outcome.changed else "UNCHANGED"
            return outcome


class NameStatements:
    """Hears every statement of a connection; `tables` are the names that may be told."""

    def __init__(self, tables: frozenset[str]) -> None:
        self._tables = tables
        self._known: dict[str, tuple[str, dict[str, Value]]] = {}

    async def listen(self, connection: asyncpg.Connection) -> None:
        """Hear the statements of this connection from here on."""
        connection.add_query_logger(self)

    def __call__(self, record: Any) -> None:
        """Make a span of a statement that has ended; its values are not looked at."""
        name, attributes = self._named(record.query)
        failed = record.exception is not None
        more: dict[str, Value] = {"error.type": type(record.exception).__name__} if failed else {}
        note_span(
            name,
            SpanKind.CLIENT,
            lasted_ns=int(record.elapsed * 1e9),
            has_failed=failed,
            attributes=attributes | more,
        )

    def _named(self, text: str) -> tuple[str, dict[str, Value]]:
        known = self._known.get(text)
        if known is None:
            keyword = _KEYWORD.match(text)
            kind = keyword[1] if keyword else "OTHER"
            tables = (name for name in _TABLE.findall(text) if name in self._tables)
            table = next(tables, "")
            attributes: dict[str, Value] = {
                "db.system.name": "postgresql",
                "db.operation.name": kind,
            }
            if table:
                attributes["db.collection.name"] = table
            known = f"{kind} {table}".rstrip(), attributes
            if len(self._known) < MOST_KNOWN:
                self._known[text] = known
        return known
