"""Tells every process which organizations have something new, by NOTIFY.

Outside the commands' transactions, because a commit that notifies waits for all others that do;
gathered, because listeners only want to know that there is something to read.
"""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING

from domain.store.patience import Patience

if TYPE_CHECKING:
    import asyncpg

    from domain.ids import UUID

CHANNEL = "rollcall_changes"
GATHER_S = 0.05

logger = logging.getLogger(__name__)
_NOTIFY = f"SELECT pg_notify('{CHANNEL}', id::text) FROM unnest($1::uuid[]) AS id"  # noqa: S608 a constant


class Notifier:
    """Sends the organizations it is told of at most every 50 ms, each once."""

    def __init__(self, pool: asyncpg.Pool) -> None:
        self._pool = pool
        self._changed: set[UUID] = set()
        self._woken = asyncio.Event()
        self._stopping = False
        self._patience = Patience(logger, "telling listeners")

    def changed(self, organization_id: UUID) -> None:
        """The organization has new events or requests, already committed."""
        self._changed.add(organization_id)
        self._woken.set()

    def stop(self) -> None:
        """Send what is there, then end `run`."""
        self._stopping = True
        self._woken.set()

    async def run(self) -> None:
        """Send until stopped; a database that is away is waited for."""
        while True:
            await self._woken.wait()
            last = self._stopping
            pause = await self._patience.attempt(self._round)
            if last:
                return
            await asyncio.sleep(pause)

    async def _round(self) -> float:
        await self.send()
        return GATHER_S

    async def send(self) -> None:
        """Send what is there now."""
        self._woken.clear()
        sending, self._changed = self._changed, set()
        if not sending:
            return
        try:
            await self._pool.execute(_NOTIFY, list(sending))
        except BaseException:
            self._changed |= sending
            self._woken.set()
            raise
