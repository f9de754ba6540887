"""What a client can find out about the token endpoint by itself (RFC 8414)."""

from __future__ import annotations

from typing import Any

from scim_facade.oauth.access_tokens import SCOPE
from scim_facade.oauth.form import GRANT_TYPE
from scim_facade.oauth.signed_tokens import ALGORITHMS

TOKEN_PATH = "/oauth/token"  # noqa: S105 a path
METADATA_PATH = "/.well-known/oauth-authorization-server"


def metadata(public_url: str) -> dict[str, Any]:
    """The document at METADATA_PATH of the server with that address."""
    return {
        "issuer": public_url,
        "token_endpoint": public_url + TOKEN_PATH,
        "token_endpoint_auth_methods_supported": [
            "client_secret_basic",
            "client_secret_post",
            "private_key_jwt",
        ],
        "token_endpoint_auth_signing_alg_values_supported": list(ALGORITHMS),
        "grant_types_supported": [GRANT_TYPE],
        "response_types_supported": [],
        "scopes_supported": [SCOPE],
    }
