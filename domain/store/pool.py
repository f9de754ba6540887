"""The pool of database connections of one process."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import asyncpg
import orjson

from domain.store.held_connection import HeldConnection
from domain.store.quiet_connection import QuietConnection

CONNECT_TIMEOUT_S = 5.0
COMMAND_TIMEOUT_S = 15.0
SMALLEST = 2
"""How many connections are made at once and kept."""

PLANNING = {
    "plan_cache_mode": "force_generic_plan",
    "enable_seqscan": "off",
    "enable_hashjoin": "off",
    "enable_mergejoin": "off",
    "jit": "off",
}
"""How the server's statements are planned: once each, and always along the indexes.

Every statement is bound to an organization and has an index to go by. Planned anew for each call it
costs up to twice as much; planned once while the tables were nearly empty it would read them whole,
until statistics are gathered, after they have filled.
"""


def _encode_json(value: Any) -> bytes:
    return b"\x01" + orjson.dumps(value)


def _decode_json(data: bytes) -> Any:
    return orjson.loads(memoryview(data)[1:])


async def _set_codecs(connection: asyncpg.Connection) -> None:
    # Binary jsonb is a version byte and the text.
    await connection.set_type_codec(
        "jsonb", schema="pg_catalog", encoder=_encode_json, decoder=_decode_json, format="binary"
    )


async def open_pool(
    url: str,
    *,
    size: int = 16,
    statement_cache: bool = True,
    smallest: int = SMALLEST,
    row_security: bool = False,
    watch: Callable[[asyncpg.Connection], Awaitable[None]] | None = None,
) -> asyncpg.Pool:
    """A pool on `url` of at most `size` connections.

    `statement_cache` off is for pgbouncer in transaction mode. With `row_security` the database is
    told whose rows each statement may see. `watch` is handed each connection when it is made.
    """

    async def prepare(connection: asyncpg.Connection) -> None:
        await _set_codecs(connection)
        if watch is not None:
            await watch(connection)

    pool: asyncpg.Pool = await asyncpg.create_pool(
        url,
        min_size=min(smallest, size),
        max_size=size,
        timeout=CONNECT_TIMEOUT_S,
        command_timeout=COMMAND_TIMEOUT_S,
        max_inactive_connection_lifetime=300,
        connection_class=HeldConnection if row_security else QuietConnection,
        init=prepare,
        statement_cache_size=1024 if statement_cache else 0,
        server_settings=PLANNING if statement_cache else None,
    )
    return pool
