"""Half-open intervals of time as conditions."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from domain.queries.conditions import Column, Compare, Condition, Op


@dataclass(frozen=True, slots=True)
class Instants:
    """From `start` on, and before `end`; None is open."""

    start: datetime | None = None
    end: datetime | None = None


def within(column: str, instants: Instants | None) -> list[Condition]:
    """The conditions that a column lies in the interval."""
    terms: list[Condition] = []
    if instants is not None and instants.start is not None:
        terms.append(Compare(Column(column), Op.GE, instants.start))
    if instants is not None and instants.end is not None:
        terms.append(Compare(Column(column), Op.LT, instants.end))
    return terms
