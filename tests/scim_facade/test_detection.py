"""Who is recognized by which header, query or body; that it changes nothing is tested by use."""

from __future__ import annotations

import pytest

from domain.vocabulary import IdentityProvider
from tests.support.scim import GROUP, Served

AD_GROUP = "http://schemas.microsoft.com/2006/11/ResourceManagement/ADSCIM/2.0/Group"


@pytest.mark.parametrize(
    ("headers", "provider"),
    [
        ({"user_agent": "Okta SCIM Client 1.0.0"}, IdentityProvider.OKTA),
        ({"user_agent": "OKTA SCIM Integration"}, IdentityProvider.OKTA),
        ({"adscimversion": "Date:1, ActivityId:2"}, IdentityProvider.ENTRA_ID),
        ({"user_agent": "Microsoft Azure AD SCIM provisioning"}, IdentityProvider.ENTRA_ID),
        ({"user_agent": "Google-Auto-Provisioning"}, IdentityProvider.GOOGLE),
        ({"user_agent": "OneLogin/1"}, IdentityProvider.ONELOGIN),
        ({"user_agent": "JumpCloud"}, IdentityProvider.JUMPCLOUD),
        ({"user_agent": "authentik@2026.2"}, IdentityProvider.AUTHENTIK),
        ({"user_agent": "PingOne/1.0"}, IdentityProvider.PING),
        ({"user_agent": "shopping-mapper/1.0"}, None),
        ({"user_agent": ""}, None),
        ({}, None),
    ],
)
async def test_by_header(
    acme: Served, headers: dict[str, str], provider: IdentityProvider | None
) -> None:
    await acme.get("/Users", **headers)

    assert acme.log[-1].provider == provider


@pytest.mark.parametrize(
    ("query", "agent", "provider"),
    [
        ("aadOptscim062020", "python", IdentityProvider.ENTRA_ID),
        ("AzureAdScimPatch2017", "", IdentityProvider.ENTRA_ID),
        ("filter=userName+eq+%22jo%40x%22&", "", IdentityProvider.ONELOGIN),
        ("filter=userName+eq+%22jo%40x%22&", "python", None),
        ("filter=userName+eq+%22jo%40x%22", "", None),
        ("count=1&", "", None),
    ],
)
async def test_by_query(
    acme: Served, query: str, agent: str, provider: IdentityProvider | None
) -> None:
    answer = await acme.get(f"/Users?{query}", user_agent=agent)

    assert answer.status == 200
    assert acme.log[-1].provider == provider


@pytest.mark.parametrize(
    ("body", "agent", "provider"),
    [
        ({"schemas": ["urn:scim:schemas:core:2.0"]}, "", IdentityProvider.ONELOGIN),
        ({"schemas": ["urn:scim:schemas:core:2.0"]}, "python", None),
        ({"schemas": [GROUP, AD_GROUP]}, "python", IdentityProvider.ENTRA_ID),
        ({"members": [{"value": "x", "$ref": "Users/x"}]}, "java", IdentityProvider.KEYCLOAK),
        ({"members": [{"value": "x", "$ref": "https://x/Users/x"}]}, "java", None),
        ({"schemas": [GROUP]}, "", None),
    ],
)
async def test_by_body(
    acme: Served, body: dict[str, object], agent: str, provider: IdentityProvider | None
) -> None:
    answer = await acme.post("/Groups", body | {"displayName": "G"}, user_agent=agent)

    assert answer.status == 201
    assert acme.log[-1].provider == provider


async def test_a_chosen_provider_stands_in_for_one_that_says_nothing(acme: Served) -> None:
    await acme.settings(provider=IdentityProvider.PING)

    await acme.get("/Users")
    await acme.get("/Users", user_agent="Okta SCIM Client 1.0.0")

    assert [e.provider for e in acme.log] == [IdentityProvider.PING, IdentityProvider.OKTA]
