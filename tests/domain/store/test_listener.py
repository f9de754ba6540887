"""Listening: what any process changes wakes tails here, also after the database was away."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from domain.application import Application
from domain.ids import UUID
from domain.store.listener import NAME, Listener, Lookout
from domain.store.notify import CHANNEL, Notifier
from domain.store.pool import open_pool
from domain.store.sealer import seal_pending
from domain.store.tails import Tail, Tails
from tests.support import factories

_LISTENING = """
SELECT pid FROM pg_stat_activity
WHERE application_name = $1 AND datname = current_database() AND query LIKE 'LISTEN%'
"""


@pytest.fixture
async def tails(app: Application, database_url: str) -> AsyncIterator[Tails]:
    """Tails of a process that listens."""
    made = Tails()
    listener = Listener(database_url, Lookout(app.pool, made))
    running = asyncio.create_task(listener.run())
    yield made
    listener.stop()
    await running


async def connected(app: Application, *, besides: int | None = None) -> int:
    """The process id of the session that listens, once there is one, another than `besides`."""
    async with asyncio.timeout(20):
        while True:
            for row in await app.pool.fetch(_LISTENING, NAME):
                if row["pid"] != besides:
                    return int(row["pid"])
            await asyncio.sleep(0.02)


async def test_a_notice_wakes_the_tails_of_its_organization_alone(
    app: Application, tails: Tails, organization_id: UUID
) -> None:
    other = await factories.organization(app)
    await connected(app)

    with tails.open(organization_id) as tail, tails.open(other) as bystander:
        # Connecting wakes everybody; that is over when the first notice was heard.
        await app.pool.execute("SELECT pg_notify($1, $2)", CHANNEL, str(other))
        async with asyncio.timeout(20):
            assert await bystander.news()
        await tail.news(0.001)
        unaware = asyncio.create_task(bystander.news())

        notifier = Notifier(app.pool)
        notifier.changed(organization_id)
        await notifier.send()

        async with asyncio.timeout(20):
            assert await tail.news()
        assert not unaware.done()
        unaware.cancel()


async def test_nonsense_on_the_channel_is_passed_over(
    app: Application, tails: Tails, organization_id: UUID, caplog: pytest.LogCaptureFixture
) -> None:
    await connected(app)

    with tails.open(organization_id) as tail:
        await app.pool.execute("SELECT pg_notify($1, 'nonsense')", CHANNEL)
        await app.pool.execute("SELECT pg_notify($1, $2)", CHANNEL, str(organization_id))

        async with asyncio.timeout(20):
            assert await tail.news()
            while not caplog.messages:
                await asyncio.sleep(0.01)

    assert caplog.messages == [f"something that names no organization was said on {CHANNEL}"]


async def test_a_lost_connection_is_made_again_and_wakes_everybody(
    app: Application, owner_database_url: str, tails: Tails, organization_id: UUID
) -> None:
    first = await connected(app)

    with tails.open(organization_id) as tail:
        await tail.news(0.001)
        await app.pool.execute("SELECT pg_terminate_backend($1)", first)

        async with asyncio.timeout(20):
            assert await tail.news()
    assert await connected(app, besides=first) != first


async def test_a_look_finds_what_nobody_told(app: Application, organization_id: UUID) -> None:
    tails, other = Tails(), await factories.organization(app)
    await seal_pending(app.pool)
    lookout = Lookout(app.pool, tails)

    with tails.open(organization_id) as tail, tails.open(other) as bystander:
        # The first look does not know what the tails have read.
        await lookout.look()
        assert tail._news.is_set()
        assert await tail.news()
        assert await bystander.news()

        await lookout.look()
        assert not tail._news.is_set()

        await factories.member(app, organization_id)
        await seal_pending(app.pool)
        await lookout.look()
        assert (tail._news.is_set(), bystander._news.is_set()) == (True, False)


@asynccontextmanager
async def looked(app: Application, organization_id: UUID) -> AsyncIterator[tuple[Lookout, Tail]]:
    """A lookout that knows how far the organization is, and a tail that has heard of it."""
    tails = Tails()
    lookout = Lookout(app.pool, tails)
    with tails.open(organization_id) as tail:
        await seal_pending(app.pool)
        await lookout.look()
        assert await tail.news()
        yield lookout, tail


async def test_a_look_wakes_nobody_for_what_was_told(
    app: Application, organization_id: UUID
) -> None:
    async with looked(app, organization_id) as (lookout, tail):
        await factories.member(app, organization_id)
        await seal_pending(app.pool)

        await lookout.hear(organization_id)
        assert await tail.news()
        await lookout.look()
        assert not tail._news.is_set()

        # What came after it and was told by nobody is found all the same.
        await factories.member(app, organization_id)
        await seal_pending(app.pool)
        await lookout.look()
        assert await tail.news()


async def test_who_is_told_of_wakes_though_nothing_has_moved(
    app: Application, organization_id: UUID
) -> None:
    async with looked(app, organization_id) as (lookout, tail):
        lookout.told(organization_id)

        async with asyncio.timeout(20):
            assert await tail.news()


async def test_who_is_told_of_wakes_while_the_database_is_away(
    database_url: str, organization_id: UUID
) -> None:
    tails, pool = Tails(), await open_pool(database_url, size=1)
    await pool.close()
    with tails.open(organization_id) as tail:
        await Lookout(pool, tails).hear(organization_id)

        assert await tail.news(0.001)


async def test_a_look_asks_nothing_when_nobody_waits() -> None:
    # Without a pool: a statement would fail.
    await Lookout(None, Tails()).look()
