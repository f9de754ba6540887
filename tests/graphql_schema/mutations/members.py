"""Scenarios of what is known about a member."""

from __future__ import annotations

from typing import Any

from domain.vocabulary import MemberStatus
from tests.graphql_schema.mutations.invitations import NO_EMAIL, TAKEN, known
from tests.graphql_schema.mutations.scenario import changes, refuses, refuses_values
from tests.graphql_schema.mutations.world import World

KEPT = "email cannot be taken away from a member who was invited."


@changes(
    "updateMember",
    "member.updated",
    shows={"displayName": None, "externalId": None, "email": "ada@example.com", "version": 2},
    members="~1",
    released_names="+1",
)
async def who_loses_name_and_external_id(world: World) -> dict[str, Any]:
    id_ = await world.invited(display_name="Ada", external_id="e-1")
    return {"memberId": id_, "displayName": None, "externalId": " "}


@changes(
    "updateMember",
    "member.updated",
    shows={"displayName": "Ada", "externalId": "e-2", "email": "ada@example.com"},
    members="~1",
    released_names="+1",
)
async def whose_other_words_are_left_out(world: World) -> dict[str, Any]:
    id_ = await world.invited(display_name="Ada", external_id="e-1")
    return {"memberId": id_, "externalId": "e-2"}


@changes(
    "updateMember",
    "member.updated",
    "member.reinvited",
    shows={"email": "ada@example.org", "userName": "ada@example.org", "version": 3},
    members="~1",
    invitations="+1 ~1",
    released_names="+2",
)
async def whose_address_changes_while_invited(world: World) -> dict[str, Any]:
    return {"memberId": await world.invited(), "email": " ada@example.org "}


async def _update(world: World) -> dict[str, Any]:
    return {"memberId": await world.invited()}


refuses_values(
    "updateMember",
    _update,
    ("who_keeps_an_address", {"email": None}, "email", KEPT),
    ("who_keeps_an_address_for_a_blank", {"email": " "}, "email", KEPT),
    ("of_no_address", {"email": "x"}, "email", NO_EMAIL),
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
)


@refuses("updateMember", "TAKEN", "email", says=TAKEN.format("email"))
async def to_an_address_of_another(world: World) -> dict[str, Any]:
    await known(world, email="else@example.com")
    return await _update(world) | {"email": "ELSE@example.com"}


@refuses("updateMember", "TAKEN", "email", says=TAKEN.format("email"))
async def to_a_user_name_of_another(world: World) -> dict[str, Any]:
    await known(world, name="else@example.com", email="more@example.com")
    return await _update(world) | {"email": "else@example.com"}


@refuses("updateMember", "TAKEN", "externalId", says=TAKEN.format("externalId"))
async def to_an_external_id_of_another(world: World) -> dict[str, Any]:
    await known(world, external_id="e-1")
    return await _update(world) | {"externalId": "e-1"}


@refuses(
    "updateMember",
    "MANAGED_BY_IDP",
    "memberId",
    says="The identity provider owns this member's attributes; change them there.",
)
async def whom_the_provider_made(world: World) -> dict[str, Any]:
    return {"memberId": await world.member_id(MemberStatus.CONFIRMED), "displayName": "mine"}
