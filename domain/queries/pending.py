"""Who waits for an administrator: the newly accepted, then members whose wrapped key is outdated.

Oldest first: those in ACCEPTED by the instant of their acceptance; behind them confirmed members
whose wrapped key is not for the organization's current key, by the version they have, that is those
without any first, and then by id. Each part is one range of an index of its own, so that a page
costs the same however many wait.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import literal_column

from domain.errors import Invalid
from domain.queries.conditions import EVERYTHING, AllOf, Column, Compare, Condition, Op
from domain.queries.listing import Listing
from domain.queries.member_pages import EVERYONE, MemberFilter, some_members
from domain.queries.paging import Order, Page, Position, Window, page_of
from domain.queries.rows import MemberRow
from domain.queries.walks import Walk
from domain.store.member_rows import MEMBERS

if TYPE_CHECKING:
    from domain.ids import UUID
    from domain.queries.reader import Reader

_WALKED = 2_000


@dataclass(frozen=True, slots=True)
class _Part:
    """One of the two lists, in its one order, by a key of that type."""

    listing: Listing[MemberRow]
    order: str
    key_type: type[datetime | int]


_ACCEPTED = _Part(
    some_members(
        MEMBERS.c.stage == literal_column("'ACCEPTED'"),
        Order("ACCEPTED_AT", MEMBERS.c.id, key=MEMBERS.c.accepted_at, key_type=datetime),
    ),
    "ACCEPTED_AT",
    datetime,
)
_REWRAP = _Part(
    some_members(
        MEMBERS.c.stage == literal_column("'CONFIRMED'"),
        Order("WRAPPED_KEY", MEMBERS.c.id, key=MEMBERS.c.wrapped_key_version, key_type=int),
    ),
    "WRAPPED_KEY",
    int,
)


@dataclass(frozen=True, slots=True)
class PendingFilter:
    """Meets those who wait, for either reason or both, and meet the filter of members.

    `key_version` is that of the organization's key where it is handed over; None where it is not,
    and so nobody needs it again.
    """

    key_version: int | None
    accepted: bool = True
    rewrap: bool = True
    of_members: MemberFilter = EVERYONE

    def parts(self) -> list[tuple[_Part, Condition]]:
        """The lists to look through, in order, with what makes a row of each one that waits."""
        found: list[tuple[_Part, Condition]] = []
        if self.accepted:
            found.append((_ACCEPTED, EVERYTHING))
        if self.rewrap and self.key_version is not None:
            outdated = Compare(Column("wrapped_key_version"), Op.LT, self.key_version)
            found.append((_REWRAP, outdated))
        return found


async def page_pending(
    reader: Reader, organization_id: UUID, window: Window, wanted: PendingFilter
) -> Page[MemberRow]:
    """Those who wait. Raises Invalid for a position that is none of this list."""
    after, before = _place("after", window.after), _place("before", window.before)
    condition = wanted.of_members.condition()
    sought = wanted.of_members.condition(by_index=True)
    found: list[tuple[MemberRow, Position]] = []
    parts = wanted.parts()
    for part, waits in reversed(parts) if window.backwards else parts:
        place = part is _REWRAP
        if (after is not None and after > place) or (before is not None and before < place):
            continue
        asked = replace(
            window,
            limit=window.limit + 1 - len(found),
            after=window.after if after is place else None,
            before=window.before if before is place else None,
        )
        page = await part.listing.page(
            reader,
            organization_id,
            asked,
            condition,
            order=part.order,
            walk=Walk(_WALKED, within=waits, sought=sought),
        )
        rows = list(zip(page.rows, page.positions, strict=True))
        found.extend(reversed(rows) if window.backwards else rows)
        if len(found) > window.limit:
            break
    return page_of(window, found)


async def count_pending(reader: Reader, organization_id: UUID, wanted: PendingFilter) -> int:
    """How many wait; counts entries of the indexes that pages are read from."""
    number = 0
    for part, waits in wanted.parts():
        condition = AllOf((waits, wanted.of_members.condition()))
        number += await part.listing.count(reader, organization_id, condition)
    return number


def _place(name: str, position: Position | None) -> bool | None:
    """Whether a position lies in the second part; None for none."""
    if position is None:
        return None
    if isinstance(position[0], datetime):
        return False
    if isinstance(position[0], int):
        return True
    raise Invalid(name, "is not a position in this list")
