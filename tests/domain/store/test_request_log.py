"""The request log writer: what it takes it writes, in order, and nothing waits for it."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta

import pytest

from domain.application import Application
from domain.ids import UUID, new_id
from domain.provisioning_entry import ProvisioningEntry
from domain.store import request_log
from domain.store.request_log import RequestLogWriter
from domain.vocabulary import (
    IdentityProvider,
    ProvisioningOutcome,
    ScimResourceType,
    SubjectKind,
)
from tests.domain.store.logged import NOON, entry, head, stored


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
        error_code="TAKEN",
        warnings=("one thing, left out", 'another "thing"'),
        warning_names=("one_thing", "another"),
        changed_attributes=("userName", "members (+3 −1)"),
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
            assert row[name] == (list(expected) if isinstance(expected, tuple) else expected)
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

    for routine in (404, 409, 412):
        writer.record(entry(one, outcome=ProvisioningOutcome.REJECTED, status_code=routine))
    await writer.flush()
    assert (await head(app, one))["last_error_at"] is None

    refused = entry(one, outcome=ProvisioningOutcome.REJECTED, status_code=400)
    writer.record(replace(refused, id=new_id(), received_at=NOON + timedelta(seconds=2)))
    writer.record(refused)
    await writer.flush()

    now = await head(app, one)
    assert now["position"] == 6
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
