"""Access tokens: shown once, kept as a hash, ended in every process within a second."""

from __future__ import annotations

from base64 import urlsafe_b64decode
from dataclasses import replace
from datetime import timedelta
from hashlib import sha256
from time import monotonic
from typing import Any

import pytest

from domain.clock import utc_now
from domain.ids import new_id
from domain.vocabulary import MemberRole, Scope
from graphql_schema import auth
from graphql_schema.app import graphql_app
from graphql_schema.ids import Kind, make_id
from graphql_schema.scalars import parse_instant
from tests.graphql_schema.mutations.asking import ask
from tests.graphql_schema.mutations.world import World
from tests.support.graphql import services

WHO = "{ viewer { scopes } }"


async def created(world: World, **given: Any) -> Any:
    """The payload of a token that may read members."""
    valid = {"organizationId": world.caller.org, "name": "reader", "scopes": ["MEMBERS_READ"]}
    return await ask(world, "createAccessToken", valid | given)


async def test_a_secret_is_shown_once_and_kept_as_a_hash(world: World) -> None:
    made = await created(world, idempotencyKey="k")
    again = await created(world, idempotencyKey="k")

    secret: str = made["secret"]
    prefix, _, proof = secret.split("_", 2)
    assert prefix == "adm"
    assert again["secret"] is None
    assert again["accessToken"] == made["accessToken"]
    own, others = await world.dump()
    kept = "".join([*own.values(), *others.values()])
    assert secret not in kept
    assert proof not in kept
    rows = await world.looks.rows(
        "SELECT secret_hash FROM access_tokens WHERE organization_id = $1 AND name = 'reader'"
    )
    hashed = sha256(urlsafe_b64decode(f"{proof}=")).digest()
    assert [row["secret_hash"] for row in rows] == [hashed]
    assert "secret" not in await type_fields(world, "AccessToken")


async def type_fields(world: World, name: str) -> list[str]:
    """Names of the fields of a type."""
    query = "query ($name: String!) { __type(name: $name) { fields { name } } }"
    found = await world.caller.ask(query, name=name)
    return [field["name"] for field in found["__type"]["fields"]]


async def test_a_token_lives_ninety_days_unless_said_otherwise(world: World) -> None:
    before = utc_now()
    unsaid = await created(world)
    null = await created(world, expiresAt=None)
    after = utc_now()

    for made in (unsaid, null):
        ends = parse_instant(made["accessToken"]["expiresAt"])
        assert before <= ends - timedelta(days=90) <= after


async def test_a_token_is_ended_in_two_processes_within_a_second(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = await created(world)
    one = replace(world.caller, secret=made["secret"])
    # Another process remembers tokens by itself.
    other = replace(one, asgi=graphql_app(services(world.app)))
    assert await one.codes(WHO) == await other.codes(WHO) == []
    started = monotonic()

    await ask(world, "revokeAccessToken", {"accessTokenId": made["accessToken"]["id"]})
    monkeypatch.setattr(auth, "monotonic", lambda: started + 1)

    assert await one.codes(WHO) == await other.codes(WHO) == ["UNAUTHENTICATED"]


async def test_who_reaches_one_organization_makes_tokens_for_it_alone(world: World) -> None:
    made = await created(world)
    mine = replace(world.caller, secret=made["secret"])
    assert await mine.ask("{ viewer { organization { id } } }") == {
        "viewer": {"organization": {"id": world.caller.org}}
    }
    elsewhere = await created(world, organizationId=world.other.org)
    nowhere = await created(world, organizationId=make_id(Kind.ORGANIZATION, None, new_id()))
    assert elsewhere["errors"] == nowhere["errors"]
    # There is no input for a token of every organization: the operator of the machine makes it.
    body = {"name": "all", "scopes": ["MEMBERS_READ"], "organizationId": None}
    query = "mutation ($i: CreateAccessTokenInput!) { createAccessToken(input: $i) { changed } }"
    assert await world.caller.codes(query, i=body) == ["BAD_REQUEST"]
    world.caller = await world.caller.everywhere()
    theirs = await created(world, organizationId=world.other.org)
    assert theirs["errors"] == []
    reader = replace(world.other, secret=theirs["secret"])
    assert await reader.ask("{ viewer { organization { id } } }") == {
        "viewer": {"organization": {"id": world.other.org}}
    }


async def test_a_members_token_passes_on_no_more_than_the_member_has(world: World) -> None:
    await world.act_as(MemberRole.ADMIN)

    refused = await created(world, scopes=["MEMBERS_READ", "ORGANIZATION_WRITE"])
    made = await created(world, scopes=[s.value for s in Scope if s != Scope.ORGANIZATION_WRITE])

    assert [(e["code"], e["path"]) for e in refused["errors"]] == [
        ("FORBIDDEN", ["input", "scopes"])
    ]
    assert made["errors"] == []
    rows = await world.looks.rows(
        "SELECT created_by_kind FROM access_tokens WHERE organization_id = $1 AND name = 'reader'"
    )
    assert [row["created_by_kind"] for row in rows] == ["MEMBER"]
