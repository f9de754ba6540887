"""How background work bears a database that is away: it says so once, waits, and goes on."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable

import asyncpg

# A restart shows itself as any of these: refused, dropped, shutting down, read-only, timed out.
DATABASE_TROUBLE = (
    asyncpg.PostgresError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,
    OSError,
)
SHORTEST_PAUSE_S = 0.1
LONGEST_PAUSE_S = 2.0


class Patience:
    """Counts failures in a row of one piece of work."""

    __slots__ = ("_failures", "_logger", "_work")

    def __init__(self, logger: logging.Logger, work: str) -> None:
        self._logger = logger
        self._work = work
        self._failures = 0

    async def attempt(self, work: Callable[[], Awaitable[float]]) -> float:
        """Do the work, which says how long to rest after it; after a failure, how long to wait."""
        try:
            pause = await work()
        except DATABASE_TROUBLE as error:
            return self.failed(error)
        self.worked()
        return pause

    def failed(self, error: BaseException) -> float:
        """Seconds to wait before the next try; only the first failure in a row is logged."""
        self._failures += 1
        if self._failures == 1:
            # The message of a database error may quote a row; its kind may not.
            self._logger.warning("%s waits for the database (%s)", self._work, type(error).__name__)
        return min(LONGEST_PAUSE_S, SHORTEST_PAUSE_S * 2.0 ** min(self._failures - 1, 10))

    def worked(self) -> None:
        """The work went well; says so when it had not before."""
        if self._failures:
            self._logger.info("%s goes on after %d failed tries", self._work, self._failures)
            self._failures = 0
