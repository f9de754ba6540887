"""Connections by keyset: arguments into windows, pages into edges, positions into cursors.

A cursor names a position in one list of one organization: it carries a hash of both, so that it is
refused elsewhere.
"""

from __future__ import annotations

from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as Base64Error
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any, Generic, TypeVar

import orjson
import strawberry

from domain.errors import Invalid
from domain.ids import UUID
from domain.queries.paging import MAX_PAGE, Page, Position, Window
from graphql_schema.fields import resolved, shown
from graphql_schema.policy import costs

DEFAULT_PAGE = 25
_HASH_BYTES = 6
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)

NodeT = TypeVar("NodeT")


def list_hash(*facts: object) -> bytes:
    """What tells one list from another: organization, name, order, filter."""
    return sha256(repr(facts).encode()).digest()[:_HASH_BYTES]


def write_cursor(position: Position, of: bytes) -> str:
    """The cursor of a position in the list whose hash is `of`."""
    key, tie = position
    if isinstance(key, datetime):
        key_part: Any = [(key - _EPOCH) // _MICROSECOND]
    else:
        key_part = key
    tie_part = tie if isinstance(tie, int) else tie.hex
    return urlsafe_b64encode(of + orjson.dumps([key_part, tie_part])).decode().rstrip("=")


def read_cursor(argument: str, text: str, of: bytes) -> Position:
    """The position that a cursor names. Raises Invalid for `argument`."""
    try:
        data = urlsafe_b64decode(text + "=" * (-len(text) % 4))
        key, tie = orjson.loads(data[_HASH_BYTES:])
        if isinstance(key, list):
            key = _EPOCH + int(key[0]) * _MICROSECOND
        tie = UUID(hex=tie) if isinstance(tie, str) else int(tie) % 2**63
    except (Base64Error, ValueError, TypeError, IndexError, OverflowError) as error:
        raise Invalid(argument, "is not a cursor") from error
    if data[:_HASH_BYTES] != of:
        raise Invalid(argument, "is a cursor of another list, or of another order or filter")
    return key, tie


def window_of(
    of: bytes,
    first: int | None = None,
    after: str | None = None,
    last: int | None = None,
    before: str | None = None,
) -> Window:
    """The window that connection arguments ask for. Raises Invalid."""
    if first is not None and last is not None:
        raise Invalid("first", "cannot be combined with last")
    for argument, number in (("first", first), ("last", last)):
        if number is not None and not 1 <= number <= MAX_PAGE:
            raise Invalid(argument, f"must lie between 1 and {MAX_PAGE}")
    return Window(
        limit=first or last or DEFAULT_PAGE,
        after=None if after is None else read_cursor("after", after, of),
        before=None if before is None else read_cursor("before", before, of),
        backwards=last is not None,
    )


@strawberry.type
class PageInfo:
    has_next_page: bool
    has_previous_page: bool
    start_cursor: str | None
    end_cursor: str | None


@strawberry.type
class Edge(Generic[NodeT]):
    cursor: str
    node: NodeT


def edges_of(connection: Any) -> list[Edge[Any]]:
    """The rows of the page with their cursors."""
    page, of, wrap = connection.page, connection.of, connection.wrap
    return [
        Edge(cursor=write_cursor(position, of), node=wrap(row))
        for row, position in zip(page.rows, page.positions, strict=True)
    ]


def page_info_of(connection: Any) -> PageInfo:
    """Where the page begins and ends."""
    page, of = connection.page, connection.of
    return PageInfo(
        has_next_page=page.has_next,
        has_previous_page=page.has_previous,
        start_cursor=write_cursor(page.positions[0], of) if page.positions else None,
        end_cursor=write_cursor(page.positions[-1], of) if page.positions else None,
    )


@strawberry.type(name="Connection")
class Connection(Generic[NodeT]):
    page: strawberry.Private[Page[Any]]
    of: strawberry.Private[bytes]
    wrap: strawberry.Private[Callable[[Any], Any]]

    edges: list[Edge[NodeT]] = shown(edges_of)
    nodes: list[NodeT] = shown(lambda self: [self.wrap(row) for row in self.page.rows])
    page_info: PageInfo = shown(page_info_of)


@strawberry.type(name="Connection")
class CountedConnection(Generic[NodeT]):
    page: strawberry.Private[Page[Any]]
    of: strawberry.Private[bytes]
    wrap: strawberry.Private[Callable[[Any], Any]]
    count: strawberry.Private[Callable[[], Awaitable[int]]]

    edges: list[Edge[NodeT]] = shown(edges_of)
    nodes: list[NodeT] = shown(lambda self: [self.wrap(row) for row in self.page.rows])
    page_info: PageInfo = shown(page_info_of)

    @resolved(costs(2))
    async def total_count(self) -> int:
        return await self.count()
