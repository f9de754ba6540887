"""A replica is used while it is at most a second behind, whatever it says of itself."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from domain.store.pool import open_pool
from domain.store.replica import Freshness
from domain.store.snapshot import Snapshot
from tests.support.database import ROW_SECURITY


def test_nothing_is_known_at_first() -> None:
    assert not Freshness().suffices(0.0)


def test_it_suffices_for_a_second_after_it_was_known_to_keep_up() -> None:
    freshness = Freshness()
    freshness.wrote(50.0, 100)
    freshness.replayed(100)

    assert freshness.suffices(51.0)
    assert not freshness.suffices(51.01)


def test_what_it_shows_is_as_old_as_the_last_moment_that_it_has_caught_up_with() -> None:
    freshness = Freshness()
    freshness.wrote(50.0, 100)
    freshness.wrote(50.4, 200)
    freshness.wrote(50.8, 300)

    freshness.replayed(250)
    assert freshness.suffices(51.4)
    assert not freshness.suffices(51.5)

    freshness.replayed(300)
    assert freshness.suffices(51.8)


def test_a_replica_that_stands_still_is_not_used_whatever_the_primary_does_not_write() -> None:
    freshness = Freshness()
    for moment in range(50, 60):
        freshness.wrote(float(moment), 100)
        freshness.replayed(99)
    assert not freshness.suffices(59.0)

    # nothing new to replay is as good as having replayed it
    freshness.replayed(100)
    assert freshness.suffices(60.0)


def test_a_replica_that_is_away_or_follows_nobody_is_not_used() -> None:
    freshness = Freshness()
    freshness.wrote(50.0, 100)
    freshness.replayed(100)

    freshness.replayed(None)

    assert not freshness.suffices(50.0)


@pytest.fixture
async def own(database_url: str) -> AsyncIterator[Snapshot]:
    """A view of the worker's database."""
    pool = await open_pool(database_url, size=2, row_security=ROW_SECURITY)
    yield Snapshot(pool)
    await pool.close()


async def test_a_view_begins_at_home_when_the_replica_does_not_let_it_in(own: Snapshot) -> None:
    closed = await open_pool("postgresql://nobody@127.0.0.1:1/rollcall", smallest=0)
    own.prefer(closed)

    rows = await own.fetch("SELECT 7")
    await own.end()
    await closed.close()

    assert [tuple(row) for row in rows] == [(7,)]
