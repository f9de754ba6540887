"""What the server says of itself is what RFC 8414 asks for, and true."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest
from authlib.oauth2.rfc8414 import AuthorizationServerMetadata, get_well_known_url

from scim_facade.oauth.metadata import METADATA_PATH
from tests.support.oauth import Client, Door
from tests.support.scim import PUBLIC_URL

if TYPE_CHECKING:
    from tests.support.scim import Served


async def test_the_metadata(door: Door) -> None:
    answer = await door.ask(b"", method="GET", path=METADATA_PATH)

    assert answer.status == 200
    assert answer.headers["content-type"] == "application/json"
    assert answer.json == {
        "issuer": PUBLIC_URL,
        "token_endpoint": f"{PUBLIC_URL}/oauth/token",
        "token_endpoint_auth_methods_supported": [
            "client_secret_basic",
            "client_secret_post",
            "private_key_jwt",
        ],
        "token_endpoint_auth_signing_alg_values_supported": [
            "RS256",
            "PS256",
            "ES256",
            "EdDSA",
            "Ed25519",
        ],
        "grant_types_supported": ["client_credentials"],
        "response_types_supported": [],
        "scopes_supported": ["scim"],
    }


async def test_a_library_finds_it_and_finds_it_right(door: Door, client: Client) -> None:
    path = get_well_known_url(PUBLIC_URL, suffix="oauth-authorization-server")
    found = AuthorizationServerMetadata(
        (await door.ask(b"", method="GET", path=urlsplit(path).path)).json
    )

    for name in ("issuer", "token_endpoint", "token_endpoint_auth_methods_supported"):
        getattr(found, f"validate_{name}")()
    found.validate_grant_types_supported()
    found.validate_scopes_supported()
    token_path = urlsplit(found["token_endpoint"]).path
    assert (await door.ask(client.post, path=token_path)).status == 200


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE"])
async def test_the_metadata_are_only_read(door: Door, method: str) -> None:
    answer = await door.ask(b"", method=method, path=METADATA_PATH)

    assert (answer.status, answer.headers["allow"]) == (405, "GET, HEAD, OPTIONS")


async def test_the_provider_config_names_oauth(acme: Served) -> None:
    schemes = (await acme.get("/ServiceProviderConfig"))["authenticationSchemes"]

    assert [(scheme["type"], scheme["primary"]) for scheme in schemes] == [
        ("oauthbearertoken", True),
        ("oauth2", False),
    ]
    assert METADATA_PATH in schemes[1]["description"]
