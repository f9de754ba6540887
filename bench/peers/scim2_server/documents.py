"""The SQL of the storage: rows of JSON with indexed columns. Knows asyncpg and no SCIM library."""

from __future__ import annotations

from contextlib import AsyncExitStack, asynccontextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    import asyncpg

TABLES = ("users", "groups")
COLUMNS = ("user_name", "external_id", "display_name")
"""Those that a lookup by equality can use."""

# TABLE and COLUMNS stand for what _for() puts there.
_SELECT = "SELECT COLUMNS FROM TABLE "
_FIND = {name: _SELECT + f"WHERE {name} = $1 ORDER BY position" for name in COLUMNS}
_INSERT = (
    "INSERT INTO TABLE (id, user_name, external_id, display_name, document)"
    " VALUES ($1, $2, $3, $4, $5) RETURNING COLUMNS"
)
_UPDATE = (
    "UPDATE TABLE SET user_name = $3, external_id = $4, display_name = $5, document = $6,"
    " version = version + 1, modified = now()"
    " WHERE id = $1 AND ($2::bigint IS NULL OR version = $2) RETURNING COLUMNS"
)
_DELETE = "DELETE FROM TABLE WHERE id = $1 AND ($2::bigint IS NULL OR version = $2) RETURNING id"


@dataclass(frozen=True, slots=True)
class Keys:
    """What a document can be found by, in the form it is compared in."""

    user_name: str | None
    external_id: str | None
    display_name: str | None


@dataclass(frozen=True, slots=True)
class Stored:
    """A row; `document` is JSON text without id and meta."""

    id: str
    version: int
    created: datetime
    modified: datetime
    document: str


class Documents:
    """Rows of the tables in TABLES. What is read inside `transaction()` may be locked."""

    def __init__(self, pool: asyncpg.Pool) -> None:
        self._pool = pool
        self._open: ContextVar[_Transaction | None] = ContextVar("open", default=None)

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[None]:
        """Encloses one operation; a connection is taken and BEGIN sent only when it locks."""
        async with AsyncExitStack() as stack:
            token = self._open.set(_Transaction(self._pool, stack))
            try:
                yield
            finally:
                self._open.reset(token)

    async def get(self, table: str, row_id: str, *, lock: bool = False) -> Stored | None:
        """The row, locked until the end of the transaction where asked for."""
        text = _for(table, _SELECT + "WHERE id = $1")
        if not lock:
            row = await self._pool.fetchrow(text, row_id)
        else:
            row = await (await self._connection()).fetchrow(text + " FOR UPDATE", row_id)
        return _stored(row)

    async def find(self, table: str, column: str, value: str) -> list[Stored]:
        """The rows with this value in one of COLUMNS."""
        return _all(await self._pool.fetch(_for(table, _FIND[column]), value))

    async def page(self, table: str, limit: int | None, offset: int) -> tuple[int, list[Stored]]:
        """How many rows there are, and some of them in the order they came."""
        text = _for(table, _SELECT + "ORDER BY position LIMIT $1 OFFSET $2")
        total = await self._pool.fetchval(_for(table, "SELECT count(*) FROM TABLE"))
        return total, _all(await self._pool.fetch(text, limit, offset))

    async def insert(self, table: str, row_id: str, keys: Keys, document: str) -> Stored | None:
        """The new row. Raises asyncpg.UniqueViolationError for a user name that is taken."""
        row = await self._pool.fetchrow(_for(table, _INSERT), row_id, *_values(keys), document)
        return _stored(row)

    async def update(
        self, table: str, row_id: str, version: int | None, keys: Keys, document: str
    ) -> Stored | None:
        """The changed row, None when it is not there in this version."""
        connection = await self._connection()
        text = _for(table, _UPDATE)
        return _stored(await connection.fetchrow(text, row_id, version, *_values(keys), document))

    async def delete(self, table: str, row_id: str, version: int | None) -> bool:
        """Whether the row was there in this version."""
        connection = await self._connection()
        return await connection.fetchval(_for(table, _DELETE), row_id, version) is not None

    async def _connection(self) -> Any:
        transaction = self._open.get()
        if transaction is None:
            raise RuntimeError("rows are locked and changed inside a transaction")
        return await transaction.connection()


class _Transaction:
    """One connection for an operation that writes, taken when it is first needed."""

    def __init__(self, pool: asyncpg.Pool, stack: AsyncExitStack) -> None:
        self._pool = pool
        self._stack = stack
        self._connection: Any = None

    async def connection(self) -> Any:
        if self._connection is None:
            self._connection = await self._stack.enter_async_context(self._pool.acquire())
            await self._stack.enter_async_context(self._connection.transaction())
        return self._connection


def _for(table: str, statement: str) -> str:
    if table not in TABLES:
        raise ValueError(table)
    columns = "id, version, created, modified, document"
    return statement.replace("TABLE", table).replace("COLUMNS", columns)


def _values(keys: Keys) -> tuple[str | None, str | None, str | None]:
    return keys.user_name, keys.external_id, keys.display_name


def _stored(row: Any) -> Stored | None:
    return None if row is None else Stored(*row)


def _all(rows: list[Any]) -> list[Stored]:
    return [Stored(*row) for row in rows]
