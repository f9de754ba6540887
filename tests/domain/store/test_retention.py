"""Old requests go in batches by an index; recent ones, and all of the history, stay."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import asyncpg

from domain.application import Application
from domain.ids import UUID, new_id
from domain.store import retention
from domain.store.retention import (
    BATCH,
    remove_old_keys,
    remove_old_requests,
    remove_old_sessions,
)
from domain.vocabulary import MemberStatus
from tests.support import factories
from tests.support.factories import Looks
from tests.support.request_log import entry, write_requests
from tests.support.sessions import session, session_id_of

# Older than whatever other tests leave behind.
LONG_AGO = datetime(2001, 1, 1, tzinfo=UTC)
COUNT = "SELECT count(*) AS number FROM provisioning_requests WHERE organization_id = $1"


async def test_old_requests_go_and_the_history_stays(
    app: Application, organization_id: UUID, looks: Looks, owner_database_url: str
) -> None:
    # given one organization with more old requests than a batch, and another with a few
    other = await factories.organization(app)
    people = await factories.members(app, organization_id, 2)
    history = "SELECT * FROM audit_events WHERE organization_id = $1 ORDER BY sequence"
    before = [dict(row) for row in await looks.rows(history)]
    old, recent = LONG_AGO - timedelta(seconds=1), LONG_AGO
    await write_requests(
        app,
        [entry(organization_id, received_at=old) for _ in range(BATCH + 1)]
        + [entry(organization_id, received_at=recent, subject_id=people[0])]
        + [entry(other, received_at=old)],
    )

    # when they are removed
    owner = await asyncpg.connect(owner_database_url)
    try:
        removed = await remove_old_requests(owner, LONG_AGO)
        again = await remove_old_requests(owner, LONG_AGO)
    finally:
        await owner.close()

    # then only what is younger is left, and every event
    assert (removed, again) == (BATCH + 2, 0)
    assert [row["number"] for row in await looks.rows(COUNT)] == [1]
    assert (await Looks(app.pool, other).rows(COUNT))[0]["number"] == 0
    assert [dict(row) for row in await looks.rows(history)] == before
    assert len(before) >= 2


async def test_an_index_leads_to_what_is_old(
    app: Application, organization_id: UUID, owner_database_url: str
) -> None:
    await write_requests(app, [entry(organization_id) for _ in range(50)])
    owner = await asyncpg.connect(owner_database_url)
    try:
        await owner.execute("SET enable_seqscan = off")
        plans = [
            "\n".join(row[0] for row in await owner.fetch(f"EXPLAIN {sql}", *arguments))
            for sql, arguments in (
                (retention._OLD, (LONG_AGO,)),
                (retention._REMOVE, (organization_id, LONG_AGO)),
            )
        ]
    finally:
        await owner.close()

    for plan in plans:
        assert "provisioning_requests_received_idx" in plan
        assert "Seq Scan" not in plan


async def test_idempotency_keys_go_when_they_no_longer_count(
    app: Application, owner_database_url: str
) -> None:
    insert = (
        "INSERT INTO idempotency_keys (caller_id, key, input_hash, created_at)"
        " SELECT $1, 'key ' || n, '', $2 FROM generate_series(1, $3) AS n"
    )
    one, other = new_id(), new_id()
    await app.pool.execute(insert, one, LONG_AGO - timedelta(seconds=1), BATCH + 1)
    await app.pool.execute(insert, other, LONG_AGO + timedelta(seconds=1), 2)
    owner = await asyncpg.connect(owner_database_url)
    try:
        removed = await remove_old_keys(owner, LONG_AGO)
        again = await remove_old_keys(owner, LONG_AGO)
    finally:
        await owner.close()

    assert (removed, again) == (BATCH + 1, 0)
    left = "SELECT count(*) FROM idempotency_keys WHERE caller_id = $1"
    assert await app.pool.fetchval(left, one) == 0
    assert await app.pool.fetchval(left, other) == 2


async def test_expired_sessions_go_and_others_stay(app: Application, organization_id: UUID) -> None:
    member = await factories.member(app, organization_id, MemberStatus.ACCEPTED)
    gone, ended, here = [await session(app, member.account_id) for _ in range(3)]
    expire = "UPDATE sessions SET expires_at = $2, ended_at = $3 WHERE id = $1"
    old = LONG_AGO - timedelta(seconds=1)
    await app.pool.execute(expire, session_id_of(gone), old, None)
    await app.pool.execute(expire, session_id_of(ended), LONG_AGO, old)

    removed = await remove_old_sessions(app.pool, LONG_AGO)

    assert removed == 1
    left = await app.pool.fetch("SELECT id FROM sessions WHERE account_id = $1", member.account_id)
    assert {row["id"] for row in left} == {session_id_of(ended), session_id_of(here)}
