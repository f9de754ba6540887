"""The audit chain between rows and hashes: what an event's hash covers, and whether it fits."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from domain.ids import UUID
from domain.model.audit_event import GENESIS_HASH, seal

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
PAGE = 1000

# Ids leave the database as text, because that is how they are hashed.
HASHED_COLUMNS = (
    "organization_id::text, id::text, sequence, recorded_at, action, origin, actor_kind,"
    " actor_id::text, actor_label, actor_ip, subject_kind, subject_id::text, subject_label,"
    " changes, correlation_id::text, request_id::text"
)

_PAGE = f"""
SELECT {HASHED_COLUMNS}, position, occurred_at, previous_hash, hash FROM audit_events
WHERE organization_id = $1 AND position > $2 ORDER BY position LIMIT $3
"""  # noqa: S608 made of constants
_HEAD = "SELECT position, hash FROM audit_heads WHERE organization_id = $1"


@dataclass(frozen=True, slots=True)
class Head:
    """The end of a chain: what the next event is linked to."""

    position: int = 0
    hash: bytes = GENESIS_HASH
    occurred_at: datetime = EPOCH


@dataclass(frozen=True, slots=True)
class Stretch:
    """How far a walk along the chain came: to `head`, to a break, or to the end of what there is.

    `broken_at` is the first position that does not fit; `is_end` says that nothing follows `head`.
    """

    head: Head
    broken_at: int | None
    is_end: bool


class SealedBatch:
    """The sealed columns of a run of events, as arrays in the order of their positions."""

    __slots__ = ("hashes", "head", "ids", "occurred")

    def __init__(
        self, organization_id: UUID, head: Head, events: Iterable[Mapping[str, Any]]
    ) -> None:
        self.ids: list[str] = []
        self.occurred: list[datetime] = []
        self.hashes: list[bytes] = []
        position, link, occurred_at = head.position, head.hash, head.occurred_at
        for row in events:
            event = dict(row)
            position += 1
            # Commits overtake each other and clocks differ; along the chain time never turns back.
            occurred_at = max(occurred_at, event["recorded_at"])
            self.ids.append(event["id"])
            self.occurred.append(occurred_at)
            link = hash_event(organization_id, position, link, occurred_at, event)
            self.hashes.append(link)
        self.head = Head(position, link, occurred_at)


def hash_event(
    organization_id: UUID,
    position: int,
    previous: bytes,
    occurred_at: datetime,
    event: dict[str, Any],
) -> bytes:
    """The hash of an event read as HASHED_COLUMNS; turns `event` into the form that is hashed."""
    recorded_at = event["recorded_at"]
    event["recorded_at"] = text = instant_of_chain(recorded_at)
    event["occurred_at"] = text if occurred_at == recorded_at else instant_of_chain(occurred_at)
    return seal(organization_id, position, previous, event)


def instant_of_chain(instant: datetime) -> str:
    """The form in which instants are hashed; the database hands them out in UTC."""
    # As `instant_text`, three times as fast.
    return instant.isoformat(timespec="microseconds").removesuffix("+00:00") + "Z"


async def follow_chain(
    source: Any, organization_id: UUID, head: Head, limit: int = PAGE
) -> Stretch:
    """Follow the chain from a head for at most `limit` events, computing every hash anew.

    `source` is a pool or a connection; events may be sealed meanwhile. Finds changed, removed,
    added and reordered events, and an end that was cut off behind the last head.
    """
    rows = await source.fetch(_PAGE, organization_id, head.position, limit)
    for row in rows:
        following = _follow(organization_id, head, row)
        if following is None:
            return Stretch(head, head.position + 1, is_end=True)
        head = following
    if rows:
        return Stretch(head, None, is_end=False)
    heads = await source.fetch(_HEAD, organization_id)
    position, last = heads[0] if heads else (0, head.hash)
    if position == head.position:
        return Stretch(head, None if last == head.hash else position, is_end=True)
    # An event and the head that knows of it appear together.
    if position < head.position or not await source.fetch(_PAGE, organization_id, head.position, 1):
        return Stretch(head, min(position, head.position) + 1, is_end=True)
    return Stretch(head, None, is_end=False)


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
