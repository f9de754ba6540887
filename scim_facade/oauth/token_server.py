"""The client credentials grant (RFC 6749 §4.4), as authlib carries it out.

authlib's server is synchronous and looks clients up by itself. Here the client is proven before it
begins, and the grant, its order of checks and its answers are authlib's.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from authlib.oauth2.rfc6749 import (
    AuthorizationServer,
    InvalidClientError,
    InvalidScopeError,
    OAuth2Request,
)
from authlib.oauth2.rfc6749.grants import ClientCredentialsGrant
from authlib.oauth2.rfc6749.requests import BasicOAuth2Payload

from scim_facade.oauth.access_tokens import SCOPE, AccessTokens
from scim_facade.oauth.form import GRANT_TYPE

if TYPE_CHECKING:
    from domain.queries.rows import ScimCredentialRow

# At DEBUG it would log tokens as it issues them.
logging.getLogger("authlib").setLevel(logging.INFO)

_REALM = ("Basic error", 'Basic realm="oauth", error')
NOT_PROVEN = "The client is unknown or did not prove itself."
Response = tuple[int, dict[str, Any], list[tuple[str, str]]]


@dataclass(frozen=True, slots=True)
class _Client:
    """A proven client as authlib asks about it."""

    row: ScimCredentialRow
    now: datetime

    def check_grant_type(self, grant_type: str) -> bool:
        """Whether the client may use the grant."""
        return grant_type == GRANT_TYPE


class TokenServer(AuthorizationServer):  # type: ignore[misc]  # authlib has no types
    """Answers token requests of clients that were proven, and of those that were not."""

    def __init__(self, tokens: AccessTokens) -> None:
        super().__init__(scopes_supported=[SCOPE])
        self.register_grant(ClientCredentialsGrant)
        self._tokens = tokens

    def respond(
        self, client: ScimCredentialRow | None, scope: str | None, now: datetime
    ) -> Response:
        """Status, body and headers of the answer; `client` is None for one that is not proven."""
        # Whether the way here was safe is the proxy's business, so the address says it was.
        request = OAuth2Request("POST", "https://localhost/oauth/token")
        request.payload = BasicOAuth2Payload({"grant_type": GRANT_TYPE, "scope": scope})
        request.client = None if client is None else _Client(client, now)
        answer: Response = self.create_token_response(request)
        return answer

    def refuse(self, error: Any) -> Response:
        """The answer for an OAuth2Error."""
        answer: Response = self.handle_error_response(None, error)
        return answer

    def generate_token(
        self,
        grant_type: str,  # noqa: ARG002 authlib's
        client: _Client,
        **_: Any,
    ) -> dict[str, Any]:
        """The members of RFC 6749 §5.1."""
        text, lasts_s = self._tokens.issue(client.row, client.now)
        return {
            "access_token": text,
            "token_type": "Bearer",
            "expires_in": lasts_s,
            "scope": SCOPE,
        }

    def save_token(self, token: dict[str, Any], request: OAuth2Request) -> None:
        """Tokens are kept nowhere."""

    def send_signal(self, name: str, *args: Any, **kwargs: Any) -> None:
        """Nobody listens."""

    def handle_response(
        self, status: int, body: dict[str, Any], headers: list[tuple[str, str]]
    ) -> Response:
        """The answer as it is; a challenge names its realm, as it must (RFC 7617 §2)."""
        return status, body, [(name, value.replace(*_REALM)) for name, value in headers]

    def create_oauth2_request(self, request: OAuth2Request) -> OAuth2Request:
        """The request as it is."""
        return request

    def authenticate_client(
        self,
        request: OAuth2Request,
        methods: Any,  # noqa: ARG002 authlib's
        endpoint: str = "token",  # noqa: ARG002 authlib's
    ) -> _Client:
        """The client that was proven before. Raises InvalidClientError."""
        if request.client is None:
            raise InvalidClientError(NOT_PROVEN, status_code=401)
        client: _Client = request.client
        return client

    def validate_requested_scope(self, scope: str | None) -> None:
        """Raise InvalidScopeError unless it is the one scope there is, or none."""
        try:
            super().validate_requested_scope(scope)
        except InvalidScopeError:
            raise InvalidScopeError(f"The one scope here is {SCOPE}.") from None
