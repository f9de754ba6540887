"""Index pages: the cheapest statements that give a page and an exact total."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import Protocol, TypeVar

DEFAULT_COUNT = 100
MAX_COUNT = 1000

Row_co = TypeVar("Row_co", covariant=True)


class Lists(Protocol[Row_co]):
    """Reads rows in their stable order."""

    def __call__(self, *, offset: int, limit: int, backwards: bool) -> Awaitable[Sequence[Row_co]]:
        """`limit` rows after the first `offset`, counted from the end where `backwards`."""


async def index_page(
    lists: Lists[Row_co],
    count: Callable[[], Awaitable[int]],
    *,
    start_index: int,
    asked: int | None,
) -> tuple[Sequence[Row_co], int]:
    """The rows from `start_index` (1 is the first), at most `asked`, and how many there are.

    A first page that is not full tells the total by itself. Past the middle the page is read from
    the end, since skipping rows costs as much as reading them.
    """
    limit = min(DEFAULT_COUNT if asked is None else asked, MAX_COUNT)
    if limit == 0:
        return (), await count()
    offset = start_index - 1
    if offset == 0:
        rows = await lists(offset=0, limit=limit + 1, backwards=False)
        if len(rows) <= limit:
            return rows, len(rows)
        return rows[:limit], await count()
    total = await count()
    if offset >= total:
        return (), total
    limit = min(limit, total - offset)
    from_end = total - offset - limit
    if from_end < offset:
        return await lists(offset=from_end, limit=limit, backwards=True), total
    return await lists(offset=offset, limit=limit, backwards=False), total
