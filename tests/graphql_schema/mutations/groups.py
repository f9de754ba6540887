"""Scenarios of groups."""

from __future__ import annotations

from typing import Any

from domain.commands import RemoveMember
from domain.ids import UUID, new_id
from domain.vocabulary import MemberStatus, ProvisioningSource
from tests.graphql_schema.mutations.scenario import (
    Again,
    changes,
    refuses,
    refuses_values,
)
from tests.graphql_schema.mutations.world import World
from tests.support import factories
from tests.support.factories import SYSTEM

TAKEN = "Another group of this organization has the same {}; choose another."
IDP = "The identity provider owns this group; change it there."


async def _people(world: World, count: int) -> list[UUID]:
    return await factories.members(world.app, world.owner_id, count)


@changes(
    "createGroup",
    "group.created",
    shows={"displayName": " Engineers", "externalId": None, "memberCount": 0, "version": 1},
    again=Again.TAKEN,
    groups="+1",
)
async def without_members(world: World) -> dict[str, Any]:
    return {
        "organizationId": world.caller.org,
        "displayName": " Engineers",
        "externalId": " ",
        "memberIds": None,
    }


@changes(
    "createGroup",
    "group.created",
    "group.members_changed",
    shows={"externalId": "e-1", "memberCount": 2, "version": 2, "source": "ADMIN_API"},
    again=Again.TAKEN,
    groups="+1",
    group_members="+2",
    group_changes="+2",
)
async def with_members(world: World) -> dict[str, Any]:
    ids = [world.caller.member_id(id_) for id_ in await _people(world, 2)]
    return {
        "organizationId": world.caller.org,
        "displayName": "Engineers",
        "externalId": "e-1",
        "memberIds": [*ids, ids[0]],
    }


refuses_values(
    "createGroup",
    without_members,
    ("of_501", {"memberIds": ["mbr_x"] * 501}, "memberIds", "At most 500 at once; this names 501."),
    code="TOO_MANY",
)
refuses_values(
    "createGroup",
    without_members,
    (
        "of_no_name",
        {"displayName": " "},
        "displayName",
        "displayName must not be empty.",
    ),
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
        "of_groups",
        {"memberIds": ["grp_x"]},
        "memberIds",
        "memberIds must be an id that begins with mbr_.",
    ),
)


@refuses("createGroup", "TAKEN", "displayName", says=TAKEN.format("displayName"))
async def of_a_name_that_is_taken(world: World) -> dict[str, Any]:
    world.more = {"existing": {"id": await world.group(name=" ENGINEERS")}}
    return await without_members(world)


@refuses("createGroup", "TAKEN", "externalId", says=TAKEN.format("externalId"))
async def of_an_external_id_that_is_taken(world: World) -> dict[str, Any]:
    world.more = {"existing": {"id": await world.group(name="one", external_id="e-1")}}
    return await without_members(world) | {"externalId": "e-1"}


STRANGERS = ("who_was_removed", "theirs", "theirs_in_disguise", "nobody", "ours_in_disguise")


async def _strangers(world: World) -> list[str]:
    """Ids that are of no member, as `STRANGERS` names them."""
    gone, own = await _people(world, 2)
    await world.app.execute(RemoveMember(world.owner_id, gone), SYSTEM)
    theirs = await factories.member(world.app, world.other.organization_id)
    return [
        world.caller.member_id(gone),
        world.other.member_id(theirs.id),
        world.caller.member_id(theirs.id),
        world.caller.member_id(new_id()),
        world.other.member_id(own),
    ]


def _with_stranger(place: int, mutation: str, field: str) -> None:
    async def given(world: World) -> dict[str, Any]:
        strangers = await _strangers(world)
        values = await (with_members if mutation == "createGroup" else change_both)(world)
        world.more = {"…": strangers[place]}
        return values | {field: [*values[field], strangers[place]]}

    given.__name__ = f"with_{STRANGERS[place]}"
    refuses(mutation, "INVALID", field, says=f"{field} contains ids that are no members: ….")(given)


@changes(
    "updateGroup",
    "group.updated",
    shows={"displayName": "new", "externalId": None, "version": 2},
    groups="~1",
    released_names="+2",
)
async def of_another_name_and_no_external_id(world: World) -> dict[str, Any]:
    group = await world.group(name="old", external_id="e-1")
    return {"groupId": group, "displayName": "new", "externalId": None}


