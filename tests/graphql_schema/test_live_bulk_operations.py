"""Bulk operations as they go on: told while they run, complete when they have ended."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from itertools import pairwise
from typing import Any

import pytest

from domain.commands import RevokeAccessToken
from domain.ids import new_id
from domain.vocabulary import Scope
from graphql_schema.ids import Kind, make_id
from graphql_schema.services import Limits
from tests.support.bulk import crowd, started
from tests.support.factories import SYSTEM
from tests.support.graphql import Api, token
from tests.support.live import WITHIN_S, LiveServer, events, live_server

PROGRESS = """
subscription ($id: ID!) {
  bulkOperation(id: $id) { id state total summary { changed unchanged failed } failureReason }
}
"""


@pytest.fixture(scope="module")
async def server(database_url: str) -> AsyncIterator[LiveServer]:
    async with live_server(database_url, Limits(recheck_s=0.2)) as made:
        yield made


@pytest.fixture
async def caller(server: LiveServer) -> Api:
    return await server.caller()


async def all_of(server: LiveServer, secret: str, id_: str) -> tuple[list[Any], list[Any]]:
    """What is told until it completes: the operations, and the errors."""
    told, errors = [], []
    async with (
        asyncio.timeout(WITHIN_S),
        events(server.address, secret, PROGRESS, {"id": id_}) as stream,
    ):
        async for name, data in stream:
            if name == "complete":
                break
            if name == "next":
                errors.extend(data.get("errors", ()))
                if data.get("data"):
                    told.append(data["data"]["bulkOperation"])
    return told, errors


async def test_it_is_told_how_far_it_is_until_it_has_ended(server: LiveServer, caller: Api) -> None:
    # given an operation that takes a while
    await crowd(server.app, caller.organization_id, 400)
    id_ = await started(caller, "REVOKE", 400)

    # when two follow it
    (told, errors), (also, _) = await asyncio.gather(
        *(all_of(server, caller.secret, id_) for _ in range(2))
    )

    # then both see it grow, and end
    assert errors == []
    for seen in (told, also):
        assert seen[-1] == {
            "id": id_,
            "state": "FINISHED",
            "total": 400,
            "summary": {"changed": 400, "unchanged": 0, "failed": 0},
            "failureReason": None,
        }
        done = [each["summary"]["changed"] for each in seen]
        assert done == sorted(done)
        assert all(one != other for one, other in pairwise(seen))
    assert len(told) > 2
    await server.quiet()


async def test_one_that_has_ended_is_told_once(server: LiveServer, caller: Api) -> None:
    id_ = await started(caller, "REVOKE", 0)
    await all_of(server, caller.secret, id_)

    told, errors = await all_of(server, caller.secret, id_)

    assert errors == []
    assert [(each["state"], each["total"]) for each in told] == [("FINISHED", 0)]


async def test_a_cancelled_one_completes(server: LiveServer, caller: Api) -> None:
    await crowd(server.app, caller.organization_id, 3_000)
    id_ = await started(caller, "REVOKE", 3_000)
    following = asyncio.create_task(all_of(server, caller.secret, id_))
    await caller.change("cancelBulkOperation", "", id=id_)

    told, errors = await following

    assert errors == []
    assert told[-1]["state"] == "CANCELLED"
    assert told[-1]["summary"]["changed"] < 3_000


@pytest.mark.parametrize("whose", ["another's", "nobody's"])
async def test_of_others_it_is_as_if_it_did_not_exist(
    server: LiveServer, caller: Api, whose: str
) -> None:
    id_: str = make_id(Kind.BULK_OPERATION, caller.organization_id, new_id())
    if whose == "another's":
        id_ = await started(await server.caller(), "REVOKE", 0)

    told, errors = await all_of(server, caller.secret, id_)

    assert told == []
    assert [error["message"] for error in errors] == [
        "There is no such bulk operation in this organization."
    ]


async def test_it_needs_the_scope_to_read_members(server: LiveServer, caller: Api) -> None:
    id_ = await started(caller, "REVOKE", 0)
    limited = await caller.with_scopes(*(set(Scope) - {Scope.MEMBERS_READ}))

    told, errors = await all_of(server, limited.secret, id_)

    assert told == []
    assert [error["extensions"]["code"] for error in errors] == ["FORBIDDEN"]


async def test_whoever_loses_the_right_is_told_no_more(server: LiveServer, caller: Api) -> None:
    await crowd(server.app, caller.organization_id, 4_000)
    id_ = await started(caller, "REVOKE", 4_000)
    issued = await token(server.app, caller.organization_id)
    following = asyncio.create_task(all_of(server, issued.secret, id_))
    await server.quiet(1)
    await server.app.execute(RevokeAccessToken(issued.id), SYSTEM)

    _, errors = await following

    assert [error["extensions"]["code"] for error in errors] == ["UNAUTHENTICATED"]
    await caller.change("cancelBulkOperation", "", id=id_)
