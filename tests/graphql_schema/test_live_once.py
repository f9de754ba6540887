"""Each item once and in order: while writers are busy, over reconnects, at any of two processes."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import pytest

from domain.store.patience import DATABASE_TROUBLE
from domain.store.request_log import RequestLogWriter
from graphql_schema.ids import Kind, make_id
from tests.support import factories
from tests.support.graphql import Api
from tests.support.live import AUDIT, CHANGES, REQUESTS, LiveServer, Socket, events, live_server
from tests.support.request_log import entry, write_requests

WITHIN_S = 90.0
_DRAW = """
UPDATE provisioning_heads SET position = position + 1 WHERE organization_id = $1 RETURNING position
"""
_SLOW = """
INSERT INTO provisioning_requests
SELECT (jsonb_populate_record(row, jsonb_build_object(
  'id', gen_random_uuid(), 'position', 2, 'detail', 'slow'
))).* FROM provisioning_requests AS row WHERE organization_id = $1 AND id = $2
"""


@pytest.fixture(scope="module")
async def servers(database_url: str) -> AsyncIterator[list[LiveServer]]:
    """Two processes, as far as subscriptions see it, on one database."""
    async with live_server(database_url) as one, live_server(database_url) as other:
        yield [one, other]


async def read_while(
    servers: list[LiveServer],
    caller: Api,
    query: str,
    count: int,
    write: Callable[[], Awaitable[object]],
) -> list[Any]:
    """So many items that come while `write` writes, to a client that often loses its connection."""
    begun = asyncio.Event()
    chance = random.Random(7)  # noqa: S311 - of no secret
    found: list[Any] = []

    async def read() -> None:
        while len(found) < count:
            address = chance.choice(servers).address
            most = chance.randint(1, 30)
            after = found[-1]["cursor"] if found else None
            variables = {"org": caller.org, "after": after}
            async with events(address, caller.secret, query, variables) as stream:
                begun.set()
                async for name, body in stream:
                    if name == "ping":
                        continue
                    (item,) = body["data"].values()
                    found.append(item)
                    most -= 1
                    if most == 0 or len(found) == count:
                        break

    reading = asyncio.create_task(read())
    await begun.wait()
    await write()
    async with asyncio.timeout(WITHIN_S):
        await reading
    return found


async def test_events_of_busy_writers(servers: list[LiveServer]) -> None:
    one, other = servers
    caller = await one.caller()
    text = "SELECT max(position) FROM audit_events WHERE organization_id = $1"
    before = await one.app.pool.fetchval(text, caller.organization_id)

    async def write(server: LiveServer) -> None:
        for _ in range(25):
            await factories.member(server.app, caller.organization_id)

    found = await read_while(
        servers, caller, AUDIT, 150, lambda: asyncio.gather(*map(write, [one, other] * 3))
    )

    positions = [each["node"]["position"] for each in found]
    assert positions == list(range(before + 1, before + 151))


async def test_requests_of_busy_writers(servers: list[LiveServer]) -> None:
    one, other = servers
    caller = await one.caller()
    organization_id = caller.organization_id
    writers = [RequestLogWriter(server.app.pool) for server in [one, other, one, other]]
    told: list[str] = []

    async def write(writer: RequestLogWriter) -> None:
        for _ in range(15):
            for _ in range(3):
                made = entry(organization_id)
                told.append(make_id(Kind.PROVISIONING_REQUEST, organization_id, made.id))
                writer.record(made)
            await writer.flush()

    found = await read_while(
        servers, caller, REQUESTS, 180, lambda: asyncio.gather(*map(write, writers))
    )

    stored = await one.app.pool.fetch(
        "SELECT id FROM provisioning_requests WHERE organization_id = $1 ORDER BY position",
        organization_id,
    )
    ids = [each["node"]["id"] for each in found]
    assert ids == [make_id(Kind.PROVISIONING_REQUEST, organization_id, row["id"]) for row in stored]
    assert sorted(ids) == sorted(told)


async def test_a_row_that_is_committed_late_is_not_passed_over(servers: list[LiveServer]) -> None:
    server = servers[0]
    caller = await server.caller()
    organization_id = caller.organization_id
    first = entry(organization_id, detail="first")
    await write_requests(server.app, [first])

    async with events(server.address, caller.secret, REQUESTS, {"org": caller.org}) as stream:
        async with server.app.pool.acquire() as connection:
            transaction = connection.transaction()
            await transaction.start()
            # As another process draws a position and takes its time.
            assert await connection.fetchval(_DRAW, organization_id) == 2
            late = asyncio.create_task(
                write_requests(server.app, [entry(organization_id, detail="late")])
            )
            server.tails.wake(organization_id)
            await asyncio.wait({late}, timeout=0.3)
            # Who comes after it waits: nobody can have read past what is not there yet.
            assert not late.done()
            await connection.execute(_SLOW, organization_id, first.id)
            await transaction.commit()
        await late
        details = []
        async with asyncio.timeout(WITHIN_S):
            async for name, body in stream:
                if name == "next":
                    details.append(body["data"]["provisioningRequests"]["node"]["detail"])
                if len(details) == 2:
                    break

    assert details == ["slow", "late"]


async def test_changes_end_with_the_counters_that_hold(servers: list[LiveServer]) -> None:
    one, other = servers
    caller = await one.caller()

    async def write(server: LiveServer) -> None:
        for _ in range(10):
            await factories.member(server.app, caller.organization_id)

    found = await read_while(
        servers, caller, CHANGES, 40, lambda: asyncio.gather(*map(write, [one, other] * 2))
    )

    assert len({each["memberId"] for each in found}) == 40
    totals = [each["counts"]["total"] for each in found]
    # Never behind the change that they come with.
    assert all(total > index for index, total in enumerate(totals))
    assert totals[-1] == 40


async def test_a_database_that_was_away_loses_nothing(servers: list[LiveServer]) -> None:
    server = servers[0]
    caller = await server.caller()
    end_all = (
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
        " WHERE datname = current_database() AND pid <> pg_backend_pid()"
    )

    async with Socket.connected(server.address, caller.secret) as socket:
        await socket.subscribe("1", AUDIT, org=caller.org)
        await socket.begun()
        await factories.member(server.app, caller.organization_id)
        first = await socket.hear()
        # Every session of the server, that of the listener among them.
        await server.app.pool.execute(end_all)
        for _ in range(3):
            await _insist(server, caller)
        said = [first, *[await socket.hear() for _ in range(3)]]

    assert [message["type"] for message in said] == ["next"] * 4
    positions = [message["payload"]["data"]["auditEvents"]["node"]["position"] for message in said]
    assert positions == list(range(positions[0], positions[0] + 4))


async def _insist(server: LiveServer, caller: Api) -> None:
    """Make a member, with a pool whose connections may be broken."""
    async with asyncio.timeout(WITHIN_S):
        while True:
            try:
                await factories.member(server.app, caller.organization_id)
            except DATABASE_TROUBLE:
                continue
            return
