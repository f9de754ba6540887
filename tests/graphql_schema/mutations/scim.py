"""Scenarios of the provisioning endpoint and its keys."""

from __future__ import annotations

from typing import Any

from domain.commands import EnableScim
from tests.graphql_schema.mutations.scenario import (
    changes,
    refuses,
    refuses_values,
    with_input,
)
from tests.graphql_schema.mutations.world import World
from tests.support.factories import SYSTEM
from tests.support.guard import tripped, watched

OFF = "Provisioning is switched off for this organization; enable SCIM first."


async def _given(world: World) -> dict[str, Any]:
    return {"organizationId": world.caller.org}


async def enabled(world: World) -> dict[str, Any]:
    await world.enable_scim()
    return await _given(world)


@changes(
    "enableScim",
    "scim_connection.enabled",
    "scim_connection.key_created",
    shows={"enabled": True, "version": 1, "provider": None},
    scim_connections="+1",
    scim_credentials="+1",
)
async def for_the_first_time(world: World) -> dict[str, Any]:
    return await _given(world)


@changes(
    "enableScim",
    "scim_connection.enabled",
    shows={"enabled": True, "version": 3, "apiKey": None},
    scim_connections="~1",
)
async def for_the_second_time(world: World) -> dict[str, Any]:
    given = await enabled(world)
    await world.caller.change("disableScim", "", **given)
    return given


@changes(
    "disableScim",
    "scim_connection.disabled",
    shows={"enabled": False, "version": 2},
    scim_connections="~1",
)
async def that_is_on(world: World) -> dict[str, Any]:
    return await enabled(world)


SETTINGS = {
    "onProvision": "STAGE",
    "rehire": "RESTORE",
    "omittedGroupMembers": "KEEP",
    "patchResponse": "NO_CONTENT",
    "strictMemberIds": True,
    "contentType": "application/scim+json",
}
PRESET = {
    "onProvision": "INVITE",
    "rehire": "CONFLICT",
    "omittedGroupMembers": "CLEAR",
    "patchResponse": "AUTOMATIC",
    "strictMemberIds": False,
    "contentType": None,
}
GUARD = {"guardEnabled": False, "guardMaxMembers": 7, "guardMaxPercent": 0}


@changes(
    "updateScimConnection",
    "scim_connection.updated",
    shows={
        "provider": "KEYCLOAK",
        "settings": SETTINGS,
        "guard": {"enabled": False, "maxMembers": 7, "maxPercent": 0},
        "version": 2,
    },
    scim_connections="~1",
)
async def that_is_set_up(world: World) -> dict[str, Any]:
    return {**await enabled(world), "provider": "KEYCLOAK", **SETTINGS, **GUARD}


async def _set_up(world: World) -> dict[str, Any]:
    given = await that_is_set_up(world)
    await world.caller.change("updateScimConnection", "", **given)
    return {"organizationId": world.caller.org}


@changes(
    "updateScimConnection",
    "scim_connection.updated",
    shows={
        "provider": "KEYCLOAK",
        "settings": PRESET,
        "guard": {"enabled": True, "maxMembers": 50, "maxPercent": 10},
        "version": 3,
    },
    scim_connections="~1",
)
async def whose_switches_are_null(world: World) -> dict[str, Any]:
    return await _set_up(world) | dict.fromkeys([*SETTINGS, *GUARD])


@changes(
    "updateScimConnection",
    "scim_connection.updated",
    shows={
        "provider": "KEYCLOAK",
        "settings": SETTINGS | {"rehire": "CONFLICT"},
        "guard": {"enabled": False, "maxMembers": 7, "maxPercent": 0},
    },
    scim_connections="~1",
)
async def whose_other_switches_are_left_out(world: World) -> dict[str, Any]:
    return await _set_up(world) | {"rehire": "CONFLICT"}


@changes(
    "updateScimConnection",
    "scim_connection.updated",
    shows={
        "provider": None,
        "settings": PRESET | {"omittedGroupMembers": "KEEP"},
        "guard": {"enabled": False, "maxMembers": 7, "maxPercent": 0},
    },
    scim_connections="~1",
)
async def whose_provider_is_null(world: World) -> dict[str, Any]:
    return await _set_up(world) | {"provider": None}


refuses_values(
    "updateScimConnection",
    enabled,
    (
        "of_another_type",
        {"contentType": "text/plain"},
        "contentType",
        "contentType must be application/json or application/scim+json.",
    ),
    (
        "of_no_type",
        {"contentType": ""},
        "contentType",
        "contentType must be application/json or application/scim+json.",
    ),
    (
        "of_too_few",
        {"guardMaxMembers": -1},
        "guardMaxMembers",
        "guardMaxMembers must lie between 0 and 1000000.",
    ),
    (
        "of_too_many",
        {"guardMaxPercent": 101},
        "guardMaxPercent",
        "guardMaxPercent must lie between 0 and 100.",
    ),
)


async def _holding(world: World) -> dict[str, Any]:
    await world.app.execute(EnableScim(world.owner_id), SYSTEM)
    await tripped(await watched(world.app, organization_id=world.owner_id))
    return await _given(world)


@refuses(
    "updateScimConnection",
    "INVALID",
    "guardEnabled",
    says="guardEnabled cannot be switched off while calls are held; release or refuse them.",
)
async def whose_guard_holds_calls(world: World) -> dict[str, Any]:
    return await _holding(world) | {"guardEnabled": False}


@changes(
    "resolveDeprovisionGuard",
    "scim_connection.guard_released",
    shows={"guard": {"enabled": True, "maxMembers": 50, "maxPercent": 10}},
    deprovision_guards="~1",
    counted_deprovisionings="-2",
    held_deprovisionings="~1",
)
async def to_be_released(world: World) -> dict[str, Any]:
    return await _holding(world) | {"resolution": "RELEASE"}


@changes(
    "resolveDeprovisionGuard",
    "scim_connection.guard_refused",
    shows={},
    deprovision_guards="~1",
    held_deprovisionings="-1",
)
async def to_be_refused(world: World) -> dict[str, Any]:
    return await _holding(world) | {"resolution": "REFUSE"}


NEEDS: dict[str, dict[str, Any]] = {
    "disableScim": {},
    "updateScimConnection": {"provider": "OKTA"},
    "resolveDeprovisionGuard": {"resolution": "RELEASE"},
    "createScimApiKey": {"idempotencyKey": "k"},
    "rotateScimApiKey": {"idempotencyKey": "k"},
}
for _mutation, _values in NEEDS.items():
    refuses(_mutation, "SCIM_DISABLED", "organizationId", says=OFF)(
        with_input(_given, "that_was_never_on", **_values)
    )
