"""Scenarios of the organization's key: made, replaced, and asked for by the handshake."""

from __future__ import annotations

from typing import Any

from domain.caller import ALL_SCOPES
from domain.commands import CreateAccessToken
from domain.keys.organization_key import new_organization_key, wrap
from tests.graphql_schema.mutations.scenario import changes, refuses, refuses_values
from tests.graphql_schema.mutations.world import World
from tests.support.graphql import Api
from tests.support.key_pairs import Keys, keys
from tests.support.keyed import owner_with_keys, person, with_key

HERS = keys(1)


async def _as_owner(world: World, owner: Any) -> None:
    """Let the owner be the caller, by a token of theirs."""
    command = CreateAccessToken(world.owner_id, "an owner's", ALL_SCOPES)
    issued = (await world.app.execute(command, person(owner))).value
    world.caller = Api(world.app, world.owner_id, issued.secret, world.caller.asgi)


async def _first(world: World, held: Keys | None = None, version: int = 0) -> dict[str, Any]:
    owner = await owner_with_keys(world.app, world.owner_id, keys())
    await _as_owner(world, owner)
    new = new_organization_key(world.owner_id, version + 1)
    return {
        "organizationId": world.caller.org,
        "wrappedOrganizationKey": wrap(new, (held or keys()).pair),
        "expectedKeyVersion": version,
    }


async def _next(world: World, held: Keys | None = None, version: int = 1) -> dict[str, Any]:
    acme = await with_key(world.app, world.owner_id, required=False)
    await _as_owner(world, acme.owner)
    new = new_organization_key(world.owner_id, version + 1)
    return {
        "organizationId": world.caller.org,
        "wrappedOrganizationKey": acme.wrapped(held or keys(), new),
        "expectedKeyVersion": version,
    }


@changes(
    "createOrganizationKey",
    "organization.key_created",
    "member.key_wrapped",
    shows={"keyVersion": 1, "keyHandshake": "OFF"},
    organizations="~1",
    members="~1",
)
async def the_first(world: World) -> dict[str, Any]:
    return await _first(world)


@changes(
    "rotateOrganizationKey",
    "organization.key_rotated",
    "member.key_wrapped",
    shows={"keyVersion": 2, "keyHandshake": "OFF"},
    organizations="~1",
    members="~1",
)
async def the_second(world: World) -> dict[str, Any]:
    return await _next(world)


for _mutation, _given, _version in (
    ("createOrganizationKey", _first, 0),
    ("rotateOrganizationKey", _next, 1),
):

    @refuses(
        _mutation,
        "FORBIDDEN",
        "organizationId",
        says=("Only an owner, for whom it is wrapped, can give the organization a key."),
    )
    async def by_a_token_of_nobody(world: World, given: Any = _given) -> dict[str, Any]:
        before = world.caller
        values: dict[str, Any] = await given(world)
        world.caller = before
        return values

    @refuses(
        _mutation,
        "KEY_MISMATCH",
        "wrappedOrganizationKey",
        says=(
            "wrappedOrganizationKey was wrapped for another key than the member has now (kid); read"
            " the member's public key again."
        ),
    )
    async def wrapped_for_others(world: World, given: Any = _given) -> dict[str, Any]:
        values: dict[str, Any] = await given(world, HERS)
        return values

    @refuses(
        _mutation,
        "KEY_REQUIRED",
        "organizationId",
        says="You have no keys yet; set them with setAccountKeys first.",
    )
    async def without_keys_of_ones_own(world: World, given: Any = _given) -> dict[str, Any]:
        values: dict[str, Any] = await given(world)
        await world.app.pool.execute(
            "UPDATE accounts SET public_key = NULL WHERE id IN"
            " (SELECT account_id FROM members WHERE organization_id = $1)",
            world.owner_id,
        )
        return values

    refuses_values(
        _mutation,
        _given,
        (
            "that_is_no_key",
            {"wrappedOrganizationKey": "x"},
            "wrappedOrganizationKey",
            "wrappedOrganizationKey must be a compact JWE: five parts with dots between them.",
        ),
    )

refuses_values(
    "createOrganizationKey",
    _first,
    (
        "in_place_of_another",
        {"expectedKeyVersion": 1},
        "expectedKeyVersion",
        (
            "expectedKeyVersion must be 0, since there is no key yet; rotateOrganizationKey"
            " replaces one."
        ),
    ),
)
refuses_values(
    "rotateOrganizationKey",
    _next,
    (
        "in_place_of_none",
        {"expectedKeyVersion": 0},
        "expectedKeyVersion",
        (
            "expectedKeyVersion must be the version that is replaced; createOrganizationKey makes"
            " the first key."
        ),
    ),
)


@refuses(
    "createOrganizationKey",
    "VERSION_CONFLICT",
    "expectedKeyVersion",
    says="The organization's key has version 1 by now; read it again.",
    more={"currentVersion": 1},
)
async def twice(world: World) -> dict[str, Any]:
    return await _next(world) | {"expectedKeyVersion": 0}


@refuses(
    "rotateOrganizationKey",
    "VERSION_CONFLICT",
    "expectedKeyVersion",
    says="The organization's key has version 1 by now; read it again.",
    more={"currentVersion": 1},
)
async def of_a_version_to_come(world: World) -> dict[str, Any]:
    return await _next(world, version=2)


@refuses(
    "updateOrganization",
    "KEY_REQUIRED",
    "keyHandshake",
    says=(
        "The organization has no key yet that could be handed over; make one with"
        " createOrganizationKey, then set keyHandshake to REQUIRED."
    ),
)
async def that_has_no_key(world: World) -> dict[str, Any]:
    return {"organizationId": world.caller.org, "keyHandshake": "REQUIRED"}


@changes(
    "updateOrganization",
    "organization.updated",
    shows={"keyHandshake": "REQUIRED", "keyVersion": 1},
    organizations="~1",
)
async def that_hands_its_key_over(world: World) -> dict[str, Any]:
    await with_key(world.app, world.owner_id, required=False)
    return {"organizationId": world.caller.org, "keyHandshake": "REQUIRED"}


@changes(
    "updateOrganization",
    "organization.updated",
    shows={"keyHandshake": "OFF", "keyVersion": 1},
    organizations="~1",
)
async def that_hands_nothing_over(world: World) -> dict[str, Any]:
    await with_key(world.app, world.owner_id)
    return {"organizationId": world.caller.org, "keyHandshake": "OFF", "name": None}
