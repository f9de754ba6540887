"""Lists in an order that a caller chose, and pages of them by position instead of by count.

Rows without the value come last when ascending and first when descending (RFC 7644 §3.4.2.3 asks
for it, and PostgreSQL does so by itself); ids break ties, in the same direction.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Float, and_, cast, func, literal_column, or_

from domain.ids import UUID
from domain.queries.compiler import Queried
from domain.queries.conditions import Column, Kind, ProfileValue
from domain.queries.json_values import boolean_of, number_of, quoted, text_of, value_at
from domain.store.statement import BOOLEAN, INSTANT, KEY, TEXT, UUID_TYPE, parameter

SortValue = str | bool | float | datetime | None


@dataclass(frozen=True, slots=True)
class PrimaryValue:
    """Of a list in the profile: the part `sub` of its primary element, else of its first."""

    path: tuple[str, ...]
    sub: str
    kind: Kind


@dataclass(frozen=True, slots=True)
class Sort:
    """An order by one field; None orders by id, which is the order in which rows came."""

    field: Column | ProfileValue | PrimaryValue | None = None
    descending: bool = False


BY_ID = Sort()


@dataclass(frozen=True, slots=True)
class Position:
    """Where a page ended: the sort value of its last row, and the row's id."""

    value: SortValue
    id: UUID


def sort_key(sort: Sort, queried: Queried) -> tuple[Any, Any] | None:
    """The SQL expression to order by and its type; None where ids alone decide."""
    match sort.field:
        case None:
            return None
        case Column(name):
            spec = queried.fields[name]
            if spec.type in {BOOLEAN, INSTANT}:
                return spec.column, spec.type
            if spec.type is not TEXT:
                return cast(spec.column, KEY), KEY
            return (func.lower(spec.column) if spec.lowered else spec.column).collate("C"), KEY
        case ProfileValue(path, kind):
            return _typed(value_at(queried.profile, path), kind)
        case PrimaryValue(path, sub, kind):
            source = value_at(queried.profile, path)
            primary: Any = literal_column("'$[*] ? (@.primary == true)'::jsonpath")
            chosen = func.jsonb_path_query_first(source, primary)
            first = source.op("->")(literal_column("0"))
            return _typed(func.coalesce(chosen, first).op("->")(quoted(sub)), kind)


def after(sort: Sort, key: tuple[Any, Any] | None, identity: Any, *, keyed: bool) -> Any:
    """The rows behind a position, given as parameters `position_value` and `position_id`.

    `keyed` says whether the row at the position has a sort value.
    """
    id_ = parameter("position_id", UUID_TYPE)
    further = identity < id_ if sort.descending else identity > id_
    if key is None:
        return further
    expression, kind = key
    if not keyed:
        rest = and_(expression.is_(None), further)
        return or_(rest, expression.isnot(None)) if sort.descending else rest
    value = parameter("position_value", kind)
    if sort.descending:
        return or_(expression < value, and_(expression == value, further))
    return or_(expression > value, and_(expression == value, further), expression.is_(None))


def ordering(
    sort: Sort, key: tuple[Any, Any] | None, identity: Any, *, backwards: bool = False
) -> list[Any]:
    """The columns to order by; `backwards` turns the whole order around."""
    columns = [identity] if key is None else [key[0], identity]
    if sort.descending is not backwards:
        return [column.desc() for column in columns]
    return [column.asc() for column in columns]


def _typed(source: Any, kind: Kind) -> tuple[Any, Any]:
    match kind:
        case Kind.BOOLEAN:
            return boolean_of(source), BOOLEAN
        case Kind.NUMBER:
            return number_of(source), Float()
        case Kind.EXACT:
            return text_of(source).collate("C"), KEY
        case _:
            return func.lower(text_of(source)).collate("C"), KEY
