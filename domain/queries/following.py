"""Reads a log of one organization as it grows: each entry once, in the order of their positions.

Positions are given out in the order of commits, under the lock of the log's head: whoever has read
up to a position that the head names has missed nothing and never will.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Hashable
from dataclasses import dataclass
from typing import Any, Generic, NamedTuple, TypeVar

from domain.errors import Invalid
from domain.ids import UUID
from domain.queries.reader import Reader
from domain.store.patience import DATABASE_TROUBLE
from domain.store.tails import Tail

PAGE = 25
PAUSE_S = 0.5

Item = TypeVar("Item")


class Entry(NamedTuple, Generic[Item]):
    """One entry of a log."""

    position: int
    id: UUID
    item: Item


@dataclass(frozen=True, slots=True)
class Log(Generic[Item]):
    """A log, or what a filter leaves of it.

    `key` tells it from all others. `head` is the last position given out. `read` finds at most PAGE
    entries after one position and up to another. `unnumbered` are the ids of entries that are there
    already and wait for a position.
    """

    key: Hashable
    head: Callable[[Reader, UUID], Awaitable[int]]
    read: Callable[[Reader, UUID, int, int], Awaitable[list[Entry[Item]]]]
    unnumbered: Callable[[Reader, UUID], Awaitable[frozenset[UUID]]] | None = None


class Following(Generic[Item]):
    """One reader of a log: from `after` on, or from now on. No session is held between reads."""

    def __init__(self, reader: Reader, tail: Tail, log: Log[Item], after: int | None) -> None:
        self._reader = reader
        self._tail = tail
        self._log = log
        self._position = after or 0
        self._from_now = after is None
        self._earlier: frozenset[UUID] = frozenset()
        self._is_current = False
        self.head = 0
        """The end of the log when the last batch was read."""

    async def start(self) -> None:
        """Fix where it begins. Raises Invalid for a position that the log has not reached."""
        organization_id = self._tail.organization_id
        if self._from_now and self._log.unnumbered is not None:
            # Before the head: what gets its position in between is not met twice.
            self._earlier = await self._log.unnumbered(self._reader, organization_id)
        self.head = await self._log.head(self._reader, organization_id)
        if self._from_now:
            self._position = self.head
        elif self._position > self.head:
            raise Invalid("after", "is a cursor that this list has not reached")

    async def batch(self, within_s: float | None = None) -> list[Entry[Item]] | None:
        """What comes next, as soon as it comes; [] when the time is over, None at the very end."""
        if self._is_current and not await self._tail.news(within_s):
            return self._nothing()
        self._is_current = False
        try:
            found = await self._read()
        except DATABASE_TROUBLE:
            # The listener says so in the log, once for all.
            await self._tail.news(PAUSE_S)
            return self._nothing()
        return [entry for entry in found if entry.id not in self._earlier]

    def _nothing(self) -> list[Entry[Item]] | None:
        return None if self._tail.is_closed else []

    async def _read(self) -> list[Entry[Item]]:
        log, reader, position = self._log, self._reader, self._position
        organization_id, shared = self._tail.organization_id, self._tail.shared
        head = await shared(("head", log.head), lambda: log.head(reader, organization_id))
        found: list[Entry[Item]] = []
        if head > position:
            found = await shared(
                (log.key, position, head),
                lambda: log.read(reader, organization_id, position, head),
            )
        self._is_current = len(found) < PAGE
        self._position = max(position, head if self._is_current else found[-1].position)
        self.head = max(head, self.head)
        return found

    async def shared(self, key: Hashable, read: Callable[[], Awaitable[Any]]) -> Any:
        """What `read` finds, no older than the last batch; read once for all who have the same."""
        return await self._tail.shared((key, self.head), read)
