"""The audit event: an immutable fact about a change, and the chain that seals it.

A command inserts the event; the sealer later fills in `position`, `occurred_at`, `previous_hash`
and `hash`. Sealing decides `occurred_at` because commits overtake each other: it is the moment of
recording, moved forward where needed so that it never runs backwards along positions.
"""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING, Any

import orjson
from sqlalchemy import BigInteger, Column, Identity, Index
from sqlmodel import Field, SQLModel

from domain.model.base import (
    UUID,
    bytes_column,
    datetime,
    instant_column,
    json_column,
    one_of,
    text_column,
    uuid_column,
    uuid_key,
)
from domain.vocabulary import ActorKind, Origin, SubjectKind

if TYPE_CHECKING:
    from collections.abc import Mapping

CHAIN_FORMAT = b"rollcall-audit-1"
GENESIS_HASH = bytes(32)
MEMBERSHIP_EVENTS = (
    "position IS NOT NULL"
    " AND action IN ('group.members_changed', 'group.deleted', 'member.removed')"
)
"""Those that `group_changes` belong to; the condition of an index, word for word."""


def _sealed_index(name: str, column: str) -> Index:
    """An index that only sealed events enter: recording an event stays cheap."""
    return Index(
        name, "organization_id", column, "position", postgresql_where="position IS NOT NULL"
    )


class AuditEventTable(SQLModel, table=True):
    """Append-only; sealed columns are null until the sealer has been there."""

    __tablename__ = "audit_events"
    __table_args__ = (
        Index(
            "audit_events_unsealed_idx",
            "organization_id",
            "sequence",
            postgresql_where="position IS NULL",
        ),
        Index(
            "audit_events_position_idx",
            "organization_id",
            "position",
            unique=True,
            postgresql_where="position IS NOT NULL",
        ),
        _sealed_index("audit_events_subject_idx", "subject_id"),
        _sealed_index("audit_events_actor_idx", "actor_id"),
        _sealed_index("audit_events_action_idx", "action"),
        _sealed_index("audit_events_origin_idx", "origin"),
        _sealed_index("audit_events_correlation_idx", "correlation_id"),
        _sealed_index("audit_events_occurred_idx", "occurred_at"),
        # From a group's change to the position of its event.
        Index(
            "audit_events_membership_idx",
            "organization_id",
            "sequence",
            postgresql_where=MEMBERSHIP_EVENTS,
        ),
        one_of("origin", Origin),
        one_of("actor_kind", ActorKind),
        one_of("subject_kind", SubjectKind),
    )

    organization_id: UUID = uuid_key()
    id: UUID = uuid_key()
    sequence: int = Field(
        default=None, sa_column=Column(BigInteger, Identity(always=True), nullable=False)
    )
    recorded_at: datetime = instant_column()
    action: str = text_column(collate_c=True)
    origin: str = text_column()
    actor_kind: str = text_column()
    actor_id: UUID | None = uuid_column(nullable=True)
    actor_label: str = text_column()
    actor_ip: str | None = text_column(nullable=True)
    subject_kind: str = text_column()
    subject_id: UUID = uuid_column()
    subject_label: str = text_column()
    changes: list[dict[str, str | None]] = json_column()
    correlation_id: UUID = uuid_column()
    request_id: UUID = uuid_column()
    position: int | None = Field(default=None, sa_column=Column(BigInteger, nullable=True))
    occurred_at: datetime | None = instant_column(nullable=True)
    previous_hash: bytes | None = bytes_column(nullable=True)
    hash: bytes | None = bytes_column(nullable=True)


class AuditHeadTable(SQLModel, table=True):
    """The end of each organization's chain; its row lock is what makes the sealer one at a time."""

    __tablename__ = "audit_heads"

    organization_id: UUID = uuid_key()
    position: int = Field(sa_column=Column(BigInteger, nullable=False))
    hash: bytes = bytes_column()
    occurred_at: datetime = instant_column()


def canonical_json(event: Mapping[str, Any]) -> bytes:
    """RFC 8785 canonical JSON of an event made of ASCII keys, strings, integers and null."""
    return orjson.dumps(event, option=orjson.OPT_SORT_KEYS)


def seal(organization_id: UUID, position: int, previous: bytes, event: Mapping[str, Any]) -> bytes:
    """SHA-256 that binds the event to its position and to all events before it (32 bytes)."""
    digest = sha256(CHAIN_FORMAT)
    digest.update(organization_id.bytes)
    digest.update(position.to_bytes(8, "big"))
    digest.update(previous)
    digest.update(canonical_json(event))
    return digest.digest()
