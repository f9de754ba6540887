"""Values inside JSON documents as SQL expressions, of a type that can be compared."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Float, case, cast, func, literal_column
from sqlalchemy.dialects.postgresql import JSONB

from domain.store.statement import BOOLEAN, TEXT


def quoted(text: str) -> Any:
    """The text as an SQL literal: for names that come from the schema, never from a request."""
    return literal_column("'" + text.replace("'", "''") + "'")


def value_at(source: Any, path: tuple[str, ...]) -> Any:
    """The value at a path of the schema, as JSON; NULL where there is none."""
    for step in path:
        source = source.op("->", return_type=JSONB())(quoted(step))
    return source


def text_of(source: Any) -> Any:
    """A JSON value as text, a string without its quotes."""
    return source.op("#>>", return_type=TEXT)(literal_column("'{}'"))


def boolean_of(source: Any) -> Any:
    """A JSON value as a truth value; NULL for one of another type."""
    return case((func.jsonb_typeof(source) == literal_column("'boolean'"), _cast(source, BOOLEAN)))


def number_of(source: Any) -> Any:
    """A JSON value as a number; NULL for one of another type."""
    return case((func.jsonb_typeof(source) == literal_column("'number'"), _cast(source, Float())))


def _cast(source: Any, type_: Any) -> Any:
    return cast(text_of(source), type_)
