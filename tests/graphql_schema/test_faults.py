"""Whatever goes wrong inside, callers hear where to ask, and nothing of what it was."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any

import asyncpg
import httpx
import pytest

from domain.application import Application
from domain.queries.reader import Reader
from domain.store import pool as pools
from domain.store.quiet_connection import QuietConnection
from graphql_schema import app as graphql_app_module
from graphql_schema import auth, checks, operations
from graphql_schema.app import graphql_app
from graphql_schema.context import Context
from graphql_schema.loaders import Loaders
from graphql_schema.schema import schema
from graphql_schema.services import GraphqlServices, Limits
from graphql_schema.types import organization_people
from tests.support import factories
from tests.support.graphql import MODERN, Api, api, send

SECRET = "ada@example.com at 10.0.0.7:5432, SELECT password"
COUNTS = "query ($org: ID!) { organization(by: {id: $org}) { memberCounts { total } } }"
INVITE = """
mutation ($input: InviteMemberInput!) { inviteMember(input: $input) { changed member { id } } }
"""


BULK_RESTORE = """
mutation ($input: BulkMembersInput!) { bulkRestoreMembers(input: $input) { results { changed } } }
"""


def fails(*_: object, **__: object) -> Any:
    raise RuntimeError(SECRET)


async def fails_later(*_: object, **__: object) -> Any:
    raise RuntimeError(SECRET)


FAULTS: dict[str, tuple[object, str, Any]] = {
    "finding the token": (auth, "find_token_and_maker", fails_later),
    "reading the request": (operations, "read_operation", fails),
    "making the context": (operations, "Context", fails),
    "reading the document": (checks, "parsed", fails),
    "validating": (checks, "validate_document", fails),
    "measuring": (checks, "Measuring", fails),
    "checking limits": (checks, "over_limit", fails),
    "a resolver": (organization_people, "member_counts", fails_later),
    "a loader": (Loaders, "organization", property(fails)),
    "a command": (Context, "execute", fails_later),
    "the payload of a command": (Loaders, "member", property(fails)),
    "writing a scalar": (schema._schema.type_map["DateTime"], "coerce_output_value", fails),
    "ending the view": (Context, "close", fails_later),
    "showing errors": (operations, "shown_errors", fails),
}


def asked(name: str, caller: Api) -> tuple[str, dict[str, Any]]:
    """An operation in which the fault happens."""
    if "command" in name:
        given = {"organizationId": caller.org, "email": "x@example.com"}
        return INVITE, {"input": given}
    if name == "showing errors":
        return "{ node }", {}
    query = COUNTS
    if name == "writing a scalar":
        query = query.replace("memberCounts { total }", "createdAt")
    # A document that is known is neither read nor measured again.
    return f"{query} # {factories.unique(name)}", {"org": caller.org}


@pytest.mark.parametrize("accept", ["application/json", MODERN])
@pytest.mark.parametrize("name", FAULTS)
async def test_a_fault_shows_a_correlation_id_and_nothing_else(
    caller: Api,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    name: str,
    accept: str,
) -> None:
    where, attribute, fault = FAULTS[name]
    query, variables = asked(name, caller)
    monkeypatch.setattr(auth, "CACHE_S", 0.0)
    monkeypatch.setattr(where, attribute, fault)

    with caplog.at_level(logging.ERROR, "rollcall.graphql"):
        response = await caller.post(query, variables, headers={"accept": accept})

    assert SECRET not in response.text
    assert "RuntimeError" not in response.text
    assert response.status_code in (200, 500)
    (error,) = response.json()["errors"]
    assert error["message"] == "Something went wrong here; quote the correlationId."
    assert error["extensions"]["code"] == "INTERNAL"
    (record,) = caplog.records
    assert record.__dict__["correlation_id"] == error["extensions"]["correlationId"]
    assert record.exc_info is not None
    assert str(record.exc_info[1]) == SECRET


def refusal_of(response: httpx.Response) -> None:
    """It is 503, for all clients alike, and says so in words that show nothing."""
    assert (response.status_code, response.headers["retry-after"]) == (503, "5")
    (error,) = response.json()["errors"]
    assert error["message"] == "The database is busy or away; try again shortly."
    assert error["extensions"]["code"] == "INTERNAL"


@asynccontextmanager
async def served(url: str, **given: Any) -> AsyncIterator[Any]:
    """The API on a pool of its own, which need not reach anything."""
    pool = await asyncpg.create_pool(
        url,
        min_size=0,
        max_size=4,
        connection_class=QuietConnection,
        init=pools._set_codecs,
        **given,
    )
    services = GraphqlServices(
        Application(pool, factories.POLICY), Reader(pool), "https://rollcall.test"
    )
    try:
        yield graphql_app(services)
    finally:
        await pool.close()


@pytest.mark.parametrize("accept", ["application/json", MODERN])
async def test_a_database_that_refuses_connections_is_503(caller: Api, accept: str) -> None:
    headers = {"authorization": f"Bearer {caller.secret}", "accept": accept}

    async with served("postgresql://nobody@127.0.0.1:1/none") as asgi:
        refusal_of(await send(asgi, {"query": COUNTS, "variables": {"org": "x"}}, headers))


@pytest.mark.parametrize("setting", ["lock_timeout", "statement_timeout"])
async def test_a_database_that_is_too_busy_is_503(
    caller: Api, database_url: str, owner_database_url: str, setting: str
) -> None:
    settings = {setting: "50"}
    owner = await asyncpg.connect(owner_database_url)
    try:
        async with served(database_url, server_settings=settings) as asgi:
            busy = replace(caller, asgi=asgi)
            given = {"organizationId": caller.org, "email": "x@example.com"}
            assert "errors" not in (await busy.post(COUNTS, {"org": caller.org})).json()
            async with owner.transaction():
                await owner.execute("LOCK TABLE members IN ACCESS EXCLUSIVE MODE")
                read = await busy.post(COUNTS, {"org": caller.org})
                written = await busy.post(INVITE, {"input": given})
            again = await busy.post(INVITE, {"input": given})
    finally:
        await owner.close()

    refusal_of(written)
    # What was read before is shown, with null for what could not be.
    assert read.status_code == 503
    assert again.json()["data"]["inviteMember"]["changed"] is True


async def test_what_was_read_before_the_database_went_away_is_shown(
    caller: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def away(*_: object) -> None:
        raise ConnectionRefusedError(SECRET)

    monkeypatch.setattr(organization_people, "member_counts", away)
    query = f"{COUNTS[:-1]} viewer {{ scopes }} }}"

    response = await caller.post(query, {"org": caller.org})

    assert SECRET not in response.text
    assert response.status_code == 200
    assert response.json()["data"]["organization"] is None
    assert response.json()["data"]["viewer"]["scopes"]


@asynccontextmanager
async def all_taken(caller: Api) -> AsyncIterator[None]:
    """A process all of whose connections are taken, and which has just let the caller in."""
    pool = caller.app.pool
    taken = [await pool.acquire() for _ in range(pool.get_max_size())]
    await pool.release(taken.pop())
    await caller.ask(COUNTS, org=caller.org)
    taken.append(await pool.acquire())
    try:
        yield
    finally:
        for connection in taken:
            await pool.release(connection)


async def test_an_operation_that_waits_too_long_is_told_to_come_again(
    caller: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with all_taken(caller):
        monkeypatch.setattr(graphql_app_module, "LONGEST_REQUEST_S", 0.2)
        response = await caller.post(COUNTS, {"org": caller.org})
        monkeypatch.undo()

    assert response.status_code == 503
    assert int(response.headers["retry-after"]) > 0
    assert (await caller.ask(COUNTS, org=caller.org))["organization"] is not None


async def test_a_mutation_that_is_cut_short_may_have_happened(app: Application) -> None:
    caller = await api(app, limits=Limits(operation_s=1))
    given = {"organizationId": caller.org, "email": "perhaps@example.com"}

    # when its command gets no connection in time
    async with all_taken(caller):
        response = await caller.post(INVITE, {"input": given})

    # then it is not called refused: whoever asked has to look
    assert response.status_code == 503
    assert int(response.headers["retry-after"]) > 0
    (error,) = response.json()["errors"]
    assert error["extensions"] == {"code": "INTERNAL"}
    assert "may have changed" in error["message"]


async def test_a_mutation_that_is_cut_short_before_it_changes_anything_says_so(
    app: Application,
) -> None:
    caller = await api(app, limits=Limits(operation_s=1))
    given = {"organizationId": caller.org, "memberIds": [caller.org]}

    # when not even the organization can be looked up in time
    async with all_taken(caller):
        response = await caller.post(BULK_RESTORE, {"input": given})

    assert response.status_code == 503
    assert int(response.headers["retry-after"]) > 0
    (error,) = response.json()["errors"]
    assert error["extensions"] == {"code": "INTERNAL"}
    assert "has changed nothing: send it again" in error["message"]
