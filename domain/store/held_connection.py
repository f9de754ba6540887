"""The connection that row-level security needs: it tells the database whose rows may be seen."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import asyncpg

from domain.reach import present_reach
from domain.store.quiet_connection import QuietConnection

SETTING = "rollcall.reach"
_TELL = f"SELECT set_config('{SETTING}', $1, false)"


class HeldConnection(QuietConnection):
    """A connection that tells the database its reach before each statement that has another.

    One more round trip where a connection changes from one organization to another.
    """

    __slots__ = ("_told",)

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self._told: str | None = None

    async def _tell(self) -> None:
        reach = present_reach()
        if reach == self._told:
            return
        # Told inside a transaction that is rolled back, it would be forgotten with that; and of a
        # call that is interrupted nobody knows whether the database heard it.
        lasting = not self.is_in_transaction()
        self._told = None
        await super().fetch(_TELL, reach)
        self._told = reach if lasting else None

    async def fetch(self, *args: object, **kwargs: object) -> list[asyncpg.Record]:
        """As asyncpg does."""
        await self._tell()
        rows: list[asyncpg.Record] = await super().fetch(*args, **kwargs)
        return rows

    async def fetchrow(self, *args: object, **kwargs: object) -> asyncpg.Record | None:
        """As asyncpg does."""
        await self._tell()
        return await super().fetchrow(*args, **kwargs)

    async def fetchval(self, *args: object, **kwargs: object) -> object:
        """As asyncpg does."""
        await self._tell()
        return await super().fetchval(*args, **kwargs)

    async def execute(self, *args: object, **kwargs: object) -> str:
        """As asyncpg does."""
        await self._tell()
        status: str = await super().execute(*args, **kwargs)
        return status

    async def executemany(self, *args: object, **kwargs: object) -> None:
        """As asyncpg does."""
        await self._tell()
        await super().executemany(*args, **kwargs)

    async def copy_records_to_table(
        self,
        table_name: str,
        *,
        columns: Sequence[str],
        records: Iterable[Sequence[object]],
        timeout: float | None = None,  # noqa: ASYNC109 - as asyncpg has it
    ) -> None:
        """Insert the records one after the other: PostgreSQL copies into no such table."""
        places = ", ".join(f"${n}" for n in range(1, len(columns) + 1))
        names = ", ".join(f'"{name}"' for name in columns)
        text = f'INSERT INTO "{table_name}" ({names}) VALUES ({places})'  # noqa: S608
        await self.executemany(text, records, timeout=timeout)
