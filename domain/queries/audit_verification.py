"""Verifies an organization's audit chain: every position, moment and hash, from first to last."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from domain.ids import UUID
from domain.store.audit_chain import HASHED_COLUMNS, Head, hash_event

PAGE = 1000

_PAGE = f"""
SELECT {HASHED_COLUMNS}, position, occurred_at, previous_hash, hash FROM audit_events
WHERE organization_id = $1 AND position > $2 ORDER BY position LIMIT {PAGE}
"""  # noqa: S608 made of constants
_HEAD = "SELECT position, hash FROM audit_heads WHERE organization_id = $1"


async def verify_chain(source: Any, organization_id: UUID) -> int | None:
    """The first position at which the chain is broken, or None when it holds.

    `source` is a pool or a connection. Reads pages, never the whole history; events may be sealed
    meanwhile. Finds changed, removed, added and reordered events, and a cut-off end as long as the
    head was not set back with it: keep exported hashes elsewhere against that.
    """
    end = Head()
    while True:
        rows = await source.fetch(_PAGE, organization_id, end.position)
        for row in rows:
            following = _follow(organization_id, end, row)
            if following is None:
                return end.position + 1
            end = following
        if not rows:
            heads = await source.fetch(_HEAD, organization_id)
            position, last = heads[0] if heads else (0, end.hash)
            if position == end.position:
                return None if last == end.hash else position
            # An event and the head that knows of it appear together.
            if position < end.position or not await source.fetch(
                _PAGE, organization_id, end.position
            ):
                return min(position, end.position) + 1


def _follow(organization_id: UUID, end: Head, row: Any) -> Head | None:
    """The chain's end after this event, or None when the event does not continue the chain."""
    event = dict(row)
    position: int = event.pop("position")
    occurred_at: datetime | None = event.pop("occurred_at")
    previous, sealed = event.pop("previous_hash"), event.pop("hash")
    if (
        position != end.position + 1
        or previous != end.hash
        or occurred_at is None
        or occurred_at != max(end.occurred_at, event["recorded_at"])
    ):
        return None
    computed = hash_event(organization_id, position, end.hash, occurred_at, event)
    return Head(position, computed, occurred_at) if computed == sealed else None
