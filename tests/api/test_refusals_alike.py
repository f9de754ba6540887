"""Whatever is wrong with a key, a token, a client's secret or a link goes the same way.

`make soak ARGS=timing` measures what these tests say of the code.
"""

from __future__ import annotations

from collections.abc import Iterator
from hmac import compare_digest
from typing import Any
from unittest.mock import patch

import httpx
import pytest

from api.runtime import Runtime
from domain import secrets
from domain.caller import ALL_SCOPES, system_caller
from domain.client_ids import client_id_of
from domain.commands import (
    CreateAccessToken,
    CreateOrganization,
    CreateScimCredential,
    EnableScim,
    RevokeAccessToken,
    RevokeScimCredential,
)
from domain.ids import UUID, new_id
from domain.secrets import make_secret
from domain.vocabulary import CredentialKind
from tests.support import factories
from tests.support.sessions import sign_in_link

OPERATOR = system_caller("test")


@pytest.fixture
def compared() -> Iterator[list[bool]]:
    """What was compared in constant time, by its outcome."""
    seen: list[bool] = []

    def noting(one: bytes, other: bytes) -> bool:
        seen.append(compare_digest(one, other))
        return seen[-1]

    with patch.object(secrets, "compare_digest", noting):
        yield seen


async def organization(runtime: Runtime) -> UUID:
    execute = runtime.application.execute
    made: UUID = (await execute(CreateOrganization(f"Acme {new_id()}"), OPERATOR)).value
    await execute(EnableScim(made), OPERATOR)
    return made


def halved(secret: str | None) -> str:
    """The right id with another secret."""
    assert secret is not None
    return f"{secret[:-43]}{'A' * 43}"


async def test_wrong_scim_keys(
    client: httpx.AsyncClient, runtime: Runtime, compared: list[bool]
) -> None:
    acme, execute = await organization(runtime), runtime.application.execute
    good, gone = [(await execute(CreateScimCredential(acme), OPERATOR)).value for _ in range(2)]
    await execute(RevokeScimCredential(acme, gone.credential_id or acme), OPERATOR)
    wrong = [make_secret("rck", new_id()).text, halved(good.secret), gone.secret]

    answers = [
        await client.get(f"/v2/{acme}/Users", headers={"Authorization": f"Bearer {each}"})
        for each in wrong
    ]

    assert [answer.status_code for answer in answers] == [401] * 3
    assert len({answer.text for answer in answers}) == 1
    assert compared == [False, False, True]


async def test_wrong_access_tokens(
    client: httpx.AsyncClient, runtime: Runtime, compared: list[bool]
) -> None:
    acme, execute = await organization(runtime), runtime.application.execute
    command = CreateAccessToken(acme, "test", ALL_SCOPES)
    good, gone = [(await execute(command, OPERATOR)).value for _ in range(2)]
    await execute(RevokeAccessToken(gone.id), OPERATOR)
    wrong = [make_secret("adm", new_id()).text, halved(good.secret), gone.secret]

    answers = [
        await client.post(
            "/graphql",
            json={"query": "{ viewer { label } }"},
            headers={"Authorization": f"Bearer {each}"},
        )
        for each in wrong
    ]

    assert [answer.status_code for answer in answers] == [401] * 3
    assert len({answer.text for answer in answers}) == 1
    assert compared == [False, False, True]


async def test_wrong_client_secrets(
    client: httpx.AsyncClient, runtime: Runtime, compared: list[bool]
) -> None:
    acme, execute = await organization(runtime), runtime.application.execute
    command = CreateScimCredential(acme, kind=CredentialKind.OAUTH_CLIENT)
    good, gone = [(await execute(command, OPERATOR)).value for _ in range(2)]
    await execute(RevokeScimCredential(acme, gone.credential_id or acme), OPERATOR)
    unknown = new_id()
    wrong: list[tuple[Any, str | None]] = [
        (unknown, make_secret("rcs", unknown).text),
        (good.credential_id, halved(good.secret)),
        (gone.credential_id, gone.secret),
    ]

    answers = [
        await client.post(
            "/oauth/token",
            data={
                "grant_type": "client_credentials",
                "client_id": client_id_of(acme, id_),
                "client_secret": secret,
            },
        )
        for id_, secret in wrong
    ]

    assert [answer.status_code for answer in answers] == [401] * 3
    assert len({answer.text for answer in answers}) == 1
    assert compared == [False, False, True]


async def test_wrong_links(
    client: httpx.AsyncClient, runtime: Runtime, compared: list[bool]
) -> None:
    owner = f"{factories.unique('owner')}@example.com"
    await runtime.application.execute(
        CreateOrganization(f"A {new_id()}", owner_email=owner), OPERATOR
    )
    good = await sign_in_link(runtime.application, owner)
    compared.clear()
    redeem = (
        "mutation($token: String!) { redeemSignInLink(input: {token: $token})"
        " { errors { code message } } }"
    )

    answers = [
        await client.post("/graphql", json={"query": redeem, "variables": {"token": each}})
        for each in (make_secret("sil", new_id()).text, halved(good))
    ]

    assert answers[0].json()["data"] == answers[1].json()["data"]
    assert "LINK_VOID" in answers[0].text
    # With what the key makes, and with what was kept.
    assert compared == [False, False] * 2
