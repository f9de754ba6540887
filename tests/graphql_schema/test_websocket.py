"""Subscriptions over websockets: the protocol's messages, its close codes, our limits."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

import pytest
from gql import Client, gql
from gql.transport.websockets import WebsocketsTransport
from websockets.asyncio.client import connect

from domain.commands import RevokeAccessToken
from domain.vocabulary import MemberStatus
from graphql_schema.services import Limits
from tests.support import factories
from tests.support.graphql import Api, token
from tests.support.live import AUDIT, CHANGES, LiveServer, Socket, live_server

LIMITS = Limits(connection_init_s=0.5, recheck_s=0.3)


@pytest.fixture(scope="module")
async def server(database_url: str) -> AsyncIterator[LiveServer]:
    async with live_server(database_url, LIMITS) as made:
        yield made


@pytest.fixture
async def caller(server: LiveServer) -> Api:
    return await server.caller()


async def test_several_subscriptions_share_a_socket(server: LiveServer, caller: Api) -> None:
    async with Socket.connected(server.address, caller.secret) as socket:
        await socket.subscribe("events", AUDIT, org=caller.org)
        await socket.subscribe("changes", CHANGES, org=caller.org)
        await socket.begun()
        assert server.tails.count == 2

        await factories.member(server.app, caller.organization_id)
        said = {message["id"]: message for message in [await socket.hear(), await socket.hear()]}
        await socket.say(type="complete", id="events")
        await server.quiet(1)
        await factories.member(server.app, caller.organization_id)
        after = await socket.hear()

    assert {message["type"] for message in said.values()} == {"next"}
    event = said["events"]["payload"]["data"]["auditEvents"]
    assert event["node"]["action"] == "member.invited"
    assert said["changes"]["payload"]["data"]["memberChanges"]["counts"]["total"] == 1
    assert (after["id"], after["type"]) == ("changes", "next")
    await server.quiet()


async def test_the_header_lets_in_as_well(server: LiveServer, caller: Api) -> None:
    headers = {"Authorization": f"Bearer {caller.secret}"}
    async with Socket.open(server.address, **headers) as socket:
        await socket.init({})
        await socket.subscribe("1", CHANGES, org=caller.org)
        await socket.begun()
        assert server.tails.count == 1


@pytest.mark.parametrize(
    "payload", [{}, {"Authorization": "Bearer adm_wrong"}, {"Authorization": 7}]
)
async def test_who_is_nobody_is_4403(server: LiveServer, payload: dict[str, Any]) -> None:
    async with Socket.open(server.address) as socket:
        await socket.say(type="connection_init", payload=payload)
        assert await socket.closed() == (4403, "Forbidden")


async def test_who_does_not_introduce_themselves_is_4408(server: LiveServer) -> None:
    async with Socket.open(server.address) as socket:
        assert await socket.closed() == (4408, "Connection initialisation timeout")


async def test_subscribing_too_early_is_4401(server: LiveServer, caller: Api) -> None:
    async with Socket.open(server.address) as socket:
        await socket.subscribe("1", CHANGES, org=caller.org)
        assert await socket.closed() == (4401, "Unauthorized")


async def test_introducing_oneself_twice_is_4429(server: LiveServer, caller: Api) -> None:
    async with Socket.connected(server.address, caller.secret) as socket:
        await socket.say(type="connection_init", payload={})
        assert await socket.closed() == (4429, "Too many initialisation requests")


async def test_an_id_that_is_in_use_is_4409(server: LiveServer, caller: Api) -> None:
    async with Socket.connected(server.address, caller.secret) as socket:
        await socket.subscribe("1", CHANGES, org=caller.org)
        await socket.subscribe("1", CHANGES, org=caller.org)
        assert await socket.closed() == (4409, "Subscriber for 1 already exists")
    await server.quiet()


@pytest.mark.parametrize(
    "message",
    [
        "no json",
        "[]",
        "7",
        "{}",
        '{"type": "unheard"}',
        '{"type": ["ping"]}',
        '{"type": "subscribe", "payload": {}}',
        '{"type": "subscribe", "id": ["1"], "payload": {}}',
        '{"type": "subscribe", "id": "1"}',
        '{"type": "subscribe", "id": "1", "payload": []}',
        '{"type": "complete"}',
        b"\x00",
    ],
)
async def test_what_is_no_message_is_4400(
    server: LiveServer, caller: Api, message: str | bytes
) -> None:
    async with Socket.connected(server.address, caller.secret) as socket:
        await socket.connection.send(message)
        code, _ = await socket.closed()
        assert code == 4400


async def test_another_protocol_is_4406(server: LiveServer) -> None:
    url = f"ws://{server.address}/graphql"
    async with connect(url, proxy=None) as connection:
        await connection.wait_closed()
        assert connection.close_code == 4406


async def test_ten_to_a_socket_and_not_one_more(server: LiveServer, caller: Api) -> None:
    most = LIMITS.subscriptions_per_connection
    async with Socket.connected(server.address, caller.secret) as socket:
        for number in range(most):
            await socket.subscribe(str(number), CHANGES, org=caller.org)
        await socket.begun()
        assert server.tails.count == most == 10

        await socket.subscribe("more", CHANGES, org=caller.org)
        said = await socket.hear()
        await socket.say(type="complete", id="0")
        await server.quiet(most - 1)
        await socket.subscribe("more", CHANGES, org=caller.org)
        await socket.begun()
        assert server.tails.count == most

    assert said == {
        "id": "more",
        "type": "error",
        "payload": [
            {
                "message": "A connection may have at most 10 operations open at once.",
                "extensions": {"code": "LIMIT_EXCEEDED"},
            }
        ],
    }


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("subscription {", "BAD_REQUEST"),
        ("subscription { nothing }", "BAD_REQUEST"),
        ("", "BAD_REQUEST"),
        (CHANGES, "BAD_REQUEST"),
    ],
)
async def test_an_operation_that_cannot_be_run_is_an_error_of_its_own(
    server: LiveServer, caller: Api, query: str, code: str
) -> None:
    async with Socket.connected(server.address, caller.secret) as socket:
        await socket.subscribe("1", query, org=(await server.caller()).org)
        said = await socket.hear()
        # The socket and the id are good for another.
        await socket.subscribe("1", CHANGES, org=caller.org)
        await socket.begun()

    assert (said["id"], said["type"]) == ("1", "error")
    assert [error["extensions"]["code"] for error in said["payload"]] == [code]


async def test_queries_and_mutations_are_answered_too(server: LiveServer, caller: Api) -> None:
    member = await factories.member(server.app, caller.organization_id, MemberStatus.ACCEPTED)
    mutation = "mutation ($id: ID!) { confirmMember(input: {memberId: $id}) { changed } }"
    async with Socket.connected(server.address, caller.secret) as socket:
        await socket.subscribe("q", "{ __typename }")
        said = [await socket.hear(), await socket.hear()]
        await socket.subscribe("m", mutation, id=caller.member_id(member.id))
        said += [await socket.hear(), await socket.hear()]

    assert [(message["id"], message["type"]) for message in said] == [
        ("q", "next"),
        ("q", "complete"),
        ("m", "next"),
        ("m", "complete"),
    ]
    assert said[0]["payload"]["data"] == {"__typename": "Query"}
    assert said[0]["payload"]["extensions"]["cost"]["limit"] == 5000
    assert said[2]["payload"]["data"] == {"confirmMember": {"changed": True}}


async def test_a_revoked_token_ends_the_socket(server: LiveServer, caller: Api) -> None:
    issued = await token(server.app, caller.organization_id)
    async with Socket.connected(server.address, issued.secret) as socket:
        await socket.subscribe("1", CHANGES, org=caller.org)
        await socket.begun()
        revoke = RevokeAccessToken(token_id=issued.id)
        await server.app.execute(revoke, factories.SYSTEM)

        said = await socket.hear()
        assert (said["id"], said["type"]) == ("1", "error")
        assert said["payload"][0]["extensions"] == {"code": "UNAUTHENTICATED"}
        assert await socket.closed() == (4403, "Forbidden")
    await server.quiet()


async def test_a_process_that_stops_says_so(database_url: str) -> None:
    async with live_server(database_url) as server:
        caller = await server.caller()
        async with Socket.connected(server.address, caller.secret) as socket:
            await socket.subscribe("1", CHANGES, org=caller.org)
            await socket.begun()
            server.tails.close()
            code, _ = await socket.closed()
            assert code == 1012


async def test_a_client_of_another_house_understands_it(server: LiveServer, caller: Api) -> None:
    transport = WebsocketsTransport(
        url=f"ws://{server.address}/graphql",
        init_payload={"Authorization": f"Bearer {caller.secret}"},
    )
    request = gql(CHANGES)
    request.variable_values = {"org": caller.org}
    async with Client(transport=transport) as session, asyncio.timeout(20):
        subscription = session.subscribe(request)
        first = asyncio.create_task(anext(subscription))
        while not server.tails.count:
            await asyncio.sleep(0.01)
        member = await factories.member(server.app, caller.organization_id)
        found = await first
        await subscription.aclose()

    assert json.loads(json.dumps(found))["memberChanges"]["memberId"] == caller.member_id(member.id)
