"""Organizations as they are read: by id, by slug, as a list."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, literal_column, select

from domain.ids import UUID
from domain.queries.compiler import FieldColumn, Queried
from domain.queries.conditions import AllOf, Column, Compare, Condition, OneOf, Op
from domain.queries.listing import no_link
from domain.queries.member_counts import member_counts
from domain.queries.member_pages import words_of
from domain.queries.paging import (
    Order,
    Page,
    Position,
    Window,
    conditions,
    literal_limit,
    ordering,
    page_of,
    slices,
)
from domain.queries.reader import Reader, Shapes
from domain.store.connection_rows import CONNECTIONS
from domain.store.organization_rows import ORGANIZATIONS
from domain.store.statement import BOOLEAN, KEY, UUID_TYPE, UUIDS, Statement, parameter
from domain.vocabulary import KeyHandshake


@dataclass(frozen=True, slots=True)
class OrganizationRow:
    """An organization; `seats_occupied` is counted where `seats` sets no limit."""

    id: UUID
    name: str
    slug: str
    seats: int | None
    seats_occupied: int | None
    key_handshake: KeyHandshake
    key_version: int
    policies: dict[str, Any]
    version: int
    created_at: datetime
    updated_at: datetime


_COLUMNS = [ORGANIZATIONS.c[name] for name in OrganizationRow.__dataclass_fields__]
_BY_IDS = Statement(select(*_COLUMNS).where(ORGANIZATIONS.c.id == parameter("ids", UUIDS).any_()))
_BY_SLUG = Statement(select(*_COLUMNS).where(ORGANIZATIONS.c.slug == parameter("slug", KEY)))
_SCIM_ENABLED = (
    select(literal_column("1"))
    .where(CONNECTIONS.c.organization_id == ORGANIZATIONS.c.id, CONNECTIONS.c.enabled)
    .correlate(ORGANIZATIONS)
    .exists()
)
_SHAPES = Shapes(
    Queried(
        fields={
            "id": FieldColumn(ORGANIZATIONS.c.id, UUID_TYPE),
            "name": FieldColumn(ORGANIZATIONS.c.name_key, folded=True),
            "scim_enabled": FieldColumn(_SCIM_ENABLED, BOOLEAN),
        },
        profile=None,
        linked=no_link,
    )
)
_ORDERS = {
    "NAME": Order("NAME", ORGANIZATIONS.c.id, key=ORGANIZATIONS.c.name_key, key_type=str),
    "CREATED_AT": Order("CREATED_AT", ORGANIZATIONS.c.id),
}


def _row(record: Mapping[str, Any]) -> OrganizationRow:
    values = {name: record[name] for name in OrganizationRow.__dataclass_fields__}
    values["key_handshake"] = KeyHandshake(values["key_handshake"])
    return OrganizationRow(**values)


async def organizations_by_id(reader: Reader, ids: Sequence[UUID]) -> dict[UUID, OrganizationRow]:
    """The organizations that exist, by id."""
    records = await reader.fetch(_BY_IDS, ids=list(dict.fromkeys(ids)))
    return {record["id"]: _row(record) for record in records}


async def organization_by_slug(reader: Reader, slug: str) -> OrganizationRow | None:
    """The organization of that slug."""
    record = await reader.fetch_row(_BY_SLUG, slug=slug)
    return None if record is None else _row(record)


async def occupied_seats(reader: Reader, organization: OrganizationRow) -> int:
    """How many seats are taken: kept where there is a limit, else counted."""
    if organization.seats_occupied is not None:
        return organization.seats_occupied
    return (await member_counts(reader, organization.id)).seated


@dataclass(frozen=True, slots=True)
class OrganizationFilter:
    """Meets the organizations that meet everything that is given.

    `within` is the only one that a caller may see, None where it may see all.
    """

    search: str | None = None
    scim_enabled: bool | None = None
    within: UUID | None = None

    def condition(self) -> Condition:
        """The filter as a condition."""
        terms: list[Condition] = []
        if self.search is not None and self.search.strip():
            terms.append(words_of(Column("name"), self.search))
        if self.scim_enabled is not None:
            terms.append(Compare(Column("scim_enabled"), Op.EQ, self.scim_enabled))
        if self.within is not None:
            terms.append(OneOf(Column("id"), (self.within,)))
        return AllOf(tuple(terms))


EVERY_ORGANIZATION = OrganizationFilter()


async def page_organizations(
    reader: Reader,
    window: Window,
    wanted: OrganizationFilter = EVERY_ORGANIZATION,
    *,
    order: str = "NAME",
    descending: bool = False,
) -> Page[OrganizationRow]:
    """The organizations that meet the filter."""
    chosen = _ORDERS[order]
    chosen.check("after", window.after)
    chosen.check("before", window.before)
    (whole,) = slices(chosen, window)
    limit, sql_limit = literal_limit(window.limit + 1)

    def build(where: Any) -> Any:
        key = chosen.tie if chosen.key is None else chosen.key
        return (
            select(*_COLUMNS, key.label("position_key"))
            .where(where, *conditions(chosen, whole, descending=descending))
            .order_by(*ordering(chosen, whole, descending=descending != window.backwards))
            .limit(sql_limit)
        )

    kind = ("page", order, descending, window.backwards, whole.shape, limit)
    statement, values = _SHAPES.statement(kind, wanted.condition(), build)
    found: list[tuple[OrganizationRow, Position]] = []
    for record in await reader.fetch(statement, **whole.parameters(), **values):
        key = None if chosen.key is None else record["position_key"]
        found.append((_row(record), (key, record["id"])))
    return page_of(window, found)


async def count_organizations(
    reader: Reader, wanted: OrganizationFilter = EVERY_ORGANIZATION
) -> int:
    """How many organizations `page_organizations` has in all."""
    statement, values = _SHAPES.statement(
        "count",
        wanted.condition(),
        lambda where: select(func.count()).select_from(ORGANIZATIONS).where(where),
    )
    number: int = await reader.fetch_value(statement, **values)
    return number
