"""What happened to a member and what was asked in vain: one list, newest first.

Sealed events tell what changed; requests that changed nothing (repeated, refused, failed) stand
between them. A request that was applied is told by its events; reads and searches are no part of a
life, though a provider looks everybody up again and again.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    and_,
    column,
    func,
    literal_column,
    select,
    true,
    tuple_,
    union_all,
)

from domain.ids import UUID
from domain.model.provisioning_request import UNAPPLIED
from domain.queries.audit import AuditEventRow, event_row, first_position
from domain.queries.paging import Order, Page, Position, Window, literal_limit, page_of
from domain.queries.provisioning_requests import REQUESTS, ProvisioningRequestRow, request_row
from domain.queries.reader import Reader
from domain.store.audit_writer import AUDIT_EVENTS
from domain.store.statement import INSTANT, UUID_TYPE, UUIDS, Statement, parameter

TimelineRow = AuditEventRow | ProvisioningRequestRow

_ORGANIZATION = parameter("organization_id", UUID_TYPE)
_BIG = BigInteger()
_LAST_TIE = 2**62
_PARENT: Any = literal_column("parents.id")
# Both logs number their rows. Twice the number, and one more for requests, is a tie that no two
# entries share and that keeps the order of either log.
_ORDER = Order("INSTANT", column("tie"), tie_type=int, key=column("at"), key_type=datetime)
_PREFIXES = ("event_", "request_")
_COLUMNS = (
    tuple(AuditEventRow.__dataclass_fields__),
    tuple(ProvisioningRequestRow.__dataclass_fields__),
)


class Timeline:
    """The entries of members by (instant, tie); each log is read by its index of subjects."""

    def __init__(self) -> None:
        self._known: dict[tuple[bool, bool, bool, int], Statement] = {}

    async def page(
        self,
        reader: Reader,
        organization_id: UUID,
        window: Window,
        *,
        parent_id: UUID,
        until: datetime | None = None,
    ) -> Page[TimelineRow]:
        """The member's entries in the window, up to an instant, in one statement.

        Raises Invalid for a position that is none of this order.
        """
        _ORDER.check("after", window.after)
        _ORDER.check("before", window.before)
        cut = until is not None and window.after is None
        if cut:
            # As though the list went on from the last entry of that instant.
            window = replace(window, after=(until, _LAST_TIE))
        pages = await self._pages(reader, organization_id, [parent_id], window)
        page = pages[parent_id]
        return page if not cut or window.backwards else replace(page, has_previous=False)

    async def first_pages(
        self,
        reader: Reader,
        organization_id: UUID,
        parents: Sequence[UUID],
        *,
        limit: int,
        order: str,  # noqa: ARG002 - there is one
        descending: bool = True,  # noqa: ARG002 - newest first
    ) -> dict[UUID, Page[TimelineRow]]:
        """The newest entries of each member, in one statement."""
        return await self._pages(reader, organization_id, parents, Window(limit))

    async def _pages(
        self, reader: Reader, organization_id: UUID, parents: Sequence[UUID], window: Window
    ) -> dict[UUID, Page[TimelineRow]]:
        number, _ = literal_limit(window.limit + 1)
        shape = (window.after is not None, window.before is not None, window.backwards, number)
        statement = self._known.get(shape)
        if statement is None:
            statement = self._known[shape] = _statement(*shape)
        records = await reader.fetch(
            statement,
            organization_id=organization_id,
            parents=list(dict.fromkeys(parents)),
            **_bounds("after", window.after),
            **_bounds("before", window.before),
        )
        found: dict[UUID, list[tuple[TimelineRow, Position]]] = {each: [] for each in parents}
        for record in records:
            place = record["position_key"], record["position_tie"]
            found[record["parent_id"]].append((_row(record), place))
        return {parent: page_of(window, rows) for parent, rows in found.items()}


TIMELINE = Timeline()


def _bounds(name: str, position: Position | None) -> dict[str, Any]:
    """Parameters of a bound: its instant, and where it stands in either log."""
    if position is None:
        return {}
    at, tie = position
    assert isinstance(tie, int)  # noqa: S101 - checked as a position of this order
    older = name == "after"
    # Entries older than tie t: events 2p < t, requests 2p + 1 < t; newer ones the other way round.
    event = (tie + 1) // 2 if older else tie // 2
    request = tie // 2 if older else (tie - 1) // 2
    return {f"{name}_at": at, f"{name}_event": event, f"{name}_request": request}


def _row(record: Mapping[str, Any]) -> TimelineRow:
    is_event = record["event_id"] is not None
    prefix, names = (_PREFIXES[not is_event], _COLUMNS[not is_event])
    values = {name: record[prefix + name] for name in names}
    return event_row(values) if is_event else request_row(values)


def _statement(after: bool, before: bool, backwards: bool, number: int) -> Statement:
    """Both logs cut to a page, merged and cut again, then joined with what is shown of them."""
    limit: Any = literal_column(str(number))
    parents = (
        func.unnest(parameter("parents", UUIDS))
        .table_valued(column("id", UUID_TYPE))
        .render_derived(name="parents")
    )

    def newest(*columns: Any) -> list[Any]:
        return [each.asc() if backwards else each.desc() for each in columns]

    def side(table: Any, kind: int, at: Any, where: list[Any], ordered: list[Any]) -> Any:
        position = table.c.position
        name = "request" if kind else "event"
        if after:
            where.append(tuple_(at, position) < _bound("after", name))
        if before:
            where.append(tuple_(at, position) > _bound("before", name))
        tie = (position * literal_column("2") + literal_column(str(kind))).label("tie")
        chosen = (
            select(literal_column(str(kind)).label("kind"), table.c.id, at.label("at"), tie)
            .where(table.c.organization_id == _ORGANIZATION, table.c.subject_id == _PARENT)
            .where(*where)
            .order_by(*newest(*ordered))
            .limit(limit)
        )
        return chosen.subquery(f"{name}s")

    event, request = AUDIT_EVENTS.alias("e"), REQUESTS.alias("r")
    events = side(event, 0, event.c.occurred_at, _sealed(event, after, before), [event.c.position])
    requests = side(
        request,
        1,
        request.c.received_at,
        [literal_column(UNAPPLIED), literal_column("operation <> 'SEARCH'")],
        [request.c.received_at, request.c.position],
    )
    both = union_all(select(events), select(requests)).subquery("both")
    page = select(both).order_by(*newest(both.c.at, both.c.tie)).limit(limit).lateral("page")
    shown_event, shown_request = AUDIT_EVENTS.alias("event"), REQUESTS.alias("request")
    shown = [
        table.c[name].label(prefix + name)
        for table, prefix, names in zip(
            (shown_event, shown_request), _PREFIXES, _COLUMNS, strict=True
        )
        for name in names
    ]

    def same(table: Any, kind: int) -> Any:
        return and_(
            page.c.kind == literal_column(str(kind)),
            table.c.organization_id == _ORGANIZATION,
            table.c.id == page.c.id,
        )

    return Statement(
        select(
            parents.c.id.label("parent_id"),
            page.c.at.label("position_key"),
            page.c.tie.label("position_tie"),
            *shown,
        )
        .select_from(
            parents.join(page, true())
            .outerjoin(shown_event, same(shown_event, 0))
            .outerjoin(shown_request, same(shown_request, 1))
        )
        .order_by(*newest(page.c.at, page.c.tie))
    )


def _bound(name: str, log: str) -> Any:
    return tuple_(parameter(f"{name}_at", INSTANT), parameter(f"{name}_{log}", _BIG))


def _sealed(event: Any, after: bool, before: bool) -> list[Any]:
    """Sealed events, bounded by position too: their index of subjects knows no instants."""
    where = [event.c.position.isnot(None)]
    if after:
        instant = parameter("after_at", INSTANT)
        where.append(event.c.position < first_position(lambda occurred_at: occurred_at > instant))
    if before:
        instant = parameter("before_at", INSTANT)
        where.append(event.c.position >= first_position(lambda occurred_at: occurred_at >= instant))
    return where
