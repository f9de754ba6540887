"""Who reads from the replica: queries of access tokens, and nothing else.

Another database stands for it, in which there is nothing yet, so that what was read there shows.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import asyncpg
import pytest

from domain.application import Application
from domain.store.pool import open_pool
from graphql_schema.app import graphql_app
from tests.support.database import ROW_SECURITY, DatabaseFactory
from tests.support.graphql import Api, api, as_person, services
from tests.support.sessions import signed_in

LOOK = "query ($org: ID!) { organization(by: {id: $org}) { id } }"
CHANGE = """
mutation ($input: CreateGroupInput!) {
  createGroup(input: $input) { group { displayName } errors { code } }
}
"""


@dataclass(slots=True)
class Standby:
    """What the server knows of its replica: the way there, and none while it lags."""

    pool: asyncpg.Pool | None


@pytest.fixture(scope="module")
def empty_url(database_factory: DatabaseFactory, worker_id: str) -> str:
    return database_factory.clone(f"replica_{worker_id}").server_url


@pytest.fixture(scope="module")
async def empty(empty_url: str) -> AsyncIterator[asyncpg.Pool]:
    pool = await open_pool(empty_url, size=2, row_security=ROW_SECURITY)
    yield pool
    await pool.close()


@pytest.fixture
def standby(empty: asyncpg.Pool) -> Standby:
    """One that keeps up."""
    return Standby(empty)


@pytest.fixture
async def caller(app: Application, standby: Any) -> Api:
    """A token of an organization that the replica does not show yet."""
    return await api(app, asgi=graphql_app(services(app, replica=standby)))


async def sees(caller: Any) -> bool:
    return (await caller.ask(LOOK, org=caller.org))["organization"] is not None


async def test_queries_of_tokens_are_read_there_while_it_keeps_up(
    caller: Api, standby: Standby
) -> None:
    assert not await sees(caller)

    standby.pool = None
    assert await sees(caller)


async def test_people_see_what_they_have_done(app: Application, caller: Api) -> None:
    _, secret = await signed_in(app, caller.organization_id)

    assert await sees(as_person(caller, secret))


async def test_a_change_is_shown_as_it_was_made(caller: Api) -> None:
    given = {"organizationId": caller.org, "displayName": "Crew"}

    made = await caller.ask(CHANGE, input=given)

    assert made["createGroup"] == {"group": {"displayName": "Crew"}, "errors": []}
