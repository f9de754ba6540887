"""Groups: create, rename, change who is in them, delete."""

from __future__ import annotations

from typing import Any

import strawberry

from domain.commands import (
    KEEP,
    CreateGroup,
    DeleteGroup,
    EditKind,
    MembershipEdit,
    ReviseGroup,
)
from domain.ids import UUID
from graphql_schema.context import Context, Info
from graphql_schema.enums import ProvisioningSource, Scope
from graphql_schema.fields import resolved
from graphql_schema.ids import Kind, make_id
from graphql_schema.mutations.change import (
    Target,
    change,
    change_within,
    check_number,
    end,
    member_ids_within,
    said,
    target_of,
)
from graphql_schema.policy import costs, needs
from graphql_schema.types.group import Group
from graphql_schema.types.references import wrap_or_none
from graphql_schema.types.user_errors import MutationPayload

WRITE = [needs(Scope.GROUPS_WRITE), costs(10)]


@strawberry.input
class CreateGroupInput:
    organization_id: strawberry.ID
    display_name: str
    external_id: str | None = None
    member_ids: list[strawberry.ID] | None = strawberry.field(
        default=None, description="At most 500."
    )


@strawberry.input(
    description=(
        "What is left out stays. `externalId: null` takes it away; a name cannot be taken away, and"
        " `displayName: null` leaves it."
    )
)
class UpdateGroupInput:
    group_id: strawberry.ID
    display_name: str | None = None
    external_id: str | None = strawberry.UNSET
    expected_version: int | None = None


@strawberry.input
class DeleteGroupInput:
    group_id: strawberry.ID
    expected_version: int | None = None


@strawberry.input(
    description=(
        "At most 500 members in all; who is named in both is removed. Ids to add must be of"
        " members, those to remove need not."
    )
)
class ChangeGroupMembersInput:
    group_id: strawberry.ID
    add: list[strawberry.ID] | None = None
    remove: list[strawberry.ID] | None = None
    expected_version: int | None = None


@strawberry.type
class CreateGroupPayload(MutationPayload):
    group: Group | None = None


@strawberry.type
class UpdateGroupPayload(MutationPayload):
    group: Group | None = None


@strawberry.type
class DeleteGroupPayload(MutationPayload):
    deleted_group_id: strawberry.ID | None = None


@strawberry.type
class ChangeGroupMembersPayload(MutationPayload):
    group: Group | None = None
    added: int = strawberry.field(default=0, description="Members who were not in it before.")
    removed: int = strawberry.field(default=0, description="Members who were in it before.")


@strawberry.type
class GroupMutations:
    @resolved(*WRITE)
    async def create_group(self, info: Info, input: CreateGroupInput) -> CreateGroupPayload:  # noqa: A002
        context = info.context

        async def work(owner: UUID) -> CreateGroupPayload:
            check_number("memberIds", input.member_ids)
            command = CreateGroup(
                organization_id=owner,
                display_name=input.display_name,
                external_id=said(input.external_id),
                member_ids=member_ids_within(input.member_ids, "memberIds", owner),
                source=ProvisioningSource(context.caller.origin),
                strict=True,
            )
            outcome = await context.execute(command)
            made = Target(owner, outcome.value.group_id)
            return CreateGroupPayload(group=await group_after(context, made), changed=True)

        return await change_within(
            context, input, CreateGroupPayload, work, renamed={"members": "memberIds"}
        )

    @resolved(*WRITE)
    async def update_group(self, info: Info, input: UpdateGroupInput) -> UpdateGroupPayload:  # noqa: A002
        context = info.context

        async def work() -> UpdateGroupPayload:
            target = target_of(context, Kind.GROUP, input.group_id, "groupId")
            external_id: Any = input.external_id
            command = ReviseGroup(
                target.organization_id,
                target.id,
                display_name=KEEP if input.display_name is None else input.display_name,
                external_id=KEEP if external_id is strawberry.UNSET else said(external_id),
                expected_version=input.expected_version,
            )
            outcome = await context.execute(command)
            group = await group_after(context, target)
            return UpdateGroupPayload(group=group, changed=outcome.changed)

        return await change(
            context, input, UpdateGroupPayload, work, subject="groupId", kind=Kind.GROUP
        )

    @resolved(
        *WRITE,
        description="Its members stay members of the organization. Repeating it changes nothing.",
    )
    async def delete_group(self, info: Info, input: DeleteGroupInput) -> DeleteGroupPayload:  # noqa: A002
        context = info.context

        async def work() -> DeleteGroupPayload:
            target = target_of(context, Kind.GROUP, input.group_id, "groupId")
            id_ = make_id(Kind.GROUP, target.organization_id, target.id)
            command = DeleteGroup(target.organization_id, target.id, input.expected_version)
            changed = await end(context, command, target, "group.deleted")
            return DeleteGroupPayload(deleted_group_id=id_, changed=changed)

        return await change(
            context, input, DeleteGroupPayload, work, subject="groupId", kind=Kind.GROUP
        )

    @resolved(*WRITE)
    async def change_group_members(
        self,
        info: Info,
        input: ChangeGroupMembersInput,  # noqa: A002
    ) -> ChangeGroupMembersPayload:
        context = info.context

        async def work() -> ChangeGroupMembersPayload:
            target = target_of(context, Kind.GROUP, input.group_id, "groupId")
            check_number(None, input.add, input.remove)
            owner = target.organization_id
            gone = member_ids_within(input.remove, "remove", owner, must_exist=False)
            edits = (
                MembershipEdit(EditKind.ADD, member_ids_within(input.add, "add", owner)),
                MembershipEdit(EditKind.REMOVE, gone),
            )
            command = ReviseGroup(
                owner,
                target.id,
                memberships=tuple(edit for edit in edits if edit.member_ids),
                expected_version=input.expected_version,
                strict=True,
            )
            outcome = await context.execute(command)
            return ChangeGroupMembersPayload(
                group=await group_after(context, target),
                added=outcome.value.added,
                removed=outcome.value.removed,
                changed=outcome.changed,
            )

        return await change(
            context,
            input,
            ChangeGroupMembersPayload,
            work,
            subject="groupId",
            kind=Kind.GROUP,
            renamed={"members": "add"},
        )


async def group_after(context: Context, target: Target) -> Group | None:
    """The group as it now is."""
    found: Group | None = wrap_or_none(
        await context.load.group.load((target.organization_id, target.id))
    )
    return found
