"""Tails: nobody sleeps through news, what many read at once is read once, nothing is left."""

from __future__ import annotations

import asyncio

import pytest

from domain.ids import new_id
from domain.store import tails as module
from domain.store.tails import Tails


async def test_news_before_the_wait_are_heard() -> None:
    tails, organization_id = Tails(), new_id()

    with tails.open(organization_id) as tail:
        tails.wake(organization_id)

        assert await tail.news()
        # Heard once: without further news only the time ends the wait.
        waiting = asyncio.create_task(tail.news())
        await asyncio.sleep(0)
        assert not waiting.done()
        tails.wake(new_id())
        await asyncio.sleep(0)
        assert not waiting.done()
        tails.wake_all()
        assert await waiting


async def test_a_wait_may_have_an_end() -> None:
    tails = Tails()

    with tails.open(new_id()) as tail:
        assert not await tail.news(0.001)
        assert not tail.is_closed


async def test_closing_ends_every_wait_and_those_to_come() -> None:
    tails = Tails()

    with tails.open(new_id()) as one, tails.open(new_id()) as other:
        waiting = [asyncio.create_task(tail.news()) for tail in (one, other)]
        await asyncio.sleep(0)
        tails.close()

        assert await asyncio.gather(*waiting) == [False, False]
        assert not await one.news()


async def test_what_many_read_after_the_same_news_is_read_once() -> None:
    tails, organization_id = Tails(), new_id()
    reads = 0

    async def read() -> int:
        nonlocal reads
        reads += 1
        await asyncio.sleep(0)
        return reads

    with tails.open(organization_id) as one, tails.open(organization_id) as other:
        first = await asyncio.gather(one.shared("a", read), other.shared("a", read))
        again = await other.shared("a", read)
        elsewhere = await one.shared("b", read)
        tails.wake(organization_id)
        later = await one.shared("a", read)

    assert (list(first), again, elsewhere, later) == ([1, 1], 1, 2, 3)


async def test_a_read_goes_on_without_the_one_who_began_it() -> None:
    tails, organization_id = Tails(), new_id()
    may_end = asyncio.Event()

    async def read() -> str:
        await may_end.wait()
        return "found"

    with tails.open(organization_id) as one, tails.open(organization_id) as other:
        first = asyncio.create_task(one.shared("a", read))
        second = asyncio.create_task(other.shared("a", read))
        await asyncio.sleep(0)
        first.cancel()
        may_end.set()

        assert await second == "found"


async def test_a_read_that_failed_is_tried_again() -> None:
    tails = Tails()

    async def fail() -> None:
        raise ValueError("this time")

    async def work() -> str:
        return "found"

    with tails.open(new_id()) as tail:
        with pytest.raises(ValueError, match="this time"):
            await tail.shared("a", fail)
        assert await tail.shared("a", work) == "found"


async def test_few_read_at_once() -> None:
    tails = Tails()
    at_once = most = 0

    async def read() -> None:
        nonlocal at_once, most
        at_once += 1
        most = max(most, at_once)
        await asyncio.sleep(0.001)
        at_once -= 1

    with tails.open(new_id()) as tail:
        await asyncio.gather(*(tail.shared(number, read) for number in range(20)))

    assert most == module.READS_AT_ONCE


async def test_they_are_counted_and_leave_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "REMEMBERED_S", 0.0)
    counted: list[int] = []
    tails, organization_id = Tails(counted.append), new_id()

    async def read() -> str:
        return "found"

    with tails.open(organization_id), tails.open(organization_id) as tail:
        await tail.shared("a", read)
        assert tails.organizations == [organization_id]
        await asyncio.sleep(0.01)
        assert tail._channel.reads == {}

    assert counted == [1, 2, 1, 0]
    assert tails.organizations == []
