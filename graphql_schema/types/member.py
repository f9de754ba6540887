"""The member as the admin API shows it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import strawberry

from domain.ids import UUID
from domain.queries.audit import SUBJECT_EVENT_LIST
from domain.queries.group_pages import MEMBER_GROUP_LIST
from domain.queries.invitations import MEMBER_INVITATION_LIST
from domain.queries.member_actions import NO_HANDSHAKE, is_confirmed_owner
from domain.queries.provisioning_requests import SUBJECT_REQUEST_LIST
from domain.queries.rows import MemberRow, PastMember
from domain.queries.timeline import TIMELINE
from graphql_schema.connection import Connection, CountedConnection
from graphql_schema.context import Info
from graphql_schema.enums import (
    KeyState,
    MemberRole,
    MemberStatus,
    ProvisioningSource,
    Scope,
)
from graphql_schema.fields import resolved, shown
from graphql_schema.ids import Kind, make_id
from graphql_schema.policy import needs
from graphql_schema.scalars import JSON
from graphql_schema.types.key_facts import key_facts_of, key_state_of
from graphql_schema.types.lists import Arguments, connect_counted_first, connect_first
from graphql_schema.types.member_actions import MemberActions
from graphql_schema.types.node import Node, Versioned
from graphql_schema.types.past import (
    events_then,
    groups_then,
    invitations_then,
    requests_then,
    then,
    timeline_then,
)
from graphql_schema.types.references import (
    EventType,
    GroupType,
    InvitationType,
    OrganizationType,
    RequestType,
    shows,
    wrap,
)
from graphql_schema.types.timeline import TimelineEntry


def _status_before(member: Any) -> MemberStatus | None:
    row = member.row
    return None if row.revoked_at is None else MemberStatus(row.stage)


@shows(PastMember)
@shows(MemberRow)
@strawberry.type(directives=[needs(Scope.MEMBERS_READ)])
class Member(Node, Versioned):
    row: strawberry.Private[MemberRow]

    id: strawberry.ID = shown(
        lambda self: make_id(Kind.MEMBER, self.row.organization_id, self.row.id)
    )
    scim_id: UUID = shown("row.id", description="Id in SCIM URLs.")
    version: int = shown()
    created_at: datetime = shown()
    updated_at: datetime = shown()
    user_name: str = shown()
    email: str | None = shown(
        description=("Absent while the provider has sent none; such a member cannot be invited.")
    )
    display_name: str | None = shown()
    given_name: str | None = shown()
    family_name: str | None = shown()
    external_id: str | None = shown()
    profile: JSON | None = shown(
        lambda self: self.row.profile or None,
        description="Every other attribute as the provider sent it.",
    )
    role: MemberRole = shown()
    permissions: list[Scope] = shown(
        lambda self: [Scope(word) for word in self.row.permissions],
        description="Of a CUSTOM member.",
    )
    status: MemberStatus = shown()
    status_before_revocation: MemberStatus | None = shown(_status_before)
    source: ProvisioningSource = shown()
    invited_at: datetime | None = shown()
    accepted_at: datetime | None = shown()
    confirmed_at: datetime | None = shown()
    revoked_at: datetime | None = shown()
    revocation_reason: str | None = shown()

    @resolved(
        description=(
            "Whether the wrapped organization key is current; `null` where none is handed over, for"
            " who is not CONFIRMED, and with `asOf`."
        )
    )
    async def key_state(self, info: Info) -> KeyState | None:
        return await key_state_of(info.context, self.row)

    @resolved()
    async def organization(self, info: Info) -> OrganizationType:
        return wrap(await info.context.load.organization.load(self.row.organization_id))

    @resolved()
    async def actions(self, info: Info) -> MemberActions:
        if isinstance(self.row, PastMember):
            return MemberActions(
                row=self.row, context=info.context, last_owner=False, keys=NO_HANDSHAKE
            )
        last = is_confirmed_owner(self.row) and await info.context.load.has_one_owner.load(
            self.row.organization_id
        )
        keys = await key_facts_of(info.context, self.row)
        return MemberActions(row=self.row, context=info.context, last_owner=last, keys=keys)

    @resolved(needs(Scope.GROUPS_READ))
    async def groups(
        self,
        info: Info,
        *,
        first: int | None = None,
        after: str | None = None,
        last: int | None = None,
        before: str | None = None,
    ) -> CountedConnection[GroupType]:
        reader, key = info.context.reader, (self.row.organization_id, self.row.id)
        facts = (key, "groups", *then(self.row))
        arguments = Arguments(*facts, first=first, after=after, last=last, before=before)
        if isinstance(self.row, PastMember):
            return await groups_then(info.context, self.row, arguments)
        return await connect_counted_first(
            arguments,
            info.context.load.groups_of_member,
            key,
            lambda window: MEMBER_GROUP_LIST.page(
                reader, key[0], window, order="CREATED_AT", parent_id=key[1]
            ),
            lambda: info.context.load.group_count.load(key),
        )

    @resolved(
        description=(
            "Mails to the member, newest first. With `asOf` those made by then, in their state of"
            " now."
        )
    )
    async def invitations(
        self,
        info: Info,
        *,
        first: int | None = None,
        after: str | None = None,
        last: int | None = None,
        before: str | None = None,
    ) -> CountedConnection[InvitationType]:
        reader, key = info.context.reader, (self.row.organization_id, self.row.id)
        facts = (key, "invitations", *then(self.row))
        arguments = Arguments(*facts, first=first, after=after, last=last, before=before)
        if isinstance(self.row, PastMember):
            return await invitations_then(info.context, self.row, arguments)
        return await connect_counted_first(
            arguments,
            info.context.load.invitations_of_member,
            key,
            lambda window: MEMBER_INVITATION_LIST.page(
                reader, key[0], window, order="QUEUED_AT", descending=True, parent_id=key[1]
            ),
            lambda: info.context.load.invitation_count.load(key),
        )

    @resolved(
        needs(Scope.AUDIT_READ), description="Events about the member, newest first; until `asOf`."
    )
    async def audit_events(
        self,
        info: Info,
        *,
        first: int | None = None,
        after: str | None = None,
        last: int | None = None,
        before: str | None = None,
    ) -> Connection[EventType]:
        reader, key = info.context.reader, (self.row.organization_id, self.row.id)
        facts = (key, "auditEvents", *then(self.row))
        arguments = Arguments(*facts, first=first, after=after, last=last, before=before)
        if isinstance(self.row, PastMember):
            return await events_then(info.context, self.row, arguments)
        return await connect_first(
            arguments,
            info.context.load.events_of_subject,
            key,
            lambda window: SUBJECT_EVENT_LIST.page(
                reader, key[0], window, order="POSITION", descending=True, parent_id=key[1]
            ),
        )

    @resolved(
        needs(Scope.PROVISIONING_READ), description="Requests about the member, newest first."
    )
    async def provisioning_requests(
        self,
        info: Info,
        *,
        first: int | None = None,
        after: str | None = None,
        last: int | None = None,
        before: str | None = None,
    ) -> Connection[RequestType]:
        reader, key = info.context.reader, (self.row.organization_id, self.row.id)
        facts = (key, "requests", *then(self.row))
        arguments = Arguments(*facts, first=first, after=after, last=last, before=before)
        if isinstance(self.row, PastMember):
            return await requests_then(info.context, self.row, arguments)
        return await connect_first(
            arguments,
            info.context.load.requests_of_subject,
            key,
            lambda window: SUBJECT_REQUEST_LIST.page(
                reader, key[0], window, order="POSITION", descending=True, parent_id=key[1]
            ),
        )

    @resolved(
        needs(Scope.AUDIT_READ),
        needs(Scope.PROVISIONING_READ),
        description=(
            "What happened to the member and what the provider asked in vain, newest first; until"
            " `asOf`. A request that changed something is told by its events; reads are left out."
        ),
    )
    async def timeline(
        self,
        info: Info,
        *,
        first: int | None = None,
        after: str | None = None,
        last: int | None = None,
        before: str | None = None,
    ) -> Connection[TimelineEntry]:
        reader, key = info.context.reader, (self.row.organization_id, self.row.id)
        facts = (key, "timeline", *then(self.row))
        arguments = Arguments(*facts, first=first, after=after, last=last, before=before)
        if isinstance(self.row, PastMember):
            return await timeline_then(info.context, self.row, arguments)
        return await connect_first(
            arguments,
            info.context.load.timeline_of_member,
            key,
            lambda window: TIMELINE.page(reader, key[0], window, parent_id=key[1]),
        )
