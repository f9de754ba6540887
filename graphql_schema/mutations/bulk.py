"""Many members at once: a transaction and a result for each, in the order of the input."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import astuple, replace
from typing import Any

import strawberry

from domain.application import Command
from domain.commands import (
    ConfirmMember,
    InviteStagedMember,
    ReinviteMember,
    RemoveMember,
    RestoreMember,
    RevokeMember,
)
from domain.errors import DomainError, MissingScope, NotFound
from domain.ids import UUID
from graphql_schema.context import Context, Info
from graphql_schema.enums import Scope
from graphql_schema.fields import resolved
from graphql_schema.ids import Kind, expect_id
from graphql_schema.mutations.change import Target, change_within, check_number, end
from graphql_schema.policy import costs, needs
from graphql_schema.types.bulk_results import BulkMemberResult, BulkSummary
from graphql_schema.types.references import wrap_or_none
from graphql_schema.types.user_errors import MutationPayload, user_error

_WRITE = [needs(Scope.MEMBERS_WRITE), costs(100)]


@strawberry.input
class BulkMembersInput:
    organization_id: strawberry.ID
    member_ids: list[strawberry.ID] = strawberry.field(description="At most 500.")


@strawberry.input
class BulkConfirmItem:
    member_id: strawberry.ID
    wrapped_organization_key: str | None = None
    public_key_thumbprint: str | None = None
    expected_version: int | None = None


@strawberry.input
class BulkConfirmMembersInput:
    organization_id: strawberry.ID
    members: list[BulkConfirmItem] = strawberry.field(description="At most 500.")


@strawberry.type(
    description=(
        "`results` has exactly one entry per input member, in input order; `errors` are about the"
        " request as a whole. Who is named again is changed once: the further results say"
        " `changed: false`, and the same errors."
    )
)
class BulkMembersPayload(MutationPayload):
    results: list[BulkMemberResult] = strawberry.field(default_factory=list)
    summary: BulkSummary = strawberry.field(default_factory=BulkSummary)


Make = Callable[[Target, Any], Command[Any]]


async def _run(info: Info, given: Any, items: list[Any], field: str, make: Make) -> Any:
    """One command after the other; `items` are ids or have one as `member_id`."""
    context = info.context

    async def work(owner: UUID) -> BulkMembersPayload:
        check_number(field, items)
        if await context.load.organization.load(owner) is None:
            raise NotFound("organization")
        results: list[BulkMemberResult] = []
        # Who is named twice in the same words is asked about once: nobody gets two invitations.
        first: dict[Any, BulkMemberResult] = {}
        for n, item in enumerate(items):
            words = item if isinstance(item, str) else astuple(item)
            place = [field, str(n)]
            if words in first:
                result = _again(first[words], place)
            else:
                result = first[words] = await _one(context, owner, item, make, place)
            results.append(result)
        await _show(context, owner, results)
        return _payload(results)

    return await change_within(context, given, BulkMembersPayload, work)


async def _one(
    context: Context, owner: UUID, item: Any, make: Make, place: list[str]
) -> BulkMemberResult:
    text = item if isinstance(item, str) else item.member_id
    result = BulkMemberResult(member_id=strawberry.ID(text))
    try:
        found = expect_id(Kind.MEMBER, text, "memberId")
        if found.organization_id != owner:
            raise NotFound("member")
        target = Target(owner, found.id)
        command = make(target, item)
        if isinstance(command, RemoveMember):
            result.changed = await end(context, command, target, "member.removed")
        else:
            result.changed = (await context.execute(command)).changed
    except MissingScope:
        raise
    except DomainError as error:
        refused = await user_error(
            error,
            context,
            organization_id=owner,
            fields={
                "memberId",
                "expectedVersion",
                "wrappedOrganizationKey",
                "publicKeyThumbprint",
            },
            subject="memberId",
        )
        refused.path = ["input", *place, *([] if isinstance(item, str) else refused.path[1:])]
        result.errors = [refused]
    return result


def _again(first: BulkMemberResult, place: list[str]) -> BulkMemberResult:
    """What was said of the same member before, at another place of the input."""
    errors = [replace(error, path=["input", *place, *error.path[3:]]) for error in first.errors]
    return BulkMemberResult(member_id=first.member_id, errors=errors)


async def _show(context: Context, owner: UUID, results: list[BulkMemberResult]) -> None:
    """Read the members as they now are, all in one statement."""
    keys = [
        (owner, found.id)
        for result in results
        if (found := _readable(result.member_id)) is not None and found.organization_id == owner
    ]
    rows = dict(zip(keys, await context.load.member.load_many(keys), strict=True))
    for result in results:
        found = _readable(result.member_id)
        if found is not None:
            result.member = wrap_or_none(rows.get((owner, found.id)))


def _readable(text: str) -> Any:
    try:
        return expect_id(Kind.MEMBER, text, "memberId")
    except DomainError:
        return None


def _payload(results: list[BulkMemberResult]) -> BulkMembersPayload:
    counted = Counter(
        "failed" if result.errors else "changed" if result.changed else "unchanged"
        for result in results
    )
    return BulkMembersPayload(
        results=results,
        summary=BulkSummary(**counted),
        changed=counted["changed"] > 0,
    )


@strawberry.type
class BulkMutations:
    @resolved(*_WRITE, description="Invites members that were provisioned without an invitation.")
    async def invite_staged_members(
        self,
        info: Info,
        input: BulkMembersInput,  # noqa: A002
    ) -> BulkMembersPayload:
        return await _run(
            info,
            input,
            input.member_ids,
            "memberIds",
            lambda target, _: InviteStagedMember(target.organization_id, target.id),
        )

    @resolved(needs(Scope.MEMBERS_CONFIRM), costs(100))
    async def bulk_confirm_members(
        self,
        info: Info,
        input: BulkConfirmMembersInput,  # noqa: A002
    ) -> BulkMembersPayload:
        return await _run(
            info,
            input,
            input.members,
            "members",
            lambda target, item: ConfirmMember(
                target.organization_id,
                target.id,
                item.expected_version,
                wrapped_organization_key=item.wrapped_organization_key,
                public_key_thumbprint=item.public_key_thumbprint,
            ),
        )

    @resolved(*_WRITE)
    async def bulk_reinvite_members(
        self,
        info: Info,
        input: BulkMembersInput,  # noqa: A002
    ) -> BulkMembersPayload:
        return await _run(
            info,
            input,
            input.member_ids,
            "memberIds",
            lambda target, _: ReinviteMember(target.organization_id, target.id),
        )

    @resolved(*_WRITE)
    async def bulk_revoke_members(
        self,
        info: Info,
        input: BulkMembersInput,  # noqa: A002
    ) -> BulkMembersPayload:
        return await _run(
            info,
            input,
            input.member_ids,
            "memberIds",
            lambda target, _: RevokeMember(target.organization_id, target.id),
        )

    @resolved(*_WRITE)
    async def bulk_restore_members(
        self,
        info: Info,
        input: BulkMembersInput,  # noqa: A002
    ) -> BulkMembersPayload:
        return await _run(
            info,
            input,
            input.member_ids,
            "memberIds",
            lambda target, _: RestoreMember(target.organization_id, target.id),
        )

    @resolved(*_WRITE)
    async def bulk_remove_members(
        self,
        info: Info,
        input: BulkMembersInput,  # noqa: A002
    ) -> BulkMembersPayload:
        return await _run(
            info,
            input,
            input.member_ids,
            "memberIds",
            lambda target, _: RemoveMember(target.organization_id, target.id),
        )
