"""A database that is away: 503 with Retry-After in SCIM's words, and work again when it is back."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import asyncpg
import pytest

from scim_facade import app as scim_app
from tests.scim_facade.test_shown_answers import shown
from tests.support.database import DatabaseFactory, TestDatabase
from tests.support.scim import Served, World, open_world

UNKNOWN = "01a20000000070008000000000000000"
DURING: dict[str, Callable[[Served], Any]] = {
    "list": lambda acme: acme.get("/Users"),
    "filter": lambda acme: acme.get("/Groups?filter=displayName%20eq%20%22x%22"),
    "create": lambda acme: acme.post("/Users", {"userName": "during@x.example"}),
    "group": lambda acme: acme.post("/Groups", {"displayName": "during"}),
    "unknown key": lambda acme: acme.get("/Users", authorization=f"rck_{UNKNOWN}_{'A' * 43}"),
}


class Switch:
    """Takes a database away from everybody but the superuser, and gives it back."""

    def __init__(self, connection: asyncpg.Connection) -> None:
        self._connection = connection

    async def off(self) -> None:
        """Break all connections and allow no new ones."""
        await self._limit(0)
        await self._connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )

    async def on(self) -> None:
        """Allow connections again."""
        await self._limit(-1)

    async def _limit(self, most: int) -> None:
        name = await self._connection.fetchval("SELECT current_database()")
        await self._connection.execute(f"ALTER DATABASE {name} CONNECTION LIMIT {most}")


@asynccontextmanager
async def switched(url: str) -> AsyncIterator[Switch]:
    """A switch that is on again at the end."""
    connection = await asyncpg.connect(url)
    switch = Switch(connection)
    try:
        yield switch
    finally:
        await switch.on()
        await connection.close()


@pytest.fixture(scope="module")
def database(database_factory: DatabaseFactory, worker_id: str) -> TestDatabase:
    """A database that no other test needs."""
    return database_factory.clone(f"away_{worker_id}")


@pytest.fixture
async def world(database: TestDatabase) -> AsyncIterator[World]:
    """The facade on that database; whatever happened, its connections end."""
    made = await open_world(database.server_url, size=4)
    yield made
    made.app.pool.terminate()


async def served_again(acme: Served) -> list[str]:
    """Ids of the users, as soon as a list is answered."""
    async with asyncio.timeout(5):
        while (answer := await acme.get("/Users?count=100")).status == 503:
            await asyncio.sleep(0.01)
    return [user["id"] for user in answer["Resources"]]


async def test_while_the_database_is_away_clients_are_told_to_come_again(
    world: World, acme: Served, database: TestDatabase
) -> None:
    before = await acme.user("before@x.example")

    async with switched(database.superuser_url) as switch:
        # when the database goes away between two requests
        await switch.off()
        for name, request in DURING.items():
            for _ in range(3):
                world.forget()
                answer = await request(acme)
                # then every call is one that may be repeated
                assert answer.error() == (503, None), name
                assert answer.json == shown("server-error")
                assert int(answer.headers["retry-after"]) > 0
        assert {(entry.status_code, entry.outcome) for entry in acme.log[1:]} <= {(503, "FAILED")}

        # and after its return they are served as before
        await switch.on()
        assert await served_again(acme) == [before.id]
    assert (await acme.post("/Users", {"userName": "during@x.example"})).status == 201


async def test_a_database_that_breaks_amid_writes_leaves_all_or_nothing(
    acme: Served, database: TestDatabase
) -> None:
    async with switched(database.superuser_url) as switch:

        async def create(number: int) -> int:
            answer = await acme.post("/Users", {"userName": f"u{number}@x.example"})
            return answer.status

        creating = [asyncio.create_task(create(number)) for number in range(60)]
        await asyncio.wait(creating, return_when=asyncio.FIRST_COMPLETED)
        await switch.off()
        statuses = await asyncio.gather(*creating)
        await switch.on()

    assert set(statuses) <= {201, 503}
    users = len(await served_again(acme))
    # A commit may outlive the connection that it was to be told on.
    assert users >= statuses.count(201)
    assert (await acme.looks.actions()).count("member.invited") == users
    (invitations,) = await acme.looks.rows(
        "SELECT count(*) FROM invitations WHERE organization_id = $1"
    )
    assert invitations["count"] == users


async def test_a_request_that_waits_too_long_is_told_to_come_again(
    world: World, acme: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = await acme.user("patient@x.example")
    pool = world.app.pool

    # given a process all of whose connections are taken
    taken = [await pool.acquire() for _ in range(pool.get_max_size())]
    monkeypatch.setattr(scim_app, "LONGEST_REQUEST_S", 0.2)
    answer = await acme.post("/Users", {"userName": "waits@x.example"})
    monkeypatch.undo()
    for connection in taken:
        await pool.release(connection)

    # then the request was answered, and did nothing afterwards either
    assert answer.error() == (503, None)
    assert int(answer.headers["retry-after"]) > 0
    assert await served_again(acme) == [before.id]
