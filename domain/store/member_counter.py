"""Keeps counts of members near the end of each history, so that they are had from few events.

It never stands in anybody's way: it writes what was true after a sealed event, whatever else goes
on. Once a day the members are counted themselves, in case somebody changed them past the history.
"""

from __future__ import annotations

import logging
from datetime import timedelta
from time import monotonic
from typing import TYPE_CHECKING, Any

import asyncpg

from domain.clock import utc_now
from domain.store.member_counts import (
    FARTHEST,
    STATUSES,
    MemberCounts,
    changed_since,
    counted_anew,
    counts_of,
    kept_counts,
)
from domain.store.pool import COMMAND_TIMEOUT_S
from domain.store.rounds import InRounds

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from domain.ids import UUID

BEHIND = 100
"""How many events the counts may be behind; to read them costs the look at these."""
POLL_S = 0.25
EVERY_ORGANIZATION_S = 60.0
ANEW_EVERY = timedelta(days=1)

logger = logging.getLogger(__name__)

_DUE = """
SELECT head.organization_id FROM audit_heads AS head
LEFT JOIN member_counts AS kept ON kept.organization_id = head.organization_id
WHERE (head.position >= coalesce(kept.position, 0) + $1 OR kept.counted_at < $2)
  AND ($3::uuid[] IS NULL OR head.organization_id = ANY($3))
"""
# Counting a large organization anew takes longer than a request may.
_HEAD = f"""
SELECT head.position, kept.counted_at,
  set_config('statement_timeout', '{int(COMMAND_TIMEOUT_S * 1000)}', true)
FROM audit_heads AS head
LEFT JOIN member_counts AS kept ON kept.organization_id = head.organization_id
WHERE head.organization_id = $1
"""  # noqa: S608 made of constants
# From nothing: what it returns is how much the counts of that position and those of now differ.
_SINCE = changed_since(
    f"SELECT $2::bigint AS position, {', '.join(f'0 AS {status}' for status in STATUSES)}"
)
_KEPT = ", ".join(("position", "counted_at", *STATUSES))
_PRESENT = ", ".join(f"excluded.{name}" for name in ("position", "counted_at", *STATUSES))
_KEEP = f"""
INSERT INTO member_counts (organization_id, {_KEPT}) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
ON CONFLICT (organization_id) DO UPDATE SET ({_KEPT}) = ({_PRESENT})
"""  # noqa: S608 made of constants


async def keep_counts(connection: Any, organization_id: UUID, now: datetime) -> bool:
    """Keep the counts as of the last sealed event; whether they were.

    Not while more events wait to be sealed than can be looked through, or while another does it.
    """
    try:
        async with connection.transaction(isolation="repeatable_read"):
            return await _keep(connection, organization_id, now)
    except asyncpg.SerializationError:
        return False


async def _keep(connection: Any, organization_id: UUID, now: datetime) -> bool:
    heads = await connection.fetch(_HEAD, organization_id)
    if not heads:
        return False
    position, counted_at = heads[0]["position"], heads[0]["counted_at"]
    present = await kept_counts(connection, organization_id)
    if present is None or counted_at < now - ANEW_EVERY:
        found = await counted_anew(connection, organization_id)
        if present is not None and present != found:
            logger.error(
                "the counts of members of organization %s were off; they are right again: somebody"
                " changes members past the server",
                organization_id,
            )
        present, counted_at = found, now
    rows = await connection.fetch(_SINCE, organization_id, position)
    if rows[0]["events"] > FARTHEST:
        return False
    since = counts_of(rows[0])
    await connection.execute(
        _KEEP, organization_id, position, counted_at, *_differences(present, since)
    )
    return True


def _differences(present: MemberCounts, since: MemberCounts) -> list[int]:
    return [getattr(present, status) - getattr(since, status) for status in STATUSES]


class MemberCounter(InRounds):
    """Keeps counts for as long as it runs; `sealed` says whose history went on."""

    def __init__(self, pool: asyncpg.Pool) -> None:
        super().__init__(logger, "counting members")
        self._pool = pool
        self._sealed: set[UUID] = set()
        self._everyone_at = 0.0

    def sealed(self, organization_id: UUID) -> None:
        """Events of the organization were sealed just now."""
        self._sealed.add(organization_id)

    async def _round(self) -> float:
        sealed, self._sealed = self._sealed, set()
        if monotonic() >= self._everyone_at:
            await self.keep_due()
            self._everyone_at = monotonic() + EVERY_ORGANIZATION_S
        elif sealed:
            await self.keep_due(sealed)
        return POLL_S

    async def keep_due(self, among: Iterable[UUID] | None = None) -> None:
        """Keep the counts that are too far behind, of these organizations or of all."""
        now = utc_now()
        wanted = None if among is None else list(among)
        for (organization_id,) in await self._pool.fetch(_DUE, BEHIND, now - ANEW_EVERY, wanted):
            if self._rounds.is_stopped:
                return
            began = monotonic()
            async with self._pool.acquire() as connection:
                await keep_counts(connection, organization_id, now)
            await self._rounds.rest(monotonic() - began)
