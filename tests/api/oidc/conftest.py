"""Single sign-on with a provider of our own: an organization, its provider, browsers."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from api.oidc.flow import OidcFlow
from api.oidc.routes import oidc_routes
from domain.application import Application
from domain.commands import CreateOidcProvider, Member
from domain.ids import UUID
from domain.queries.reader import Reader
from domain.sealing import SealingKey
from domain.vocabulary import MemberStatus
from graphql_schema.ids import Kind, make_id
from tests.support import factories
from tests.support.openid_provider import (
    CLIENT_ID,
    CLIENT_SECRET,
    OpenidProvider,
    running_openid_provider,
)

PUBLIC_URL = "https://rollcall.test"
SESSION, ATTEMPT = "__Host-session", "__Host-oidc"


@dataclass(slots=True)
class Limit:
    """Who must wait, and for how long."""

    wait_s: float | None = None
    asked: list[str | None] = field(default_factory=list)

    def __call__(self, ip: str | None) -> float | None:
        self.asked.append(ip)
        return self.wait_s


@dataclass(slots=True)
class Site:
    """The server's part, an organization in it, and its provider."""

    app: Application
    provider: OpenidProvider
    organization_id: UUID
    provider_id: UUID
    flow: OidcFlow
    limit: Limit
    asgi: Any

    @property
    def start(self) -> str:
        """Where a sign-in begins."""
        named = make_id(Kind.OIDC_PROVIDER, self.organization_id, self.provider_id)
        return f"{PUBLIC_URL}/sign-in/oidc/{named}"

    def browser(self) -> httpx.AsyncClient:
        """A browser that has never been here."""
        return httpx.AsyncClient(transport=httpx.ASGITransport(self.asgi), base_url=PUBLIC_URL)

    async def member(
        self, status: MemberStatus = MemberStatus.INVITED, **given: Any
    ) -> tuple[Member, str]:
        """A member, of whom the provider then says that the address is verified."""
        made = await factories.member(self.app, self.organization_id, status, **given)
        assert made.attributes.email is not None
        self.provider.claims = {"email": made.attributes.email, "email_verified": True}
        return made, made.attributes.email

    async def sign_in(self, browser: httpx.AsyncClient, then: str | None = None) -> httpx.Response:
        """All of it: what the browser is answered at the end."""
        begun = await browser.get(self.start, params={} if then is None else {"then": then})
        assert begun.status_code == 302
        if begun.headers["location"].startswith(PUBLIC_URL):
            return begun
        return await browser.get(self.provider.authorize(begun.headers["location"]))

    async def sessions(self) -> list[Any]:
        """Those that the organization's provider vouched for, oldest first."""
        sql = "SELECT * FROM sessions WHERE sso_organization_id = $1 ORDER BY id"
        return list(await self.app.pool.fetch(sql, self.organization_id))

    async def refused(self, response: httpx.Response) -> str:
        """The code that the sign-in page is told; nobody was signed in."""
        url = httpx.URL(response.headers["location"])
        assert (response.status_code, url.host, url.path) == (302, "rollcall.test", "/sign-in")
        assert list(url.params) == ["problem"]
        assert not any(each.startswith(SESSION) for each in response.headers.get_list("set-cookie"))
        assert await self.sessions() == []
        return url.params["problem"]


@pytest.fixture(scope="module")
async def app(database_url: str) -> AsyncIterator[Application]:
    """An application with connections of its own."""
    made = await factories.application(database_url)
    yield made
    await made.pool.close()


@pytest.fixture
def provider() -> Iterator[OpenidProvider]:
    """A provider that is honest until a test says otherwise."""
    with running_openid_provider() as made:
        yield made


async def oidc_provider(
    app: Application, organization_id: UUID, provider: OpenidProvider, *, trust_email: bool = False
) -> UUID:
    """The provider, entered by the operator of the machine."""
    command = CreateOidcProvider(
        organization_id, "Ours", provider.url, CLIENT_ID, CLIENT_SECRET, trust_email
    )
    return (await app.execute(command, factories.SYSTEM)).value


@pytest.fixture
async def site(app: Application, provider: OpenidProvider) -> Site:
    """An organization of its own, with the provider."""
    organization_id = await factories.organization(app)
    provider_id = await oidc_provider(app, organization_id, provider)
    return site_of(app, provider, organization_id, provider_id)


def site_of(
    app: Application,
    provider: OpenidProvider,
    organization_id: UUID,
    provider_id: UUID,
    **given: Any,
) -> Site:
    """The server's part over those; `given` are parts of the flow."""
    flow = OidcFlow(
        application=app,
        reader=Reader(app.pool),
        public_url=PUBLIC_URL,
        attempts=SealingKey(b"a key for attempts, 32 bytes of."),
        **given,
    )
    limit = Limit()
    asgi = FastAPI()
    asgi.include_router(oidc_routes(flow, limit))
    return Site(app, provider, organization_id, provider_id, flow, limit, asgi)


async def site_with_member(app: Application, provider: OpenidProvider, **given: Any) -> Site:
    """Another organization with the provider and somebody who is invited; `given` as above."""
    organization_id = await factories.organization(app)
    provider_id = await oidc_provider(app, organization_id, provider)
    site = site_of(app, provider, organization_id, provider_id, **given)
    await site.member()
    return site


async def back(site: Site, browser: httpx.AsyncClient, **more: str) -> str:
    """A sign-in begins, the provider is visited: the address that the browser is sent back to."""
    begun = await browser.get(site.start)
    return site.provider.authorize(begun.headers["location"], **more)
