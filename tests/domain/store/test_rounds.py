"""Work in rounds: rests, patience, and an end that waits for nothing."""

from __future__ import annotations

import asyncio
import logging

import asyncpg
import pytest

from domain.store.rounds import Rounds

logger = logging.getLogger("rounds")


async def test_rounds_go_on_until_stopped() -> None:
    rounds = Rounds(logger, "counting")
    done = 0

    async def once() -> float:
        nonlocal done
        done += 1
        if done == 3:
            rounds.stop()
        return 0

    await rounds.run(once)

    assert done == 3


async def test_a_rest_ends_with_the_stop() -> None:
    rounds = Rounds(logger, "resting")
    begun = asyncio.Event()

    async def once() -> float:
        begun.set()
        return 3600

    running = asyncio.create_task(rounds.run(once))
    await begun.wait()
    rounds.stop()

    await asyncio.wait_for(running, 5)


async def test_a_stopped_one_begins_nothing() -> None:
    rounds = Rounds(logger, "nothing")
    rounds.stop()

    async def once() -> float:
        raise AssertionError("it began")

    await rounds.run(once)


async def test_a_database_that_is_away_is_waited_for_and_said_once(
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.INFO)
    rounds = Rounds(logger, "waiting")
    tries = 0

    async def once() -> float:
        nonlocal tries
        tries += 1
        if tries < 3:
            raise asyncpg.CannotConnectNowError("a row's contents")
        rounds.stop()
        return 0

    await rounds.run(once)

    assert [record.message for record in caplog.records] == [
        "waiting waits for the database (CannotConnectNowError)",
        "waiting goes on after 2 failed tries",
    ]


async def test_any_other_error_ends_it() -> None:
    rounds = Rounds(logger, "failing")

    async def once() -> float:
        raise ValueError

    with pytest.raises(ValueError):  # noqa: PT011 - the bare one, as it was raised
        await rounds.run(once)
