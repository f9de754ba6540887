"""The request log writer: nothing is lost that it said it took, nothing waits for it."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import asyncpg
import pytest

from domain.application import Application
from domain.ids import UUID, new_id
from domain.provisioning_entry import ProvisioningEntry
from domain.store import request_log
from domain.store.request_log import RequestLogWriter
from domain.vocabulary import (
    IdentityProvider,
    ProvisioningOutcome,
    ScimOperation,
    ScimResourceType,
    SubjectKind,
)

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


def entry(organization_id: UUID, **changed: Any) -> ProvisioningEntry:
    return replace(
        ProvisioningEntry(
            id=new_id(),
            organization_id=organization_id,
            received_at=NOON,
            duration_ms=3,
            method="POST",
            path="/scim/v2/Users",
            operation=ScimOperation.CREATE,
            status_code=201,
            outcome=ProvisioningOutcome.APPLIED,
            correlation_id=new_id(),
        ),
        **changed,
    )


async def stored(app: Application, organization_id: UUID) -> list[Any]:
    rows: list[Any] = await app.pool.fetch(
        "SELECT * FROM provisioning_requests WHERE organization_id = $1 ORDER BY position",
        organization_id,
    )
    return rows


async def head(app: Application, organization_id: UUID) -> Any:
    return await app.pool.fetchrow(
        "SELECT * FROM provisioning_heads WHERE organization_id = $1", organization_id
    )


@pytest.fixture
def one() -> UUID:
    return new_id()


@pytest.fixture
async def writer(app: Application) -> AsyncIterator[RequestLogWriter]:
    made = RequestLogWriter(app.pool)
    yield made
    await made.close()


async def test_an_entry_is_stored_as_it_was_given(
    app: Application, writer: RequestLogWriter, one: UUID
) -> None:
    given = entry(
        one,
        resource_type=ScimResourceType.USER,
        subject_kind=SubjectKind.MEMBER,
        subject_id=new_id(),
        subject_label="Ada Lovelace",
        scim_type="uniqueness",
        detail="taken",
        warnings=("one thing, left out", 'another "thing"'),
        provider=IdentityProvider.OKTA,
        user_agent="Okta SCIM Client 1.0.0",
        remote_ip="192.0.2.7",
        request_body='{"userName":"ada"}',
        response_body="",
    )
    bare = entry(one)
    writer.record(given)
    writer.record(bare)

    await writer.flush()

    first, second = await stored(app, one)
    for row, kept in ((first, given), (second, bare)):
        for name in ProvisioningEntry.__dataclass_fields__:
            expected = getattr(kept, name)
            assert row[name] == (list(expected) if name == "warnings" else expected)
    assert (first["position"], second["position"]) == (1, 2)
    assert writer.depth == 0


async def test_positions_count_per_organization(
    app: Application, writer: RequestLogWriter, one: UUID
) -> None:
    other = new_id()
    for amount in (3, 2):
        for second in range(amount):
            writer.record(entry(one, received_at=NOON + timedelta(seconds=second)))
            writer.record(entry(other))
        await writer.flush()

    rows = await stored(app, one)
    assert [row["position"] for row in rows] == [1, 2, 3, 4, 5]
    assert [row["received_at"].second for row in rows] == [0, 1, 2, 0, 1]
    assert [row["position"] for row in await stored(app, other)] == [1, 2, 3, 4, 5]


async def test_the_head_knows_the_last_request_and_the_last_error(
    app: Application, writer: RequestLogWriter, one: UUID
) -> None:
    writer.record(entry(one, received_at=NOON + timedelta(seconds=5)))
    await writer.flush()
    assert (await head(app, one))["last_error_at"] is None

    refused = entry(one, outcome=ProvisioningOutcome.REJECTED, status_code=409)
    writer.record(replace(refused, id=new_id(), received_at=NOON + timedelta(seconds=2)))
    writer.record(refused)
    await writer.flush()

    now = await head(app, one)
    assert now["position"] == 3
    assert now["last_request_at"] == NOON + timedelta(seconds=5)
    assert now["last_error_at"] == NOON + timedelta(seconds=2)


async def test_long_texts_are_cut_between_characters(
    app: Application, writer: RequestLogWriter, one: UUID
) -> None:
    writer.record(
        entry(
            one,
            path="/" + "p" * 3000,
            user_agent="ä" * 3000,
            request_body="𝒳" * 70_000,
            response_body="r" * 65_536,
        )
    )

    await writer.flush()

    (row,) = await stored(app, one)
    assert row["path"] == "/" + "p" * 1999
    assert row["user_agent"] == "ä" * 2000
    assert row["request_body"] == "𝒳" * 65_536
    assert row["response_body"] == "r" * 65_536


async def test_a_full_queue_drops_and_counts(
    app: Application, one: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(request_log, "MAX_ENTRIES", 5)
    heard: list[int] = []
    writer = RequestLogWriter(app.pool, dropped=heard.append)

    for _ in range(8):
        writer.record(entry(one))
    await writer.close()

    assert (writer.dropped_total, heard) == (3, [1, 1, 1])
    assert len(await stored(app, one)) == 5


async def test_large_bodies_fill_the_queue_sooner(
    app: Application, one: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(request_log, "MAX_CHARACTERS", 100)
    writer = RequestLogWriter(app.pool)

    for _ in range(5):
        writer.record(entry(one, request_body="x" * 40))
    assert (writer.depth, writer.dropped_total) == (3, 2)
    await writer.flush()
    writer.record(entry(one, request_body="x" * 40))  # there is room again
    await writer.close()

    assert len(await stored(app, one)) == 4


async def test_it_writes_by_itself_and_stopping_writes_the_rest(
    app: Application, one: UUID
) -> None:
    told: list[UUID] = []
    writer = RequestLogWriter(app.pool, written=told.append)
    task = asyncio.create_task(writer.run())
    writer.record(entry(one))
    await asyncio.sleep(0.05)
    assert await stored(app, one) == []  # gathered, not written one by one
    await asyncio.sleep(0.4)
    assert len(await stored(app, one)) == 1

    for _ in range(1200):
        writer.record(entry(one))
    writer.stop()
    await task

    assert [row["position"] for row in await stored(app, one)] == list(range(1, 1202))
    assert set(told) == {one}


async def test_two_writers_draw_each_position_once(app: Application, one: UUID) -> None:
    other = new_id()
    writers = [RequestLogWriter(app.pool) for _ in range(4)]

    async def use(writer: RequestLogWriter) -> None:
        for _ in range(10):
            for organization_id in (one, other, one):
                writer.record(entry(organization_id))
            await writer.flush()

    await asyncio.gather(*map(use, writers))

    assert [row["position"] for row in await stored(app, one)] == list(range(1, 81))
    assert [row["position"] for row in await stored(app, other)] == list(range(1, 41))


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
    pool = await asyncpg.create_pool(worker_database.server_url, min_size=0, max_size=1)
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
