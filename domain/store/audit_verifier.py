"""Verifies audit chains in the background: what is new soon, and everything anew once a day.

One verifier at a time works on an organization, whichever process it runs in: it holds the lock of
the organization's row, where it also leaves how far it came. It reads batches and rests nine times
as long as they took: a history of any length is gone through without being felt.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import timedelta
from time import monotonic
from typing import TYPE_CHECKING, Any

from domain.clock import utc_now
from domain.store.audit_chain import Head, Stretch, follow_chain
from domain.store.rounds import InRounds

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    import asyncpg

    from domain.ids import UUID

BATCH = 250
# 2,500 events a second at most, and a tenth of one processor.
SHORTEST_REST_S = 0.1
REST_PER_WORK = 9
POLL_S = 15.0
AGAIN_EVERY = timedelta(days=1)

logger = logging.getLogger(__name__)

# An end that was cut off or rewritten is due as well, though nothing is new. A full join, for an
# organization whose head is gone.
_DUE = """
SELECT coalesce(head.organization_id, seen.organization_id)
FROM audit_heads AS head
FULL JOIN audit_verifications AS seen ON seen.organization_id = head.organization_id
WHERE (head.position, head.hash) IS DISTINCT FROM (seen.position, seen.hash)
  OR seen.again_position IS NOT NULL OR seen.again_began_at < $1
ORDER BY seen.verified_at NULLS FIRST
"""
_CLAIM = """
SELECT position, hash, occurred_at, verified_at, broken_at,
  again_position, again_hash, again_occurred_at, again_began_at
FROM audit_verifications WHERE organization_id = $1 FOR UPDATE SKIP LOCKED
"""
_BEGIN = """
INSERT INTO audit_verifications (organization_id, position, hash, occurred_at, again_began_at)
VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING
"""
_LEAVE = """
UPDATE audit_verifications SET position = $2, hash = $3, occurred_at = $4, verified_at = $5,
  broken_at = $6, again_position = $7, again_hash = $8, again_occurred_at = $9, again_began_at = $10
WHERE organization_id = $1
"""
_BROKEN = "SELECT count(*) FROM audit_verifications WHERE broken_at IS NOT NULL"


@dataclass(frozen=True, slots=True)
class Turn:
    """What a turn on one organization came to; `is_news` says that the break was not known."""

    broken_at: int | None
    is_news: bool
    has_more: bool


async def verify_batch(
    connection: asyncpg.Connection, organization_id: UUID, now: datetime
) -> Turn | None:
    """Verify up to BATCH events of an organization, in one transaction.

    What is new comes first, then, once a day, everything from the first event. Neither goes on
    past a break: it is looked at again with each turn. None when another verifier is at work.
    """
    async with connection.transaction():
        rows = await connection.fetch(_CLAIM, organization_id)
        if not rows:
            first = Head()
            await connection.execute(
                _BEGIN, organization_id, first.position, first.hash, first.occurred_at, now
            )
            rows = await connection.fetch(_CLAIM, organization_id)
            if not rows:
                return None
        row = rows[0]
        tip = await follow_chain(connection, organization_id, Head(*row[:3]), BATCH)
        again, began_at = _under_way(row, now)
        second: Stretch | None = None
        if again is not None and tip.is_end:
            second = await _follow_again(connection, organization_id, again, tip.head)
            again = None if second.is_end and second.broken_at is None else second.head
        broken_at = _first_break(row, tip, second)
        await connection.execute(
            _LEAVE,
            organization_id,
            tip.head.position,
            tip.head.hash,
            tip.head.occurred_at,
            now if broken_at is None else row["verified_at"],
            broken_at,
            *((again.position, again.hash, again.occurred_at) if again else (None, None, None)),
            began_at,
        )
    known: int | None = row["broken_at"]
    return Turn(
        broken_at,
        is_news=broken_at is not None and broken_at != known,
        has_more=not tip.is_end
        or (second is not None and not second.is_end and second.broken_at is None),
    )


def _under_way(row: Any, now: datetime) -> tuple[Head | None, datetime]:
    """Where the walk from the first event stands, None while there is none; when it began."""
    if row["again_position"] is not None:
        head = Head(row["again_position"], row["again_hash"], row["again_occurred_at"])
        return head, row["again_began_at"]
    if row["again_began_at"] < now - AGAIN_EVERY:
        return Head(), now
    return None, row["again_began_at"]


async def _follow_again(
    connection: asyncpg.Connection, organization_id: UUID, again: Head, tip: Head
) -> Stretch:
    """A stretch of the walk from the first event; its end is where the other walk stands."""
    limit = min(BATCH, tip.position - again.position)
    found = Stretch(again, None, is_end=False)
    if limit > 0:
        found = await follow_chain(connection, organization_id, again, limit)
    if found.broken_at is not None or found.head.position < tip.position:
        return Stretch(found.head, found.broken_at, is_end=False)
    # Both came the same way: another hash means that the history was written anew in between.
    broken_at = None if found.head.hash == tip.hash else tip.position
    return Stretch(found.head, broken_at, is_end=True)


def _first_break(row: Any, tip: Stretch, second: Stretch | None) -> int | None:
    """The first position that does not fit, as far as is known."""
    found = [stretch.broken_at for stretch in (tip, second) if stretch and stretch.broken_at]
    if second is None and row["again_position"] is not None and row["broken_at"] is not None:
        found.append(row["broken_at"])  # the walk that found it had no turn
    return min(found, default=None)


class AuditVerifier(InRounds):
    """Verifies for as long as it runs; `broken` hears how many chains are known to be broken."""

    def __init__(
        self, pool: asyncpg.Pool, broken: Callable[[int], None] = lambda _number: None
    ) -> None:
        super().__init__(logger, "verifying the audit log")
        self._pool = pool
        self._broken = broken

    async def _round(self) -> float:
        await self.verify_once()
        return POLL_S

    async def verify_once(self) -> None:
        """Go on until nothing is due, a batch of each organization in turn."""
        going = True
        while going:
            going = False
            for (organization_id,) in await self._pool.fetch(_DUE, utc_now() - AGAIN_EVERY):
                if self._rounds.is_stopped:
                    return
                began = monotonic()
                turn = await self._turn(organization_id)
                going = going or (turn is not None and turn.has_more)
                worked_s = monotonic() - began
                await self._rounds.rest(max(SHORTEST_REST_S, REST_PER_WORK * worked_s))
        self._broken(await self._pool.fetchval(_BROKEN))

    async def _turn(self, organization_id: UUID) -> Turn | None:
        async with self._pool.acquire() as connection:
            turn = await verify_batch(connection, organization_id, utc_now())
        if turn is not None and turn.is_news:
            logger.error(
                "the audit log of organization %s was changed after the fact: position %d does not"
                " fit; `rollcall audit verify` computes it anew",
                organization_id,
                turn.broken_at,
            )
        return turn
