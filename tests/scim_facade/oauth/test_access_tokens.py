"""Access tokens: whom they let in, for how long, and what they are never taken for."""

from __future__ import annotations

import asyncio
import json
from base64 import urlsafe_b64encode
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from time import monotonic
from typing import TYPE_CHECKING, Any

import pytest
from joserfc import jwt
from joserfc.jwk import OctKey

from domain.clock import utc_now
from domain.commands import DisableScim, EnableScim, RevokeScimCredential, RotateScimApiKey
from domain.ids import new_id
from domain.queries.credentials import find_scim_credential
from domain.queries.reader import Reader
from scim_facade.app import scim_app
from scim_facade.oauth.access_tokens import AccessTokens
from tests.support.factories import SYSTEM
from tests.support.oauth import Client, Door, oauth_client, users_with
from tests.support.scim import PUBLIC_URL, TOKEN_KEY
from tests.support.scim_call import call

if TYPE_CHECKING:
    from tests.support.scim import Served


async def issued(client: Client, now: datetime) -> tuple[str, int]:
    """A token that was issued at that instant."""
    reader = Reader(client.organization.world.app.pool)
    row = await find_scim_credential(
        reader, client.organization.organization_id, client.credential_id
    )
    assert row is not None
    return AccessTokens(PUBLIC_URL, TOKEN_KEY).issue(row, now)


