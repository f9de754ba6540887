"""The filters whose pages are tried, and the lists that they are filters of."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

from bench.crowd import START, group_id, member_id
from domain.ids import UUID
from domain.queries.audit import AuditEventFilter, page_events
from domain.queries.invitations import InvitationFilter, page_invitations
from domain.queries.member_pages import MemberFilter, page_members
from domain.queries.paging import Page, Position, Window
from domain.queries.provisioning_requests import (
    ProvisioningRequestFilter,
    page_requests,
)
from domain.queries.ranges import Instants
from domain.queries.reader import Reader
from domain.vocabulary import (
    InvitationState,
    MemberRole,
    MemberStatus,
    Origin,
    ProvisioningOutcome,
    ProvisioningSource,
    ScimOperation,
    ScimResourceType,
)

List = Callable[[Reader, UUID, Window], Awaitable[Page[Any]]]


def members(order: str, **wanted: Any) -> List:
    return lambda reader, organization_id, window: page_members(
        reader, organization_id, window, MemberFilter(**wanted), order=order, descending=True
    )


def events(**wanted: Any) -> List:
    return lambda reader, organization_id, window: page_events(
        reader, organization_id, window, AuditEventFilter(**wanted)
    )


def requests(**wanted: Any) -> List:
    return lambda reader, organization_id, window: page_requests(
        reader, organization_id, window, ProvisioningRequestFilter(**wanted)
    )


def invitations(**wanted: Any) -> List:
    return lambda reader, organization_id, window: page_invitations(
        reader, organization_id, window, InvitationFilter(**wanted)
    )


def _at(minutes: int) -> Any:
    return START + timedelta(minutes=minutes)


_MIDDLE = Instants(_at(60_000), _at(60_100))
_LONG_AGO = Instants(None, _at(0))
_SUBJECT = member_id(21)
_CONNECTION, _CLI = (UUID(f"00000000-0000-7000-c000-{n:012x}") for n in (1, 2))

MEMBERS: dict[str, dict[str, Any]] = {
    "an administrator": {"roles": (MemberRole.ADMIN,)},
    "of a role that nobody has": {"roles": (MemberRole.CUSTOM,)},
    "everybody's role": {"roles": (MemberRole.USER,)},
    "two roles": {"roles": (MemberRole.ADMIN, MemberRole.OWNER)},
    "revoked": {"statuses": (MemberStatus.REVOKED,)},
    "staged or revoked": {"statuses": (MemberStatus.REVOKED, MemberStatus.STAGED)},
    "made by hand": {"sources": (ProvisioningSource.CLI,)},
    "of a source of nobody": {"sources": (ProvisioningSource.CONSOLE,)},
    "without an external id": {"has_external_id": False},
    "of two external ids": {"external_ids": ("ext-500", "ext-29000")},
    "changed within minutes": {"updated_at": Instants(_at(15_000), _at(15_100))},
    "of a small group": {"group_id": group_id(77)},
    "revoked administrators": {
        "roles": (MemberRole.ADMIN,),
        "statuses": (MemberStatus.REVOKED,),
    },
}
LOGS: dict[str, List] = {
    "events of a rare action": events(actions=("member.removed",)),
    "events of an action that never was": events(actions=("group.removed",)),
    "events of an unknown action": events(actions=("no.such",)),
    "events of actions that never were": events(actions=("access_token.*",)),
    "events of rare actions": events(actions=("member.removed", "member.revoked")),
    "events of an origin": events(origins=(Origin.CLI,)),
    "events of no origin": events(origins=(Origin.CONSOLE,)),
    "events of origins": events(origins=(Origin.CLI, Origin.CONSOLE)),
    "events of an actor": events(actor_id=_CLI),
    "events of an actor and action": events(actor_id=_CONNECTION, actions=("member.removed",)),
    "events of an origin and action": events(origins=(Origin.SCIM,), actions=("member.removed",)),
    "events of an origin without the action": events(
        origins=(Origin.CLI,), actions=("group.members_changed",)
    ),
    "events of a subject and action": events(subject_id=_SUBJECT, actions=("member.removed",)),
    "events of a time": events(occurred_at=_MIDDLE),
    "events of a time and action": events(occurred_at=_MIDDLE, actions=("member.removed",)),
    "events of long ago": events(occurred_at=_LONG_AGO, origins=(Origin.SCIM,)),
    "requests that failed": requests(outcomes=(ProvisioningOutcome.FAILED,)),
    "requests of rare outcomes": requests(
        outcomes=(ProvisioningOutcome.FAILED, ProvisioningOutcome.REJECTED)
    ),
    "requests of an operation": requests(operations=(ScimOperation.DELETE,)),
    "requests of no operation": requests(operations=(ScimOperation.BULK,)),
    "requests of a status": requests(status_codes=(409,)),
    "requests of no status": requests(status_codes=(418,)),
    "requests of an impossible status": requests(status_codes=(-5, 2**31 - 1)),
    "requests of groups": requests(resource_types=(ScimResourceType.GROUP,)),
    "slow requests": requests(slower_than_ms=500),
    "no request so slow": requests(slower_than_ms=5_000),
    "requests of a time": requests(received_at=_MIDDLE),
    "requests of long ago": requests(received_at=_LONG_AGO),
    "requests of a subject that failed": requests(
        subject_id=member_id(77), outcomes=(ProvisioningOutcome.FAILED,)
    ),
    "failed requests of an operation": requests(
        outcomes=(ProvisioningOutcome.UNCHANGED,), operations=(ScimOperation.DELETE,)
    ),
    "invitations that bounced": invitations(states=(InvitationState.BOUNCED,)),
    "invitations that failed": invitations(states=(InvitationState.FAILED,)),
}
LOOKED_FOR: dict[str, List] = {
    "requests with a text": requests(search="no such text"),
    "requests that changed": requests(changed=("title",)),
    "requests that changed nothing like it": requests(changed=("nickName",)),
    "requests hardly slow": requests(slower_than_ms=50),
}
DEEP: dict[str, Position] = {
    "CREATED_AT": (None, member_id(15_000)),
    "UPDATED_AT": (_at(15_000), member_id(15_000)),
    "EMAIL": ("user5", member_id(15_000)),
}
