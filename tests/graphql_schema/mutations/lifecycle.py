"""Scenarios of the life cycle: confirm, revoke, restore, remove, roles."""

from __future__ import annotations

from typing import Any

from domain.commands import RevokeMember
from domain.vocabulary import MemberRole, MemberStatus, Scope
from tests.graphql_schema.mutations.scenario import Given, changes, refuses
from tests.graphql_schema.mutations.world import World
from tests.support import factories
from tests.support.factories import SYSTEM

SELF = "You cannot do this to yourself; ask another administrator."
LAST = "This member is the organization's last confirmed owner; make someone else owner first."
OUTRANKED = "A member with role OWNER outranks you; ask a member of that role."
FULL = "All 0 seats of the organization are taken; raise the limit or revoke a member."
ROLE = {"changeMemberRole": {"role": "USER"}}
FORMER = {"restoreMember": MemberStatus.REVOKED, "confirmMember": MemberStatus.ACCEPTED}
VERBS = ("revokeMember", "removeMember", "restoreMember", "changeMemberRole")


@changes(
    "confirmMember",
    "member.confirmed",
    shows={"status": "CONFIRMED", "version": 3},
    members="~1",
    mails="+1",
)
async def who_accepted(world: World) -> dict[str, Any]:
    return {"memberId": await world.member_id(MemberStatus.ACCEPTED)}


@changes(
    "revokeMember",
    "member.revoked",
    shows={
        "status": "REVOKED",
        "statusBeforeRevocation": "CONFIRMED",
        "revocationReason": "left",
        "version": 4,
    },
    members="~1",
    organizations="~1",
    mails="+1 ~1",
)
async def who_is_confirmed(world: World) -> dict[str, Any]:
    return {"memberId": await world.member_id(MemberStatus.CONFIRMED), "reason": "left"}


@changes(
    "revokeMember",
    "member.revoked",
    shows={"status": "REVOKED", "statusBeforeRevocation": "INVITED", "revocationReason": None},
    members="~1",
    organizations="~1",
    invitations="~1",
)
async def who_is_invited_for_a_blank_reason(world: World) -> dict[str, Any]:
    return {"memberId": await world.member_id(MemberStatus.INVITED), "reason": "  "}


@changes(
    "revokeMember",
    "member.revoked",
    shows={"status": "REVOKED", "statusBeforeRevocation": "STAGED"},
    members="~1",
)
async def who_is_staged_and_has_no_seat(world: World) -> dict[str, Any]:
    return {"memberId": await world.member_id(MemberStatus.STAGED)}


async def staged_where_the_connection_invites(world: World) -> str:
    """The id of a revoked member who was never invited, where a provider's people are."""
    await world.enable_scim()
    member = await world.member(MemberStatus.STAGED)
    await world.app.execute(RevokeMember(world.owner_id, member.id), SYSTEM)
    return world.caller.member_id(member.id)


@changes(
    "restoreMember",
    "member.restored",
    "member.invited",
    shows={"status": "INVITED", "statusBeforeRevocation": None},
    members="~1",
    organizations="~1",
    invitations="+1",
)
async def who_was_staged_where_the_connection_invites(world: World) -> dict[str, Any]:
    return {"memberId": await staged_where_the_connection_invites(world)}


@changes(
    "restoreMember",
    "member.restored",
    shows={"status": "CONFIRMED", "statusBeforeRevocation": None, "version": 5},
    members="~1",
    organizations="~1",
    mails="~1",
)
async def who_was_confirmed(world: World) -> dict[str, Any]:
    return {"memberId": await world.member_id(MemberStatus.REVOKED)}


@changes(
    "restoreMember",
    "member.restored",
    shows={"status": "INVITED", "version": 3},
    members="~1",
    organizations="~1",
    invitations="+1",
)
async def who_was_invited(world: World) -> dict[str, Any]:
    id_ = await world.member_id(MemberStatus.INVITED)
    await world.caller.change("revokeMember", "", memberId=id_)
    return {"memberId": id_}


@changes(
    "removeMember",
    "member.removed",
    shows={},
    members="-1",
    organizations="~1",
    invitations="-1",
    groups="~2",
    group_members="-2",
    group_changes="+2",
    released_names="+2",
    account_memberships="-1",
    mails="+1 ~1",
)
async def who_is_in_two_groups(world: World) -> dict[str, Any]:
    member = await world.member(MemberStatus.CONFIRMED)
    await world.group(member.id, name="one")
    await world.group(member.id, name="two")
    return {"memberId": world.caller.member_id(member.id)}


@changes(
    "changeMemberRole",
    "member.role_changed",
    shows={"role": "CUSTOM", "permissions": ["AUDIT_READ", "GROUPS_READ"], "version": 4},
    members="~1",
)
async def who_is_to_be_custom(world: World) -> dict[str, Any]:
    return {
        "memberId": await world.member_id(MemberStatus.CONFIRMED),
        "role": "CUSTOM",
        "permissions": ["GROUPS_READ", "AUDIT_READ", "GROUPS_READ"],
    }


