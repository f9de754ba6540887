"""The verifier: it finds what was changed after the fact, sooner or later, and says so once."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import asyncpg
import pytest

from domain.application import Application
from domain.commands import UpdateOrganization
from domain.ids import UUID
from domain.queries.audit_verification import ChainRow, get_chain, verify_chain
from domain.queries.reader import Reader
from domain.store import audit_verifier
from domain.store.audit_chain import HASHED_COLUMNS, Head, SealedBatch
from domain.store.audit_verifier import AuditVerifier, Turn, verify_batch
from domain.store.pool import open_pool
from tests.domain.past import seal_all
from tests.support import factories
from tests.support.database import ROW_SECURITY, DatabaseFactory, TestDatabase
from tests.support.factories import SYSTEM

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
TOMORROW = NOW + timedelta(hours=25)
DONE = Turn(broken_at=None, is_news=False, has_more=False)
TAMPER = (
    "UPDATE audit_events SET actor_label = $3 WHERE organization_id = $1 AND position = $2"
    " RETURNING position"
)


@pytest.fixture
async def owner(owner_database_url: str) -> AsyncIterator[asyncpg.Connection]:
    """One who can do more than the server: change history."""
    connection = await asyncpg.connect(owner_database_url)
    yield connection
    await connection.close()


@pytest.fixture(scope="module")
def own_database(database_factory: DatabaseFactory, worker_id: str) -> TestDatabase:
    """A database that no other test's events are in."""
    return database_factory.clone(f"verifier_{worker_id}")


async def happen(app: Application, organization_id: UUID, times: int = 1) -> int:
    """Let so many events happen; the position of the last."""
    for _ in range(times):
        await app.execute(
            UpdateOrganization(organization_id, name=factories.unique("Acme")), SYSTEM
        )
    return (await seal_all(app, organization_id)).position


async def tamper(owner: asyncpg.Connection, organization_id: UUID, position: int) -> str:
    """Change an event; its label as it was."""
    label: str = await owner.fetchval(
        "SELECT actor_label FROM audit_events WHERE organization_id = $1 AND position = $2",
        organization_id,
        position,
    )
    assert await owner.fetchval(TAMPER, organization_id, position, "somebody else") == position
    return label


async def verify(app: Application, organization_id: UUID, now: datetime = NOW) -> Turn | None:
    """Turns until there is nothing more to do; the last one."""
    async with app.pool.acquire() as connection:
        while True:
            turn = await verify_batch(connection, organization_id, now)
            if turn is None or not turn.has_more:
                return turn


async def chain(app: Application, organization_id: UUID) -> ChainRow:
    return await get_chain(Reader(app.pool), organization_id)


async def test_nothing_is_known_before_the_first_turn(
    app: Application, organization_id: UUID
) -> None:
    assert await chain(app, organization_id) == ChainRow(0, bytes(32), 0, None, None)
    last = await happen(app, organization_id)
    found = await chain(app, organization_id)
    assert (found.position, found.verified_through, found.verified_at) == (last, 0, None)


