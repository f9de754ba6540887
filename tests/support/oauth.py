"""The token endpoint as a client calls it, and clients of an organization to call it with."""

from __future__ import annotations

import asyncio
from base64 import b64encode
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import quote_plus, urlencode

from api.careful_fetch import fetch_key_set
from domain.client_ids import client_id_of
from domain.commands import CreateScimCredential, CreateWorkloadIdentity, WorkloadIdentity
from domain.ids import UUID
from domain.vocabulary import CredentialKind
from scim_facade.oauth.app import OAuthApp, oauth_app
from scim_facade.oauth.form import ASSERTION_TYPE, FORM
from scim_facade.oauth.metadata import TOKEN_PATH
from scim_facade.oauth.signing_keys import SigningKeys
from scim_facade.rejected import RejectedCalls
from tests.support.factories import SYSTEM
from tests.support.scim import Served, World
from tests.support.scim_call import ScimAnswer, call

GRANT = {"grant_type": "client_credentials"}


@dataclass(frozen=True, slots=True)
class Client:
    """An OAuth client of an organization; a workload identity has no secret."""

    organization: Served
    credential_id: UUID
    secret: str = ""

    @property
    def id(self) -> str:
        """The client id."""
        return client_id_of(self.organization.organization_id, self.credential_id)

    @property
    def post(self) -> dict[str, str]:
        """A token request with the credentials in the body."""
        return GRANT | {"client_id": self.id, "client_secret": self.secret}

    @property
    def basic(self) -> dict[str, str]:
        """The header with the credentials."""
        return {"authorization": basic(self.id, self.secret)}

    def asserting(self, assertion: str) -> dict[str, str]:
        """A token request with an assertion."""
        proof = {"client_assertion_type": ASSERTION_TYPE, "client_assertion": assertion}
        return GRANT | proof | {"client_id": self.id}


@dataclass(frozen=True, slots=True)
class Door:
    """The token endpoint."""

    world: World
    app: OAuthApp

    async def ask(
        self,
        form: dict[str, str] | bytes,
        headers: dict[str, str | None] | None = None,
        method: str = "POST",
        path: str = TOKEN_PATH,
    ) -> ScimAnswer:
        """The answer to a form."""
        body = form if isinstance(form, bytes) else urlencode(form).encode()
        sent: dict[str, str | None] = {"content-type": FORM, "content-length": str(len(body))}
        return await call(self.app, method, path, sent | (headers or {}), body)

    async def token(self, form: dict[str, str]) -> str:
        """The access token that a good request is answered with."""
        answer = await self.ask(form)
        assert answer.status == 200, answer.body
        token: str = answer["access_token"]
        return token


def open_door(
    world: World, *, keys: SigningKeys | None = None, rejected: RejectedCalls | None = None
) -> Door:
    """A token endpoint that remembers nothing."""
    rejected = rejected or RejectedCalls(world.services)
    return Door(world, oauth_app(world.services, rejected, keys or SigningKeys(fetch_key_set)))


@dataclass(slots=True)
class Clock:
    """Seconds that pass when a test says so."""

    now: float = 1000.0

    def __call__(self) -> float:
        """The present."""
        return self.now


def clocked_door(world: World) -> tuple[Door, Clock]:
    """A token endpoint that thinks about the age of keys by the clock that comes with it."""
    clock = Clock()
    return open_door(world, keys=SigningKeys(fetch_key_set, clock)), clock


async def oauth_client(organization: Served, expires_at: datetime | None = None) -> Client:
    """A new client with a secret."""
    command = CreateScimCredential(
        organization.organization_id, CredentialKind.OAUTH_CLIENT, expires_at
    )
    made = (await organization.world.app.execute(command, SYSTEM)).value
    assert made.credential_id is not None
    assert made.secret is not None
    return Client(organization, made.credential_id, made.secret)


async def workload(organization: Served, **identity: Any) -> Client:
    """A new workload identity; `identity` are the fields of WorkloadIdentity."""
    command = CreateWorkloadIdentity(organization.organization_id, WorkloadIdentity(**identity))
    made = (await organization.world.app.execute(command, SYSTEM)).value
    assert made.credential_id is not None
    assert made.secret is None
    return Client(organization, made.credential_id)


def basic(client_id: str, secret: str) -> str:
    """The value of the Authorization header of RFC 6749 §2.3.1."""
    return "Basic " + b64encode(f"{quote_plus(client_id)}:{quote_plus(secret)}".encode()).decode()


async def users_with(organization: Served, token: str) -> int:
    """The status of a list of users, asked for with that token of a facade that knows nothing."""
    organization.world.forget()
    return (await organization.get("/Users", authorization=f"Bearer {token}")).status


async def until(holds: Callable[[], bool], within_s: float = 5) -> None:
    """Returns as soon as it holds; TimeoutError when it does not come true."""
    async with asyncio.timeout(within_s):
        while not holds():
            await asyncio.sleep(0.01)
