"""Scenarios of OpenID providers."""

from __future__ import annotations

from typing import Any

from domain.commands import CreateOidcProvider
from graphql_schema.ids import Kind, make_id
from tests.graphql_schema.mutations.scenario import Again, changes, refuses, refuses_values
from tests.graphql_schema.mutations.world import World
from tests.support.factories import SYSTEM

ISSUER = "https://idp.example.com/acme"
WORD = "must have 1 to {} printable ASCII characters."
LONG = "must have 1 to 512 printable characters."


TAKEN = "Another OIDC provider of this organization has the same name; choose another."


async def provider(world: World, name: str = "Directory") -> str:
    """The id of a provider of the caller's organization."""
    command = CreateOidcProvider(world.owner_id, name, ISSUER, "rollcall", "a secret")
    made = await world.app.execute(command, SYSTEM)
    return make_id(Kind.OIDC_PROVIDER, world.owner_id, made.value)


async def _named(world: World) -> dict[str, Any]:
    return {"oidcProviderId": await provider(world)}


@changes(
    "createOidcProvider",
    "oidc_provider.created",
    shows={
        "name": "Directory",
        "issuer": ISSUER,
        "clientId": "rollcall",
        "trustEmail": False,
        "version": 1,
        "redirectUrl": "https://rollcall.test/sign-in/oidc/callback",
    },
    again=Again.TAKEN,
    oidc_providers="+1",
)
async def of_a_directory(world: World) -> dict[str, Any]:
    return {
        "organizationId": world.caller.org,
        "name": " Directory ",
        "issuer": ISSUER,
        "clientId": "rollcall",
        "clientSecret": " a secret\n",
    }


@changes(
    "createOidcProvider",
    "oidc_provider.created",
    shows={"trustEmail": True},
    again=Again.TAKEN,
    oidc_providers="+1",
)
async def whose_addresses_are_trusted(world: World) -> dict[str, Any]:
    return {**await of_a_directory(world), "trustEmail": True}


refuses_values(
    "createOidcProvider",
    of_a_directory,
    ("of_no_name", {"name": " "}, "name", "name must not be empty."),
    ("of_a_long_name", {"name": "x" * 101}, "name", "name must be at most 100 characters."),
    ("at_no_address", {"issuer": " "}, "issuer", f"issuer {LONG}"),
    ("at_a_long_address", {"issuer": f"https://{'x' * 512}"}, "issuer", f"issuer {LONG}"),
    ("at_a_broken_address", {"issuer": "https://[x"}, "issuer", "issuer is no address."),
    (
        "in_the_open",
        {"issuer": "http://idp.example.com"},
        "issuer",
        "issuer must begin with https://.",
    ),
    (
        "of_the_server_itself",
        {"issuer": "http://127.0.0.1:8000"},
        "issuer",
        "issuer must not name the server itself.",
    ),
    (
        "with_a_name_before_the_host",
        {"issuer": "https://ann@idp.example.com"},
        "issuer",
        "issuer must name a host, without a user name and without #.",
    ),
    (
        "with_a_question",
        {"issuer": "https://idp.example.com/?x"},
        "issuer",
        "issuer must have no ?.",
    ),
    (
        "where_it_describes_itself",
        {"issuer": f"{ISSUER}/.well-known/openid-configuration"},
        "issuer",
        "issuer must not end in /.well-known/openid-configuration; leave that part out.",
    ),
    ("of_no_client", {"clientId": " "}, "clientId", f"clientId {WORD.format(512)}"),
    ("of_a_strange_client", {"clientId": "ä"}, "clientId", f"clientId {WORD.format(512)}"),
    ("of_no_secret", {"clientSecret": ""}, "clientSecret", f"clientSecret {WORD.format(2048)}"),
    (
        "of_a_long_secret",
        {"clientSecret": "x" * 2049},
        "clientSecret",
        f"clientSecret {WORD.format(2048)}",
    ),
)


@refuses(
    "createOidcProvider",
    "TOO_MANY",
    says="An organization has at most 10 providers; delete one first.",
)
async def beside_ten_others(world: World) -> dict[str, Any]:
    for number in range(10):
        await provider(world, f"Directory {number}")
    return await of_a_directory(world)


@refuses("createOidcProvider", "TAKEN", "name", says=TAKEN)
async def of_the_name_of_another(world: World) -> dict[str, Any]:
    world.more = {"existing": {"id": await provider(world, "DIRECTORY")}}
    return await of_a_directory(world)


@changes(
    "updateOidcProvider",
    "oidc_provider.updated",
    shows={
        "name": "Entra ID",
        "issuer": ISSUER,
        "clientId": "another",
        "trustEmail": True,
        "version": 2,
    },
    oidc_providers="~1",
)
async def of_another_client(world: World) -> dict[str, Any]:
    more = {"name": "Entra ID", "clientId": "another", "trustEmail": True}
    return {**await _named(world), **more}


@changes(
    "updateOidcProvider",
    "oidc_provider.updated",
    shows={"version": 2, "name": "Directory"},
    again=Again.CHANGES,
    oidc_providers="~1",
)
async def of_another_secret(world: World) -> dict[str, Any]:
    return {**await _named(world), "clientSecret": "a secret"}


refuses_values(
    "updateOidcProvider",
    _named,
    ("to_no_name", {"name": " "}, "name", "name must not be empty."),
    ("to_no_client", {"clientId": ""}, "clientId", f"clientId {WORD.format(512)}"),
    ("to_no_secret", {"clientSecret": " "}, "clientSecret", f"clientSecret {WORD.format(2048)}"),
)


@refuses("updateOidcProvider", "TAKEN", "name", says=TAKEN)
async def to_the_name_of_another(world: World) -> dict[str, Any]:
    world.more = {"existing": {"id": await provider(world, "Entra ID")}}
    return {**await _named(world), "name": "ENTRA ID"}


@changes("deleteOidcProvider", "oidc_provider.deleted", shows={}, oidc_providers="-1")
async def of_the_organization(world: World) -> dict[str, Any]:
    return await _named(world)
