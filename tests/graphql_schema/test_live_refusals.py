"""Who may not subscribe, what is too much, and how a stream ends when something goes wrong."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import replace
from typing import Any

import httpx
import pytest

from domain.commands import RevokeAccessToken
from domain.ids import new_id
from domain.queries import logs
from domain.vocabulary import Scope
from graphql_schema import subscriptions
from graphql_schema.ids import Kind, make_id
from graphql_schema.services import Limits
from graphql_schema.subscriptions import Cursors
from tests.support import factories
from tests.support.graphql import Api, token
from tests.support.live import AUDIT, CHANGES, REQUESTS, LiveServer, events, heard, live_server

FEW = Limits(subscriptions_per_token=3, recheck_s=0.3, operation_s=2.5)


@pytest.fixture(scope="module")
async def server(database_url: str) -> AsyncIterator[LiveServer]:
    async with live_server(database_url, FEW) as made:
        yield made


@pytest.fixture
async def caller(server: LiveServer) -> Api:
    return await server.caller()


async def ended(
    server: LiveServer, caller: Api, query: str, **variables: Any
) -> list[dict[str, Any]]:
    """The errors of a subscription that is refused: one result, then the end."""
    async with events(server.address, caller.secret, query, variables) as stream:
        said = [each async for each in stream if each[0] != "ping"]
    assert [name for name, _ in said] == ["next", "complete"]
    assert said[0][1].get("data") is None
    errors: list[dict[str, Any]] = said[0][1]["errors"]
    return errors


async def refusal(server: LiveServer, secret: str, **headers: str) -> httpx.Response:
    sent = {"accept": "text/event-stream", "authorization": f"Bearer {secret}", **headers}
    async with httpx.AsyncClient() as client:
        return await client.post(
            f"http://{server.address}/graphql",
            json={"query": AUDIT, "variables": {"org": "org_"}},
            headers=sent,
        )


@pytest.mark.parametrize(
    ("query", "scope"),
    [
        (AUDIT, Scope.AUDIT_READ),
        (REQUESTS, Scope.PROVISIONING_READ),
        (CHANGES, Scope.MEMBERS_READ),
    ],
)
async def test_each_needs_its_scope(
    server: LiveServer, caller: Api, query: str, scope: Scope
) -> None:
    limited = await caller.with_scopes(*(set(Scope) - {scope}))

    (error,) = await ended(server, limited, query, org=caller.org)

    assert error["message"] == f"This needs the scope {scope}."
    assert error["extensions"] == {"code": "FORBIDDEN", "scope": scope.value}
    assert server.tails.count == 0


@pytest.mark.parametrize("query", [AUDIT, REQUESTS, CHANGES])
async def test_an_organization_of_others_does_not_exist(
    server: LiveServer, caller: Api, query: str
) -> None:
    theirs = (await server.caller()).org
    nobodys = make_id(Kind.ORGANIZATION, None, new_id())

    foreign = await ended(server, caller, query, org=theirs)
    unknown = await ended(server, caller, query, org=nobodys)
    everywhere = await ended(server, await caller.everywhere(), query, org=nobodys)

    assert [
        [error["message"].replace(org, "it") for error in errors]
        for errors, org in ((foreign, theirs), (unknown, nobodys), (everywhere, nobodys))
    ] == [["There is no organization it."]] * 3
    assert [error["extensions"] for error in foreign + unknown] == [{"code": "BAD_REQUEST"}] * 2


async def test_a_token_for_all_organizations_hears_of_any(server: LiveServer, caller: Api) -> None:
    everywhere = await caller.everywhere()

    async with events(server.address, everywhere.secret, AUDIT, {"org": caller.org}) as stream:
        await factories.member(server.app, caller.organization_id)
        (found,) = await heard(stream, 1)

    assert found["data"]["auditEvents"]["node"]["action"] == "member.invited"


async def test_a_wrong_token_is_401(server: LiveServer) -> None:
    response = await refusal(server, "adm_nobodys")

    assert response.status_code == 401
    assert response.headers["content-type"] == "application/json"
    assert response.json()["errors"][0]["extensions"] == {"code": "UNAUTHENTICATED"}


@pytest.mark.parametrize(
    ("after", "message"),
    [
        ("nonsense", "after is not a cursor."),
        (None, "after is a cursor of another list, or of another order or filter."),
    ],
)
async def test_a_cursor_of_something_else_is_refused(
    server: LiveServer, caller: Api, after: str | None, message: str
) -> None:
    if after is None:
        page = await caller.ask_here("auditEvents(first: 1) { pageInfo { startCursor } }")
        after = page["auditEvents"]["pageInfo"]["startCursor"]

    (error,) = await ended(server, caller, CHANGES, org=caller.org, after=after)

    assert error["message"] == message
    assert error["extensions"] == {"code": "BAD_REQUEST"}


async def test_a_cursor_that_lies_ahead_is_refused(server: LiveServer, caller: Api) -> None:
    after = Cursors(None, caller.organization_id, "memberChanges").write(10**9)

    (error,) = await ended(server, caller, CHANGES, org=caller.org, after=after)

    assert error["message"] == "after is a cursor that this list has not reached."


async def test_limits_hold_for_subscriptions(server: LiveServer, caller: Api) -> None:
    costly = (
        "subscription ($org: ID!) { auditEvents(organizationId: $org) { node {"
        " membersAdded(first: 100) { nodes { groups(first: 100) { nodes { id } } } } } } }"
    )
    two = "subscription ($org: ID!) { a: memberChanges(organizationId: $org) { cursor }"
    two += " b: memberChanges(organizationId: $org) { cursor } }"

    (cost,) = await ended(server, caller, costly, org=caller.org)
    (roots,) = await ended(server, caller, two, org=caller.org)

    assert cost["extensions"] == {"code": "LIMIT_EXCEEDED"}
    assert "points of cost" in cost["message"]
    assert roots["message"] == "Anonymous Subscription must select only one top level field."


async def test_a_token_has_so_many_and_not_one_more(server: LiveServer, caller: Api) -> None:
    variables = {"org": caller.org}
    async with AsyncExitStack() as stack:
        for _ in range(FEW.subscriptions_per_token):
            opened = events(server.address, caller.secret, CHANGES, variables)
            await stack.enter_async_context(opened)
        assert server.tails.count == 3

        (error,) = await ended(server, caller, CHANGES, **variables)
        assert error["extensions"] == {"code": "LIMIT_EXCEEDED"}
        assert error["message"] == (
            "A token or session may have at most 3 subscriptions open at once."
        )
        # Another token is another matter.
        other = await caller.with_scopes(Scope.MEMBERS_READ)
        async with events(server.address, other.secret, CHANGES, variables):
            assert server.tails.count == 4

    await server.quiet()
    async with events(server.address, caller.secret, CHANGES, variables):
        assert server.tails.count == 1


async def test_plain_json_is_told_how_to_subscribe(caller: Api) -> None:
    response = await caller.post(AUDIT, {"org": caller.org})

    assert response.json()["errors"] == [
        {
            "message": "Accept text/event-stream to subscribe, or open a websocket.",
            "extensions": {"code": "BAD_REQUEST"},
        }
    ]


@pytest.mark.parametrize("accept", ["text/event-stream", "application/json, text/event-stream"])
async def test_queries_are_streamed_only_to_who_takes_nothing_else(
    server: LiveServer, caller: Api, accept: str
) -> None:
    headers = {"accept": accept, "authorization": f"Bearer {caller.secret}"}
    async with httpx.AsyncClient() as client:
        response = await client.post(
            f"http://{server.address}/graphql", json={"query": "{ __typename }"}, headers=headers
        )

    if "json" in accept:
        assert response.json()["data"] == {"__typename": "Query"}
    else:
        assert response.text.startswith(':\n\nevent: next\ndata: {"data":{"__typename":"Query"}')
        assert response.text.endswith("event: complete\ndata:\n\n")


async def test_a_revoked_token_ends_the_stream(server: LiveServer, caller: Api) -> None:
    other = await token(server.app, caller.organization_id)
    limited = replace(caller, secret=other.secret)
    async with events(server.address, limited.secret, AUDIT, {"org": caller.org}) as stream:
        revoke = RevokeAccessToken(token_id=other.id)
        await server.app.execute(revoke, factories.SYSTEM)
        async with asyncio.timeout(20):
            said = [each async for each in stream if each[0] != "ping"]

    *before, last, end = said
    # The revocation itself may still have been seen.
    assert [data["data"]["auditEvents"]["node"]["action"] for _, data in before] in (
        [],
        ["access_token.revoked"],
    )
    assert last[0] == "next"
    assert last[1]["errors"][0]["extensions"] == {"code": "UNAUTHENTICATED"}
    assert end == ("complete", None)
    await server.quiet()


async def test_what_goes_wrong_inside_is_masked(
    server: LiveServer, caller: Api, monkeypatch: pytest.MonkeyPatch, caplog: Any
) -> None:
    async def fail(*_: object) -> Any:
        raise ValueError("the secret of the house")

    monkeypatch.setattr(logs, "_between", fail)
    async with events(server.address, caller.secret, AUDIT, {"org": caller.org}) as stream:
        await factories.member(server.app, caller.organization_id)
        said = [each async for each in stream if each[0] != "ping"]

    assert [name for name, _ in said] == ["next", "complete"]
    (error,) = said[0][1]["errors"]
    assert error["extensions"]["code"] == "INTERNAL"
    assert "secret" not in str(said)
    assert error["extensions"]["correlationId"] in str(
        [getattr(record, "correlation_id", None) for record in caplog.records]
    )


async def test_an_event_has_the_time_of_an_operation(
    server: LiveServer, caller: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def never(*_: object) -> Any:
        await asyncio.Event().wait()

    monkeypatch.setattr(subscriptions, "member_counts", never)
    async with events(server.address, caller.secret, CHANGES, {"org": caller.org}) as stream:
        # Longer than an operation may take: waiting is no part of it.
        await asyncio.sleep(1.5 * FEW.operation_s)
        await factories.member(server.app, caller.organization_id)
        said = [each async for each in stream if each[0] != "ping"]

    assert [name for name, _ in said] == ["next", "complete"]
    assert said[0][1] == {
        "errors": [
            {
                "message": "An event took longer than 2.5 seconds.",
                "extensions": {"code": "LIMIT_EXCEEDED"},
            }
        ]
    }
    assert server.app.pool.get_idle_size() > 0