async def test_what_is_new_is_verified_from_where_the_last_turn_ended(
    app: Application, organization_id: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(audit_verifier, "BATCH", 2)
    last = await happen(app, organization_id, 4)
    assert last == 5

    async with app.pool.acquire() as connection:
        assert await verify_batch(connection, organization_id, NOW) == Turn(
            None, is_news=False, has_more=True
        )
    assert (await chain(app, organization_id)).verified_through == 2
    assert await verify(app, organization_id, NOW + timedelta(hours=1)) == DONE

    found = await chain(app, organization_id)
    assert (found.position, found.verified_through) == (5, 5)
    assert (found.verified_at, found.broken_at) == (NOW + timedelta(hours=1), None)


async def test_a_changed_event_is_found_when_its_turn_comes(
    app: Application, organization_id: UUID, owner: asyncpg.Connection
) -> None:
    other = await factories.organization(app)
    await happen(app, other, 3)
    await verify(app, organization_id)
    await happen(app, organization_id, 3)
    await tamper(owner, organization_id, 3)

    first = await verify(app, organization_id)
    second = await verify(app, organization_id)

    assert first == Turn(3, is_news=True, has_more=False)
    assert second == Turn(3, is_news=False, has_more=False)
    found = await chain(app, organization_id)
    assert (found.verified_through, found.broken_at) == (2, 3)
    assert await verify_chain(app.pool, organization_id) == 3
    assert await verify(app, other) == DONE
    assert (await chain(app, other)).broken_at is None


async def test_an_old_event_that_is_changed_later_is_found_within_a_day(
    app: Application,
    organization_id: UUID,
    owner: asyncpg.Connection,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(audit_verifier, "BATCH", 2)
    last = await happen(app, organization_id, 6)
    assert await verify(app, organization_id) == DONE
    label = await tamper(owner, organization_id, 4)

    assert await verify(app, organization_id) == DONE
    assert await verify(app, organization_id, TOMORROW) == Turn(4, is_news=True, has_more=False)
    found = await chain(app, organization_id)
    assert (found.verified_through, found.broken_at) == (3, 4)

    # Further events are verified all the same, and once the event is as it was, all is well.
    await happen(app, organization_id, 5)
    assert await verify(app, organization_id, TOMORROW) == Turn(4, is_news=False, has_more=False)
    await owner.execute(TAMPER, organization_id, 4, label)
    assert await verify(app, organization_id, TOMORROW) == DONE
    found = await chain(app, organization_id)
    assert (found.verified_through, found.verified_at) == (last + 5, TOMORROW)
    assert found.broken_at is None
    # It begins anew a day later, and not before.
    await tamper(owner, organization_id, 1)
    assert await verify(app, organization_id, TOMORROW + timedelta(hours=23)) == DONE
    later = await verify(app, organization_id, TOMORROW + timedelta(hours=25))
    assert later == Turn(1, is_news=True, has_more=False)


@pytest.mark.parametrize("verified_before", [True, False])
async def test_a_gap_is_found(
    app: Application, organization_id: UUID, owner: asyncpg.Connection, verified_before: bool
) -> None:
    await happen(app, organization_id, 5)
    if verified_before:
        assert await verify(app, organization_id) == DONE
    await owner.execute(
        "DELETE FROM audit_events WHERE organization_id = $1 AND position IN (3, 4)",
        organization_id,
    )

    now = TOMORROW if verified_before else NOW
    assert await verify(app, organization_id, now) == Turn(3, is_news=True, has_more=False)
    assert await verify_chain(app.pool, organization_id) == 3


@pytest.mark.parametrize("with_head", [True, False])
async def test_an_end_that_was_cut_off_is_found_at_once(
    app: Application, organization_id: UUID, owner: asyncpg.Connection, with_head: bool
) -> None:
    await happen(app, organization_id, 5)
    assert await verify(app, organization_id) == DONE
    await owner.execute(
        "DELETE FROM audit_events WHERE organization_id = $1 AND position > 4", organization_id
    )
    if with_head:
        await owner.execute(
            "UPDATE audit_heads AS head SET position = 4, hash = event.hash"
            " FROM audit_events AS event WHERE head.organization_id = $1"
            " AND event.organization_id = $1 AND event.position = 4",
            organization_id,
        )
        # Whoever looks at what is left only cannot know.
        assert await verify_chain(app.pool, organization_id) is None

    turn = await verify(app, organization_id)

    if with_head:
        assert turn == Turn(5, is_news=True, has_more=False)
    else:
        assert turn == DONE
        assert await verify(app, organization_id, TOMORROW) == Turn(5, is_news=True, has_more=False)


async def test_a_history_that_was_written_anew_is_found_at_once(
    app: Application, organization_id: UUID, owner: asyncpg.Connection
) -> None:
    last = await happen(app, organization_id, 3)
    assert await verify(app, organization_id) == DONE
    await tamper(owner, organization_id, 2)
    rows = await app.pool.fetch(
        f"SELECT {HASHED_COLUMNS} FROM audit_events WHERE organization_id = $1 ORDER BY position",
        organization_id,
    )
    batch = SealedBatch(organization_id, Head(), rows)
    previous = [Head().hash, *batch.hashes]
    for index, id_ in enumerate(batch.ids):
        await owner.execute(
            "UPDATE audit_events SET previous_hash = $3, hash = $4"
            " WHERE organization_id = $1 AND id = $2",
            organization_id,
            UUID(id_),
            previous[index],
            batch.hashes[index],
        )
    await owner.execute(
        "UPDATE audit_heads SET hash = $2 WHERE organization_id = $1",
        organization_id,
        batch.head.hash,
    )

    assert await verify_chain(app.pool, organization_id) is None
    assert await verify(app, organization_id) == Turn(last, is_news=True, has_more=False)
    # Not even events that follow make it whole.
    await happen(app, organization_id, 2)
    turn = await verify(app, organization_id, TOMORROW)
    assert turn is not None
    assert turn.broken_at == last


async def test_one_verifier_at_a_time_works_on_an_organization(
    app: Application, organization_id: UUID
) -> None:
    await happen(app, organization_id)
    await verify(app, organization_id)
    await happen(app, organization_id)
    claim = "SELECT 1 FROM audit_verifications WHERE organization_id = $1 FOR UPDATE"

    async with app.pool.acquire() as other, other.transaction():
        await other.fetch(claim, organization_id)
        assert await verify(app, organization_id) is None

    assert await verify(app, organization_id) == DONE


async def test_it_goes_through_all_organizations_and_says_once_what_is_broken(
    own_database: TestDatabase, caplog: pytest.LogCaptureFixture
) -> None:
    pool = await open_pool(own_database.server_url, size=4, row_security=ROW_SECURITY)
    owner: Any = await asyncpg.connect(own_database.owner_url)
    app = Application(pool, factories.POLICY)
    organizations = [await factories.organization(app) for _ in range(3)]
    for organization_id in organizations:
        await happen(app, organization_id, 3)
    await tamper(owner, organizations[1], 2)
    numbers: list[int] = []
    verifier = AuditVerifier(pool, numbers.append)

    with caplog.at_level(logging.ERROR):
        await verifier.verify_once()
        await verifier.verify_once()

    assert numbers == [1, 1]
    (said,) = [record.getMessage() for record in caplog.records]
    assert str(organizations[1]) in said
    assert "position 2 does not fit" in said
    chains = [await chain(app, organization_id) for organization_id in organizations]
    assert [row.verified_through for row in chains] == [4, 1, 4]
    assert [row.broken_at for row in chains] == [None, 2, None]
    await owner.close()
    await pool.close()
