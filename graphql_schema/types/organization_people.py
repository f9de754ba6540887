"""The people of an organization: its members, who waits for a confirmation, invitations."""

from __future__ import annotations

from dataclasses import asdict, replace
from datetime import datetime

import strawberry

from domain.queries.bulk_operations import page_bulk_operations
from domain.queries.invitations import INVITATION_LIST, page_invitations
from domain.queries.member_counts import member_counts
from domain.queries.member_pages import count_members_of, find_member, page_members
from domain.queries.organizations import OrganizationRow
from domain.queries.pending import count_pending, page_pending
from domain.vocabulary import KeyHandshake
from graphql_schema.connection import Connection, CountedConnection
from graphql_schema.context import Info
from graphql_schema.enums import OrderDirection, Scope
from graphql_schema.fields import resolved
from graphql_schema.ids import Kind
from graphql_schema.policy import costs, needs
from graphql_schema.types.inputs import (
    NEWEST_MEMBERS,
    InvitationFilter,
    MemberFilter,
    MemberOrder,
    MemberRef,
    PendingConfirmationFilter,
    invitation_words,
    member_words,
    own_id,
    pending_words,
)
from graphql_schema.types.lists import Arguments, connect, connect_counted
from graphql_schema.types.organization_parts import MemberCounts
from graphql_schema.types.past import is_past, member_then
from graphql_schema.types.pending import PendingConfirmation
from graphql_schema.types.references import (
    BulkOperationType,
    InvitationType,
    MemberType,
    wrap_or_none,
)


def _may_ask(info: Info, given: MemberFilter | PendingConfirmationFilter | None) -> None:
    """Who is in a group is for those who may read groups. Raises MissingScope."""
    if given is not None and given.group_id is not None:
        info.context.caller.require(Scope.GROUPS_READ)


@strawberry.type
class OrganizationPeople:
    """A part of Organization."""

    row: strawberry.Private[OrganizationRow]

    @resolved(needs(Scope.MEMBERS_READ), costs(2))
    async def member_counts(self, info: Info) -> MemberCounts:
        counts = await member_counts(info.context.reader, self.row.id)
        return MemberCounts(**asdict(counts))

    @resolved(needs(Scope.MEMBERS_READ))
    async def member(
        self, info: Info, by: MemberRef, as_of: datetime | None = None
    ) -> MemberType | None:
        organization_id = self.row.id
        if as_of is not None and is_past(info.context, as_of):
            return wrap_or_none(await member_then(info.context, organization_id, by, as_of))
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
        _may_ask(info, filter)
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

    @resolved(
        needs(Scope.MEMBERS_READ),
        description=(
            "Who waits for an administrator, oldest first: the confirm work list. Members in"
            " ACCEPTED come first, by their acceptance. Where the organization hands its key over"
            " they are followed by confirmed ones whose wrapped key is not current (REWRAP), by the"
            " version they have: who has none comes first."
        ),
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
        id_, reader = self.row.id, info.context.reader
        hands_over = self.row.key_handshake is KeyHandshake.REQUIRED
        wanted = pending_words(filter, self.row.key_version if hands_over else None)
        _may_ask(info, filter)
        # Cursors outlive a rotation of the key: what is listed is the same.
        facts = (id_, "pendingConfirmations", replace(wanted, key_version=None))
        arguments = Arguments(*facts, first=first, after=after, last=last, before=before)
        return await connect_counted(
            arguments,
            lambda window: page_pending(reader, id_, window, wanted),
            lambda: count_pending(reader, id_, wanted),
            lambda row: PendingConfirmation(row=row),
        )

    @resolved(needs(Scope.MEMBERS_READ), description="Mails with a link to accept, newest first.")
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

    @resolved(needs(Scope.MEMBERS_READ))
    async def bulk_operations(
        self,
        info: Info,
        *,
        first: int | None = None,
        after: str | None = None,
        last: int | None = None,
        before: str | None = None,
    ) -> Connection[BulkOperationType]:
        id_, reader = self.row.id, info.context.reader
        arguments = Arguments(
            id_, "bulkOperations", first=first, after=after, last=last, before=before
        )
        return await connect(arguments, lambda window: page_bulk_operations(reader, id_, window))
