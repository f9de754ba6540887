"""Invitations: a person by e-mail, and a member again."""

from __future__ import annotations

import strawberry

from domain.commands import InviteMember, ReinviteMember
from domain.ids import UUID
from graphql_schema.context import Info
from graphql_schema.enums import MemberRole, ProvisioningSource
from graphql_schema.fields import resolved
from graphql_schema.ids import Kind
from graphql_schema.mutations.change import (
    Target,
    change,
    change_within,
    group_ids_within,
    once,
    said,
    target_of,
)
from graphql_schema.mutations.members import OF_EMAIL, WRITE, member_after
from graphql_schema.types.invitation import Invitation
from graphql_schema.types.member import Member
from graphql_schema.types.references import wrap_or_none
from graphql_schema.types.user_errors import MutationPayload


@strawberry.input
class InviteMemberInput:
    organization_id: strawberry.ID
    email: str
    display_name: str | None = None
    external_id: str | None = None
    role: MemberRole = MemberRole.USER
    group_ids: list[strawberry.ID] | None = None


@strawberry.input
class ReinviteMemberInput:
    member_id: strawberry.ID
    idempotency_key: str | None = None


@strawberry.type
class InviteMemberPayload(MutationPayload):
    member: Member | None = None


@strawberry.type
class ReinviteMemberPayload(MutationPayload):
    member: Member | None = None
    invitation: Invitation | None = strawberry.field(
        default=None, description="The newest invitation."
    )


@strawberry.type
class InvitationMutations:
    @resolved(*WRITE)
    async def invite_member(self, info: Info, input: InviteMemberInput) -> InviteMemberPayload:  # noqa: A002
        context = info.context

        async def work(owner: UUID) -> InviteMemberPayload:
            command = InviteMember(
                organization_id=owner,
                email=input.email.strip(),
                source=ProvisioningSource(context.caller.origin),
                display_name=said(input.display_name),
                external_id=said(input.external_id),
                role=input.role,
                group_ids=group_ids_within(input.group_ids, "groupIds", owner),
            )
            outcome = await context.execute(command)
            member = await member_after(context, Target(owner, outcome.value.id))
            return InviteMemberPayload(member=member, changed=True)

        return await change_within(context, input, InviteMemberPayload, work, renamed=OF_EMAIL)

    @resolved(
        *WRITE, description="Sends another invitation. Not idempotent without `idempotencyKey`."
    )
    async def reinvite_member(
        self,
        info: Info,
        input: ReinviteMemberInput,  # noqa: A002
    ) -> ReinviteMemberPayload:
        context = info.context

        async def work() -> ReinviteMemberPayload:
            target = target_of(context, Kind.MEMBER, input.member_id, "memberId")
            command = ReinviteMember(target.organization_id, target.id)
            outcome = await context.execute(once(command, input.idempotency_key))
            key = (target.organization_id, target.id)
            newest = await context.load.invitations_of_member.load((*key, 1))
            return ReinviteMemberPayload(
                member=await member_after(context, target),
                invitation=wrap_or_none(newest.rows[0] if newest.rows else None),
                changed=outcome.changed,
            )

        return await change(context, input, ReinviteMemberPayload, work, subject="memberId")
