"""One way to page through a list, by index or by cursor, whatever the list is of."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Generic, Protocol, TypeVar

from scim_facade.cursors import Cursor, fingerprint_of, read_cursor, write_cursor
from scim_facade.paging import DEFAULT_COUNT, MAX_COUNT, index_page
from scim_facade.protocol.errors import ScimError
from scim_facade.protocol.messages import cursor_response, list_response

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence

    from domain.queries.sorting import Position
    from scim_facade.exchange import Exchange
    from scim_facade.protocol.query import ListQuery

Row = TypeVar("Row")


class After(Protocol):
    """Reads rows behind a position."""

    def __call__(
        self, *, position: Position | None, limit: int
    ) -> Awaitable[list[tuple[Any, Position]]]:
        """The next `limit` rows, each with its position."""


@dataclass(frozen=True, slots=True)
class Searched(Generic[Row]):
    """The reads of one list under one condition and order."""

    endpoint: str
    lists: Callable[..., Awaitable[Sequence[Row]]]
    after: After
    count: Callable[[], Awaitable[int]]


@dataclass(frozen=True, slots=True)
class Found(Generic[Row]):
    """The rows of a page, and what makes the envelope around their documents."""

    rows: Sequence[Row]
    total: int
    start_index: int
    by_cursor: bool = False
    next_cursor: str | None = None

    def envelope(self, documents: Sequence[dict[str, Any]]) -> dict[str, Any]:
        """The list response."""
        if self.by_cursor:
            return cursor_response(documents, self.total, self.next_cursor)
        return list_response(documents, self.total, self.start_index)


async def find(exchange: Exchange, query: ListQuery, searched: Searched[Row]) -> Found[Row]:
    """The page that the query asks for; ScimError 400 invalidCursor, invalidCount."""
    if query.cursor is not None:
        return await _by_cursor(exchange, query, query.cursor, searched)
    rows, total = await index_page(
        searched.lists, searched.count, start_index=query.start_index, asked=query.count
    )
    return Found(rows, total, query.start_index)


async def _by_cursor(
    exchange: Exchange, query: ListQuery, text: str, searched: Searched[Row]
) -> Found[Row]:
    fingerprint = fingerprint_of(exchange.organization_id, searched.endpoint, query)
    if text:
        cursor = read_cursor(text, fingerprint)
        if query.count is not None and min(query.count, MAX_COUNT) != cursor.count:
            raise ScimError.invalid_count("Keep count the same from page to page.")
        position, limit, total = cursor.position, cursor.count, cursor.total
    else:
        limit = min(DEFAULT_COUNT if query.count is None else query.count, MAX_COUNT)
        position, total = None, await searched.count()
    if limit == 0:
        return Found((), total, 1, by_cursor=True)
    found = await searched.after(position=position, limit=limit + 1)
    rows = [row for row, _ in found[:limit]]
    following = None
    if len(found) > limit:
        following = write_cursor(Cursor(found[limit - 1][1], limit, total), fingerprint)
    return Found(rows, total, 1, by_cursor=True, next_cursor=following)
