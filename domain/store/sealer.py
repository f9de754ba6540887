"""Seals audit events: gives committed events their position, moment and hash, in batches.

One sealer at a time works on an organization, whichever process it runs in: it holds the lock of
the organization's head. Commands only insert events and wait for nothing here.
"""

from __future__ import annotations

import asyncio
import logging
from datetime import UTC, datetime
from time import monotonic
from typing import TYPE_CHECKING, Any

from domain.store.audit_chain import HASHED_COLUMNS, Head, SealedBatch
from domain.store.organization_jumps import organizations_with
from domain.store.patience import Patience

if TYPE_CHECKING:
    from collections.abc import Callable

    import asyncpg

    from domain.ids import UUID

BATCH = 500
# Events of a busy moment are gathered, so that each costs less; both together stay under 100 ms.
GATHER_S = 0.02
POLL_S = 0.07
OVERDUE_S = 2.0
"""A pass that has taken so long is not just a large one."""

logger = logging.getLogger(__name__)

_WAITING = organizations_with("audit_events", "position IS NULL")
# What follows in the transaction has its plan made without sequential scans, for the same reason.
_LOCK_HEAD = """
SELECT position, hash, occurred_at, set_config('enable_seqscan', 'off', true)
FROM audit_heads WHERE organization_id = $1 FOR UPDATE SKIP LOCKED
"""
_MAKE_HEAD = """
INSERT INTO audit_heads (organization_id, position, hash, occurred_at) VALUES ($1, $2, $3, $4)
ON CONFLICT DO NOTHING
RETURNING position, hash, occurred_at, set_config('enable_seqscan', 'off', true)
"""
# A statement of its own, after the lock: only its snapshot is sure to see what the last holder of
# the lock has sealed.
_UNSEALED = f"""
SELECT {HASHED_COLUMNS} FROM audit_events
WHERE organization_id = $1 AND position IS NULL ORDER BY sequence LIMIT {BATCH}
"""  # noqa: S608 made of constants
# The rows are looked up by their key, not joined: a join planned while the table was small goes
# through the whole table until the next ANALYZE. `chain` is the hash before the batch and then the
# hash of each event, 32 bytes each.
_SEAL = """
WITH written AS (
  UPDATE audit_events
  SET (position, occurred_at, previous_hash, hash) = (
    SELECT $2::bigint + n, ($5::timestamptz[])[n], substr(chain, 32 * n - 31, 32),
      substr(chain, 32 * n + 1, 32)
    FROM (SELECT array_position($4::uuid[], id) AS n, $6::bytea AS chain) AS row
  )
  WHERE organization_id = $1 AND id = ANY($4)
  RETURNING 1
), moved AS (
  UPDATE audit_heads
  SET position = $2 + cardinality($4), hash = $3, occurred_at = ($5)[cardinality($4)]
  WHERE organization_id = $1
)
SELECT count(*) FROM written
"""


async def seal_batch(connection: asyncpg.Connection, organization_id: UUID) -> SealedBatch | None:
    """Seal up to BATCH events of an organization, in one transaction.

    None when another sealer is at work on the organization.
    """
    async with connection.transaction():
        rows = await connection.fetch(_LOCK_HEAD, organization_id)
        if not rows:
            first = Head()
            start = (first.position, first.hash, first.occurred_at)
            rows = await connection.fetch(_MAKE_HEAD, organization_id, *start)
            if not rows:
                return None
        head = Head(*rows[0][:3])
        batch = SealedBatch(
            organization_id, head, await connection.fetch(_UNSEALED, organization_id)
        )
        if batch.ids:
            rows = await connection.fetch(
                _SEAL,
                organization_id,
                head.position,
                batch.head.hash,
                batch.ids,
                batch.occurred,
                b"".join([head.hash, *batch.hashes]),
            )
            if rows[0][0] != len(batch.ids):
                raise RuntimeError("events were sealed by something that holds no lock")
        return batch


async def seal_pending(pool: Any, sealed: Callable[[UUID, SealedBatch], None] | None = None) -> int:
    """Seal what waits in every organization that nobody else is sealing; how many events.

    `sealed` hears of each batch after it is committed.
    """
    total = 0
    async with pool.acquire() as connection:
        for (organization_id,) in await connection.fetch(_WAITING):
            while True:
                batch = await seal_batch(connection, organization_id)
                if batch is None or not batch.ids:
                    break
                total += len(batch.ids)
                if sealed is not None:
                    sealed(organization_id, batch)
                if len(batch.ids) < BATCH:
                    break
    return total


class Sealer:
    """Seals for as long as it runs; `wake` after a change of this process."""

    def __init__(
        self, pool: asyncpg.Pool, sealed: Callable[[UUID], None] = lambda _organization_id: None
    ) -> None:
        self._pool = pool
        self._sealed = sealed
        self._woken = asyncio.Event()
        self._stopping = False
        self._patience = Patience(logger, "sealing the audit log")
        self.total = 0
        self._oldest_s = 0.0
        self._passed_at = monotonic()

    @property
    def lag_s(self) -> float:
        """How old the oldest event of the last pass was when it was sealed; 0 when none waited.

        While no pass comes to its end, the time since the last one that did.
        """
        since = monotonic() - self._passed_at
        return max(self._oldest_s, since) if since > OVERDUE_S else self._oldest_s

    def wake(self) -> None:
        """There is something to seal."""
        self._woken.set()

    def stop(self) -> None:
        """Seal what is there once more, then end `run`."""
        self._stopping = True
        self._woken.set()

    async def run(self) -> None:
        """Seal until stopped; a database that is away is waited for."""
        while True:
            last = self._stopping
            pause = await self._patience.attempt(self._round)
            if last:
                return
            await self._rest(pause)

    async def _round(self) -> float:
        began = monotonic()
        await self.seal_once()
        # A pass that takes long leaves some rest: requests want the processors too.
        return max(GATHER_S, min(POLL_S, (monotonic() - began) / 2))

    async def seal_once(self) -> int:
        """Seal what waits now; how many events."""
        self._woken.clear()
        self._oldest_s = 0.0
        number = await seal_pending(self._pool, self._note)
        self._passed_at = monotonic()
        return number

    def _note(self, organization_id: UUID, batch: SealedBatch) -> None:
        self.total += len(batch.ids)
        age = (datetime.now(UTC) - batch.occurred[0]).total_seconds()
        self._oldest_s = max(self._oldest_s, age)
        self._sealed(organization_id)

    async def _rest(self, pause_s: float) -> None:
        if self._stopping:
            return
        await asyncio.sleep(pause_s)
        if pause_s < POLL_S and not self._woken.is_set():
            try:
                await asyncio.wait_for(self._woken.wait(), POLL_S - pause_s)
            except TimeoutError:
                return  # other processes record events too
