"""Asks the admin API over its ASGI application, as callers with tokens of any scopes do."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

import httpx

from api.mail.links import MailLinks
from domain.application import Application
from domain.caller import ALL_SCOPES
from domain.commands import CreateAccessToken, IssuedToken
from domain.ids import UUID
from domain.queries.reader import Reader
from domain.vocabulary import Scope
from graphql_schema.app import graphql_app
from graphql_schema.ids import Kind, make_id
from graphql_schema.services import GraphqlServices, Limits, ServerFacts
from tests.support import factories

COOKIE = "__Host-session"
MODERN = "application/graphql-response+json"
SERVER = ServerFacts("0.1.0", embedded_database=True, development_mailbox=True)


def services(app: Application, **given: Any) -> GraphqlServices:
    """What the API needs, on the application's own pool."""
    given.setdefault("server", SERVER)
    given.setdefault(
        "mailbox", MailLinks(factories.POLICY, app.sign_in, "https://rollcall.test").render
    )
    return GraphqlServices(
        application=app, reader=Reader(app.pool), public_url="https://rollcall.test", **given
    )


async def token(
    app: Application,
    organization_id: UUID | None,
    scopes: frozenset[Scope] = ALL_SCOPES,
    **given: Any,
) -> IssuedToken:
    """An access token made by the operator of the machine."""
    command = CreateAccessToken(organization_id, "a token", scopes, **given)
    return (await app.execute(command, factories.SYSTEM)).value


@dataclass(frozen=True, slots=True)
class Api:
    """A caller of the API: `organization_id` is where its token was made."""

    app: Application
    organization_id: UUID
    secret: str = field(repr=False)
    asgi: Any

    @property
    def org(self) -> str:
        """The organization's id."""
        return make_id(Kind.ORGANIZATION, None, self.organization_id)

    @property
    def presented(self) -> dict[str, str]:
        """The headers that say who calls."""
        return {"authorization": f"Bearer {self.secret}"}

    def member_id(self, id_: UUID) -> str:
        """The id of a member of the organization."""
        return make_id(Kind.MEMBER, self.organization_id, id_)

    def group_id(self, id_: UUID) -> str:
        """The id of a group of the organization."""
        return make_id(Kind.GROUP, self.organization_id, id_)

    async def post(
        self,
        query: str,
        variables: dict[str, Any] | None = None,
        *,
        headers: dict[str, str] | None = None,
        **body: Any,
    ) -> httpx.Response:
        """The response to one operation."""
        sent = self.presented | (headers or {})
        return await send(self.asgi, {"query": query, "variables": variables, **body}, sent)

    async def ask(self, query: str, **variables: Any) -> Any:
        """The data of an operation that must not fail."""
        body = (await self.post(query, variables)).json()
        assert "errors" not in body, body
        return body["data"]

    async def ask_here(self, selection: str, **variables: Any) -> Any:
        """What is selected of the organization."""
        types = "".join(f" ${name}: {kind}" for name, kind in _typed(variables).items())
        query = f"query ($org: ID!{types}) {{ organization(by: {{id: $org}}) {{ {selection} }} }}"
        return (await self.ask(query, org=self.org, **variables))["organization"]

    async def change(self, mutation: str, selection: str, **given: Any) -> Any:
        """The payload of `mutation`, selecting errors, `changed` and what is named."""
        name = f"{mutation[0].upper()}{mutation[1:]}Input"
        for bulk in ("inviteStaged", "bulkReinvite", "bulkRevoke", "bulkRestore", "bulkRemove"):
            if mutation == f"{bulk}Members":
                name = "BulkMembersInput"
        if mutation == "rotateOrganizationKey":
            name = "CreateOrganizationKeyInput"
        query = (
            f"mutation ($input: {name}!) {{ {mutation}(input: $input) {{ changed {selection}"
            " errors { __typename code message path } } }"
        )
        return (await self.ask(query, input=given))[mutation]

    async def codes(self, query: str, **variables: Any) -> list[str]:
        """The codes of the top-level errors of an operation."""
        body = (await self.post(query, variables)).json()
        return [error["extensions"]["code"] for error in body.get("errors", [])]

    async def with_scopes(self, *scopes: Scope) -> Api:
        """A caller of the same organization with those scopes only."""
        issued = await token(self.app, self.organization_id, frozenset(scopes))
        return replace(self, secret=issued.secret)

    async def elsewhere(self) -> Api:
        """A caller with every scope in another, new organization."""
        return await api(self.app, asgi=self.asgi)

    async def everywhere(self) -> Api:
        """A caller with every scope in every organization."""
        issued = await token(self.app, None)
        return replace(self, secret=issued.secret)


@dataclass(frozen=True, slots=True)
class Person(Api):
    """A person with a session, `secret`; `acting_in` is what the organization header says."""

    acting_in: str | None = None

    @property
    def presented(self) -> dict[str, str]:
        """A browser's cookie, and what only our own pages add."""
        headers = {"cookie": f"{COOKIE}={self.secret}", "x-rollcall": "tests"}
        if self.acting_in is not None:
            headers["x-rollcall-organization"] = self.acting_in
        return headers


@dataclass(frozen=True, slots=True)
class Nobody(Api):
    """Whoever presents nothing."""

    @property
    def presented(self) -> dict[str, str]:
        """Nothing."""
        return {}


def as_person(caller: Api, secret: str, acting_in: str | None = None) -> Person:
    """A person who asks the same server as `caller`, about the same organization."""
    return Person(caller.app, caller.organization_id, secret, caller.asgi, acting_in)


def as_nobody(caller: Api) -> Nobody:
    """Somebody without token and session who asks the same server."""
    return Nobody(caller.app, caller.organization_id, "", caller.asgi)


def _typed(variables: dict[str, Any]) -> dict[str, str]:
    """GraphQL types of the variables, by their names' ends."""
    kinds = {"first": "Int", "last": "Int", "after": "String", "before": "String", "id": "ID!"}
    return {
        name: kinds.get(name, name[0].upper() + name[1:]) for name in variables if name != "org"
    }


async def send(
    asgi: Any, body: Any, headers: dict[str, str], method: str = "POST"
) -> httpx.Response:
    """One request to the application."""
    transport = httpx.ASGITransport(app=asgi)
    async with httpx.AsyncClient(transport=transport, base_url="https://rollcall.test") as client:
        if isinstance(body, bytes):
            return await client.request(method, "/graphql", content=body, headers=headers)
        return await client.request(method, "/graphql", json=body, headers=headers)


async def api(
    app: Application,
    *,
    organization_id: UUID | None = None,
    limits: Limits | None = None,
    asgi: Any = None,
) -> Api:
    """A caller with every scope in an organization, a new one unless it is given."""
    if organization_id is None:
        organization_id = await factories.organization(app)
    if asgi is None:
        asgi = graphql_app(services(app, limits=limits or Limits()))
    issued = await token(app, organization_id)
    return Api(app, organization_id, issued.secret, asgi)
