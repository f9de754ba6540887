"""The organization: the door to everything in it."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime

import strawberry

from domain.queries.access_tokens import page_access_tokens
from domain.queries.audit import page_events
from domain.queries.group_pages import count_groups_of, find_group, page_groups
from domain.queries.invitations import INVITATION_LIST, page_invitations
from domain.queries.member_pages import (
    PENDING_LIST,
    count_members_of,
    find_member,
    member_counts,
    page_members,
)
from domain.queries.organizations import OrganizationRow
from domain.queries.provisioning_requests import page_requests
from graphql_schema.connection import Connection, CountedConnection
from graphql_schema.context import Info
from graphql_schema.enums import KeyHandshake, OrderDirection, Scope
from graphql_schema.fields import resolved, shown
from graphql_schema.ids import Kind, make_id
from graphql_schema.policy import costs, needs
from graphql_schema.types.inputs import (
    BY_DISPLAY_NAME,
    NEWEST_MEMBERS,
    AuditEventFilter,
    GroupFilter,
    GroupOrder,
    GroupRef,
    InvitationFilter,
    MemberFilter,
    MemberOrder,
    MemberRef,
    PendingConfirmationFilter,
    ProvisioningRequestFilter,
    audit_words,
    group_words,
    invitation_words,
    member_words,
    own_id,
    pending_words,
    request_words,
)
from graphql_schema.types.lists import Arguments, connect, connect_counted
from graphql_schema.types.node import Node, Versioned
from graphql_schema.types.organization_parts import MemberCounts, OrganizationPolicies, Seats
from graphql_schema.types.pending import PendingConfirmation
from graphql_schema.types.references import (
    EventType,
    GroupType,
    InvitationType,
    MemberType,
    RequestType,
    ScimType,
    TokenType,
    shows,
    wrap_or_none,
)


@shows(OrganizationRow)
@strawberry.type
class Organization(Node, Versioned):
    row: strawberry.Private[OrganizationRow]

    id: strawberry.ID = shown(lambda self: make_id(Kind.ORGANIZATION, None, self.row.id))
    name: str = shown()
    slug: str = shown()
    version: int = shown()
    created_at: datetime = shown()
    updated_at: datetime = shown()
    seats: Seats = shown(
        lambda self: Seats(row=self.row), directives=[needs(Scope.ORGANIZATION_READ)]
    )
    key_handshake: KeyHandshake = shown()
    key_version: int = shown()
    policies: OrganizationPolicies = shown(
        lambda self: OrganizationPolicies(policies=self.row.policies),
        directives=[needs(Scope.ORGANIZATION_READ)],
    )

    @resolved(
        needs(Scope.PROVISIONING_READ),
        description="The provisioning endpoint; `null` until SCIM is enabled for the first time.",
    )
    async def scim_connection(self, info: Info) -> ScimType | None:
        return wrap_or_none(await info.context.load.connection.load(self.row.id))

    @resolved(needs(Scope.MEMBERS_READ), costs(2))
    async def member_counts(self, info: Info) -> MemberCounts:
        counts = await member_counts(info.context.reader, self.row.id)
        return MemberCounts(**asdict(counts))

    @resolved(needs(Scope.MEMBERS_READ))
    async def member(self, info: Info, by: MemberRef) -> MemberType | None:
        organization_id = self.row.id
        if by.id or by.scim_id:
            id_ = by.scim_id or own_id(Kind.MEMBER, by.id, organization_id)
            row = id_ and await info.context.load.member.load((organization_id, id_))
        else:
            row = await find_member(
                info.context.reader,
                organization_id,
                user_name=by.user_name or None,
                email=by.email or None,
                external_id=by.external_id or None,
            )
        return wrap_or_none(row or None)

    @resolved(needs(Scope.MEMBERS_READ))
    async def members(
        self,
        info: Info,
        *,
        filter: MemberFilter | None = None,  # noqa: A002
        order_by: MemberOrder = NEWEST_MEMBERS,
        first: int | None = None,
        after: str | None = None,
        last: int | None = None,
        before: str | None = None,
    ) -> CountedConnection[MemberType]:
        id_, reader, wanted = self.row.id, info.context.reader, member_words(filter)
        facts = (id_, "members", wanted, order_by.field, order_by.direction)
        arguments = Arguments(*facts, first=first, after=after, last=last, before=before)
        return await connect_counted(
            arguments,
            lambda window: page_members(
                reader,
                id_,
                window,
                wanted,
                order=order_by.field.value,
                descending=order_by.direction is OrderDirection.DESC,
            ),
            lambda: count_members_of(reader, id_, wanted),
        )

    @resolved(needs(Scope.GROUPS_READ))
    async def group(self, info: Info, by: GroupRef) -> GroupType | None:
        organization_id = self.row.id
        if by.id or by.scim_id:
            id_ = by.scim_id or own_id(Kind.GROUP, by.id, organization_id)
            row = id_ and await info.context.load.group.load((organization_id, id_))
        else:
            row = await find_group(
                info.context.reader,
                organization_id,
                external_id=by.external_id or None,
                display_name=by.display_name or None,
            )
        return wrap_or_none(row or None)

    @resolved(needs(Scope.GROUPS_READ))
    async def groups(
        self,
        info: Info,
        *,
        filter: GroupFilter | None = None,  # noqa: A002
        order_by: GroupOrder = BY_DISPLAY_NAME,
        first: int | None = None,
        after: str | None = None,
        last: int | None = None,
        before: str | None = None,
    ) -> CountedConnection[GroupType]:
        id_, reader, wanted = self.row.id, info.context.reader, group_words(filter)
        facts = (id_, "groups", wanted, order_by.field, order_by.direction)
        arguments = Arguments(*facts, first=first, after=after, last=last, before=before)
        return await connect_counted(
            arguments,
            lambda window: page_groups(
                reader,
                id_,
                window,
                wanted,
                order=order_by.field.value,
                descending=order_by.direction is OrderDirection.DESC,
            ),
            lambda: count_groups_of(reader, id_, wanted),
        )

    @resolved(
        needs(Scope.MEMBERS_READ),
        description="Members in ACCEPTED, oldest acceptance first: the confirm work list.",
    )
    async def pending_confirmations(
        self,
        info: Info,
        *,
        filter: PendingConfirmationFilter | None = None,  # noqa: A002
        first: int | None = None,
        after: str | None = None,
        last: int | None = None,
        before: str | None = None,
    ) -> CountedConnection[PendingConfirmation]:
        id_, reader, wanted = self.row.id, info.context.reader, pending_words(filter).condition()
        facts = (id_, "pendingConfirmations", wanted)
        arguments = Arguments(*facts, first=first, after=after, last=last, before=before)
        return await connect_counted(
            arguments,
            lambda window: PENDING_LIST.page(reader, id_, window, wanted, order="ACCEPTED_AT"),
            lambda: PENDING_LIST.count(reader, id_, wanted),
            lambda row: PendingConfirmation(row=row),
        )

    @resolved(needs(Scope.MEMBERS_READ), description="Newest first.")
    async def invitations(
        self,
        info: Info,
        *,
        filter: InvitationFilter | None = None,  # noqa: A002
        first: int | None = None,
        after: str | None = None,
        last: int | None = None,
        before: str | None = None,
    ) -> CountedConnection[InvitationType]:
        id_, reader, wanted = self.row.id, info.context.reader, invitation_words(filter)
        arguments = Arguments(
            id_, "invitations", wanted, first=first, after=after, last=last, before=before
        )
        return await connect_counted(
            arguments,
            lambda window: page_invitations(reader, id_, window, wanted),
            lambda: INVITATION_LIST.count(reader, id_, wanted.condition()),
        )

    @resolved(needs(Scope.AUDIT_READ), description="Newest first.")
    async def audit_events(
        self,
        info: Info,
        *,
        filter: AuditEventFilter | None = None,  # noqa: A002
        first: int | None = None,
        after: str | None = None,
        last: int | None = None,
        before: str | None = None,
    ) -> Connection[EventType]:
        id_, reader, wanted = self.row.id, info.context.reader, audit_words(filter)
        arguments = Arguments(
            id_, "auditEvents", wanted, first=first, after=after, last=last, before=before
        )
        return await connect(arguments, lambda window: page_events(reader, id_, window, wanted))

    @resolved(needs(Scope.PROVISIONING_READ), description="Newest first.")
    async def provisioning_requests(
        self,
        info: Info,
        *,
        filter: ProvisioningRequestFilter | None = None,  # noqa: A002
        first: int | None = None,
        after: str | None = None,
        last: int | None = None,
        before: str | None = None,
    ) -> Connection[RequestType]:
        id_, reader, wanted = self.row.id, info.context.reader, request_words(filter)
        facts = (id_, "provisioningRequests", wanted)
        arguments = Arguments(*facts, first=first, after=after, last=last, before=before)
        return await connect(arguments, lambda window: page_requests(reader, id_, window, wanted))

    @resolved(needs(Scope.TOKENS_ADMIN), description="Newest first, whatever their state.")
    async def access_tokens(
        self,
        info: Info,
        *,
        first: int | None = None,
        after: str | None = None,
        last: int | None = None,
        before: str | None = None,
    ) -> Connection[TokenType]:
        id_, reader = self.row.id, info.context.reader
        arguments = Arguments(
            id_, "accessTokens", first=first, after=after, last=last, before=before
        )
        return await connect(arguments, lambda window: page_access_tokens(reader, id_, window))
