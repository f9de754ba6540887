"""Bulk operations as the worker sees them: what is open, whose turn it is, which members are next.

A process takes an operation for a few seconds at a time, so that another takes over soon after its
end. Nothing hangs on that but the progress that is shown: a member is done once, for its item is
locked and marked in the transaction of its change.

Moments are the database's own, so that machines with different clocks agree on who holds what.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from domain.caller import Actor
from domain.ids import UUID
from domain.store.organization_jumps import organizations_with
from domain.vocabulary import ActorKind, BulkOperationState, BulkOutcome, MemberAction, Origin

if TYPE_CHECKING:
    from collections.abc import Mapping

LEASE = timedelta(seconds=3)
BATCH = 200

_WAITING = organizations_with("bulk_operations", "settled_at IS NULL")
# The oldest of the organization only: what was asked for later comes later. It is chosen before it
# is locked, for a row that is skipped because of its lock would make another the oldest.
_CLAIM = """
WITH oldest AS (
  SELECT id, leased_by, leased_until FROM bulk_operations
  WHERE organization_id = $1 AND settled_at IS NULL AND id = (
    SELECT id FROM bulk_operations WHERE organization_id = $1 AND settled_at IS NULL
    ORDER BY id LIMIT 1
  )
  FOR NO KEY UPDATE SKIP LOCKED
)
UPDATE bulk_operations AS operation
SET leased_by = $2, leased_until = now() + $3::interval,
  state = CASE operation.state WHEN 'QUEUED' THEN 'RUNNING' ELSE operation.state END
FROM oldest
WHERE operation.organization_id = $1 AND operation.id = oldest.id
  AND (oldest.leased_by = $2 OR oldest.leased_until IS NULL OR oldest.leased_until <= now())
RETURNING operation.*, oldest.leased_by IS DISTINCT FROM $2 AS is_taken_over
"""
_NEXT = f"""
SELECT member_id FROM bulk_operation_items
WHERE organization_id = $1 AND operation_id = $2 AND outcome IS NULL AND member_id > $3
ORDER BY member_id LIMIT {BATCH}
"""  # noqa: S608 made of constants
_ADD = """
UPDATE bulk_operations
SET changed = changed + $4, unchanged = unchanged + $5, failed = failed + $6
WHERE organization_id = $1 AND id = $2 AND leased_by = $3 AND settled_at IS NULL
"""
# What whoever had it before did, and did not come to write down.
_RECOUNT = """
UPDATE bulk_operations SET (changed, unchanged, failed) = (
  SELECT count(*) FILTER (WHERE outcome = 'CHANGED'),
    count(*) FILTER (WHERE outcome = 'UNCHANGED'), count(*) FILTER (WHERE outcome = 'FAILED')
  FROM bulk_operation_items WHERE organization_id = $1 AND operation_id = $2
)
WHERE organization_id = $1 AND id = $2 AND leased_by = $3 AND settled_at IS NULL
"""
_RELEASE = """
UPDATE bulk_operations SET leased_until = NULL
WHERE organization_id = $1 AND settled_at IS NULL AND leased_by = $2
"""
_FIRST = UUID(int=0)


@dataclass(frozen=True, slots=True)
class ClaimedOperation:
    """An operation in the hands of this process; `is_taken_over` when it was not before."""

    organization_id: UUID
    id: UUID
    action: MemberAction
    state: BulkOperationState
    started_by: Actor
    started_by_ip: str | None
    origin: Origin
    request_id: UUID
    correlation_id: UUID
    is_taken_over: bool


async def organizations_with_bulk_operations(pool: Any) -> list[UUID]:
    """Organizations in which an operation is not settled."""
    return [row[0] for row in await pool.fetch(_WAITING)]


async def claim(pool: Any, organization_id: UUID, worker: UUID) -> ClaimedOperation | None:
    """Take the organization's oldest operation; None when another worker has it."""
    row = await pool.fetchrow(_CLAIM, organization_id, worker, LEASE)
    return None if row is None else _claimed(row)


async def next_items(
    pool: Any, operation: ClaimedOperation, after: UUID | None = None
) -> list[UUID]:
    """Up to 200 members whose turn has not come, after that one."""
    rows = await pool.fetch(_NEXT, operation.organization_id, operation.id, after or _FIRST)
    return [row[0] for row in rows]


async def add_outcomes(
    pool: Any, operation: ClaimedOperation, worker: UUID, outcomes: Mapping[BulkOutcome, int]
) -> None:
    """Add to the numbers that are shown while it runs."""
    numbers = (outcomes.get(outcome, 0) for outcome in BulkOutcome)
    await pool.execute(_ADD, operation.organization_id, operation.id, worker, *numbers)


async def recount(pool: Any, operation: ClaimedOperation, worker: UUID) -> None:
    """Make the numbers that are shown those of the items."""
    await pool.execute(_RECOUNT, operation.organization_id, operation.id, worker)


async def release(pool: Any, organization_id: UUID, worker: UUID) -> None:
    """Let others take at once what this worker has of the organization."""
    await pool.execute(_RELEASE, organization_id, worker)


def _claimed(row: Mapping[str, Any]) -> ClaimedOperation:
    return ClaimedOperation(
        organization_id=row["organization_id"],
        id=row["id"],
        action=MemberAction(row["action"]),
        state=BulkOperationState(row["state"]),
        started_by=Actor(
            ActorKind(row["started_by_kind"]), row["started_by_id"], row["started_by_label"]
        ),
        started_by_ip=row["started_by_ip"],
        origin=Origin(row["started_origin"]),
        request_id=row["request_id"],
        correlation_id=row["correlation_id"],
        is_taken_over=row["is_taken_over"],
    )
