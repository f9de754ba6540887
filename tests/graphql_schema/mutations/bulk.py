"""Scenarios of many members at once; those of one are taken over from the single verb."""

from __future__ import annotations

from typing import Any

from domain.vocabulary import MemberRole, MemberStatus
from tests.graphql_schema.mutations import key_handover, policies  # noqa: F401  # their refusals are taken over
from tests.graphql_schema.mutations.lifecycle import (
    FULL,
    OUTRANKED,
    staged_where_the_connection_invites,
)
from tests.graphql_schema.mutations.scenario import (
    REFUSALS,
    RESULT_REFUSALS,
    Again,
    Given,
    Refusal,
    changes,
    refuses,
)
from tests.graphql_schema.mutations.world import World

SINGLE = {
    "bulkConfirmMembers": "confirmMember",
    "bulkReinviteMembers": "reinviteMember",
    "bulkRevokeMembers": "revokeMember",
    "bulkRestoreMembers": "restoreMember",
    "bulkRemoveMembers": "removeMember",
}
DONE = {"summary": {"changed": 2, "unchanged": 0, "failed": 0}}


def of_ids(world: World, mutation: str, ids: list[str], **item: Any) -> dict[str, Any]:
    """The input of a bulk mutation of these members."""
    if mutation == "bulkConfirmMembers":
        members = [{"memberId": id_, **item} for id_ in ids]
        return {"organizationId": world.caller.org, "members": members}
    return {"organizationId": world.caller.org, "memberIds": ids}


def _two(mutation: str, status: MemberStatus) -> Given:
    async def two(world: World) -> dict[str, Any]:
        return of_ids(world, mutation, [await world.member_id(status) for _ in range(2)])

    return two


for _mutation, _status, _action, _again, _rows in (
    (
        "inviteStagedMembers",
        MemberStatus.STAGED,
        "invited",
        Again.UNCHANGED,
        {"members": "~2", "invitations": "+2", "organizations": "~1"},
    ),
    (
        "bulkConfirmMembers",
        MemberStatus.ACCEPTED,
        "confirmed",
        Again.UNCHANGED,
        {"members": "~2", "mails": "+2"},
    ),
    (
        "bulkReinviteMembers",
        MemberStatus.INVITED,
        "reinvited",
        Again.CHANGES,
        {"members": "~2", "invitations": "+2 ~2"},
    ),
    (
        "bulkRevokeMembers",
        MemberStatus.INVITED,
        "revoked",
        Again.UNCHANGED,
        {"members": "~2", "invitations": "~2", "organizations": "~1"},
    ),
    (
        "bulkRestoreMembers",
        MemberStatus.REVOKED,
        "restored",
        Again.UNCHANGED,
        {"members": "~2", "organizations": "~1", "mails": "~2"},
    ),
    (
        "bulkRemoveMembers",
        MemberStatus.CONFIRMED,
        "removed",
        Again.UNCHANGED,
        {
            "members": "-2",
            "invitations": "-2",
            "organizations": "~1",
            "released_names": "+4",
            "account_memberships": "-2",
            "mails": "+2 ~2",
        },
    ),
):
    _event = f"member.{_action}"
    changes(_mutation, _event, _event, shows=DONE, again=_again, **_rows)(_two(_mutation, _status))


@changes(
    "bulkRestoreMembers",
    "member.restored",
    "member.invited",
    shows={"summary": {"changed": 1, "unchanged": 0, "failed": 0}},
    members="~1",
    organizations="~1",
    invitations="+1",
)
async def one_who_was_staged_where_the_connection_invites(world: World) -> dict[str, Any]:
    id_ = await staged_where_the_connection_invites(world)
    return {"organizationId": world.caller.org, "memberIds": [id_]}


for _mutation in ("inviteStagedMembers", *SINGLE):

    @refuses(
        _mutation,
        "TOO_MANY",
        "members" if _mutation == "bulkConfirmMembers" else "memberIds",
        says="At most 500 at once; this names 501.",
    )
    async def five_hundred_and_one(world: World, mutation: str = _mutation) -> dict[str, Any]:
        return of_ids(world, mutation, ["mbr_x"] * 501)


def _of_one(single: Given, mutation: str) -> Given:
    """A bulk of the one member whom the single verb is asked about."""

    async def given(world: World) -> dict[str, Any]:
        values = await single(world)
        return of_ids(world, mutation, [values.pop("memberId")], **values)

    given.__name__ = single.__name__
    return given


_OF_ITEMS = {(), ("memberId",), ("wrappedOrganizationKey",), ("publicKeyThumbprint",)}
_BEYOND_THE_ID = {"for_a_long_reason", "with_the_key_of_another"}
for _mutation, _verb in SINGLE.items():
    for _refusal in REFUSALS[:]:
        if (
            _refusal.mutation == _verb
            and _refusal.path in _OF_ITEMS
            and _refusal.name not in _BEYOND_THE_ID
        ):
            RESULT_REFUSALS.append(
                Refusal(
                    _mutation,
                    _refusal.name,
                    _of_one(_refusal.given, _mutation),
                    _refusal.code,
                    _refusal.path if _mutation == "bulkConfirmMembers" else (),
                    _refusal.says,
                    _refusal.more,
                )
            )


@refuses(
    "bulkConfirmMembers",
    "VERSION_CONFLICT",
    "expectedVersion",
    into=RESULT_REFUSALS,
    says="The resource has changed; its version is now 2. Read it again.",
    more={"currentVersion": 2},
)
async def of_an_old_version(world: World) -> dict[str, Any]:
    id_ = await world.member_id(MemberStatus.ACCEPTED)
    return of_ids(world, "bulkConfirmMembers", [id_], expectedVersion=1)


@refuses(
    "inviteStagedMembers",
    "INVALID",
    into=RESULT_REFUSALS,
    says="email is missing, and nobody can be invited without one.",
)
async def who_has_no_address(world: World) -> dict[str, Any]:
    id_ = await world.member_id(MemberStatus.STAGED, email=None)
    return of_ids(world, "inviteStagedMembers", [id_])


@refuses(
    "inviteStagedMembers",
    "INVALID_TRANSITION",
    into=RESULT_REFUSALS,
    says="A member who is REVOKED cannot be subject to INVITE; only one who is STAGED can.",
    more={"from": "REVOKED", "attempted": "INVITE"},
)
async def who_is_revoked(world: World) -> dict[str, Any]:
    return of_ids(world, "inviteStagedMembers", [await world.member_id(MemberStatus.REVOKED)])


@refuses("inviteStagedMembers", "SEAT_LIMIT", into=RESULT_REFUSALS, says=FULL)
async def beyond_the_seats(world: World) -> dict[str, Any]:
    await world.limit_seats(0)
    return of_ids(world, "inviteStagedMembers", [await world.member_id(MemberStatus.STAGED)])


@refuses("inviteStagedMembers", "FORBIDDEN", into=RESULT_REFUSALS, says=OUTRANKED)
async def who_outranks_the_caller(world: World) -> dict[str, Any]:
    id_ = await world.member_id(MemberStatus.STAGED, role=MemberRole.OWNER)
    await world.act_as(MemberRole.ADMIN)
    return of_ids(world, "inviteStagedMembers", [id_])
