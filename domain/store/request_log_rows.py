"""Writes a batch of provisioning requests: positions per organization and rows, together."""

from __future__ import annotations

from dataclasses import fields, replace
from datetime import datetime
from operator import attrgetter
from typing import TYPE_CHECKING, Any

import asyncpg

from domain.errors import DeprovisionHeld
from domain.ids import UUID
from domain.provisioning_entry import ProvisioningEntry
from domain.vocabulary import ProvisioningOutcome

if TYPE_CHECKING:
    from collections.abc import Sequence

COPY_TIMEOUT_S = 10.0
_COLUMNS = tuple(field.name for field in fields(ProvisioningEntry))
_VALUES = attrgetter(*_COLUMNS)
_ERRORS = (ProvisioningOutcome.REJECTED, ProvisioningOutcome.FAILED)
# Part of how providers work: they ask for whom they removed, and create whom they then find.
_ROUTINE = frozenset({404, 409, 412})
# A person has to decide; the connection itself is in order.
_HELD = DeprovisionHeld.code
# In the order of ids, so that two writers never wait for each other in a circle. The lock of the
# heads is what makes positions appear in order.
_DRAW_POSITIONS = """
INSERT INTO provisioning_heads AS head
  (organization_id, position, last_request_at, last_error_at, counters)
SELECT organization_id, amount, last_request_at, last_error_at, '{}'
FROM unnest($1::uuid[], $2::bigint[], $3::timestamptz[], $4::timestamptz[])
  AS drawn (organization_id, amount, last_request_at, last_error_at)
ORDER BY organization_id
ON CONFLICT (organization_id) DO UPDATE SET position = head.position + excluded.position,
  last_request_at = greatest(head.last_request_at, excluded.last_request_at),
  last_error_at = greatest(head.last_error_at, excluded.last_error_at)
RETURNING organization_id, position
"""
_STORED = "SELECT id FROM provisioning_requests WHERE organization_id = $1 AND id = ANY($2)"


class _Share:
    """What one organization has in a batch."""

    __slots__ = ("amount", "last_error_at", "last_request_at")

    def __init__(self, first: datetime) -> None:
        self.amount = 0
        self.last_request_at = first
        self.last_error_at: datetime | None = None


def _is_routine(entry: ProvisioningEntry) -> bool:
    """Whether the error says nothing of the connection's health."""
    return entry.status_code in _ROUTINE or entry.error_code == _HELD


async def write_entries(pool: asyncpg.Pool, entries: Sequence[ProvisioningEntry]) -> set[UUID]:
    """Store all entries or none; the organizations they are of."""
    shares: dict[UUID, _Share] = {}
    for entry in entries:
        share = shares.get(entry.organization_id)
        if share is None:
            share = shares[entry.organization_id] = _Share(entry.received_at)
        share.amount += 1
        share.last_request_at = max(share.last_request_at, entry.received_at)
        if entry.outcome in _ERRORS and not _is_routine(entry):
            share.last_error_at = max(share.last_error_at or entry.received_at, entry.received_at)
    parts = shares.values()
    async with pool.acquire() as connection, connection.transaction():
        drawn = await connection.fetch(
            _DRAW_POSITIONS,
            list(shares),
            [share.amount for share in parts],
            [share.last_request_at for share in parts],
            [share.last_error_at for share in parts],
        )
        last = {row[0]: row[1] - shares[row[0]].amount for row in drawn}
        records: list[tuple[Any, ...]] = []
        for entry in entries:
            last[entry.organization_id] += 1
            records.append((last[entry.organization_id], *_VALUES(entry)))
        await connection.copy_records_to_table(
            "provisioning_requests",
            columns=("position", *_COLUMNS),
            records=records,
            timeout=COPY_TIMEOUT_S,
        )
    return set(shares)


async def without_stored(
    pool: asyncpg.Pool, entries: Sequence[ProvisioningEntry]
) -> list[ProvisioningEntry]:
    """The entries that the database does not have yet.

    A connection may break between a commit and its answer; the entries are then tried again.
    """
    by_organization: dict[UUID, list[UUID]] = {}
    for entry in entries:
        by_organization.setdefault(entry.organization_id, []).append(entry.id)
    stored: set[tuple[UUID, UUID]] = set()
    for organization_id, ids in by_organization.items():
        rows = await pool.fetch(_STORED, organization_id, ids)
        stored.update((organization_id, row[0]) for row in rows)
    fresh: dict[tuple[UUID, UUID], ProvisioningEntry] = {}
    for entry in entries:
        key = (entry.organization_id, entry.id)
        if key not in stored:
            fresh[key] = entry
    return list(fresh.values())


def storable(entry: ProvisioningEntry) -> ProvisioningEntry:
    """The entry with every character that PostgreSQL cannot store replaced."""
    repaired: dict[str, Any] = {}
    for name in _COLUMNS:
        value = getattr(entry, name)
        if isinstance(value, str) and ("\0" in value or not value.isascii()):
            repaired[name] = _repaired(value)
    warnings = tuple(_repaired(warning) for warning in entry.warnings)
    return replace(entry, warnings=warnings, **repaired)


def _repaired(text: str) -> str:
    return text.encode("utf-8", "replace").decode().replace("\0", "\N{REPLACEMENT CHARACTER}")
