"""A streaming replica for reads: used while it is known to be at most a second behind.

What a replica says of its own delay is worth nothing when it is cut off, so it is measured: the
primary's position in its log is noted with the time, and what the replica has replayed was the
newest state at the last of these times.
"""

from __future__ import annotations

import logging
from collections import deque
from time import monotonic
from typing import TYPE_CHECKING

from domain.store.patience import DATABASE_TROUBLE
from domain.store.rounds import InRounds

if TYPE_CHECKING:
    import asyncpg

OLDEST_S = 1.0
PROBE_S = 0.2
PROBE_TIMEOUT_S = 1.0
_KEPT = 64

_WRITTEN = "SELECT pg_current_wal_lsn() - '0/0'"
# A replica that was promoted follows nobody: it may be another history.
_REPLAYED = "SELECT pg_last_wal_replay_lsn() - '0/0' WHERE pg_is_in_recovery()"

logger = logging.getLogger(__name__)


class Freshness:
    """How old at most is what a replica shows, by what was noted of it and of its primary."""

    __slots__ = ("_current_at", "_written")

    def __init__(self) -> None:
        self._written: deque[tuple[float, int]] = deque(maxlen=_KEPT)
        self._current_at: float | None = None

    def wrote(self, moment: float, position: int) -> None:
        """The primary had written so far at a moment, or later."""
        self._written.append((moment, position))

    def replayed(self, position: int | None) -> None:
        """The replica has replayed so far by now; None says that it is away or follows nobody."""
        moments = (
            moment
            for moment, written in self._written
            if position is not None and written <= position
        )
        self._current_at = max(moments, default=None)

    def suffices(self, now: float) -> bool:
        """Whether what it shows is at most a second old."""
        return self._current_at is not None and now <= self._current_at + OLDEST_S


class Replica(InRounds):
    """Where reads may go that need not be newer than a second."""

    def __init__(self, primary: asyncpg.Pool, replica: asyncpg.Pool) -> None:
        super().__init__(logger, "watching the replica")
        self._primary = primary
        self._replica = replica
        self._freshness = Freshness()
        self._used = False

    @property
    def pool(self) -> asyncpg.Pool | None:
        """The replica, None while it is further behind, or cannot be reached."""
        return self._replica if self._freshness.suffices(monotonic()) else None

    async def _round(self) -> float:
        await self._measure()
        if self._used is not (self.pool is not None):
            self._used = not self._used
            logger.warning("reads go to the %s", "replica" if self._used else "primary")
        return PROBE_S

    async def _measure(self) -> None:
        # Before the question: what is answered may already be older than the answer.
        moment = monotonic()
        if (position := await _asked(self._primary, _WRITTEN)) is not None:
            self._freshness.wrote(moment, position)
        self._freshness.replayed(await _asked(self._replica, _REPLAYED))


async def _asked(pool: asyncpg.Pool, position: str) -> int | None:
    """The position in the log, None where it is not to be had."""
    try:
        async with pool.acquire(timeout=PROBE_TIMEOUT_S) as connection:
            found = await connection.fetchval(position, timeout=PROBE_TIMEOUT_S)
    except DATABASE_TROUBLE:
        return None
    return None if found is None else int(found)
