"""A peer's own database in the cluster of the run, filled by SQL as POSTs would have filled it."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit, urlunsplit

import asyncpg

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence

FOLDER = Path(__file__).resolve().parent
VACUUM_S = 60


async def make(superuser_url: str, owner_url: str, name: str) -> str:
    """Makes the database anew with its tables; the URL under which its owner uses it."""
    parts = urlsplit(owner_url)
    async with _connected(superuser_url) as connection:
        await connection.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
        await connection.execute(f'CREATE DATABASE "{name}" OWNER "{parts.username}"')
    url = urlunsplit((parts.scheme, parts.netloc, f"/{name}", parts.query, ""))
    async with _connected(url) as connection:
        await connection.execute(_text("tables.sql"))
    return url


async def fill(url: str, users: int, group_sizes: Sequence[int]) -> dict[str, Any]:
    """Seeds users and groups; what the load generator wants to know of them."""
    async with _connected(url) as connection:
        rows = await connection.fetch(_text("seed_users.sql"), users)
        groups = {
            str(size): await connection.fetchval(_text("seed_group.sql"), size)
            for size in group_sizes
        }
        # Statistics and visibility as after a while of use.
        await connection.execute("VACUUM (ANALYZE)")
    return {"users": [[row["id"], row["user_name"]] for row in rows], "groups": groups}


async def settle(url: str) -> None:
    """Waits until the cluster has written and cleaned up what was measured before."""
    cleaning = "SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'autovacuum worker'"
    async with _connected(url) as connection:
        await connection.execute("CHECKPOINT")
        for _ in range(2 * VACUUM_S):
            if not await connection.fetchval(cleaning):
                return
            await asyncio.sleep(0.5)


def client_environment(url: str) -> dict[str, str]:
    """The variables that any PostgreSQL client reads, for the address of this URL."""
    parts = urlsplit(url)
    query = {name: values[0] for name, values in parse_qs(parts.query).items()}
    found = {
        "PGUSER": parts.username,
        "PGPASSWORD": parts.password,
        "PGDATABASE": parts.path.lstrip("/"),
        "PGHOST": query.get("host", parts.hostname),
        "PGPORT": query.get("port", str(parts.port) if parts.port else None),
    }
    return {name: value for name, value in found.items() if value}


def _text(name: str) -> str:
    return (FOLDER / name).read_text(encoding="utf-8")


@asynccontextmanager
async def _connected(url: str) -> AsyncIterator[Any]:
    connection = await asyncpg.connect(url)
    try:
        yield connection
    finally:
        await connection.close()
