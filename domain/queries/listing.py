"""Reads any list of one organization: pages, counts, single rows, first pages of many parents."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Generic, NoReturn, TypeVar

from sqlalchemy import and_, column, func, literal_column, select, true
from sqlalchemy.sql import FromClause

from domain.ids import UUID
from domain.queries.compiler import CompiledCondition, Queried
from domain.queries.conditions import EVERYTHING, AllOf, Condition
from domain.queries.paging import (
    Order,
    Page,
    Position,
    Slice,
    Window,
    conditions,
    literal_limit,
    ordering,
    page_of,
    slices,
)
from domain.queries.reader import Reader, Shapes
from domain.queries.walks import Walk, Way, gathered, walked, ways
from domain.store.statement import UUID_TYPE, UUIDS, Statement, parameter

Row = TypeVar("Row")
_PARENT = parameter("parent_id", UUID_TYPE)


class Listing(Generic[Row]):
    """A list of rows of an organization, in named orders.

    `parent` is the column that a list hangs on where it is that of one thing: the group of its
    members, the subject of its events. `always` holds for every row of the list.
    """

    def __init__(
        self,
        *,
        source: FromClause,
        columns: Sequence[Any],
        organization: Any,
        identity: Any,
        orders: Sequence[Order],
        row: Callable[[Mapping[str, Any]], Row],
        queried: Queried,
        parent: Any = None,
        always: Any = None,
    ) -> None:
        self._source = source
        self._columns = list(columns)
        self._ours = organization == parameter("organization_id", UUID_TYPE)
        if always is not None:
            self._ours = and_(self._ours, always)
        self._identity = identity
        self._orders = {order.name: order for order in orders}
        self._row = row
        self._shapes = Shapes(queried)
        self._parent = parent
        self._by_ids = Statement(
            select(*self._columns)
            .select_from(source)
            .where(self._ours, identity == func.any(parameter("ids", UUIDS)))
        )
        self._first: dict[tuple[str, bool, int], Statement] = {}

    async def by_ids(
        self, reader: Reader, organization_id: UUID, ids: Sequence[UUID]
    ) -> dict[UUID, Row]:
        """The rows that exist, by id."""
        records = await reader.fetch(
            self._by_ids, organization_id=organization_id, ids=list(dict.fromkeys(ids))
        )
        return {record[self._identity.name]: self._row(record) for record in records}

    async def one(self, reader: Reader, organization_id: UUID, id_: UUID) -> Row | None:
        """The row of that id, or None."""
        return (await self.by_ids(reader, organization_id, [id_])).get(id_)

    async def count(
        self,
        reader: Reader,
        organization_id: UUID,
        condition: Condition = EVERYTHING,
        *,
        parent_id: UUID | None = None,
    ) -> int:
        """How many rows meet the condition."""
        child = parent_id is not None
        # What belongs to a parent has its row there: nothing else needs to be looked at.
        source = self._parent.table if child and condition == EVERYTHING else self._source

        def build(where: Any) -> Any:
            counted = select(func.count()).select_from(source).where(self._ours, where)
            return counted.where(self._parent == _PARENT) if child else counted

        statement, values = self._shapes.statement(("count", child), condition, build)
        number: int = await reader.fetch_value(
            statement, organization_id=organization_id, parent_id=parent_id, **values
        )
        return number

    async def page(
        self,
        reader: Reader,
        organization_id: UUID,
        window: Window,
        condition: Condition = EVERYTHING,
        *,
        order: str,
        descending: bool = False,
        parent_id: UUID | None = None,
        walk: Walk | None = None,
    ) -> Page[Row]:
        """The rows of the window. Raises Invalid for a position that is none of this order.

        One statement; a second one only where a page runs over from rows with a sort key to those
        without, or where a `walk` did not fill it.
        """
        chosen = self._orders[order]
        chosen.check("after", window.after)
        chosen.check("before", window.before)
        within = EVERYTHING if walk is None else walk.within
        if condition == EVERYTHING:
            walk = None
        asked = {way: AllOf((within, condition)) for way in Way}
        if walk is not None and walk.sought is not None:
            asked[Way.GATHERED] = AllOf((within, walk.sought))
        found: list[tuple[Row, Position]] = []
        for slice_ in slices(chosen, window):
            wanted = window.limit + 1 - len(found)
            records: list[Any] = []
            for way in ways(walk):
                limit, sql_limit = literal_limit(wanted)

                def build(
                    known: CompiledCondition,
                    way: Way = way,
                    slice_: Slice = slice_,
                    sql_limit: Any = sql_limit,
                ) -> Any:
                    bounds = [self._ours, *conditions(chosen, slice_, descending=descending)]
                    if parent_id is not None:
                        bounds.append(self._parent == _PARENT)
                    down = descending != window.backwards
                    order_by = ordering(chosen, slice_, descending=down)
                    within, where = known.terms
                    columns = self._page_columns(chosen)
                    if way is Way.WALKED and walk is not None:
                        bounds.append(within)
                        rows = walked(
                            self._source,
                            columns,
                            bounds,
                            where=where,
                            ordering=order_by,
                            rows=walk.rows,
                        )
                    elif way is Way.GATHERED:
                        rows = gathered(columns, bounds, where=and_(within, where), descending=down)
                    else:
                        rows = self._selected(chosen).where(*bounds, within, where)
                        rows = rows.order_by(*order_by)
                    return rows.limit(sql_limit)

                kind = ("page", order, descending, window.backwards, slice_.shape, limit, way)
                statement, values = self._shapes.built(
                    (*kind, parent_id is not None, None if walk is None else walk.rows),
                    asked[way],
                    build,
                )
                records = await reader.fetch(
                    statement,
                    organization_id=organization_id,
                    parent_id=parent_id,
                    **slice_.parameters(),
                    **values,
                )
                if len(records) >= wanted:
                    break
            found.extend((self._row(record), _position(record)) for record in records)
            if len(found) > window.limit:
                break
        return page_of(window, found)

    async def first_pages(
        self,
        reader: Reader,
        organization_id: UUID,
        parents: Sequence[UUID],
        *,
        limit: int,
        order: str,
        descending: bool = False,
    ) -> dict[UUID, Page[Row]]:
        """The first page of each parent's list, in one statement; for orders without nulls."""
        number, sql_limit = literal_limit(limit + 1)
        key = (order, descending, number)
        statement = self._first.get(key)
        if statement is None:
            statement = self._first[key] = self._first_statement(order, descending, sql_limit)
        records = await reader.fetch(
            statement, organization_id=organization_id, parents=list(dict.fromkeys(parents))
        )
        found: dict[UUID, list[tuple[Row, Position]]] = {parent: [] for parent in parents}
        for record in records:
            found[record["parent_id"]].append((self._row(record), _position(record)))
        return {parent: page_of(Window(limit), rows) for parent, rows in found.items()}

    async def counts(
        self, reader: Reader, organization_id: UUID, parents: Sequence[UUID]
    ) -> dict[UUID, int]:
        """How many rows each parent has, in one statement."""
        statement = self._first.get(("count", False, 0))
        if statement is None:
            statement = self._first["count", False, 0] = Statement(
                select(self._parent.label("parent_id"), func.count().label("number"))
                .select_from(self._parent.table)
                .where(self._ours, self._parent == func.any(parameter("parents", UUIDS)))
                .group_by(self._parent)
            )
        records = await reader.fetch(
            statement, organization_id=organization_id, parents=list(dict.fromkeys(parents))
        )
        numbers = dict.fromkeys(parents, 0)
        return numbers | {record["parent_id"]: record["number"] for record in records}

    def _page_columns(self, order: Order) -> list[Any]:
        key = literal_column("NULL") if order.key is None else order.key
        return [*self._columns, key.label("position_key"), order.tie.label("position_tie")]

    def _selected(self, order: Order) -> Any:
        return select(*self._page_columns(order)).select_from(self._source)

    def _first_statement(self, name: str, descending: bool, limit: Any) -> Statement:
        order = self._orders[name]
        whole = Slice(keyed=True, after=None, before=None)
        parents = (
            func.unnest(parameter("parents", UUIDS))
            .table_valued(column("id", UUID_TYPE), name="parents")
            .render_derived()
        )
        rows = (
            self._selected(order)
            .where(self._ours, self._parent == parents.c.id)
            .order_by(*ordering(order, whole, descending=descending))
            .limit(limit)
            .lateral("children")
        )
        return Statement(
            select(parents.c.id.label("parent_id"), rows).select_from(parents.join(rows, true()))
        )


def _position(record: Mapping[str, Any]) -> Position:
    return record["position_key"], record["position_tie"]


def no_link(_: Any) -> NoReturn:
    """For lists whose rows belong to no group."""
    raise TypeError("these rows have no members")
