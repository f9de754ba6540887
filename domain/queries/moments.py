"""Instants of the past as positions of the history: what had happened is all events until there."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

from domain.folding import fold
from domain.store.released_names import (
    DISPLAY_NAME,
    EMAIL,
    GROUP_EXTERNAL_ID,
    MEMBER_EXTERNAL_ID,
    USER_NAME,
)

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping, Sequence
    from datetime import datetime

    from domain.ids import UUID
    from domain.queries.reader import Reader

_POSITION = """
SELECT position FROM audit_events
WHERE organization_id = $1 AND position IS NOT NULL AND occurred_at <= $2
ORDER BY occurred_at DESC, position DESC LIMIT 1
"""
# Names have one holder at a time: the first who let go of it after the moment is the only one who
# may have had it then, unless nobody has let go of it since.
_RELEASED = """
SELECT released.subject_id
FROM released_names AS released
JOIN audit_events AS event ON event.organization_id = $1 AND event.id = released.event_id
WHERE released.organization_id = $1 AND released.kind = $2 AND released.key = $3
  AND (event.position IS NULL OR event.position > $4)
ORDER BY event.position NULLS LAST, event.sequence LIMIT 1
"""
_HELD = {
    USER_NAME: "SELECT id FROM members WHERE organization_id = $1 AND user_name_key = $2",
    EMAIL: "SELECT id FROM members WHERE organization_id = $1 AND email_key = $2",
    MEMBER_EXTERNAL_ID: "SELECT id FROM members WHERE organization_id = $1 AND external_id = $2",
    DISPLAY_NAME: "SELECT id FROM groups WHERE organization_id = $1 AND display_name_key = $2",
    GROUP_EXTERNAL_ID: "SELECT id FROM groups WHERE organization_id = $1 AND external_id = $2",
}
_EXACT = frozenset({MEMBER_EXTERNAL_ID, GROUP_EXTERNAL_ID})


Past = TypeVar("Past")


@dataclass(frozen=True, slots=True)
class Moment:
    """The state after the event at `position`, asked for as of `instant`."""

    position: int
    instant: datetime


async def moment_of(reader: Reader, organization_id: UUID, instant: datetime) -> Moment:
    """What of the history had happened at an instant: sealed events that occurred by then."""
    rows = await reader.source.fetch(_POSITION, organization_id, instant)
    return Moment(rows[0][0] if rows else 0, instant)


def key_of(kind: str, text: str) -> str:
    """The form in which names of that kind are compared."""
    return text if kind in _EXACT else fold(text)


async def possible_holder(
    reader: Reader, organization_id: UUID, moment: Moment, kind: str, key: str
) -> UUID | None:
    """The only member or group that may have had the name then; whether it did is to be looked at.

    Costs two look-ups by index, and one more for each time that very name was given up.
    """
    found = await reader.source.fetch(_RELEASED, organization_id, kind, key, moment.position)
    if not found:
        found = await reader.source.fetch(_HELD[kind], organization_id, key)
    holder: UUID | None = found[0][0] if found else None
    return holder


async def find_by_name(
    reader: Reader,
    organization_id: UUID,
    moment: Moment,
    names: Sequence[tuple[str, str, str | None]],
    told: Callable[[Reader, UUID, Sequence[UUID], Moment], Awaitable[Mapping[UUID, Past]]],
) -> Past | None:
    """Who had the first of the names that is given, then.

    A name is its kind, the attribute that shows it, and its text. `told` tells of members or groups
    as they were.
    """
    for kind, attribute, text in names:
        if text is None:
            continue
        key = key_of(kind, text)
        holder = await possible_holder(reader, organization_id, moment, kind, key)
        if holder is None:
            return None
        found = (await told(reader, organization_id, [holder], moment)).get(holder)
        name: str | None = getattr(found, attribute, None)
        return found if name is not None and key_of(kind, name) == key else None
    return None