@changes(
    "updateGroup",
    "group.updated",
    shows={"displayName": "old", "externalId": "e-2"},
    groups="~1",
)
async def whose_name_is_null_and_stays(world: World) -> dict[str, Any]:
    return {"groupId": await world.group(name="old"), "displayName": None, "externalId": "e-2"}


@changes(
    "updateGroup",
    "group.updated",
    shows={"displayName": "OLD", "externalId": "e-1"},
    groups="~1",
)
async def whose_external_id_is_left_out(world: World) -> dict[str, Any]:
    group = await world.group(name="old", external_id="e-1")
    return {"groupId": group, "displayName": "OLD"}


refuses_values(
    "updateGroup",
    of_another_name_and_no_external_id,
    ("to_no_name", {"displayName": " "}, "displayName", "displayName must not be empty."),
    (
        "to_a_long_name",
        {"displayName": "x" * 257},
        "displayName",
        "displayName must be at most 256 characters.",
    ),
    (
        "to_a_long_external_id",
        {"externalId": "x" * 301},
        "externalId",
        "externalId must be at most 300 characters.",
    ),
)


@refuses("updateGroup", "TAKEN", "displayName", says=TAKEN.format("displayName"))
async def to_a_name_that_is_taken(world: World) -> dict[str, Any]:
    world.more = {"existing": {"id": await world.group(name="NEW")}}
    return await of_another_name_and_no_external_id(world)


@refuses("updateGroup", "TAKEN", "externalId", says=TAKEN.format("externalId"))
async def to_an_external_id_that_is_taken(world: World) -> dict[str, Any]:
    world.more = {"existing": {"id": await world.group(name="one", external_id="e-2")}}
    return await whose_name_is_null_and_stays(world)


@changes(
    "deleteGroup",
    "group.deleted",
    shows={},
    groups="-1",
    group_members="-2",
    group_changes="+2",
    released_names="+1",
)
async def with_two_members(world: World) -> dict[str, Any]:
    return {"groupId": await world.group(*await _people(world, 2))}


@changes("deleteGroup", "group.deleted", shows={}, groups="-1", released_names="+1")
async def that_the_provider_forgot(world: World) -> dict[str, Any]:
    return {"groupId": await world.group(source=ProvisioningSource.SCIM)}


@changes(
    "changeGroupMembers",
    "group.members_changed",
    shows={"added": 1, "removed": 1, "memberCount": 2, "version": 3},
    groups="~1",
    group_members="+1 -1",
    group_changes="+2",
)
async def change_both(world: World) -> dict[str, Any]:
    first, second, third, fourth = await _people(world, 4)
    id_ = world.caller.member_id
    return {
        "groupId": await world.group(first, second),
        "add": [id_(third), id_(first), id_(third), id_(fourth)],
        "remove": [id_(second), id_(fourth), id_(new_id())],
    }


@changes(
    "changeGroupMembers",
    "group.members_changed",
    shows={"added": 0, "removed": 1, "memberCount": 0},
    groups="~1",
    group_members="-1",
    group_changes="+1",
)
async def out_of_which_somebody_goes(world: World) -> dict[str, Any]:
    (member,) = await _people(world, 1)
    return {
        "groupId": await world.group(member),
        "add": None,
        "remove": [world.caller.member_id(member), *await _strangers(world)],
    }


for _place in range(len(STRANGERS)):
    _with_stranger(_place, "createGroup", "memberIds")
    _with_stranger(_place, "changeGroupMembers", "add")


refuses_values(
    "changeGroupMembers",
    change_both,
    (
        "by_501",
        {"add": ["mbr_x"] * 250, "remove": ["mbr_x"] * 251},
        "",
        "At most 500 at once; this names 501.",
    ),
    code="TOO_MANY",
)
refuses_values(
    "changeGroupMembers",
    change_both,
    ("by_groups", {"add": ["grp_x"]}, "add", "add must be an id that begins with mbr_."),
    (
        "without_groups",
        {"remove": [""]},
        "remove",
        "remove must be an id that begins with mbr_.",
    ),
)


@refuses("updateGroup", "MANAGED_BY_IDP", "groupId", says=IDP)
async def that_the_provider_made(world: World) -> dict[str, Any]:
    return {"groupId": await world.group(source=ProvisioningSource.SCIM), "displayName": "mine"}


@refuses("changeGroupMembers", "MANAGED_BY_IDP", "groupId", says=IDP)
async def whose_members_the_provider_chose(world: World) -> dict[str, Any]:
    group = await world.group(source=ProvisioningSource.SCIM)
    return {"groupId": group, "add": [await world.member_id(MemberStatus.CONFIRMED)]}
