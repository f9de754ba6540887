"""Members: confirm, revoke, restore, remove, change."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import strawberry

from domain.application import Command
from domain.commands import (
    KEEP,
    ChangeMemberRole,
    ConfirmMember,
    RemoveMember,
    RestoreMember,
    RevokeMember,
    UpdateMember,
)
from graphql_schema.context import Context, Info
from graphql_schema.enums import MemberRole, Scope
from graphql_schema.fields import resolved
from graphql_schema.ids import Kind, make_id
from graphql_schema.mutations.change import (
    Target,
    change,
    end,
    said,
    target_of,
)
from graphql_schema.policy import costs, needs
from graphql_schema.types.member import Member
from graphql_schema.types.references import wrap_or_none
from graphql_schema.types.user_errors import MutationPayload

WRITE = [needs(Scope.MEMBERS_WRITE), costs(10)]
OF_EMAIL = {"userName": "email"}


@strawberry.input
class ConfirmMemberInput:
    member_id: strawberry.ID
    wrapped_organization_key: str | None = None
    public_key_thumbprint: str | None = None
    expected_version: int | None = None


@strawberry.input
class RevokeMemberInput:
    member_id: strawberry.ID
    reason: str | None = None
    expected_version: int | None = None


@strawberry.input
class RestoreMemberInput:
    member_id: strawberry.ID
    expected_version: int | None = None


@strawberry.input
class RemoveMemberInput:
    member_id: strawberry.ID
    expected_version: int | None = None


@strawberry.input
class ChangeMemberRoleInput:
    member_id: strawberry.ID
    role: MemberRole
    permissions: list[Scope] | None = None
    expected_version: int | None = None


@strawberry.input(
    description=(
        "What is left out stays; null, or a blank text, takes a value away. The e-mail can be"
        " changed and not taken away."
    )
)
class UpdateMemberInput:
    member_id: strawberry.ID
    display_name: str | None = strawberry.UNSET
    email: str | None = strawberry.UNSET
    external_id: str | None = strawberry.UNSET
    expected_version: int | None = None


@strawberry.type
class ConfirmMemberPayload(MutationPayload):
    member: Member | None = None


@strawberry.type
class RevokeMemberPayload(MutationPayload):
    member: Member | None = None


@strawberry.type
class RestoreMemberPayload(MutationPayload):
    member: Member | None = None


@strawberry.type
class UpdateMemberPayload(MutationPayload):
    member: Member | None = None


@strawberry.type
class ChangeMemberRolePayload(MutationPayload):
    member: Member | None = None


@strawberry.type
class RemoveMemberPayload(MutationPayload):
    removed_member_id: strawberry.ID | None = None


async def member_after(context: Context, target: Target) -> Member | None:
    """The member as it now is."""
    found: Member | None = wrap_or_none(
        await context.load.member.load((target.organization_id, target.id))
    )
    return found


async def _change_member(
    info: Info, given: Any, payload: Any, command: Any, renamed: Mapping[str, str] | None = None
) -> Any:
    """Run the command that `command` makes of the target, and show the member."""
    context = info.context

    async def work() -> Any:
        target = target_of(context, Kind.MEMBER, given.member_id, "memberId")
        made: Command[Any] = command(target)
        outcome = await context.execute(made)
        return payload(member=await member_after(context, target), changed=outcome.changed)

    return await change(context, given, payload, work, subject="memberId", renamed=renamed)


@strawberry.type
class MemberMutations:
    @resolved(needs(Scope.MEMBERS_CONFIRM), costs(10))
    async def confirm_member(self, info: Info, input: ConfirmMemberInput) -> ConfirmMemberPayload:  # noqa: A002
        def command(target: Target) -> ConfirmMember:
            return ConfirmMember(
                target.organization_id,
                target.id,
                input.expected_version,
                wrapped_organization_key=input.wrapped_organization_key,
                public_key_thumbprint=input.public_key_thumbprint,
            )

        return await _change_member(info, input, ConfirmMemberPayload, command)

    @resolved(*WRITE)
    async def revoke_member(self, info: Info, input: RevokeMemberInput) -> RevokeMemberPayload:  # noqa: A002
        def command(target: Target) -> RevokeMember:
            return RevokeMember(
                target.organization_id, target.id, input.expected_version, reason=said(input.reason)
            )

        return await _change_member(info, input, RevokeMemberPayload, command)

    @resolved(*WRITE)
    async def restore_member(self, info: Info, input: RestoreMemberInput) -> RestoreMemberPayload:  # noqa: A002
        def command(target: Target) -> RestoreMember:
            return RestoreMember(target.organization_id, target.id, input.expected_version)

        return await _change_member(info, input, RestoreMemberPayload, command)

    @resolved(*WRITE)
    async def update_member(self, info: Info, input: UpdateMemberInput) -> UpdateMemberPayload:  # noqa: A002
        def given(value: str | None) -> Any:
            return KEEP if value is strawberry.UNSET else said(value)

        def command(target: Target) -> UpdateMember:
            return UpdateMember(
                target.organization_id,
                target.id,
                display_name=given(input.display_name),
                email=given(input.email and input.email.strip()),
                external_id=given(input.external_id),
                expected_version=input.expected_version,
            )

        return await _change_member(info, input, UpdateMemberPayload, command, OF_EMAIL)

    @resolved(*WRITE)
    async def change_member_role(
        self,
        info: Info,
        input: ChangeMemberRoleInput,  # noqa: A002
    ) -> ChangeMemberRolePayload:
        def command(target: Target) -> ChangeMemberRole:
            return ChangeMemberRole(
                target.organization_id,
                target.id,
                input.expected_version,
                role=input.role,
                permissions=frozenset(input.permissions or ()),
            )

        return await _change_member(info, input, ChangeMemberRolePayload, command)

    @resolved(
        *WRITE,
        description="Ends the membership. Repeating it finds the member gone and changes nothing.",
    )
    async def remove_member(self, info: Info, input: RemoveMemberInput) -> RemoveMemberPayload:  # noqa: A002
        context = info.context

        async def work() -> RemoveMemberPayload:
            target = target_of(context, Kind.MEMBER, input.member_id, "memberId")
            id_ = make_id(Kind.MEMBER, target.organization_id, target.id)
            command = RemoveMember(target.organization_id, target.id, input.expected_version)
            changed = await end(context, command, target, "member.removed")
            return RemoveMemberPayload(removed_member_id=id_, changed=changed)

        return await change(context, input, RemoveMemberPayload, work, subject="memberId")
