"""Pages of a list by keyset: where a page ends is a position, not a count of rows before it.

A position is the pair of the row's sort key and its id (or number). Rows after a position are found
by comparing the pair as a tuple, which an index on (organization, key, id) serves at any depth.
Rows without a sort key come last, whichever the direction, in the order of their ids.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, TypeVar

from sqlalchemy import BigInteger, literal_column, tuple_

from domain.errors import Invalid
from domain.ids import UUID
from domain.store.statement import INSTANT, KEY, UUID_TYPE, parameter

MAX_PAGE = 100
# A literal limit lets the planner see that an index is enough; few of them keep statements few.
_LIMITS = (1, 2, 11, 26, 51, MAX_PAGE + 1)
_BIG = BigInteger()
_KEY_TYPES: dict[type[Any], Any] = {str: KEY, datetime: INSTANT, int: _BIG, UUID: UUID_TYPE}

Row = TypeVar("Row")
Position = tuple[str | int | datetime | None, UUID | int]
"""Sort key (None where the row has none, or the order needs none) and what breaks ties."""


@dataclass(frozen=True, slots=True)
class Order:
    """An order of a list: by `key`, then by `tie`; `key` None orders by `tie` alone.

    `lead` are columns that have one value in all rows of the list, named first so that an index
    which begins with them serves the order.
    """

    name: str
    tie: Any
    tie_type: type[UUID | int] = UUID
    key: Any = None
    key_type: type[str | datetime | int] | None = None
    nullable: bool = False
    lead: tuple[Any, ...] = ()

    def check(self, name: str, position: Position | None) -> None:
        """Raise Invalid for argument `name` unless `position` can be one of this order."""
        if position is None:
            return
        key, tie = position
        fits = isinstance(tie, self.tie_type) and (
            key is None
            if self.key_type is None
            else isinstance(key, self.key_type) or (key is None and self.nullable)
        )
        if not fits:
            raise Invalid(name, "is not a position in this list")


@dataclass(frozen=True, slots=True)
class Window:
    """What is wanted: at most `limit` rows after one position and before another.

    `backwards` counts the limit from the end; rows come in the list's order either way.
    """

    limit: int
    after: Position | None = None
    before: Position | None = None
    backwards: bool = False


@dataclass(frozen=True, slots=True)
class Page(Generic[Row]):
    """Rows with their positions, and whether there are more on either side."""

    rows: Sequence[Row] = ()
    positions: Sequence[Position] = ()
    has_next: bool = False
    has_previous: bool = False


@dataclass(frozen=True, slots=True)
class Slice:
    """One part of a page: rows with a sort key, or those without one, between two bounds."""

    keyed: bool
    after: Position | None
    before: Position | None

    @property
    def shape(self) -> tuple[bool, bool, bool]:
        """What tells the statements of two slices apart."""
        return self.keyed, self.after is not None, self.before is not None

    def parameters(self) -> dict[str, Any]:
        """Values of the parameters that `conditions` names."""
        values: dict[str, Any] = {}
        for name, position in (("after", self.after), ("before", self.before)):
            if position is not None:
                values[f"{name}_key"], values[f"{name}_tie"] = position
        return values


def slices(order: Order, window: Window) -> Iterator[Slice]:
    """The parts to look through, in the order in which the window fills."""
    parts = [True, False] if order.nullable else [True]
    if window.backwards:
        parts.reverse()

    def rank(position: Position) -> bool:
        return order.nullable and position[0] is None

    for keyed in parts:
        here = not keyed
        after, before = window.after, window.before
        if (after is not None and rank(after) > here) or (
            before is not None and rank(before) < here
        ):
            continue
        yield Slice(
            keyed,
            after if after is not None and rank(after) == here else None,
            before if before is not None and rank(before) == here else None,
        )


def conditions(order: Order, slice_: Slice, *, descending: bool) -> list[Any]:
    """What the rows of a slice fulfil, over parameters `after_key`, `after_tie` and so on."""
    found: list[Any] = []
    by_key = order.key is not None and slice_.keyed
    if order.nullable:
        found.append(order.key.isnot(None) if slice_.keyed else order.key.is_(None))
    for name, bound, larger in (
        ("after", slice_.after, not descending),
        ("before", slice_.before, descending),
    ):
        if bound is None:
            continue
        tie = parameter(f"{name}_tie", _KEY_TYPES[order.tie_type])
        left: Any = order.tie
        right: Any = tie
        if by_key:
            left = tuple_(order.key, order.tie)
            right = tuple_(parameter(f"{name}_key", _KEY_TYPES[order.key_type or str]), tie)
        found.append(left > right if larger else left < right)
    return found


def ordering(order: Order, slice_: Slice, *, descending: bool) -> list[Any]:
    """The columns to order a slice by, in the direction in which it is read."""
    columns = [order.tie]
    if order.key is not None and slice_.keyed:
        columns.insert(0, order.key)
    columns[:0] = order.lead
    return [column.desc() if descending else column for column in columns]


def literal_limit(wanted: int) -> tuple[int, Any]:
    """A limit of at least `wanted` rows as a number and as SQL."""
    limit = next((number for number in _LIMITS if number >= wanted), wanted)
    return limit, literal_column(str(limit))


def page_of(window: Window, found: list[tuple[Row, Position]]) -> Page[Row]:
    """The page that `found` makes: rows in reading direction, at least one more where there is."""
    more = len(found) > window.limit
    found = found[: window.limit]
    if window.backwards:
        found.reverse()
    return Page(
        rows=[row for row, _ in found],
        positions=[position for _, position in found],
        has_next=window.before is not None if window.backwards else more,
        has_previous=more if window.backwards else window.after is not None,
    )
