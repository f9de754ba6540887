"""Builds connections: from a list's name, filter and window to the type that resolves it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any

from graphql_schema.connection import Connection, CountedConnection, list_hash, window_of
from graphql_schema.types.references import wrap

if TYPE_CHECKING:
    from strawberry.dataloader import DataLoader

    from domain.ids import UUID
    from domain.queries.paging import Page, Window

Fetch = Callable[["Window"], Awaitable["Page[Any]"]]
Count = Callable[[], Awaitable[int]]


class Arguments:
    """The arguments of a connection together with what tells its list from others."""

    __slots__ = ("of", "window")

    def __init__(
        self,
        *facts: object,
        first: int | None = None,
        after: str | None = None,
        last: int | None = None,
        before: str | None = None,
    ) -> None:
        self.of = list_hash(*facts)
        self.window = window_of(self.of, first, after, last, before)


async def connect(arguments: Arguments, fetch: Fetch, wrapped: Callable[[Any], Any] = wrap) -> Any:
    """A connection without a count."""
    return Connection(page=await fetch(arguments.window), of=arguments.of, wrap=wrapped)


async def connect_counted(
    arguments: Arguments, fetch: Fetch, count: Count, wrapped: Callable[[Any], Any] = wrap
) -> Any:
    """A connection whose count is computed only when it is selected."""
    page = await fetch(arguments.window)
    return CountedConnection(page=page, of=arguments.of, wrap=wrapped, count=count)


async def connect_first(
    arguments: Arguments,
    load: DataLoader[tuple[UUID, UUID, int], Any],
    key: tuple[UUID, UUID],
    fetch: Fetch,
) -> Any:
    """A list that hangs on one of many objects: their first pages are read in one statement."""
    page = await _page(arguments, load, key, fetch)
    return Connection(page=page, of=arguments.of, wrap=wrap)


async def connect_counted_first(
    arguments: Arguments,
    load: DataLoader[tuple[UUID, UUID, int], Any],
    key: tuple[UUID, UUID],
    fetch: Fetch,
    count: Count,
) -> Any:
    """The same with a count."""
    page = await _page(arguments, load, key, fetch)
    return CountedConnection(page=page, of=arguments.of, wrap=wrap, count=count)


async def _page(
    arguments: Arguments,
    load: DataLoader[tuple[UUID, UUID, int], Any],
    key: tuple[UUID, UUID],
    fetch: Fetch,
) -> Page[Any]:
    window = arguments.window
    if window.after is not None or window.before is not None or window.backwards:
        return await fetch(window)
    page: Page[Any] = await load.load((*key, window.limit))
    return page
