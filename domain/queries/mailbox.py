"""Reads open invitations for the development mailbox, where mail is looked at instead of sent."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select

from domain.ids import UUID
from domain.queries.reader import Reader
from domain.store.member_rows import MEMBERS
from domain.store.member_writes import INVITATIONS, OPEN_STATES
from domain.store.organization_rows import ORGANIZATIONS
from domain.store.statement import INTEGER, TEXTS, UUID_TYPE, Statement, parameter
from domain.vocabulary import InvitationState

_OPEN = (
    select(
        *INVITATIONS.c[
            "organization_id",
            "id",
            "member_id",
            "email",
            "state",
            "attempts",
            "last_error",
            "queued_at",
            "due_at",
            "sent_at",
            "expires_at",
        ],
        ORGANIZATIONS.c.name.label("organization_name"),
        func.coalesce(MEMBERS.c.display_name, MEMBERS.c.given_name).label("member_name"),
    )
    .select_from(
        INVITATIONS.join(ORGANIZATIONS, ORGANIZATIONS.c.id == INVITATIONS.c.organization_id).join(
            MEMBERS,
            (MEMBERS.c.organization_id == INVITATIONS.c.organization_id)
            & (MEMBERS.c.id == INVITATIONS.c.member_id),
        )
    )
    .where(INVITATIONS.c.state == func.any(parameter("states", TEXTS)))
)
_NEWEST_FIRST = _OPEN.order_by(INVITATIONS.c.id.desc()).limit(parameter("limit", INTEGER))
_OF_ORGANIZATION = INVITATIONS.c.organization_id == parameter("organization_id", UUID_TYPE)
_NEWEST_OF_ALL = Statement(_NEWEST_FIRST)
_NEWEST = Statement(_NEWEST_FIRST.where(_OF_ORGANIZATION))
_ONE = Statement(_OPEN.where(_OF_ORGANIZATION, INVITATIONS.c.id == parameter("id", UUID_TYPE)))


@dataclass(frozen=True, slots=True)
class MailboxRow:
    """An open invitation; its link is derived on demand and stands in no row."""

    organization_id: UUID
    organization_name: str
    id: UUID
    member_id: UUID
    member_name: str | None
    email: str
    state: InvitationState
    attempts: int
    last_error: str | None
    queued_at: datetime
    due_at: datetime
    sent_at: datetime | None
    expires_at: datetime


async def newest_invitations(
    reader: Reader, organization_id: UUID | None = None, limit: int = 50
) -> list[MailboxRow]:
    """Open invitations, newest first: the organization's, or all for whoever runs the server."""
    if organization_id is None:
        records = await reader.fetch(_NEWEST_OF_ALL, states=OPEN_STATES, limit=limit)
    else:
        records = await reader.fetch(
            _NEWEST, states=OPEN_STATES, limit=limit, organization_id=organization_id
        )
    return [_row(record) for record in records]


async def open_invitation(
    reader: Reader, organization_id: UUID, invitation_id: UUID
) -> MailboxRow | None:
    """One open invitation, or None."""
    record = await reader.fetch_row(
        _ONE, states=OPEN_STATES, organization_id=organization_id, id=invitation_id
    )
    return None if record is None else _row(record)


def _row(record: Mapping[str, Any]) -> MailboxRow:
    values = dict(record)
    return MailboxRow(**values | {"state": InvitationState(values["state"])})
