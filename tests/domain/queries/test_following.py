"""Following a log: what has come is read when there is news, and never for nothing."""

from __future__ import annotations

from typing import Any

from domain.ids import UUID, new_id
from domain.queries.following import Entry, Following, Log
from domain.queries.reader import Reader
from domain.store.tails import Tails


class Written:
    """A log in memory that counts the looks at its end."""

    def __init__(self) -> None:
        self.entries: list[Entry[str]] = []
        self.looks = 0

    def write(self, *items: str) -> None:
        for item in items:
            self.entries.append(Entry(len(self.entries) + 1, new_id(), item))

    def log(self) -> Log[str]:
        async def head(_reader: Reader, _organization_id: UUID) -> int:
            self.looks += 1
            return len(self.entries)

        async def read(
            _reader: Reader, _organization_id: UUID, after: int, until: int
        ) -> list[Entry[str]]:
            return self.entries[after:until]

        return Log(self, head, read)


def items(batch: list[Entry[str]] | None) -> list[str] | None:
    return None if batch is None else [entry.item for entry in batch]


async def test_nothing_is_read_when_the_time_is_over() -> None:
    tails, organization_id, written = Tails(), new_id(), Written()
    nowhere: Any = None
    with tails.open(organization_id) as tail:
        following = Following(Reader(nowhere), tail, written.log(), None)
        await following.start()
        assert items(await following.batch()) == []
        looks = written.looks

        written.write("untold")
        assert items(await following.batch(0.001)) == []
        assert written.looks == looks

        tails.wake(organization_id)
        assert items(await following.batch(0.001)) == ["untold"]
        written.write("one", "two")
        tails.wake(organization_id)
        assert items(await following.batch()) == ["one", "two"]

        tails.close()
        assert await following.batch() is None