def claims_of(token: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """Header and claims."""
    found = jwt.decode(token, OctKey.import_key(TOKEN_KEY), algorithms=["HS256"])
    return found.header, found.claims


def signed(header: dict[str, Any], claims: dict[str, Any], key: bytes = TOKEN_KEY) -> str:
    """A token of any content."""
    return jwt.encode(
        header, claims, OctKey.import_key(key), algorithms=["HS256", "HS512"], default_type=None
    )


async def test_a_token_creates_a_user_as_a_key_does(door: Door, client: Client) -> None:
    token = await door.token(client.post)
    body = json.dumps({"userName": "ada@example.com"}).encode()

    created = await client.organization.post("/Users", body, authorization=f"Bearer {token}")

    assert created.status == 201
    assert created["userName"] == "ada@example.com"
    (entry,) = client.organization.log
    assert (entry.method, entry.status_code, entry.operation) == ("POST", 201, "CREATE")
    assert (await client.organization.looks.actions())[-1] == "member.invited"


async def test_what_a_token_says(door: Door, client: Client) -> None:
    before = int(utc_now().timestamp())

    first, second = await door.token(client.post), await door.token(client.post)

    header, claims = claims_of(first)
    assert header == {"alg": "HS256", "typ": "at+jwt"}
    assert claims == {
        "iss": PUBLIC_URL,
        "aud": client.organization.base,
        "sub": client.id,
        "client_id": client.id,
        "scope": "scim",
        "iat": claims["iat"],
        "exp": claims["iat"] + 3600,
        "jti": claims["jti"],
    }
    assert before <= claims["iat"] <= before + 60
    assert claims_of(second)[1]["jti"] != claims["jti"]


async def test_a_token_ends_after_an_hour(client: Client) -> None:
    now = utc_now()
    young, _ = await issued(client, now - timedelta(minutes=59))
    old, _ = await issued(client, now - timedelta(minutes=60, seconds=1))

    assert await users_with(client.organization, young) == 200
    assert await users_with(client.organization, old) == 401


async def test_a_token_that_was_let_in_is_not_remembered_beyond_its_end(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    token, _ = await issued(client, utc_now())
    client.organization.world.forget()

    async def status() -> int:
        return (await client.organization.get("/Users", authorization=f"Bearer {token}")).status

    assert await status() == 200
    ends = datetime.fromtimestamp(claims_of(token)[1]["exp"], UTC)
    monkeypatch.setattr("scim_facade.exchange.utc_now", lambda: ends - timedelta(microseconds=1))
    assert await status() == 200
    monkeypatch.setattr("scim_facade.exchange.utc_now", lambda: ends)
    assert await status() == 401


async def test_a_token_ends_with_its_client(acme: Served, door: Door) -> None:
    ends_at = utc_now() + timedelta(minutes=10)
    client = await oauth_client(acme, ends_at)

    answer = await door.ask(client.post)

    assert 590 <= answer["expires_in"] <= 600
    exp = claims_of(answer["access_token"])[1]["exp"]
    assert exp == int(ends_at.timestamp())


async def test_an_expired_client_gets_no_token(acme: Served, door: Door) -> None:
    client = await oauth_client(acme, utc_now() + timedelta(days=1))
    await acme.world.app.pool.execute(
        "UPDATE scim_credentials SET expires_at = now() WHERE organization_id = $1 AND id = $2",
        acme.organization_id,
        client.credential_id,
    )

    refused = await door.ask(client.post)

    assert (refused.status, refused["error"]) == (401, "invalid_client")


async def test_revoking_the_client_cuts_its_tokens_within_a_second_in_every_process(
    door: Door, client: Client
) -> None:
    organization = client.organization
    token = await door.token(client.post)
    processes = [scim_app(organization.world.services) for _ in range(2)]

    async def statuses() -> set[int]:
        path = f"/v2/{organization.organization_id}/Users"
        headers = {"authorization": f"Bearer {token}"}
        return {(await call(each, "GET", path, headers, None)).status for each in processes}

    assert await statuses() == {200}
    command = RevokeScimCredential(organization.organization_id, client.credential_id)
    await organization.world.app.execute(command, SYSTEM)
    since = monotonic()
    while await statuses() != {401}:
        assert monotonic() - since < 1
        await asyncio.sleep(0.02)
    assert (await door.ask(client.post)).status == 401


async def test_switching_scim_off_cuts_tokens_and_clients(door: Door, client: Client) -> None:
    organization = client.organization
    token = await door.token(client.post)

    await organization.world.app.execute(DisableScim(organization.organization_id), SYSTEM)
    off = await users_with(organization, token), (await door.ask(client.post)).status
    await organization.world.app.execute(EnableScim(organization.organization_id), SYSTEM)
    on = await users_with(organization, token), (await door.ask(client.post)).status

    assert (off, on) == ((401, 401), (200, 200))


async def test_two_clients_live_side_by_side_until_one_is_revoked(
    acme: Served, door: Door, client: Client
) -> None:
    new = await oauth_client(acme)
    old_token, new_token = await door.token(client.post), await door.token(new.post)
    assert [await users_with(acme, token) for token in (old_token, new_token)] == [200, 200]

    command = RevokeScimCredential(acme.organization_id, client.credential_id)
    await acme.world.app.execute(command, SYSTEM)

    assert [await users_with(acme, token) for token in (old_token, new_token)] == [401, 200]
    assert [(await door.ask(each.post)).status for each in (client, new)] == [401, 200]


async def test_rotating_the_api_key_leaves_clients_alone(
    acme: Served, door: Door, client: Client
) -> None:
    await acme.world.app.execute(RotateScimApiKey(acme.organization_id, 0), SYSTEM)

    assert await users_with(acme, await door.token(client.post)) == 200
    assert await users_with(acme, acme.key) == 401


async def test_tokens_and_secrets_are_not_taken_for_anything_else(
    acme: Served, door: Door, client: Client
) -> None:
    # given another organization, and forged tokens that differ from a good one in one thing
    other = await acme.world.organization()
    token = await door.token(client.post)
    header, claims = claims_of(token)
    parts = token.split(".")
    unsigned = urlsafe_b64encode(b'{"alg":"none","typ":"at+jwt"}').decode().rstrip("=")
    key_name = f"{acme.organization_id}.{acme.credential_id}"
    forged = [
        signed(header, claims, b"another key, which this deployment does not have"),
        signed(header | {"alg": "HS512"}, claims),
        signed({"alg": "HS256", "typ": "JWT"}, claims),
        signed({"alg": "HS256"}, claims),
        signed(header, claims | {"iss": "https://elsewhere.example"}),
        signed(header, claims | {"aud": other.base}),
        signed(header, claims | {"aud": PUBLIC_URL}),
        signed(header, claims | {"aud": [acme.base]}),
        signed(header, claims | {"sub": key_name}),
        signed(header, claims | {"sub": f"{acme.organization_id}.{new_id()}"}),
        signed(header, claims | {"sub": f"{other.organization_id}.{client.credential_id}"}),
        signed(header, claims | {"sub": "nobody"}),
        signed(header, {**claims, "exp": claims["iat"] - 1}),
        f"{unsigned}.{parts[1]}.",
        f"{unsigned}.{parts[1]}.{parts[2]}",
        f"{parts[0]}.{parts[1]}.",
        f"{parts[0]}.{parts[1]}",
        f"{token}.",
        token[:-2],
        token + "A" * 4096,
    ]

    # when they are sent as they must not be
    statuses = [await users_with(acme, text) for text in [*forged, client.secret]]
    elsewhere = await users_with(replace(other), token)

    # then they open nothing, while the good one does
    assert statuses == [401] * len(statuses)
    assert elsewhere == 401
    assert await users_with(acme, token) == 200


@pytest.mark.parametrize("missing", ["exp", "sub", "aud", "iss"])
async def test_a_token_without_what_is_checked_is_none(
    door: Door, client: Client, missing: str
) -> None:
    header, claims = claims_of(await door.token(client.post))
    del claims[missing]

    assert await users_with(client.organization, signed(header, claims)) == 401
