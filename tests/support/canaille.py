"""A real OpenID provider, Canaille, and a browser that signs in at it without a window.

A test module imports the fixtures: `from tests.support.canaille import *` names all that there is.
"""

from __future__ import annotations

import os
import secrets
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from joserfc.jwk import RSAKey
from pytest_iam import Server, iam_server, iam_server_port

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["Canaille", "Person", "canaille", "iam_configuration", "iam_server", "iam_server_port"]

PASSWORD = "correct horse battery staple"


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody whom the provider knows, with a browser of their own."""

    name: str
    browser: httpx.Client = field(default_factory=httpx.Client)

    def sign_in(self, url: str) -> httpx.Response:
        """Go to the provider's page at `url`, sign in there, and answer what it then answers.

        That is a redirect back to the client.
        """
        shown, response = self._follow(url)
        assert response.status_code == 200, "the provider asks who it is"
        for form in ({"login": self.name}, {"password": PASSWORD}):
            sent = self.browser.post(shown, data=form)
            url = str(httpx.URL(shown).join(sent.headers["location"]))
            shown, response = self._follow(url, until="/callback")
        return response

    def _follow(self, url: str, until: str = "/callback") -> tuple[str, httpx.Response]:
        """The first page that is no redirect, or the redirect that leads to `until`."""
        for _ in range(10):
            response = self.browser.get(url)
            if not response.is_redirect or until in response.headers["location"]:
                return url, response
            url = str(httpx.URL(url).join(response.headers["location"]))
        raise AssertionError("the provider sends the browser round in circles")


@dataclass(frozen=True, slots=True)
class Canaille:
    """The provider: whom it knows, and which clients."""

    server: Server
    people: list[Person] = field(default_factory=list)

    @property
    def issuer(self) -> str:
        """Its address as it names itself."""
        return self.server.url.rstrip("/")

    def client(self, redirect_url: str) -> tuple[str, str]:
        """The id and the secret of a new client."""
        id_, secret = secrets.token_hex(8), secrets.token_urlsafe(32)
        made: Any = self.server.models.Client(
            client_id=id_,
            client_secret=secret,
            client_name="Rollcall",
            client_uri=redirect_url,
            redirect_uris=[redirect_url],
            grant_types=["authorization_code"],
            response_types=["code"],
            token_endpoint_auth_method="client_secret_post",
            scope=["openid", "profile", "email"],
        )
        self.server.backend.save(made)
        made.audience = [made]  # of its ID tokens; a client that is not kept cannot be named
        self.server.backend.save(made)
        return id_, secret

    def person(self, email: str) -> Person:
        """Somebody new with that address."""
        name = secrets.token_hex(8)
        self.server.random_user(user_name=name, emails=[email], password=PASSWORD)
        self.people.append(Person(name))
        return self.people[-1]


@pytest.fixture(scope="session")
def iam_configuration(iam_server_port: int) -> dict[str, Any]:
    """Its settings in a test run."""
    return settings_at(iam_server_port)


def settings_at(port: int) -> dict[str, Any]:
    """Its settings: in memory, over plain HTTP, and with a key for RS256."""
    os.environ["AUTHLIB_INSECURE_TRANSPORT"] = "1"
    key = RSAKey.generate_key(2048, {"alg": "RS256", "use": "sig"}, auto_kid=True)
    quiet = {"level": "WARNING", "handlers": ["nowhere"], "propagate": False}
    return {
        "TESTING": True,
        "ENV_FILE": None,
        "SECRET_KEY": secrets.token_hex(32),
        "WTF_CSRF_ENABLED": False,
        "PREFERRED_URL_SCHEME": "http",
        "SERVER_NAME": f"localhost:{port}",
        "CANAILLE": {
            "DATABASE": "memory",
            "JAVASCRIPT": False,
            "ACL": {"DEFAULT": {"PERMISSIONS": ["use_oidc"]}},
            "LOGGING": {
                "version": 1,
                "disable_existing_loggers": False,
                "handlers": {"nowhere": {"class": "logging.NullHandler"}},
                "loggers": {"canaille": quiet},
            },
        },
        "CANAILLE_OIDC": {"ACTIVE_JWKS": [key.as_dict(private=True)]},
    }


@pytest.fixture
def canaille(iam_server: Server) -> Iterator[Canaille]:
    """The provider of the run's worker."""
    found = Canaille(iam_server)
    yield found
    for person in found.people:
        person.browser.close()
