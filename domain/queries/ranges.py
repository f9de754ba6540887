"""Half-open intervals of time as conditions."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from domain.queries.conditions import Column, Compare, Condition, Op

# What is certain to be an instant: a cast of any other text would fail the whole statement.
INSTANT_PATTERN = (
    r"^(?!0000)(?:\d{4}-(?:(?:0[13578]|1[02])-(?:0[1-9]|[12]\d|3[01])"
    r"|(?:0[469]|11)-(?:0[1-9]|[12]\d|30)|02-(?:0[1-9]|1\d|2[0-8]))"
    r"|(?:\d\d(?:0[48]|[2468][048]|[13579][26])|(?:[02468][048]|[13579][26])00)-02-29)"
    r"T(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:\.\d{1,9})?(?:Z|[+-](?:0\d|1[0-4]):[0-5]\d)?$"
)


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
