"""What the workers of a process do for mail beside sending it: queue notices, remove old ones."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta

import asyncpg
import pytest

from domain.application import Application
from domain.clock import utc_now
from domain.ids import new_id
from domain.store.pool import open_pool
from domain.vocabulary import MemberStatus
from tests.api.mail.desk import LINKS
from tests.api.working import eventually, make_workers
from tests.support import factories
from tests.support.database import ROW_SECURITY, DatabaseFactory, TestDatabase


@pytest.fixture(scope="module")
def own_database(database_factory: DatabaseFactory, worker_id: str) -> TestDatabase:
    """A database that no other test's workers work on."""
    return database_factory.clone(f"mail_work_{worker_id}")


@pytest.fixture
async def pool(own_database: TestDatabase) -> AsyncIterator[asyncpg.Pool]:
    opened = await open_pool(own_database.server_url, size=6, row_security=ROW_SECURITY)
    yield opened
    await opened.close()


async def test_mails_that_are_over_are_removed_and_reminders_stay_with_their_invitation(
    pool: asyncpg.Pool, own_database: TestDatabase
) -> None:
    app = Application(pool, factories.POLICY)
    organization_id = await factories.organization(app)
    person = await factories.member(app, organization_id, MemberStatus.CONFIRMED)
    insert = (
        "INSERT INTO mails (organization_id, id, kind, member_id, email, facts, state, queued_at,"
        " due_at, expires_at) VALUES ($1, $2, 'REMINDER', $3, '', '{}', 'SENT', $4, $4, $5)"
    )
    link = (
        "INSERT INTO sign_in_links (id, account_id, email, token_hash, state, queued_at, due_at,"
        " expires_at) VALUES ($1, $2, '', '', 'SENT', $3, $3, $3)"
    )
    long_ago, now = utc_now() - timedelta(days=31), utc_now()
    over, open_ = new_id(), new_id()
    for id_, expires_at in ((over, long_ago), (open_, now)):
        await pool.execute(insert, organization_id, id_, person.id, long_ago, expires_at)
    for id_, expires_at in ((over, long_ago), (open_, now)):
        await pool.execute(link, id_, person.account_id, expires_at)
    workers = make_workers(pool, owner_url=own_database.owner_url)
    await workers.start()

    async def removed() -> bool:
        links = await pool.fetchval("SELECT count(*) FROM sign_in_links WHERE id = $1", over)
        return not links

    await eventually(removed)
    await workers.stop()
    kept = "SELECT id FROM mails WHERE organization_id = $1 AND kind = 'REMINDER'"
    assert [row["id"] for row in await pool.fetch(kept, organization_id)] == [open_]
    assert await pool.fetchval("SELECT count(*) FROM sign_in_links WHERE id = $1", open_) == 1


async def test_reminders_and_news_of_who_waits_are_queued(pool: asyncpg.Pool) -> None:
    app = Application(pool, replace(factories.POLICY, grace=timedelta(0)))
    organization_id = await factories.organization(app)
    await factories.owner(app, organization_id)
    await factories.member(app, organization_id, MemberStatus.ACCEPTED)
    await factories.member(app, organization_id)
    await pool.execute(
        "UPDATE invitations SET state = 'SENT', sent_at = now() WHERE state = 'QUEUED'"
    )
    links = replace(LINKS, invitations=app.invitations)
    workers = make_workers(pool, mail_links=links, reminder_after=timedelta(0))
    await workers.start()

    async def queued() -> bool:
        kinds = await pool.fetch(
            "SELECT kind FROM mails WHERE organization_id = $1", organization_id
        )
        return {row["kind"] for row in kinds} == {"CONFIRMED", "REMINDER", "CONFIRMABLE"}

    await eventually(queued)
    await workers.stop()