@changes(
    "changeMemberRole",
    "member.role_changed",
    shows={"role": "ADMIN", "permissions": []},
    members="~1",
)
async def who_was_custom_and_loses_its_permissions(world: World) -> dict[str, Any]:
    id_ = await world.member_id(
        MemberStatus.CONFIRMED, role=MemberRole.CUSTOM, permissions=frozenset({Scope.AUDIT_READ})
    )
    return {"memberId": id_, "role": "ADMIN", "permissions": ["GROUPS_READ"]}


@changes(
    "changeMemberRole",
    "member.role_changed",
    shows={"role": "CUSTOM", "permissions": []},
    members="~1",
)
async def who_stays_custom_without_permissions(world: World) -> dict[str, Any]:
    id_ = await world.member_id(
        MemberStatus.CONFIRMED, role=MemberRole.CUSTOM, permissions=frozenset({Scope.AUDIT_READ})
    )
    return {"memberId": id_, "role": "CUSTOM", "permissions": None}


def _status(status: MemberStatus) -> Given:
    async def given(world: World) -> dict[str, Any]:
        return {"memberId": await world.member_id(status)}

    given.__name__ = f"who_is_{status.lower()}"
    return given


for _mutation, _verb, _only, _others in (
    (
        "confirmMember",
        "CONFIRM",
        "ACCEPTED",
        (MemberStatus.STAGED, MemberStatus.INVITED, MemberStatus.REVOKED),
    ),
    (
        "reinviteMember",
        "REINVITE",
        "INVITED",
        (MemberStatus.STAGED, MemberStatus.ACCEPTED, MemberStatus.CONFIRMED, MemberStatus.REVOKED),
    ),
):
    for _from in _others:
        refuses(
            _mutation,
            "INVALID_TRANSITION",
            "memberId",
            says=(
                f"A member who is {_from} cannot be subject to {_verb};"
                f" only one who is {_only} can."
            ),
            more={"from": _from.value, "attempted": _verb},
        )(_status(_from))


@refuses("revokeMember", "INVALID", "reason", says="reason must be at most 500 characters.")
async def for_a_long_reason(world: World) -> dict[str, Any]:
    return {"memberId": await world.member_id(MemberStatus.CONFIRMED), "reason": "x" * 501}


@refuses("restoreMember", "SEAT_LIMIT", says=FULL)
async def beyond_the_seats(world: World) -> dict[str, Any]:
    given = await who_was_confirmed(world)
    await world.limit_seats(0)
    return given


def _last_owner(mutation: str) -> Given:
    async def the_last_owner(world: World) -> dict[str, Any]:
        owner = await factories.owner(world.app, world.owner_id)
        return {"memberId": world.caller.member_id(owner.id), **ROLE.get(mutation, {})}

    return the_last_owner


def _oneself(mutation: str) -> Given:
    async def oneself(world: World) -> dict[str, Any]:
        await factories.owner(world.app, world.owner_id)
        member = await world.act_as(MemberRole.OWNER)
        return {"memberId": world.caller.member_id(member.id), **ROLE.get(mutation, {})}

    return oneself


def _superior(given: dict[str, Any], status: MemberStatus) -> Given:
    async def by_somebody_of_lower_rank(world: World) -> dict[str, Any]:
        await factories.owner(world.app, world.owner_id)
        owner = await world.member(status, role=MemberRole.OWNER)
        await world.act_as(MemberRole.ADMIN)
        return {"memberId": world.caller.member_id(owner.id), **given}

    return by_somebody_of_lower_rank


for _mutation in ("revokeMember", "removeMember", "changeMemberRole"):
    refuses(_mutation, "LAST_OWNER", "memberId", says=LAST)(_last_owner(_mutation))
for _mutation in VERBS:
    refuses(_mutation, "SELF_ACTION", "memberId", says=SELF)(_oneself(_mutation))
for _mutation in (*VERBS, "confirmMember", "reinviteMember", "updateMember"):
    _given = _superior(ROLE.get(_mutation, {}), FORMER.get(_mutation, MemberStatus.CONFIRMED))
    refuses(_mutation, "FORBIDDEN", "memberId", says=OUTRANKED)(_given)


@refuses(
    "changeMemberRole",
    "FORBIDDEN",
    "role",
    says="The role OWNER outranks you; ask a member who has it.",
)
async def to_more_than_the_caller_is(world: World) -> dict[str, Any]:
    await world.act_as(MemberRole.ADMIN)
    return {"memberId": await world.member_id(MemberStatus.CONFIRMED), "role": "OWNER"}


@refuses(
    "changeMemberRole",
    "FORBIDDEN",
    "permissions",
    says="You cannot grant AUDIT_READ, GROUPS_READ, which you do not hold.",
)
async def to_more_than_the_caller_may(world: World) -> dict[str, Any]:
    id_ = await world.member_id(MemberStatus.CONFIRMED)
    world.caller = await world.caller.with_scopes(Scope.MEMBERS_WRITE, Scope.MEMBERS_READ)
    permissions = ["AUDIT_READ", "MEMBERS_READ", "GROUPS_READ"]
    return {"memberId": id_, "role": "CUSTOM", "permissions": permissions}
