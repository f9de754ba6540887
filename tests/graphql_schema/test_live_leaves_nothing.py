"""Clients that go leave nothing behind; those who wait cost nothing, and share what they read."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from typing import Any

import pytest
from prometheus_client import REGISTRY

from domain.queries import logs
from domain.queries.following import PAGE
from domain.store.listener import NAME
from graphql_schema.services import Limits
from tests.support import factories
from tests.support.database import DatabaseFactory
from tests.support.graphql import Api
from tests.support.live import CHANGES, REQUESTS, LiveServer, Socket, events, heard, live_server
from tests.support.request_log import entry, write_requests

EACH = 100


@pytest.fixture(scope="module")
def own_database_url(database_factory: DatabaseFactory, worker_id: str) -> str:
    """A database in which workers have nothing to do for others, which would be counted."""
    return database_factory.clone(f"nothing_{worker_id}").server_url


@pytest.fixture(scope="module")
async def server(own_database_url: str) -> AsyncIterator[LiveServer]:
    limits = Limits(subscriptions_per_token=2 * EACH)
    async with live_server(own_database_url, limits) as made:
        yield made


async def raw_stream(server: LiveServer, caller: Api) -> tuple[asyncio.StreamReader, Any]:
    """A stream of server-sent events over a bare socket, once it has begun."""
    body = json.dumps({"query": CHANGES, "variables": {"org": caller.org}})
    host, port = server.address.split(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    writer.write(
        f"POST /graphql HTTP/1.1\r\nHost: {host}\r\nAuthorization: Bearer {caller.secret}\r\n"
        f"Accept: text/event-stream\r\nContent-Type: application/json\r\n"
        f"Content-Length: {len(body)}\r\n\r\n{body}".encode()
    )
    await reader.readuntil(b":\n\n")
    return reader, writer


@pytest.fixture
def reads(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Grows by one with each read of a log."""
    seen: list[int] = []
    between = logs._between

    async def counted(*given: Any) -> Any:
        seen.append(1)
        return await between(*given)

    monkeypatch.setattr(logs, "_between", counted)
    return seen


async def test_two_hundred_wait_hear_and_are_gone(server: LiveServer, reads: list[int]) -> None:
    caller = await server.caller()
    tasks = len(asyncio.all_tasks())
    async with AsyncExitStack() as stack:
        streams = [await raw_stream(server, caller) for _ in range(EACH)]
        sockets = []
        for number in range(EACH):
            socket = await stack.enter_async_context(
                Socket.connected(server.address, caller.secret)
            )
            await socket.subscribe(str(number), CHANGES, org=caller.org)
            await socket.begun()
            sockets.append(socket)
        assert server.tails.count == 2 * EACH

        # Waiting holds no session and reads nothing, whatever happens elsewhere.
        other = await server.caller()
        await factories.member(server.app, other.organization_id)
        await server.all_sealed(other)
        assert reads == []
        pool = server.app.pool
        async with asyncio.timeout(20):
            while pool.get_idle_size() != pool.get_size():
                await asyncio.sleep(0.01)

        await factories.member(server.app, caller.organization_id)
        async with asyncio.timeout(60):
            said = [await reader.readuntil(b"\n\n") for reader, _ in streams]
            heard = [await socket.hear() for socket in sockets]
        assert len({line.partition(b"data:")[2] for line in said}) == 1
        assert {json.dumps(message["payload"]) for message in heard} == {
            json.dumps(heard[0]["payload"])
        }
        assert reads == [1]

        for _, writer in streams:
            writer.transport.abort()
        for socket in sockets:
            socket.connection.transport.abort()
        await server.quiet()

    assert server.tails.organizations == []
    assert server.graphql.live._open == {}
    async with asyncio.timeout(20):
        while len(asyncio.all_tasks()) > tasks:
            await asyncio.sleep(0.02)
    sessions = await server.app.pool.fetchval(
        "SELECT count(*) FROM pg_stat_activity"
        " WHERE application_name = $1 AND datname = current_database()",
        NAME,
    )
    assert sessions == 1


async def test_the_gauge_counts_them(server: LiveServer) -> None:
    caller = await server.caller()

    def shown() -> float | None:
        return REGISTRY.get_sample_value("rollcall_subscriptions")

    await server.quiet()
    async with events(server.address, caller.secret, CHANGES, {"org": caller.org}):
        assert shown() == 1
    await server.quiet()
    assert shown() == 0


async def test_who_does_not_read_is_not_read_for(server: LiveServer, reads: list[int]) -> None:
    caller = await server.caller()
    query = REQUESTS.replace("detail", "detail requestBody")
    async with events(server.address, caller.secret, query, {"org": caller.org}) as stream:
        # 24 MB, more than sockets buffer; nobody takes any of it.
        many = [
            entry(caller.organization_id, detail=str(number), request_body="x" * 60_000)
            for number in range(400)
        ]
        await write_requests(server.app, many)
        async with asyncio.timeout(60):
            before = -1
            while before != len(reads):
                before = len(reads)
                await asyncio.sleep(1)
        assert 0 < len(reads) < 400 / PAGE

        found = await heard(stream, 400)

    details = [each["data"]["provisioningRequests"]["node"]["detail"] for each in found]
    assert details == [str(number) for number in range(400)]


async def test_more_begin_at_once_than_there_are_connections_to_the_database(
    server: LiveServer,
) -> None:
    caller = await server.caller()
    many = 2 * server.app.pool.get_max_size()

    streams = await asyncio.gather(*(raw_stream(server, caller) for _ in range(many)))

    # Had each held one connection and waited for another, they would have ended by now.
    await server.quiet(many)
    for _, writer in streams:
        writer.close()
    await server.quiet()
