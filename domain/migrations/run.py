"""Applies the Alembic steps to a database, then the roles' rights and time limits.

Servers of the version before work meanwhile. A statement that waits for a table makes everybody
wait who comes after it, so none waits long: it gives up, and is tried again.
"""

import asyncio
from collections.abc import Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from pathlib import Path
from typing import Any

import asyncpg
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool

from domain.migrations.rights import apply_rights, apply_row_security
from domain.model.tables import metadata

LOCK_TIMEOUT_MS = 2_000
"""How long a statement waits for a table, and everybody else behind it."""
PAUSE_S = 1.0
ATTEMPTS = 60
_LOCK_NOT_AVAILABLE = "55P03"
ADVISORY_LOCK = 0x526F6C6C63616C6C
"""Key of the session lock under which migrations run, so that two starts do not collide."""


def _config(connection: Connection | None = None) -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent).replace("%", "%%"))
    config.attributes["connection"] = connection
    return config


@cache
def head_revision() -> str:
    """The revision this version of the software needs."""
    head = ScriptDirectory.from_config(_config()).get_current_head()
    if head is None:
        raise RuntimeError("no migration steps are installed")
    return head


def migrate(owner_url: str, *, row_security: bool = False) -> None:
    """Bring the database at `owner_url` to the newest revision; safe to call at any time.

    `owner_url` is a postgresql:// URL of the role that owns the schema. With `row_security` the
    server's role is held to one organization at a time. May be called from anywhere, also while an
    event loop runs in this thread.
    """
    _run(lambda: _migrate(owner_url, row_security=row_security))


async def _migrate(owner_url: str, *, row_security: bool) -> None:
    async def connect(*_: Any, **__: Any) -> asyncpg.Connection:
        return await asyncpg.connect(owner_url, timeout=10)

    lock = await connect()
    try:
        await lock.execute("SELECT pg_advisory_lock($1)", ADVISORY_LOCK)
        await lock.execute(f"SET lock_timeout = {LOCK_TIMEOUT_MS}")
        await _patiently(lambda: _apply_steps(connect))
        await _patiently(lambda: apply_rights(lock))
        await _patiently(lambda: apply_row_security(lock, on=row_security))
    finally:
        await lock.close()


async def _apply_steps(connect: Callable[..., Coroutine[Any, Any, asyncpg.Connection]]) -> None:
    engine = create_async_engine("postgresql+asyncpg://", async_creator=connect, poolclass=NullPool)
    try:
        async with engine.connect() as connection:
            await connection.execute(text(f"SET lock_timeout = {LOCK_TIMEOUT_MS}"))
            await connection.commit()
            await connection.run_sync(lambda sync: command.upgrade(_config(sync), "head"))
            await connection.commit()
    finally:
        await engine.dispose()


async def _patiently(work: Callable[[], Coroutine[Any, Any, None]]) -> None:
    """Do it again while a table is in use; each attempt goes on where the last one ended."""
    for attempt in range(1, ATTEMPTS + 1):
        try:
            return await work()
        except (asyncpg.PostgresError, DBAPIError) as error:
            cause = error.orig if isinstance(error, DBAPIError) else error
            if getattr(cause, "sqlstate", None) != _LOCK_NOT_AVAILABLE or attempt == ATTEMPTS:
                raise
        await asyncio.sleep(PAUSE_S)
    return None


async def current_revision(connection: asyncpg.Connection) -> str | None:
    """The revision the connected database is at; None when it was never migrated."""
    if await connection.fetchval("SELECT to_regclass('alembic_version')") is None:
        return None
    revision: str | None = await connection.fetchval("SELECT version_num FROM alembic_version")
    return revision


def differences(owner_url: str) -> list[Any]:
    """What Alembic would still change to make the database match the model; empty when equal."""
    found: list[Any] = []

    async def compare() -> None:
        engine = create_async_engine(
            "postgresql+asyncpg://",
            async_creator=lambda *_, **__: asyncpg.connect(owner_url),
            poolclass=NullPool,
        )
        async with engine.connect() as connection:

            def look(sync: Connection) -> None:
                context = MigrationContext.configure(sync, opts={"compare_type": True})
                found.extend(compare_metadata(context, metadata))

            await connection.run_sync(look)
        await engine.dispose()

    _run(compare)
    return found


def _run(work: Callable[[], Coroutine[Any, Any, None]]) -> None:
    """Run a coroutine to its end, in a thread of its own where a loop is running here."""
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        asyncio.run(work())
        return
    with ThreadPoolExecutor(1) as pool:
        pool.submit(lambda: asyncio.run(work())).result()
