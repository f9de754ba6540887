"""Invitations as they are read: one row per mail, newest first."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from domain.ids import UUID
from domain.queries.compiler import FieldColumn, Queried
from domain.queries.conditions import AllOf, Column, Compare, Condition, Op, Words
from domain.queries.listing import Listing, no_link
from domain.queries.paging import Order, Page, Window
from domain.queries.ranges import Instants, within
from domain.queries.reader import Reader
from domain.queries.walks import Walk
from domain.store.invitation_rows import INVITATIONS
from domain.store.statement import INSTANT, UUID_TYPE
from domain.vocabulary import InvitationState


@dataclass(frozen=True, slots=True)
class InvitationRow:
    """One invitation mail, without the hash of its link."""

    organization_id: UUID
    id: UUID
    member_id: UUID
    email: str
    state: InvitationState
    attempts: int
    last_error: str | None
    queued_at: datetime
    sent_at: datetime | None
    expires_at: datetime


def _row(record: Mapping[str, Any]) -> InvitationRow:
    values = {name: record[name] for name in InvitationRow.__dataclass_fields__}
    values["state"] = InvitationState(values["state"])
    return InvitationRow(**values)


def _listing(parent: Any = None) -> Listing[InvitationRow]:
    return Listing(
        source=INVITATIONS,
        columns=[INVITATIONS.c[name] for name in InvitationRow.__dataclass_fields__],
        organization=INVITATIONS.c.organization_id,
        identity=INVITATIONS.c.id,
        orders=(Order("QUEUED_AT", INVITATIONS.c.id),),
        row=_row,
        queried=Queried(
            fields={
                "state": FieldColumn(INVITATIONS.c.state),
                "member_id": FieldColumn(INVITATIONS.c.member_id, UUID_TYPE),
                "queued_at": FieldColumn(INVITATIONS.c.queued_at, INSTANT),
            },
            profile=None,
            linked=no_link,
        ),
        parent=parent,
    )


INVITATION_LIST = _listing()
MEMBER_INVITATION_LIST = _listing(INVITATIONS.c.member_id)


@dataclass(frozen=True, slots=True)
class InvitationFilter:
    """Meets the invitations that meet everything that is given."""

    states: tuple[InvitationState, ...] | None = None
    member_id: UUID | None = None
    queued_at: Instants | None = None

    def condition(self) -> Condition:
        """The filter as a condition."""
        terms: list[Condition] = []
        if self.states is not None:
            terms.append(Words(Column("state"), tuple(sorted(set(map(str, self.states))))))
        if self.member_id is not None:
            terms.append(Compare(Column("member_id"), Op.EQ, self.member_id))
        terms.extend(within("queued_at", self.queued_at))
        return AllOf(tuple(terms))


EVERY_INVITATION = InvitationFilter()


async def page_invitations(
    reader: Reader,
    organization_id: UUID,
    window: Window,
    wanted: InvitationFilter = EVERY_INVITATION,
) -> Page[InvitationRow]:
    """Invitations of the organization, newest first."""
    return await INVITATION_LIST.page(
        reader,
        organization_id,
        window,
        wanted.condition(),
        order="QUEUED_AT",
        descending=True,
        walk=Walk(2_000),
    )
