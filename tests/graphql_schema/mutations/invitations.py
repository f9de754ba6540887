"""Scenarios of invitations."""

from __future__ import annotations

from typing import Any

from domain.ids import new_id
from domain.vocabulary import MemberRole, MemberStatus, ProvisioningSource, Scope
from tests.graphql_schema.mutations.lifecycle import FULL
from tests.graphql_schema.mutations.scenario import (
    Again,
    changes,
    refuses,
    refuses_values,
    with_input,
)
from tests.graphql_schema.mutations.world import World
from tests.support import factories

TAKEN = "Another member of this organization has the same {}; choose another."
NO_EMAIL = "email must be an e-mail address of at most 256 characters."
IDP = "The identity provider owns this {}; change {} there."
KEY = "idempotencyKey must have 1 to 200 characters."


@changes(
    "inviteMember",
    "member.invited",
    shows={
        "status": "INVITED",
        "role": "USER",
        "version": 1,
        "email": "Ada@example.com",
        "userName": "Ada@example.com",
        "displayName": None,
        "externalId": None,
        "source": "ADMIN_API",
    },
    again=Again.TAKEN,
    members="+1",
    invitations="+1",
    organizations="~1",
)
async def somebody_new(world: World) -> dict[str, Any]:
    return {
        "organizationId": world.caller.org,
        "email": " Ada@example.com ",
        "displayName": " ",
        "externalId": "",
        "groupIds": None,
    }


@changes(
    "inviteMember",
    "member.invited",
    "group.members_changed",
    "group.members_changed",
    shows={"role": "ADMIN", "displayName": "Ada", "externalId": "e-1"},
    again=Again.TAKEN,
    members="+1",
    invitations="+1",
    organizations="~1",
    groups="~2",
    group_members="+2",
    group_changes="+2",
)
async def into_groups(world: World) -> dict[str, Any]:
    groups = [await world.group(name=name) for name in ("one", "two")]
    return {
        "organizationId": world.caller.org,
        "email": "ada@example.com",
        "displayName": "Ada",
        "externalId": "e-1",
        "role": "ADMIN",
        "groupIds": [*groups, groups[0]],
    }


async def known(world: World, **given: Any) -> dict[str, Any]:
    """Somebody else is known by these words."""
    id_ = await world.member_id(MemberStatus.CONFIRMED, **given)
    world.more = {"existing": {"id": id_}}
    return {"organizationId": world.caller.org, "email": "ada@example.com", "externalId": "e-1"}


@refuses("inviteMember", "TAKEN", "email", says=TAKEN.format("email"))
async def whose_address_isknown(world: World) -> dict[str, Any]:
    return await known(world, email="ADA@example.com")


@refuses("inviteMember", "TAKEN", "email", says=TAKEN.format("email"))
async def whose_user_name_isknown(world: World) -> dict[str, Any]:
    return await known(world, name="ada@EXAMPLE.com", email="else@example.com")


@refuses("inviteMember", "TAKEN", "externalId", says=TAKEN.format("externalId"))
async def whose_external_id_isknown(world: World) -> dict[str, Any]:
    return await known(world, external_id="e-1")


@refuses("inviteMember", "SEAT_LIMIT", says=FULL)
async def beyond_the_seats(world: World) -> dict[str, Any]:
    await world.limit_seats(0)
    return await somebody_new(world)


@refuses("inviteMember", "SEAT_LIMIT", says=FULL)
async def into_groups_beyond_the_seats(world: World) -> dict[str, Any]:
    given = await into_groups(world)
    await world.limit_seats(0)
    return given


@refuses(
    "inviteMember",
    "FORBIDDEN",
    "role",
    says="The role OWNER outranks you; ask a member who has it.",
)
async def to_more_than_the_caller_is(world: World) -> dict[str, Any]:
    await world.act_as(MemberRole.ADMIN)
    return await somebody_new(world) | {"role": "OWNER"}


@refuses(
    "inviteMember", "NOT_FOUND", "groupIds", says="There is no such group in this organization."
)
async def into_a_group_of_nobody(world: World) -> dict[str, Any]:
    given = await into_groups(world)
    return given | {"groupIds": [*given["groupIds"], world.caller.group_id(new_id())]}


@refuses(
    "inviteMember", "NOT_FOUND", "groupIds", says="There is no such group in this organization."
)
async def into_a_group_of_others(world: World) -> dict[str, Any]:
    given = await into_groups(world)
    theirs = await factories.group(world.app, world.other.organization_id)
    return given | {"groupIds": [*given["groupIds"], world.other.group_id(theirs)]}


@refuses("inviteMember", "MANAGED_BY_IDP", "groupIds", says=IDP.format("group", "it"))
async def into_a_group_of_the_provider(world: World) -> dict[str, Any]:
    given = await into_groups(world)
    pushed = await world.group(name="pushed", source=ProvisioningSource.SCIM)
    return given | {"groupIds": [*given["groupIds"], pushed]}


refuses_values(
    "inviteMember",
    somebody_new,
    (
        "to_501_groups",
        {"groupIds": ["grp_x"] * 501},
        "groupIds",
        "At most 500 at once; this names 501.",
    ),
    code="TOO_MANY",
)
refuses_values(
    "inviteMember",
    somebody_new,
    ("without_address", {"email": " "}, "email", "email must not be empty."),
    ("to_no_address", {"email": "nobody"}, "email", NO_EMAIL),
    ("to_a_long_address", {"email": f"{'x' * 251}@y.com"}, "email", NO_EMAIL),
    (
        "of_a_long_name",
        {"displayName": "x" * 257},
        "displayName",
        "displayName must be at most 256 characters.",
    ),
    (
        "of_a_long_external_id",
        {"externalId": "x" * 301},
        "externalId",
        "externalId must be at most 300 characters.",
    ),
    (
        "as_custom",
        {"role": "CUSTOM"},
        "role",
        "role CUSTOM needs permissions; invite as USER and change the role.",
    ),
    (
        "to_no_group",
        {"groupIds": ["mbr_x"]},
        "groupIds",
        "groupIds must be an id that begins with grp_.",
    ),
)


@changes(
    "reinviteMember",
    "member.reinvited",
    shows={"status": "INVITED", "version": 2},
    again=Again.CHANGES,
    members="~1",
    invitations="+1 ~1",
)
async def who_lost_the_mail(world: World) -> dict[str, Any]:
    return {"memberId": await world.member_id(MemberStatus.INVITED)}


@changes(
    "reinviteMember",
    "member.reinvited",
    shows={"status": "INVITED", "version": 2},
    members="~1",
    invitations="+1 ~1",
    idempotency_keys="+1",
)
async def who_lost_the_mail_once(world: World) -> dict[str, Any]:
    return await who_lost_the_mail(world) | {"idempotencyKey": "k"}


@refuses(
    "reinviteMember",
    "IDEMPOTENCY_KEY_REUSED",
    "idempotencyKey",
    says="This idempotencyKey was used with another input; choose a new one.",
)
async def with_the_key_of_another(world: World) -> dict[str, Any]:
    await world.caller.change("reinviteMember", "", **await who_lost_the_mail_once(world))
    return await who_lost_the_mail_once(world)


for _name, _key in (("with_an_empty_key", ""), ("with_a_long_key", "x" * 201)):
    refuses("reinviteMember", "INVALID", "idempotencyKey", says=KEY)(
        with_input(who_lost_the_mail, _name, idempotencyKey=_key)
    )


GROUPLESS = frozenset({Scope.MEMBERS_WRITE, Scope.MEMBERS_READ})
"""What does not suffice to invite into groups."""
