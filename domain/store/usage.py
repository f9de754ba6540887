"""Notes when credentials, tokens and sessions were last used: in batches, once a minute at most."""

from __future__ import annotations

import asyncio
import logging
from contextlib import suppress
from time import monotonic
from typing import TYPE_CHECKING

from domain.clock import utc_now
from domain.store.connection_rows import TOUCH_CREDENTIALS
from domain.store.patience import DATABASE_TROUBLE, Patience

if TYPE_CHECKING:
    import asyncpg

    from domain.ids import UUID

WRITE_EVERY_S = 5.0
AGAIN_AFTER_S = 60.0

logger = logging.getLogger(__name__)
_TOUCH = {
    "access token": "UPDATE access_tokens SET last_used_at = $2 WHERE id = ANY($1::uuid[])",
    "session": "UPDATE sessions SET last_seen_at = $2 WHERE id = ANY($1::uuid[])",
}

# What is of no organization is noted under what it is: the tables of both are global.
_Key = tuple["UUID | str", "UUID"]


class UsageNotes:
    """Takes notes without waiting while `run` writes them."""

    def __init__(self, pool: asyncpg.Pool) -> None:
        self._pool = pool
        self._used: set[_Key] = set()
        self._written_at: dict[_Key, float] = {}
        self._stopped = asyncio.Event()
        self._patience = Patience(logger, "noting the use of credentials")

    def touch_credential(self, organization_id: UUID, credential_id: UUID) -> None:
        """A SCIM credential was used just now."""
        self._used.add((organization_id, credential_id))

    def touch_access_token(self, token_id: UUID) -> None:
        """An access token was used just now."""
        self._used.add(("access token", token_id))

    def touch_session(self, session_id: UUID) -> None:
        """A session was used just now."""
        self._used.add(("session", session_id))

    def stop(self) -> None:
        """Write what is there, then end `run`."""
        self._stopped.set()

    async def run(self) -> None:
        """Write until stopped; what the database does not take is tried again."""
        while True:
            last = self._stopped.is_set()
            try:
                await self.write(all_of_it=last)
                self._patience.worked()
            except DATABASE_TROUBLE as error:
                self._patience.failed(error)
            if last:
                return
            with suppress(TimeoutError):
                await asyncio.wait_for(self._stopped.wait(), WRITE_EVERY_S)

    async def write(self, *, all_of_it: bool = False) -> None:
        """Write what was not written within the last minute, or all of it."""
        now = monotonic()
        self._written_at = {
            key: moment for key, moment in self._written_at.items() if now - moment < AGAIN_AFTER_S
        }
        due: dict[UUID | str, list[UUID]] = {}
        for key in self._used:
            if all_of_it or key not in self._written_at:
                due.setdefault(key[0], []).append(key[1])
        for owner, ids in due.items():
            if isinstance(owner, str):
                await self._pool.execute(_TOUCH[owner], ids, utc_now())
            else:
                await TOUCH_CREDENTIALS.fetch(
                    self._pool, organization_id=owner, ids=ids, now=utc_now()
                )
            for id_ in ids:
                self._used.discard((owner, id_))
                self._written_at[owner, id_] = now
