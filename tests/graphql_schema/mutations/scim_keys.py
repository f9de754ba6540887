"""Scenarios of the keys of the provisioning endpoint."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from domain.clock import utc_now
from graphql_schema.scalars import instant_text
from tests.graphql_schema.mutations.scenario import (
    Given,
    changes,
    refuses,
    refuses_values,
    with_input,
)
from tests.graphql_schema.mutations.scim import NEEDS, OFF, enabled
from tests.graphql_schema.mutations.world import World

REUSED = "This idempotencyKey was used with another input; choose a new one."
IDENTITY = {
    "issuer": "https://issuer.example",
    "subject": "robot",
    "jwksUrl": "https://issuer.example/keys",
}
GIVEN = IDENTITY | {"jwksUrl": None}
KEY = {"kty": "OKP", "crv": "Ed25519", "x": "eA"}
LOCAL = {**IDENTITY, "jwksUrl": "https://localhost/keys"}


@changes(
    "createScimApiKey",
    "scim_connection.key_created",
    shows={"enabled": True, "version": 1, "clientId": None},
    scim_credentials="+1",
    idempotency_keys="+1",
)
async def a_key(world: World) -> dict[str, Any]:
    return await enabled(world) | {"idempotencyKey": "k"}


@changes(
    "createScimApiKey",
    "scim_connection.key_created",
    shows={"apiKey": None},
    scim_credentials="+1",
    idempotency_keys="+1",
)
async def a_workload(world: World) -> dict[str, Any]:
    given = await a_key(world)
    return given | {"kind": "WORKLOAD_IDENTITY", "workloadIdentity": IDENTITY}


@changes(
    "rotateScimApiKey",
    "scim_connection.key_created",
    "scim_connection.key_rotated",
    shows={"enabled": True, "version": 1},
    scim_credentials="+1 ~1",
    idempotency_keys="+1",
)
async def keys(world: World) -> dict[str, Any]:
    return await enabled(world) | {"idempotencyKey": "k"}


@changes(
    "revokeScimApiKey",
    "scim_connection.key_revoked",
    shows={"enabled": True, "version": 1},
    scim_credentials="~1",
)
async def that_works(world: World) -> dict[str, Any]:
    return {"scimApiKeyId": await world.enable_scim()}


_FUTURE = instant_text(utc_now() - timedelta(seconds=1))
_NAMELESS = ("without_a_word_as_name", {"name": " "}, "name", "name must not be empty.")
_LONG = ("with_a_long_name", {"name": "x" * 101}, "name", "name must be at most 100 characters.")
refuses_values("rotateScimApiKey", keys, _NAMELESS, _LONG)
refuses_values(
    "createScimApiKey",
    a_key,
    _NAMELESS,
    _LONG,
    (
        "of_a_workload_with_a_long_name",
        {"kind": "WORKLOAD_IDENTITY", "workloadIdentity": IDENTITY, "name": "x" * 101},
        "name",
        "name must be at most 100 characters.",
    ),
    ("that_has_ended", {"expiresAt": _FUTURE}, "expiresAt", "expiresAt must lie in the future."),
    (
        "without_a_kind",
        {"workloadIdentity": IDENTITY},
        "kind",
        "kind must be WORKLOAD_IDENTITY where workloadIdentity is given.",
    ),
    (
        "without_an_identity",
        {"kind": "WORKLOAD_IDENTITY"},
        "kind",
        "kind needs the issuer and the subject of the workload.",
    ),
    (
        "of_the_server_itself",
        {"kind": "WORKLOAD_IDENTITY", "workloadIdentity": LOCAL},
        "workloadIdentity.jwksUrl",
        "jwksUrl must not name the server itself.",
    ),
    (
        "of_another_kind",
        {"kind": "OAUTH_CLIENT", "workloadIdentity": IDENTITY},
        "kind",
        "kind must be WORKLOAD_IDENTITY where workloadIdentity is given.",
    ),
    (
        "without_keys",
        {"kind": "WORKLOAD_IDENTITY", "workloadIdentity": GIVEN},
        "workloadIdentity.jwksUrl",
        "jwksUrl or jwks must be given, and not both.",
    ),
    (
        "of_no_key_set",
        {"kind": "WORKLOAD_IDENTITY", "workloadIdentity": GIVEN | {"jwks": [KEY]}},
        "workloadIdentity.jwks",
        "jwks must be a JSON object.",
    ),
    (
        "of_a_private_key",
        {
            "kind": "WORKLOAD_IDENTITY",
            "workloadIdentity": GIVEN | {"jwks": {"keys": [KEY | {"d": "eA"}]}},
        },
        "workloadIdentity.jwks",
        "jwks must not hold private keys; make a new pair and give the public.",
    ),
    (
        "of_no_issuer",
        {"kind": "WORKLOAD_IDENTITY", "workloadIdentity": IDENTITY | {"issuer": " "}},
        "workloadIdentity.issuer",
        "issuer must have 1 to 512 printable characters.",
    ),
)
for _overlap in (-1, 604_801):
    refuses(
        "rotateScimApiKey",
        "INVALID",
        "overlapSeconds",
        says="overlapSeconds must lie between 0 and 604800.",
    )(with_input(keys, f"that_overlap_{_overlap}", overlapSeconds=_overlap))


def _used(given: Given, mutation: str) -> Given:
    async def with_a_used_key(world: World) -> dict[str, Any]:
        values = await given(world)
        other = (
            {"overlapSeconds": 5} if mutation == "rotateScimApiKey" else {"kind": "OAUTH_CLIENT"}
        )
        await world.caller.change(mutation, "", **values | other)
        return values

    return with_a_used_key


for _mutation, _made in (("createScimApiKey", a_key), ("rotateScimApiKey", keys)):
    refuses(_mutation, "IDEMPOTENCY_KEY_REUSED", "idempotencyKey", says=REUSED)(
        _used(_made, _mutation)
    )
    for _name, _key in (("with_an_empty_key", ""), ("with_a_long_key", "x" * 201)):
        refuses(
            _mutation,
            "INVALID",
            "idempotencyKey",
            says="idempotencyKey must have 1 to 200 characters.",
        )(with_input(_made, _name, idempotencyKey=_key))


async def _disabled(world: World) -> dict[str, Any]:
    given = await enabled(world)
    await world.caller.change("disableScim", "", **given)
    return given


for _mutation in ("createScimApiKey", "rotateScimApiKey"):
    refuses(_mutation, "SCIM_DISABLED", "organizationId", says=OFF)(
        with_input(_disabled, "that_is_off", **NEEDS[_mutation])
    )
