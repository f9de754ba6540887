"""The sealer: positions without gaps, one chain per organization, at once and from anywhere."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import asyncpg
import pytest

from domain.application import Application
from domain.ids import UUID, new_id
from domain.queries.audit_verification import verify_chain
from domain.store import sealer
from domain.store.sealer import Sealer, seal_batch, seal_pending
from tests.support import factories

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
INSERT = """
INSERT INTO audit_events (organization_id, id, recorded_at, action, origin, actor_kind, actor_label,
  subject_kind, subject_id, subject_label, changes, correlation_id, request_id)
SELECT $1, gen_random_uuid(), moment, 'member.invited', 'SCIM', 'SYSTEM_PROCESS', 'a test',
  'MEMBER', gen_random_uuid(), 'Ada', '[]'::jsonb, gen_random_uuid(), gen_random_uuid()
FROM unnest($2::timestamptz[]) WITH ORDINALITY AS moments (moment, ordinal) ORDER BY ordinal
"""
SEALED = """
SELECT sequence, position, recorded_at, occurred_at, previous_hash, hash FROM audit_events
WHERE organization_id = $1 ORDER BY position NULLS LAST, sequence
"""


@pytest.fixture
def empty_organization() -> UUID:
    """An organization as the audit tables know it: by its id alone."""
    return new_id()


async def record(source: Any, organization_id: UUID, *moments: datetime) -> None:
    await source.execute(INSERT, organization_id, list(moments))


async def events(app: Application, organization_id: UUID) -> list[Any]:
    rows: list[Any] = await app.pool.fetch(SEALED, organization_id)
    return rows


async def test_every_event_gets_the_next_position_and_a_chain_that_holds(
    app: Application, organization_id: UUID
) -> None:
    for _ in range(3):
        await factories.member(app, organization_id)

    await seal_pending(app.pool)

    rows = await events(app, organization_id)
    assert [row["position"] for row in rows] == list(range(1, len(rows) + 1))
    assert len(rows) >= 3
    assert rows[0]["previous_hash"] == bytes(32)
    assert [row["previous_hash"] for row in rows[1:]] == [row["hash"] for row in rows[:-1]]
    assert await verify_chain(app.pool, organization_id) is None
    assert await seal_pending(app.pool) == 0


async def test_batches_continue_each_other(
    app: Application, empty_organization: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    count = 2 * sealer.BATCH + 7
    await record(app.pool, empty_organization, *[NOON] * count)
    batches: list[int] = []

    def heard(organization_id: UUID, batch: Any) -> None:
        if organization_id == empty_organization:
            batches.append(len(batch.ids))

    await seal_pending(app.pool, heard)

    assert batches == [sealer.BATCH, sealer.BATCH, 7]
    rows = await events(app, empty_organization)
    assert [row["position"] for row in rows] == list(range(1, count + 1))
    assert [row["sequence"] for row in rows] == sorted(row["sequence"] for row in rows)
    assert await verify_chain(app.pool, empty_organization) is None


async def test_an_event_that_commits_late_comes_after_those_already_sealed(
    app: Application, empty_organization: UUID
) -> None:
    async with app.pool.acquire() as slow:
        transaction = slow.transaction()
        await transaction.start()
        await record(slow, empty_organization, NOON)  # draws its sequence first
        await record(app.pool, empty_organization, NOON + timedelta(seconds=1))
        await seal_pending(app.pool)
        await transaction.commit()
    await seal_pending(app.pool)

    first, second = await events(app, empty_organization)
    assert first["sequence"] > second["sequence"]
    assert (first["position"], second["position"]) == (1, 2)
    # Recorded before the first, it still does not stand before it.
    assert second["recorded_at"] < first["recorded_at"]
    assert second["occurred_at"] == first["occurred_at"] == NOON + timedelta(seconds=1)
    assert await verify_chain(app.pool, empty_organization) is None


async def test_time_never_turns_back_within_a_batch(
    app: Application, empty_organization: UUID
) -> None:
    seconds = [3, 1, 2, 5, 4]
    await record(app.pool, empty_organization, *(NOON + timedelta(seconds=s) for s in seconds))

    await seal_pending(app.pool)

    rows = await events(app, empty_organization)
    assert [(row["occurred_at"] - NOON).seconds for row in rows] == [3, 3, 3, 5, 5]
    assert [(row["recorded_at"] - NOON).seconds for row in rows] == seconds
    assert await verify_chain(app.pool, empty_organization) is None


async def test_a_held_head_is_left_alone(app: Application, empty_organization: UUID) -> None:
    await record(app.pool, empty_organization, NOON)
    await seal_pending(app.pool)
    await record(app.pool, empty_organization, NOON)
    async with app.pool.acquire() as other, app.pool.acquire() as mine, other.transaction():
        lock = "SELECT 1 FROM audit_heads WHERE organization_id = $1 FOR UPDATE"
        await other.execute(lock, empty_organization)

        assert await seal_batch(mine, empty_organization) is None

    assert [row["position"] for row in await events(app, empty_organization)] == [1, None]
    await seal_pending(app.pool)
    assert await verify_chain(app.pool, empty_organization) is None


async def test_many_sealers_and_many_writers_make_one_chain(app: Application) -> None:
    organizations = [new_id() for _ in range(3)]
    done = asyncio.Event()

    async def write(organization_id: UUID) -> None:
        for second in range(60):
            await record(app.pool, organization_id, *[NOON + timedelta(seconds=second)] * 3)

    async def seal() -> None:
        while not done.is_set():
            await seal_pending(app.pool)
            await asyncio.sleep(0)

    sealers = [asyncio.create_task(seal()) for _ in range(3)]
    await asyncio.gather(*(write(organization) for organization in organizations for _ in "ab"))
    done.set()
    await asyncio.gather(*sealers)
    await seal_pending(app.pool)

    for organization in organizations:
        rows = await events(app, organization)
        assert [row["position"] for row in rows] == list(range(1, 361))
        assert await verify_chain(app.pool, organization) is None


async def test_organizations_are_told_once_sealed(
    app: Application, empty_organization: UUID
) -> None:
    told: list[UUID] = []
    running = Sealer(app.pool, told.append)
    task = asyncio.create_task(running.run())
    await record(app.pool, empty_organization, NOON)

    running.wake()
    for _ in range(100):
        if empty_organization in told:
            break
        await asyncio.sleep(0.01)
    running.stop()
    await task

    assert told.count(empty_organization) == 1
    assert running.total >= 1


async def test_events_of_other_processes_are_sealed_within_the_tenth_of_a_second(
    app: Application, empty_organization: UUID
) -> None:
    running = Sealer(app.pool)
    task = asyncio.create_task(running.run())
    delays = []
    for _ in range(5):
        await record(app.pool, empty_organization, NOON)
        began = asyncio.get_running_loop().time()
        unsealed = "SELECT 1 FROM audit_events WHERE organization_id = $1 AND position IS NULL"
        while await app.pool.fetchval(unsealed, empty_organization):
            await asyncio.sleep(0.002)
        delays.append(asyncio.get_running_loop().time() - began)
    running.stop()
    await task

    assert min(delays) < 0.1  # the best of five: other tests run on the same machine


async def test_stopping_seals_what_is_there(app: Application, empty_organization: UUID) -> None:
    running = Sealer(app.pool)
    task = asyncio.create_task(running.run())
    await asyncio.sleep(0)
    await record(app.pool, empty_organization, *[NOON] * (sealer.BATCH + 1))

    running.stop()
    await task

    assert (await events(app, empty_organization))[-1]["position"] == sealer.BATCH + 1


async def test_it_waits_for_a_database_that_drops_its_connections(
    app: Application,
    worker_database: Any,
    empty_organization: UUID,
    caplog: pytest.LogCaptureFixture,
) -> None:
    pool = await asyncpg.create_pool(worker_database.server_url, min_size=1, max_size=1)
    name = await pool.fetchval("SELECT current_database()")
    running = Sealer(pool)
    task = asyncio.create_task(running.run())
    superuser = await asyncpg.connect(worker_database.superuser_url)
    try:
        # New connections are refused and old ones ended, as in a restart.
        await superuser.execute(f"ALTER DATABASE {name} CONNECTION LIMIT 0")
        pid = await pool.fetchval("SELECT pg_backend_pid()")
        await superuser.execute("SELECT pg_terminate_backend($1)", pid)
        for _ in range(300):
            if running.lag_s > sealer.OVERDUE_S:
                break
            await asyncio.sleep(0.01)
        assert running.lag_s > sealer.OVERDUE_S
    finally:
        await superuser.execute(f"ALTER DATABASE {name} CONNECTION LIMIT -1")
        await superuser.close()
    await record(app.pool, empty_organization, NOON)
    for _ in range(300):
        if (await events(app, empty_organization))[0]["position"] == 1:
            break
        await asyncio.sleep(0.01)
    running.stop()
    await task
    await pool.close()

    assert (await events(app, empty_organization))[0]["position"] == 1
    waits = [line for line in caplog.messages if "waits for the database" in line]
    assert len(waits) == 1


@pytest.mark.parametrize(
    ("change", "broken"),
    [
        ("UPDATE audit_events SET subject_label = 'Eve' WHERE {at} = 3", 3),
        ("UPDATE audit_events SET actor_ip = '10.0.0.1' WHERE {at} = 1", 1),
        ("UPDATE audit_events SET changes = '[{{}}]' WHERE {at} = 5", 5),
        ("UPDATE audit_events SET sequence = DEFAULT WHERE {at} = 2", 2),
        ("UPDATE audit_events SET occurred_at = occurred_at + interval '1s' WHERE {at} = 4", 4),
        ("UPDATE audit_events SET hash = previous_hash WHERE {at} = 2", 2),
        ("DELETE FROM audit_events WHERE {at} = 3", 3),
        ("DELETE FROM audit_events WHERE {at} = 5", 5),
        ("UPDATE audit_heads SET position = 4 WHERE organization_id = '{id}'", 5),
        ("UPDATE audit_heads SET hash = '\\x00' WHERE organization_id = '{id}'", 5),
        ("DELETE FROM audit_heads WHERE organization_id = '{id}'", 1),
    ],
)
async def test_tampering_is_found_at_its_place(
    app: Application, owner_database_url: str, empty_organization: UUID, change: str, broken: int
) -> None:
    await record(app.pool, empty_organization, *[NOON] * 5)
    await seal_pending(app.pool)
    assert await verify_chain(app.pool, empty_organization) is None

    owner = await asyncpg.connect(owner_database_url)
    place = f"organization_id = '{empty_organization}' AND position"
    await owner.execute(change.format(at=place, id=empty_organization))
    await owner.close()

    assert await verify_chain(app.pool, empty_organization) == broken


async def test_the_server_may_not_rewrite_what_is_sealed(
    app: Application, empty_organization: UUID
) -> None:
    await record(app.pool, empty_organization, NOON)
    await seal_pending(app.pool)

    for change in (
        "UPDATE audit_events SET subject_label = 'Eve' WHERE organization_id = $1",
        "DELETE FROM audit_events WHERE organization_id = $1",
    ):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await app.pool.execute(change, empty_organization)


async def test_a_long_chain_is_verified_page_by_page(
    app: Application, empty_organization: UUID
) -> None:
    await record(app.pool, empty_organization, *[NOON] * 2500)
    await seal_pending(app.pool)

    assert await verify_chain(app.pool, empty_organization) is None
    assert await verify_chain(app.pool, new_id()) is None  # nothing to seal, nothing broken
