"""Background work in rounds: again and again until stopped, bearing a database that is away."""

from __future__ import annotations

import asyncio
from abc import ABC, abstractmethod
from contextlib import suppress
from typing import TYPE_CHECKING

from domain.spans import span
from domain.store.patience import Patience

if TYPE_CHECKING:
    import logging
    from collections.abc import Awaitable, Callable


class Rounds:
    """Does one piece of work until stopped; a rest between two rounds ends when it is."""

    __slots__ = ("_stopped", "_work", "patience")

    def __init__(self, logger: logging.Logger, work: str) -> None:
        self._stopped = asyncio.Event()
        self._work = work
        self.patience = Patience(logger, work)

    @property
    def is_stopped(self) -> bool:
        """Whether no further round is to begin."""
        return self._stopped.is_set()

    def stop(self) -> None:
        """Let the round at hand be the last one."""
        self._stopped.set()

    async def run(self, once: Callable[[], Awaitable[float]]) -> None:
        """Await `once` until stopped; it says how many seconds to rest after it."""
        while not self.is_stopped:
            with span(f"turn of {self._work}", drops_quiet=True):
                pause_s = await self.patience.attempt(once)
            await self.rest(pause_s)

    async def rest(self, pause_s: float) -> None:
        """Wait so long, or until stopped."""
        with suppress(TimeoutError):
            await asyncio.wait_for(self._stopped.wait(), pause_s)


class InRounds(ABC):
    """Background work that is done in rounds: what runs it, and what stops it."""

    def __init__(self, logger: logging.Logger, work: str) -> None:
        self._rounds = Rounds(logger, work)

    def stop(self) -> None:
        """Finish what is at hand, then end `run`; the rest is another's, or a later start's."""
        self._rounds.stop()

    async def run(self) -> None:
        """Work until stopped; a database that is away is waited for."""
        await self._rounds.run(self._round)

    @abstractmethod
    async def _round(self) -> float:
        """Do one round; how many seconds to rest after it."""
