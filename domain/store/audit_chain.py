"""The audit chain between rows and hashes: which columns an event's hash covers, and their form."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from domain.ids import UUID
from domain.model.audit_event import GENESIS_HASH, seal

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

# Ids leave the database as text, because that is how they are hashed.
HASHED_COLUMNS = (
    "organization_id::text, id::text, sequence, recorded_at, action, origin, actor_kind,"
    " actor_id::text, actor_label, actor_ip, subject_kind, subject_id::text, subject_label,"
    " changes, correlation_id::text, request_id::text"
)


@dataclass(frozen=True, slots=True)
class Head:
    """The end of a chain: what the next event is linked to."""

    position: int = 0
    hash: bytes = GENESIS_HASH
    occurred_at: datetime = EPOCH


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
