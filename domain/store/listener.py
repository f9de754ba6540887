"""Hears of news from all processes: by LISTEN on one connection, and by a look every second.

A process that is killed between a commit and its NOTIFY tells nobody; the look finds what it wrote.
"""

from __future__ import annotations

import asyncio
import logging
from contextlib import suppress
from time import monotonic
from typing import TYPE_CHECKING, Any

import asyncpg

from domain.ids import UUID
from domain.store.notify import CHANNEL
from domain.store.patience import DATABASE_TROUBLE, Patience
from domain.store.rounds import InRounds, Rounds

if TYPE_CHECKING:
    from domain.store.tails import Tails

CONNECT_S = 5.0
CHECK_S = 0.5
PROBE_S = 20.0
LOOK_S = 1.0
NAME = "rollcall listener"

logger = logging.getLogger(__name__)
_HEADS = """
SELECT 'events' AS log, organization_id, position FROM audit_heads
WHERE organization_id = ANY($1)
UNION ALL
SELECT 'requests', organization_id, position FROM provisioning_heads
WHERE organization_id = ANY($1)
"""


class Listener:
    """Tells the lookout when an organization's name is heard, and wakes all after each connect.

    `url` must lead to the database itself: through a pooler nobody can listen.
    """

    def __init__(self, url: str, lookout: Lookout) -> None:
        self._url = url
        self._lookout = lookout
        self._rounds = Rounds(logger, "listening for changes")
        self._patience = Patience(logger, "listening for changes")

    def stop(self) -> None:
        """End `run`."""
        self._rounds.stop()

    async def run(self) -> None:
        """Listen until stopped; a connection that is lost is made again."""
        while not self._rounds.is_stopped:
            try:
                await self._listen()
            except DATABASE_TROUBLE as error:
                await self._rounds.rest(self._patience.failed(error))

    async def _listen(self) -> None:
        connection = await asyncpg.connect(
            self._url,
            timeout=CONNECT_S,
            statement_cache_size=0,
            server_settings={"application_name": NAME},
        )
        try:
            await connection.add_listener(CHANNEL, self._heard)
            self._patience.worked()
            # Whatever was said in between was not heard.
            self._lookout.wake_all()
            asked_at = monotonic()
            while not self._rounds.is_stopped:
                await self._rounds.rest(CHECK_S)
                if connection.is_closed():
                    raise ConnectionError("the database ended the connection")
                if monotonic() > asked_at + PROBE_S:
                    # A network that is cut says nothing; a question does not come back.
                    asked_at = monotonic()
                    await connection.execute("SELECT 1", timeout=CONNECT_S)
        finally:
            with suppress(*DATABASE_TROUBLE):
                await connection.close(timeout=CONNECT_S)

    def _heard(self, _connection: Any, _process: int, _channel: str, payload: str) -> None:
        try:
            self._lookout.told(UUID(payload))
        except ValueError:
            logger.warning("something that names no organization was said on %s", CHANNEL)


class Lookout(InRounds):
    """Looks every second whether there is news of an organization that somebody waits for.

    Where it is told of news it first looks how far they go, so that the next look does not wake
    everybody for the same once more.
    """

    def __init__(self, pool: asyncpg.Pool, tails: Tails) -> None:
        super().__init__(logger, "looking for changes")
        self._pool = pool
        self._tails = tails
        self._seen: dict[tuple[str, UUID], int] = {}
        self._hearing: set[asyncio.Task[None]] = set()

    def wake_all(self) -> None:
        """There may be news of any organization."""
        self._tails.wake_all()

    def told(self, organization_id: UUID) -> None:
        """Somebody says that there is news of the organization."""
        if organization_id in self._tails.organizations:
            task = asyncio.create_task(self.hear(organization_id))
            self._hearing.add(task)
            task.add_done_callback(self._hearing.discard)

    async def hear(self, organization_id: UUID) -> None:
        """Wake the tails of the organization, whether or not it can be seen that it has moved."""
        try:
            # Before they are woken: they will read at least as far as this.
            heads = await self._heads([organization_id])
            self._seen |= heads
        except DATABASE_TROUBLE:
            pass  # who is woken finds out, and says so
        finally:
            self._tails.wake(organization_id)

    async def _round(self) -> float:
        await self.look()
        return LOOK_S

    async def look(self) -> None:
        """Wake the tails of each organization that has moved since the last look."""
        waiting = self._tails.organizations
        if not waiting:
            self._seen = {}
            return
        seen = await self._heads(waiting)
        before, self._seen = self._seen, seen
        moved = {key[1] for key, position in seen.items() if before.get(key) != position}
        for organization_id in moved:
            self._tails.wake(organization_id)

    async def _heads(self, organization_ids: list[UUID]) -> dict[tuple[str, UUID], int]:
        rows = await self._pool.fetch(_HEADS, organization_ids)
        return {(row["log"], row["organization_id"]): row["position"] for row in rows}
