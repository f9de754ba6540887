"""Filtered pages that are found in bounded time, however many rows the filter meets.

A page of a common filter is full after a few rows in the list's order; of a rare one that order is
a way past everything. So the first look goes through so many rows only. Where it does not fill the
page the filter is rare, and all rows that meet it are gathered by the index that finds them and put
in order: they are few. What the database would have to guess, once for all values, is thus seen.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto
from typing import Any

from sqlalchemy import literal_column, select
from sqlalchemy.sql.util import ClauseAdapter

from domain.queries.conditions import EVERYTHING, Condition


class Way(Enum):
    """How the rows of a page are looked for."""

    PLAIN = auto()
    WALKED = auto()
    GATHERED = auto()


@dataclass(frozen=True, slots=True)
class Walk:
    """Look through `rows` rows of what is `within`, which an index has in the list's order.

    `gathers` False ends there: for filters that no index finds. `sought` says the filter as an
    index finds it, where that is other than asking it of a row.
    """

    rows: int
    within: Condition = EVERYTHING
    gathers: bool = True
    sought: Condition | None = None


def ways(walk: Walk | None) -> tuple[Way, ...]:
    """The ways to try in turn."""
    if walk is None:
        return (Way.PLAIN,)
    return (Way.WALKED, Way.GATHERED) if walk.gathers else (Way.WALKED,)


def walked(
    source: Any,
    columns: list[Any],
    bounds: list[Any],
    *,
    where: Any,
    ordering: list[Any],
    rows: int,
) -> Any:
    """The rows of `columns` that are `where`, of the first `rows` within the bounds, in order."""
    inner = (
        select(*source.c)
        .where(*bounds)
        .order_by(*ordering)
        .limit(literal_column(str(rows)))
        .subquery("walked")
    )
    adapt: Any = ClauseAdapter(inner).traverse
    named = [column.label(column.name) for column in columns]
    return (
        select(*map(adapt, named)).where(adapt(where)).order_by(*[adapt(each) for each in ordering])
    )


def gathered(columns: list[Any], bounds: list[Any], *, where: Any, descending: bool) -> Any:
    """All rows that are `where` within the bounds, then put in order of their positions."""
    # The offset keeps the planner from walking the order after all.
    found = select(*columns).where(*bounds, where).offset(literal_column("0")).subquery("found")
    positions = [found.c.position_key, found.c.position_tie]
    return select(found).order_by(*[each.desc() if descending else each for each in positions])
