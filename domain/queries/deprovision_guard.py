"""The deprovision guard as it is read: its state, what it holds, what waits to be carried out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select

from domain.ids import UUID
from domain.queries.compiler import Queried
from domain.queries.listing import Listing, no_link
from domain.queries.paging import Order, Page, Window
from domain.queries.reader import Reader
from domain.store.guard_rows import GUARDS, HELD
from domain.store.statement import UUIDS, Statement, parameter
from domain.vocabulary import GuardState, MemberAction


@dataclass(frozen=True, slots=True)
class GuardRow:
    """The guard of an organization; `held` counts what is not decided."""

    state: GuardState = GuardState.WATCHING
    since: datetime | None = None
    held: int = 0


@dataclass(frozen=True, slots=True)
class HeldRow:
    """A call that waits for a decision; the label is the member's name as of then."""

    organization_id: UUID
    id: UUID
    member_id: UUID
    member_label: str
    action: MemberAction
    held_at: datetime


_HELD_NUMBER = (
    select(func.count())
    .where(HELD.c.organization_id == GUARDS.c.organization_id, HELD.c.released_at.is_(None))
    .correlate(GUARDS)
    .scalar_subquery()
)
_GUARDS = Statement(
    select(GUARDS.c.organization_id, GUARDS.c.state, GUARDS.c.since, _HELD_NUMBER.label("held"))
    .select_from(GUARDS)
    .where(GUARDS.c.organization_id == func.any(parameter("ids", UUIDS)))
)


def _held(record: Mapping[str, Any]) -> HeldRow:
    values = {name: record[name] for name in HeldRow.__dataclass_fields__}
    values["action"] = MemberAction(values["action"])
    return HeldRow(**values)


HELD_LIST = Listing(
    source=HELD,
    columns=[HELD.c[name] for name in HeldRow.__dataclass_fields__],
    organization=HELD.c.organization_id,
    identity=HELD.c.id,
    orders=(Order("HELD_AT", HELD.c.id),),
    row=_held,
    queried=Queried(fields={}, profile=None, linked=no_link),
    always=HELD.c.released_at.is_(None),
)


async def guards_of(reader: Reader, organization_ids: Sequence[UUID]) -> dict[UUID, GuardRow]:
    """The guard of each organization from which a provider ever took anything away."""
    records = await reader.fetch(_GUARDS, ids=list(dict.fromkeys(organization_ids)))
    return {
        record["organization_id"]: GuardRow(
            GuardState(record["state"]), record["since"], record["held"]
        )
        for record in records
    }


async def page_held(reader: Reader, organization_id: UUID, window: Window) -> Page[HeldRow]:
    """What the guard holds, oldest first."""
    return await HELD_LIST.page(reader, organization_id, window, order="HELD_AT")
