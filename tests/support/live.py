"""A server of the admin API on a socket, with the background work of a process, and its clients."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing, asynccontextmanager
from dataclasses import dataclass
from typing import Any, Self

import httpx
from websockets.asyncio.client import ClientConnection, connect

from api.mail.links import MailLinks
from api.workers import Workers
from domain.application import Application
from domain.queries.tails import Tails
from domain.store.pool import open_pool
from domain.store.sign_in_links import SignInPolicy
from graphql_schema.app import GraphqlApp, graphql_app
from graphql_schema.services import Limits
from tests.support import factories
from tests.support.database import ROW_SECURITY
from tests.support.graphql import Api, api, services
from tests.support.http_site import served

PROTOCOL = "graphql-transport-ws"
WITHIN_S = 20.0
AUDIT = """
subscription ($org: ID!, $filter: AuditEventFilter, $after: String) {
  auditEvents(organizationId: $org, filter: $filter, after: $after) {
    cursor node { id position action subject { ... on Node { id } } }
  }
}
"""
REQUESTS = """
subscription ($org: ID!, $filter: ProvisioningRequestFilter, $after: String) {
  provisioningRequests(organizationId: $org, filter: $filter, after: $after) {
    cursor node { id detail }
  }
}
"""
CHANGES = """
subscription ($org: ID!, $after: String) {
  memberChanges(organizationId: $org, after: $after) {
    cursor memberId member { id status }
    counts { total staged invited accepted confirmed revoked }
  }
}
"""


@dataclass(slots=True)
class LiveServer:
    """One process, as far as subscriptions see it."""

    app: Application
    workers: Workers
    graphql: GraphqlApp
    address: str

    @property
    def tails(self) -> Tails:
        return self.workers.tails

    async def caller(self) -> Api:
        """A caller with every scope in a new organization."""
        made = await api(self.app, asgi=self.graphql)
        await self.all_sealed(made)
        return made

    async def all_sealed(self, caller: Api) -> None:
        """Wait until the organization's events have their positions."""
        text = "SELECT count(*) FROM audit_events WHERE organization_id = $1 AND position IS NULL"
        async with asyncio.timeout(WITHIN_S):
            while await self.app.pool.fetchval(text, caller.organization_id):
                await asyncio.sleep(0.01)

    async def quiet(self, open_: int = 0) -> None:
        """Wait until so many subscriptions are open."""
        async with asyncio.timeout(WITHIN_S):
            while self.tails.count != open_:
                await asyncio.sleep(0.01)


@asynccontextmanager
async def live_server(database_url: str, limits: Limits | None = None) -> AsyncIterator[LiveServer]:
    """A server on a free port of this machine, in this event loop."""
    pool = await open_pool(database_url, row_security=ROW_SECURITY)
    workers = Workers(
        pool=pool,
        mail_links=MailLinks(
            factories.POLICY, SignInPolicy(factories.POLICY.secret_key), "https://rollcall.test"
        ),
        listen_url=database_url,
    )
    app = Application(pool, factories.POLICY, workers.changed)
    given = services(
        app, limits=limits or Limits(), tails=workers.tails, access_changed=workers.tell
    )
    graphql = graphql_app(given)
    await workers.start()
    try:
        async with served(graphql) as site:
            try:
                yield LiveServer(app, workers, graphql, f"127.0.0.1:{site.port}")
            finally:
                workers.tails.close()
    finally:
        await workers.stop()
        await pool.close()


Events = AsyncGenerator[tuple[str, Any], None]


@asynccontextmanager
async def events(
    address: str,
    secret: str,
    query: str,
    variables: dict[str, Any] | None = None,
    presented: dict[str, str] | None = None,
) -> AsyncIterator[Events]:
    """The server-sent events of an operation that has begun: (name, data), and ("ping", None).

    `presented` are the headers that say who calls, where that is not the token `secret`.
    """
    headers = presented or {"authorization": f"Bearer {secret}"}
    headers = headers | {"accept": "text/event-stream"}
    async with (
        httpx.AsyncClient(timeout=WITHIN_S) as client,
        client.stream(
            "POST",
            f"http://{address}/graphql",
            json={"query": query, "variables": variables},
            headers=headers,
        ) as response,
    ):
        assert response.status_code == 200, await response.aread()
        assert response.headers["content-type"].startswith("text/event-stream")
        async with aclosing(_parsed(response)) as parsed:
            yield parsed


async def _parsed(response: httpx.Response) -> Events:
    name, data = "", ""
    async for line in response.aiter_lines():
        field, _, value = line.partition(":")
        if line.startswith(":"):
            name = "ping"
        elif field == "event":
            name = value.strip()
        elif field == "data":
            data = value.strip()
        elif not line and name:
            yield name, json.loads(data) if data else None
            name, data = "", ""


async def heard(events_: Events, count: int) -> list[Any]:
    """The next so many results."""
    found: list[Any] = []
    async with asyncio.timeout(WITHIN_S):
        while len(found) < count:
            name, data = await anext(events_)
            if name != "ping":
                assert name == "next", (name, data, found)
                found.append(data)
    return found


class Socket:
    """A client of the websocket protocol that says and hears each message itself."""

    def __init__(self, connection: ClientConnection) -> None:
        self.connection = connection

    @classmethod
    @asynccontextmanager
    async def open(cls, address: str, **headers: str) -> AsyncIterator[Self]:
        """A socket on which nothing has been said."""
        async with connect(
            f"ws://{address}/graphql",
            subprotocols=[PROTOCOL],  # type: ignore[list-item]  # a NewType of str
            additional_headers=headers,
            compression=None,
            proxy=None,
        ) as connection:
            assert connection.subprotocol == PROTOCOL
            yield cls(connection)

    @classmethod
    @asynccontextmanager
    async def connected(cls, address: str, secret: str) -> AsyncIterator[Self]:
        """A socket that has been let in."""
        async with cls.open(address) as socket:
            await socket.init({"Authorization": f"Bearer {secret}"})
            yield socket

    async def init(self, payload: Any) -> None:
        """Introduce oneself and be let in."""
        await self.say(type="connection_init", payload=payload)
        assert await self.hear() == {"type": "connection_ack"}

    async def say(self, **message: Any) -> None:
        """Send a message."""
        await self.connection.send(json.dumps(message))

    async def hear(self) -> Any:
        """The next message."""
        async with asyncio.timeout(WITHIN_S):
            return json.loads(await self.connection.recv())

    async def subscribe(self, id_: str, query: str, **variables: Any) -> None:
        """Begin an operation, and wait until it has begun or failed."""
        await self.say(
            type="subscribe", id=id_, payload={"query": query, "variables": variables or None}
        )

    async def begun(self) -> None:
        """Wait until all that was subscribed to has begun."""
        await self.say(type="ping")
        assert await self.hear() == {"type": "pong"}

    async def closed(self) -> tuple[int | None, str | None]:
        """Code and reason with which the server ended the connection."""
        async with asyncio.timeout(WITHIN_S):
            await self.connection.wait_closed()
        return self.connection.close_code, self.connection.close_reason
