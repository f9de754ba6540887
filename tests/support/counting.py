"""Notes the statements that a command or a read sends, to count and to explain them."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from domain.application import Application
from tests.support.factories import POLICY


class CountingConnection:
    """A connection that notes each statement it passes on."""

    def __init__(self, connection: Any, seen: list[tuple[str, tuple[Any, ...]]]) -> None:
        self._connection = connection
        self._seen = seen

    async def fetch(self, text: str, *arguments: Any, **options: Any) -> Any:
        """Note the statement, then run it."""
        self._seen.append((text, arguments))
        return await self._connection.fetch(text, *arguments, **options)

    async def execute(self, text: str, *arguments: Any, **options: Any) -> Any:
        """Note the statement, then run it."""
        self._seen.append((text, arguments))
        return await self._connection.execute(text, *arguments, **options)

    async def fetchval(self, text: str, *arguments: Any, **options: Any) -> Any:
        """Note the statement, then run it."""
        self._seen.append((text, arguments))
        return await self._connection.fetchval(text, *arguments, **options)

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[None]:
        """A transaction, noted as the two statements that it costs."""
        self._seen.append(("BEGIN", ()))
        async with self._connection.transaction():
            yield
        self._seen.append(("COMMIT", ()))


class CountingPool:
    """A pool whose connections note `statements`: their texts and arguments."""

    def __init__(self, pool: Any) -> None:
        self._pool = pool
        self.statements: list[tuple[str, tuple[Any, ...]]] = []

    @asynccontextmanager
    async def acquire(self, **options: Any) -> AsyncIterator[CountingConnection]:
        """A counting connection."""
        async with self._pool.acquire(**options) as connection:
            yield CountingConnection(connection, self.statements)

    async def fetch(self, text: str, *arguments: Any, **options: Any) -> Any:
        """Note the statement, then run it."""
        self.statements.append((text, arguments))
        return await self._pool.fetch(text, *arguments, **options)

    async def execute(self, text: str, *arguments: Any, **options: Any) -> Any:
        """Note the statement, then run it."""
        self.statements.append((text, arguments))
        return await self._pool.execute(text, *arguments, **options)


def counting(app: Application) -> tuple[Application, CountingPool]:
    """An application on the same pool that counts."""
    pool = CountingPool(app.pool)
    return Application(pool, POLICY), pool
