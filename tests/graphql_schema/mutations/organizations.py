"""Scenarios of the organization's own settings and of access tokens."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from domain.clock import utc_now
from domain.vocabulary import MemberStatus, Scope
from graphql_schema.ids import Kind, make_id
from graphql_schema.scalars import instant_text
from tests.graphql_schema.mutations.scenario import (
    Again,
    changes,
    refuses,
    refuses_values,
)
from tests.graphql_schema.mutations.world import World
from tests.support import factories
from tests.support.graphql import token

REUSED = "This idempotencyKey was used with another input; choose a new one."
SEATS = "seatLimit must lie between 0 and 1000000000."


async def _given(world: World) -> dict[str, Any]:
    return {"organizationId": world.caller.org}


@changes(
    "updateOrganization",
    "organization.updated",
    shows={"version": 2, "seats": {"occupied": 1, "limit": None}},
    organizations="~1",
)
async def of_another_name_without_limit(world: World) -> dict[str, Any]:
    await world.member(MemberStatus.CONFIRMED)
    return {**await _given(world), "name": factories.unique(" Acme"), "seatLimit": None}


@changes(
    "updateOrganization",
    "organization.updated",
    shows={"seats": {"occupied": 2, "limit": 1}},
    organizations="~1",
)
async def with_fewer_seats_than_are_taken(world: World) -> dict[str, Any]:
    await factories.members(world.app, world.owner_id, 2)
    return {**await _given(world), "name": None, "seatLimit": 1}


@changes(
    "updateOrganization",
    "organization.updated",
    shows={"seats": {"occupied": 0, "limit": 100}},
    organizations="~1",
)
async def whose_seats_are_left_out(world: World) -> dict[str, Any]:
    return {**await _given(world), "name": factories.unique("Acme")}


@changes(
    "updateOrganization",
    "organization.updated",
    shows={"seats": {"occupied": 0, "limit": 0}},
    organizations="~1",
)
async def without_a_seat(world: World) -> dict[str, Any]:
    return {**await _given(world), "seatLimit": 0}


refuses_values(
    "updateOrganization",
    _given,
    ("of_no_name", {"name": " "}, "name", "name must not be empty."),
    ("of_a_long_name", {"name": "x" * 201}, "name", "name must be at most 200 characters."),
    ("of_less_than_no_seats", {"seatLimit": -1}, "seatLimit", SEATS),
    ("of_too_many_seats", {"seatLimit": 1_000_000_001}, "seatLimit", SEATS),
)


@refuses(
    "updateOrganization",
    "TAKEN",
    "name",
    says="Another organization has the same name; choose another.",
)
async def of_a_name_of_others(world: World) -> dict[str, Any]:
    world.more = {"existing": None}
    return {**await _given(world), "name": (await world.other.ask_here("name"))["name"].upper()}


@refuses(
    "updateOrganization",
    "TAKEN",
    "name",
    says="Another organization has the same name; choose another.",
)
async def of_a_name_that_the_caller_may_see(world: World) -> dict[str, Any]:
    given = await of_a_name_of_others(world)
    world.caller = await world.caller.everywhere()
    world.more = {"existing": {"id": world.other.org}}
    return given


@changes(
    "createAccessToken",
    "access_token.created",
    shows={
        "name": "reader",
        "scopes": ["AUDIT_READ", "MEMBERS_READ"],
        "revokedAt": None,
        "lastUsedAt": None,
    },
    again=Again.CHANGES,
    access_tokens="+1",
)
async def to_read(world: World) -> dict[str, Any]:
    scopes = ["MEMBERS_READ", "AUDIT_READ", "MEMBERS_READ"]
    return {**await _given(world), "name": " reader ", "scopes": scopes}


@changes(
    "createAccessToken",
    "access_token.created",
    shows={"expiresAt": "2100-01-01T00:00:00.000000Z"},
    access_tokens="+1",
    idempotency_keys="+1",
)
async def once_for_a_century(world: World) -> dict[str, Any]:
    more = {"expiresAt": "2100-01-01T00:00:00Z", "idempotencyKey": "k"}
    return await to_read(world) | more


refuses_values(
    "createAccessToken",
    to_read,
    ("of_no_name", {"name": " "}, "name", "name must not be empty."),
    ("of_a_long_name", {"name": "x" * 101}, "name", "name must be at most 100 characters."),
    ("of_no_use", {"scopes": []}, "scopes", "scopes must name at least one scope."),
    (
        "of_the_past",
        {"expiresAt": instant_text(utc_now() - timedelta(seconds=1))},
        "expiresAt",
        "expiresAt must lie in the future.",
    ),
    (
        "with_an_empty_key",
        {"idempotencyKey": ""},
        "idempotencyKey",
        "idempotencyKey must have 1 to 200 characters.",
    ),
    (
        "with_a_long_key",
        {"idempotencyKey": "x" * 201},
        "idempotencyKey",
        "idempotencyKey must have 1 to 200 characters.",
    ),
)


@refuses(
    "createAccessToken",
    "FORBIDDEN",
    "scopes",
    says="You cannot grant AUDIT_READ, which you do not hold.",
)
async def to_more_than_the_caller_may(world: World) -> dict[str, Any]:
    world.caller = await world.caller.with_scopes(Scope.TOKENS_ADMIN, Scope.MEMBERS_READ)
    return await to_read(world)


@refuses("createAccessToken", "IDEMPOTENCY_KEY_REUSED", "idempotencyKey", says=REUSED)
async def with_a_used_key(world: World) -> dict[str, Any]:
    given = await once_for_a_century(world)
    await world.caller.change("createAccessToken", "", **given | {"name": "else"})
    return given


@changes(
    "revokeAccessToken",
    "access_token.revoked",
    shows={"name": "a token"},
    access_tokens="~1",
)
async def that_works(world: World) -> dict[str, Any]:
    issued = await token(world.app, world.owner_id)
    return {"accessTokenId": make_id(Kind.ACCESS_TOKEN, world.owner_id, issued.id)}


@refuses(
    "revokeAccessToken",
    "NOT_FOUND",
    "accessTokenId",
    says="There is no such access token in this organization.",
)
async def that_reaches_every_organization(world: World) -> dict[str, Any]:
    issued = await token(world.app, None)
    return {"accessTokenId": make_id(Kind.ACCESS_TOKEN, None, issued.id)}
