"""The request log when entries cannot be stored or the database is away."""

import asyncio
from typing import Any

import asyncpg
import pytest

from domain.application import Application
from domain.ids import UUID, new_id
from domain.store import request_log
from domain.store.pool import open_pool
from domain.store.request_log import RequestLogWriter
from tests.domain.store.logged import entry, stored
from tests.support.database import ROW_SECURITY


@pytest.fixture
def one() -> UUID:
    return new_id()


async def test_what_cannot_be_stored_does_not_take_others_with_it(
    app: Application, one: UUID, caplog: pytest.LogCaptureFixture
) -> None:
    writer = RequestLogWriter(app.pool)
    for number in range(20):
        writer.record(entry(one, path=f"/{number}"))
    writer.record(entry(one, path="/nul\0", user_agent="lone \ud800", warnings=("\0",)))
    writer.record(entry(one, path="/impossible", duration_ms=2**40))
    writer.record(entry(one, path="/unknown", operation="NONSENSE"))

    await writer.flush()

    paths = [row["path"] for row in await stored(app, one)]
    assert paths == [f"/{number}" for number in range(20)] + ["/nul\N{REPLACEMENT CHARACTER}"]
    assert [row["position"] for row in await stored(app, one)] == list(range(1, 22))
    assert writer.dropped_total == 2
    assert "NONSENSE" not in caplog.text


async def test_a_batch_that_was_stored_before_the_answer_broke_is_stored_once(
    app: Application, one: UUID
) -> None:
    writer = RequestLogWriter(app.pool)
    entries = [entry(one) for _ in range(4)]
    for again in (entries[:3], entries):
        for given in again:
            writer.record(given)
        await writer.flush()

    rows = await stored(app, one)
    assert [row["id"] for row in rows] == [given.id for given in entries]
    assert [row["position"] for row in rows] == [1, 2, 3, 4]
    assert writer.dropped_total == 0


async def test_entries_are_kept_while_the_database_is_away(
    app: Application, worker_database: Any, one: UUID, caplog: pytest.LogCaptureFixture
) -> None:
    pool = await open_pool(
        worker_database.server_url, size=1, smallest=0, row_security=ROW_SECURITY
    )
    name = await app.pool.fetchval("SELECT current_database()")
    superuser = await asyncpg.connect(worker_database.superuser_url)
    writer = RequestLogWriter(pool)
    task = asyncio.create_task(writer.run())
    try:
        await superuser.execute(f"ALTER DATABASE {name} CONNECTION LIMIT 0")
        for _ in range(3):
            writer.record(entry(one))
        await asyncio.sleep(0.6)
        assert writer.depth == 3
    finally:
        await superuser.execute(f"ALTER DATABASE {name} CONNECTION LIMIT -1")
        await superuser.close()
    writer.stop()
    await task
    await pool.close()

    assert len(await stored(app, one)) == 3
    assert len([line for line in caplog.messages if "waits for the database" in line]) == 1


async def test_closing_gives_up_on_a_database_that_stays_away(
    worker_database: Any, app: Application, one: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(request_log, "CLOSE_S", 0.3)
    pool = await asyncpg.create_pool(worker_database.server_url, min_size=0, max_size=1)
    writer = RequestLogWriter(pool)
    writer.record(entry(one))
    await pool.close()

    await writer.close()

    assert (writer.depth, writer.dropped_total) == (0, 1)
    assert await stored(app, one) == []
