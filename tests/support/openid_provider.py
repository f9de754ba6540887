"""An OpenID provider of our own, which says whatever a test wants it to, over real HTTP.

with running_openid_provider() as provider:
    provider.claims = {"email": "ada@example.com", "email_verified": True}

Who is sent to it comes back at once, with a code. It is honest unless told otherwise.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from authlib.oauth2.rfc7636 import create_s256_code_challenge

from tests.support.http_server import Handler, serving
from tests.support.issuer import Issuer, Key, rsa_key

CLIENT_ID = "rollcall of tests"
CLIENT_SECRET = "a secret: with & and +"
SUBJECT = "248289761001"


@dataclass(slots=True)
class OpenidProvider:
    """`claims` go into the ID token, and None leaves one out; `user` is told by userinfo.

    `metadata` and `token` replace parts of what it says of itself and of what it gives for a code;
    `silent` makes an address answer 500. `signing` is the key, algorithm and header of ID tokens.
    """

    issuer: Issuer
    claims: dict[str, Any] = field(default_factory=dict)
    user: dict[str, Any] | None = None
    metadata: dict[str, Any] = field(default_factory=dict)
    token: dict[str, Any] = field(default_factory=dict)
    signing: dict[str, Any] = field(default_factory=dict)
    silent: set[str] = field(default_factory=set)
    asked: list[str] = field(default_factory=list)
    authorizations: list[str] = field(default_factory=list)
    """Of requests to the token endpoint, the header."""
    codes: dict[str, dict[str, str]] = field(default_factory=dict)

    @property
    def url(self) -> str:
        """Its address as it names itself."""
        return self.issuer.url

    def rotate(self, key: Key | None = None) -> None:
        """Sign with another key, and show that one alone."""
        self.issuer.keys = [key or rsa_key(secrets.token_hex(4))]

    def authorize(self, url: str, **more: str) -> str:
        """What a browser sent to `url` is sent back to; `more` replaces parts of the answer."""
        asked = {name: values[0] for name, values in parse_qs(urlsplit(url).query).items()}
        code = secrets.token_urlsafe(16)
        self.codes[code] = asked
        answer = {"code": code, "state": asked["state"], "iss": self.url} | more
        kept = {name: value for name, value in answer.items() if value}
        return f"{asked['redirect_uri']}?{urlencode(kept)}"

    def answer_get(self, path: str) -> tuple[int, dict[str, Any]]:
        """What a GET answers."""
        match path:
            case "/.well-known/openid-configuration":
                said = {
                    "issuer": self.url,
                    "authorization_endpoint": f"{self.url}/authorize?tenant=1",
                    "token_endpoint": f"{self.url}/token",
                    "jwks_uri": f"{self.url}/keys",
                    "userinfo_endpoint": f"{self.url}/userinfo",
                    "token_endpoint_auth_methods_supported": ["client_secret_post"],
                    "authorization_response_iss_parameter_supported": True,
                }
                return 200, _without_none(said | self.metadata)
            case "/keys":
                return 200, self.issuer.jwks()
            case "/userinfo":
                return 200, {"sub": SUBJECT} | (self.user or {})
            case _:
                return 404, {}

    def answer_token(self, form: Mapping[str, str]) -> tuple[int, dict[str, Any]]:
        """What the token endpoint answers."""
        asked = self.codes.pop(form.get("code", ""), None)
        if asked is None or form["redirect_uri"] != asked["redirect_uri"]:
            return 400, {"error": "invalid_grant"}
        if create_s256_code_challenge(form["code_verifier"]) != asked["code_challenge"]:
            return 400, {"error": "invalid_grant"}
        if not self.authorizations[-1] and form.get("client_secret") != CLIENT_SECRET:
            return 401, {"error": "invalid_client"}
        claims = {"sub": SUBJECT, "aud": CLIENT_ID, "nonce": asked["nonce"]} | self.claims
        id_token = self.issuer.sign(claims, **self.signing)
        given = {"access_token": "an access token", "token_type": "Bearer", "id_token": id_token}
        return 200, _without_none(given | self.token)


def _without_none(given: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in given.items() if value is not None}


@contextmanager
def running_openid_provider() -> Iterator[OpenidProvider]:
    """A provider that answers until the end."""

    class Providing(Handler):
        def get(self) -> None:
            self._send(*provider.answer_get(self.path))

        def post(self) -> None:
            sent = parse_qs(self.body().decode())
            form = {name: values[0] for name, values in sent.items()}
            provider.authorizations.append(self.headers.get("authorization", ""))
            self._send(*provider.answer_token(form))

        def _send(self, status: int, found: dict[str, Any]) -> None:
            provider.asked.append(self.path)
            status = 500 if self.path in provider.silent else status
            self.answer(status, json.dumps(found).encode())

    with serving(Providing) as url:
        provider = OpenidProvider(Issuer(url))
        yield provider
