"""Wakes those who wait for news of an organization, and lets them share what they read then.

A tail says only that there may be something new; who holds it reads from where it was, and waits
again. So nothing is kept for a slow reader, and news that were heard twice do no harm.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Hashable, Iterator
from contextlib import contextmanager, suppress
from functools import partial
from typing import Any, TypeVar

from domain.ids import UUID

READS_AT_ONCE = 4
"""Tails read on a part of the pool: a moment that wakes hundreds leaves the rest to requests."""
REMEMBERED_S = 1.0

Found = TypeVar("Found")


class _Channel:
    """All that wait for one organization, and what they read since the last news."""

    __slots__ = ("reads", "tails")

    def __init__(self) -> None:
        self.tails: set[Tail] = set()
        self.reads: dict[Hashable, asyncio.Task[Any]] = {}


class Tail:
    """One who waits for news of an organization; see `Tails.open`."""

    __slots__ = ("_channel", "_news", "_tails", "organization_id")

    def __init__(self, tails: Tails, channel: _Channel, organization_id: UUID) -> None:
        self._tails = tails
        self._channel = channel
        self._news = asyncio.Event()
        self.organization_id = organization_id

    @property
    def is_closed(self) -> bool:
        """Whether the process stops, and no more news come."""
        return self._tails.is_closed

    async def news(self, within_s: float | None = None) -> bool:
        """Wait for news since the last call; False when the time is over or the process stops."""
        if not self.is_closed:
            with suppress(TimeoutError):
                async with asyncio.timeout(within_s):
                    await self._news.wait()
        has_come = self._news.is_set()
        self._news.clear()
        return has_come and not self.is_closed

    def wake(self) -> None:
        """Let `news` return."""
        self._news.set()

    async def shared(self, key: Hashable, read: Callable[[], Awaitable[Found]]) -> Found:
        """What `read` finds; tails of one organization that ask for one key read it once.

        What is found for a key may be up to a second old, but never older than the last news.
        Raises what `read` raises.
        """
        reads = self._channel.reads
        task = reads.get(key)
        if task is None:
            task = reads[key] = asyncio.create_task(self._tails.read(read))
            task.add_done_callback(partial(_forget, reads, key))
        # Whoever asked first may be gone before the others.
        found: Found = await asyncio.shield(task)
        return found


class Tails:
    """All tails of a process. `counted` hears how many there are whenever that changes."""

    def __init__(self, counted: Callable[[int], None] = lambda _number: None) -> None:
        self._counted = counted
        self._channels: dict[UUID, _Channel] = {}
        self._reading = asyncio.Semaphore(READS_AT_ONCE)
        self.count = 0
        self.is_closed = False

    @property
    def organizations(self) -> list[UUID]:
        """The organizations that somebody waits for."""
        return list(self._channels)

    @contextmanager
    def open(self, organization_id: UUID) -> Iterator[Tail]:
        """A tail, for as long as the context lasts.

        Open it before the first read, then read, await `news`, and read on from there.
        """
        channel = self._channels.setdefault(organization_id, _Channel())
        tail = Tail(self, channel, organization_id)
        channel.tails.add(tail)
        self._count(1)
        try:
            yield tail
        finally:
            channel.tails.remove(tail)
            if not channel.tails:
                del self._channels[organization_id]
            self._count(-1)

    def wake(self, organization_id: UUID) -> None:
        """There may be news of the organization."""
        channel = self._channels.get(organization_id)
        if channel is not None:
            # What was read before the news is not for those who read because of them.
            channel.reads.clear()
            for tail in channel.tails:
                tail.wake()

    def wake_all(self) -> None:
        """There may be news of any organization."""
        for organization_id in self._channels:
            self.wake(organization_id)

    def close(self) -> None:
        """The process stops: nobody waits any more."""
        self.is_closed = True
        self.wake_all()

    async def read(self, read: Callable[[], Awaitable[Found]]) -> Found:
        """Do one of the few reads that run at once."""
        async with self._reading:
            return await read()

    def _count(self, more: int) -> None:
        self.count += more
        self._counted(self.count)


def _forget(reads: dict[Hashable, Any], key: Hashable, task: asyncio.Task[Any]) -> None:
    """Keep what was found for the others who were woken with the first, but not for long."""

    def pop() -> None:
        if reads.get(key) is task:
            del reads[key]

    # Asked for here, too: perhaps nobody waits for it any more.
    if task.cancelled() or task.exception() is not None:
        pop()
    else:
        asyncio.get_running_loop().call_later(REMEMBERED_S, pop)
