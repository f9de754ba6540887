"""A view of the database that stays the same while it is read, for readers that take turns."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import Any

import asyncpg

from domain.store.patience import DATABASE_TROUBLE

_BEGIN = "BEGIN TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY"
_END_TIMEOUT_S = 1.0
_PREFERRED_TIMEOUT_S = 1.0


class Snapshot:
    """A read-only transaction that the first read begins; `end` gives its connection back.

    Reads may come from several tasks at once. After `end` the next read begins a new view.
    """

    __slots__ = ("_connection", "_holder", "_lock", "_pool", "_preferred", "statements")

    def __init__(self, pool: asyncpg.Pool) -> None:
        self._pool = pool
        self._lock = asyncio.Lock()
        self._connection: Any = None
        self._holder = pool
        self._preferred: asyncpg.Pool | None = None
        self.statements = 0
        """How many statements were run, without those that begin and end the transaction."""

    def prefer(self, pool: asyncpg.Pool | None) -> None:
        """Read from there, if it lets us in, when the next view begins; None is the own pool."""
        self._preferred = pool

    async def fetch(self, text: str, *arguments: Any) -> list[asyncpg.Record]:
        """All rows of a statement."""
        async with self._lock:
            if self._connection is None:
                self._connection = await self._begin()
            self.statements += 1
            rows: list[asyncpg.Record] = await self._connection.fetch(text, *arguments)
            return rows

    async def end(self) -> None:
        """Give the connection back; one that does not end its transaction in time is closed."""
        async with self._lock:
            connection, self._connection = self._connection, None
            if connection is None:
                return
            try:
                await connection.execute("ROLLBACK", timeout=_END_TIMEOUT_S)
            except (*DATABASE_TROUBLE, TimeoutError):
                connection.terminate()
            finally:
                await self._holder.release(connection)

    async def _begin(self) -> Any:
        preferred = self._preferred
        if preferred is not None:
            with suppress(*DATABASE_TROUBLE):
                return await self._begin_in(preferred, timeout=_PREFERRED_TIMEOUT_S)
        return await self._begin_in(self._pool)

    async def _begin_in(self, pool: asyncpg.Pool, timeout: float | None = None) -> Any:  # noqa: ASYNC109 - asyncpg's own
        connection = await pool.acquire(timeout=timeout)
        try:
            await connection.execute(_BEGIN, timeout=timeout)
        except BaseException:
            connection.terminate()
            await pool.release(connection)
            raise
        self._holder = pool
        return connection
