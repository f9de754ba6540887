"""The logs of an organization that can be followed: history, SCIM requests, members' statuses."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from domain.ids import UUID
from domain.model.audit_event import AuditHeadTable
from domain.model.provisioning_request import ProvisioningHeadTable
from domain.queries.audit import EVENT_LIST, AuditEventFilter, AuditEventRow
from domain.queries.following import PAGE, Entry, Log
from domain.queries.listing import Listing
from domain.queries.member_pages import MEMBER_LIST
from domain.queries.paging import Window
from domain.queries.provisioning_requests import (
    REQUEST_LIST,
    ProvisioningRequestFilter,
    ProvisioningRequestRow,
)
from domain.queries.reader import Reader
from domain.queries.rows import MemberRow
from domain.store.audit_writer import AUDIT_EVENTS
from domain.store.statement import UUID_TYPE, Statement, parameter

STATUS_ACTIONS = (
    "member.staged",
    "member.invited",
    "member.accepted",
    "member.confirmed",
    "member.revoked",
    "member.restored",
    "member.removed",
)
"""What changes a member's status, or brings or takes a member."""
MOST_UNSEALED = 10_000


@dataclass(frozen=True, slots=True)
class MemberChangeRow:
    """A member whose status changed; `member` None is one who was removed, then or since."""

    organization_id: UUID
    member_id: UUID
    member: MemberRow | None


def _head(table: Any) -> Statement:
    return Statement(
        select(table.position).where(
            table.organization_id == parameter("organization_id", UUID_TYPE)
        )
    )


_AUDIT_HEAD = _head(AuditHeadTable)
_REQUESTS_HEAD = _head(ProvisioningHeadTable)
_UNSEALED = Statement(
    select(AUDIT_EVENTS.c.id)
    .where(
        AUDIT_EVENTS.c.organization_id == parameter("organization_id", UUID_TYPE),
        AUDIT_EVENTS.c.position.is_(None),
    )
    .order_by(AUDIT_EVENTS.c.sequence)
    .limit(MOST_UNSEALED)
)


async def _audit_head(reader: Reader, organization_id: UUID) -> int:
    return await reader.fetch_value(_AUDIT_HEAD, organization_id=organization_id) or 0


async def _requests_head(reader: Reader, organization_id: UUID) -> int:
    return await reader.fetch_value(_REQUESTS_HEAD, organization_id=organization_id) or 0


async def _unsealed(reader: Reader, organization_id: UUID) -> frozenset[UUID]:
    rows = await reader.fetch(_UNSEALED, organization_id=organization_id)
    return frozenset(row["id"] for row in rows)


async def _between(
    source: tuple[Listing[Any], Reader, UUID],
    after: int,
    until: int,
    wanted: AuditEventFilter | ProvisioningRequestFilter,
) -> list[Entry[Any]]:
    """The first rows that lie after one position and not after another."""
    listing, reader, organization_id = source
    window = Window(PAGE, after=(None, after), before=(None, until + 1))
    page = await listing.page(reader, organization_id, window, wanted.condition(), order="POSITION")
    return [Entry(row.position, row.id, row) for row in page.rows]


def audit_log(wanted: AuditEventFilter) -> Log[AuditEventRow]:
    """Sealed events that meet the filter."""

    async def read(
        reader: Reader, organization_id: UUID, after: int, until: int
    ) -> list[Entry[AuditEventRow]]:
        return await _between((EVENT_LIST, reader, organization_id), after, until, wanted)

    return Log(("events", wanted), _audit_head, read, _unsealed)


def request_log(wanted: ProvisioningRequestFilter) -> Log[ProvisioningRequestRow]:
    """Provisioning requests that meet the filter."""

    async def read(
        reader: Reader, organization_id: UUID, after: int, until: int
    ) -> list[Entry[ProvisioningRequestRow]]:
        return await _between((REQUEST_LIST, reader, organization_id), after, until, wanted)

    return Log(("requests", wanted), _requests_head, read)


async def _read_changes(
    reader: Reader, organization_id: UUID, after: int, until: int
) -> list[Entry[MemberChangeRow]]:
    wanted = AuditEventFilter(actions=STATUS_ACTIONS)
    events = await _between((EVENT_LIST, reader, organization_id), after, until, wanted)
    ids = [event.item.subject_id for event in events]
    members = await MEMBER_LIST.by_ids(reader, organization_id, ids) if ids else {}
    return [
        Entry(
            event.position,
            event.id,
            MemberChangeRow(organization_id, member_id, members.get(member_id)),
        )
        for event, member_id in zip(events, ids, strict=True)
    ]


MEMBER_CHANGES: Log[MemberChangeRow] = Log("members", _audit_head, _read_changes, _unsealed)
"""Changes of members' statuses, with the members as they are when they are read."""
