"""Migrations wait for tables that are in use without making others wait behind them."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

import asyncpg
import pytest
from alembic import command
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import create_async_engine

from domain.migrations import current_revision, head_revision, migrate
from domain.migrations.run import _config
from tests.support.database import DatabaseFactory, TestDatabase


@pytest.fixture(scope="module")
def database(database_factory: DatabaseFactory, worker_id: str) -> TestDatabase:
    return database_factory.clone(f"migrating_{worker_id}", row_security=False)


async def test_a_table_in_use_is_waited_for_and_nobody_waits_behind(
    database: TestDatabase, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("domain.migrations.run.LOCK_TIMEOUT_MS", 20)
    monkeypatch.setattr("domain.migrations.run.PAUSE_S", 0.02)
    reading = await asyncpg.connect(database.owner_url)
    other = await asyncpg.connect(database.owner_url)
    transaction = reading.transaction()
    await transaction.start()
    await reading.fetch("SELECT 1 FROM members")

    migrating = asyncio.create_task(
        asyncio.to_thread(migrate, database.owner_url, row_security=True)
    )
    await asyncio.sleep(0.3)  # it tries, gives up, and tries again
    assert await other.fetchval("SELECT count(*) FROM members", timeout=5) == 0
    assert not migrating.done()
    await transaction.rollback()
    await migrating

    assert await other.fetchval("SELECT relrowsecurity FROM pg_class WHERE relname = 'members'")
    await reading.close()
    await other.close()


async def test_a_step_that_waits_too_long_is_tried_again_and_gives_up_in_the_end(
    database: TestDatabase, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("domain.migrations.run.LOCK_TIMEOUT_MS", 5)
    monkeypatch.setattr("domain.migrations.run.PAUSE_S", 0)
    monkeypatch.setattr("domain.migrations.run.ATTEMPTS", 3)
    tried: list[float] = []
    monkeypatch.setattr("domain.migrations.run.asyncio.sleep", slept(tried))
    newest = head_revision()
    # The step after it takes a table at once; one that makes an index beside waits for ever.
    await asyncio.to_thread(step_back, database.owner_url, "0012")
    connection = await asyncpg.connect(database.owner_url)

    async with connection.transaction():
        await connection.execute("LOCK TABLE members, alembic_version IN SHARE MODE")
        with pytest.raises(DBAPIError, match="lock timeout"):
            await asyncio.to_thread(migrate, database.owner_url)
    assert len(tried) == 2
    assert await current_revision(connection) != newest
    await asyncio.to_thread(migrate, database.owner_url)

    assert await current_revision(connection) == newest
    await connection.close()


async def test_after_an_index_beside_no_step_waits_longer_than_before(
    database: TestDatabase, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("domain.migrations.run.LOCK_TIMEOUT_MS", 1234)
    await asyncio.to_thread(step_back, database.owner_url, "0012")
    seen: list[str] = []
    upgrade = command.upgrade

    def upgrading(config: Any, revision: str) -> None:
        upgrade(config, revision)
        connection = config.attributes["connection"]
        seen.append(connection.exec_driver_sql("SHOW lock_timeout").scalar_one())

    monkeypatch.setattr("domain.migrations.run.command.upgrade", upgrading)
    await asyncio.to_thread(migrate, database.owner_url)

    assert seen == ["1234ms"]


def step_back(owner_url: str, revision: str) -> None:
    """Take back the steps after this one."""

    async def work() -> None:
        async def connect(*_: Any, **__: Any) -> asyncpg.Connection:
            return await asyncpg.connect(owner_url)

        engine = create_async_engine("postgresql+asyncpg://", async_creator=connect)
        async with engine.connect() as connection:
            await connection.run_sync(lambda sync: command.downgrade(_config(sync), revision))
            await connection.commit()
        await engine.dispose()

    asyncio.run(work())


def slept(times: list[float]) -> Callable[[float], Coroutine[Any, Any, None]]:
    """A sleep that only notes for how long."""

    async def sleep(seconds: float) -> None:
        times.append(seconds)

    return sleep
