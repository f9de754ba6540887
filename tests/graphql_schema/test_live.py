"""Live subscriptions: what each emits, with which filter, from which cursor."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest

from domain.commands import ConfirmMember, RemoveMember, RevokeMember
from domain.vocabulary import MemberStatus, ProvisioningOutcome
from graphql_schema.ids import Kind, make_id
from graphql_schema.services import Limits
from tests.support import factories
from tests.support.graphql import Api
from tests.support.live import AUDIT, CHANGES, REQUESTS, LiveServer, events, heard, live_server
from tests.support.request_log import entry

LIFE = ["member.invited", "member.accepted", "member.confirmed"]


@pytest.fixture(scope="module")
async def server(database_url: str) -> AsyncIterator[LiveServer]:
    async with live_server(database_url) as made:
        yield made


@pytest.fixture
async def caller(server: LiveServer) -> Api:
    return await server.caller()


def actions(found: list[Any]) -> list[str]:
    return [each["data"]["auditEvents"]["node"]["action"] for each in found]


async def test_events_come_as_they_happen_and_none_from_before(
    server: LiveServer, caller: Api
) -> None:
    # Perhaps not sealed yet, and from before all the same.
    await factories.member(server.app, caller.organization_id)

    async with events(server.address, caller.secret, AUDIT, {"org": caller.org}) as stream:
        member = await factories.member(server.app, caller.organization_id, MemberStatus.CONFIRMED)
        found = await heard(stream, 3)

    nodes = [each["data"]["auditEvents"]["node"] for each in found]
    assert actions(found) == LIFE
    assert {node["subject"]["id"] for node in nodes} == {caller.member_id(member.id)}
    first = nodes[0]["position"]
    assert [node["position"] for node in nodes] == [first, first + 1, first + 2]


async def test_a_filter_holds_and_its_cursor_goes_on(server: LiveServer, caller: Api) -> None:
    variables: dict[str, Any] = {"org": caller.org, "filter": {"action": ["member.confirmed"]}}
    async with events(server.address, caller.secret, AUDIT, variables) as stream:
        one = await factories.member(server.app, caller.organization_id, MemberStatus.CONFIRMED)
        found = await heard(stream, 1)
        two = await factories.member(server.app, caller.organization_id, MemberStatus.CONFIRMED)
        found += await heard(stream, 1)

    assert [each["data"]["auditEvents"]["node"]["subject"]["id"] for each in found] == [
        caller.member_id(one.id),
        caller.member_id(two.id),
    ]
    variables["after"] = found[0]["data"]["auditEvents"]["cursor"]
    async with events(server.address, caller.secret, AUDIT, variables) as stream:
        assert await heard(stream, 1) == found[1:]


async def test_what_was_missed_is_replayed_in_order_and_goes_on_live(
    server: LiveServer, caller: Api
) -> None:
    variables: dict[str, Any] = {"org": caller.org}
    async with events(server.address, caller.secret, AUDIT, variables) as stream:
        await factories.member(server.app, caller.organization_id)
        (first,) = await heard(stream, 1)
    variables["after"] = first["data"]["auditEvents"]["cursor"]
    # More than one read brings, and with nobody there.
    for _ in range(20):
        await factories.member(server.app, caller.organization_id, MemberStatus.CONFIRMED)
    await server.all_sealed(caller)

    async with events(server.address, caller.secret, AUDIT, variables) as stream:
        replayed = await heard(stream, 60)
        await factories.member(server.app, caller.organization_id)
        live = await heard(stream, 1)

    assert actions(replayed + live) == [*(LIFE * 20), "member.invited"]
    positions = [each["data"]["auditEvents"]["node"]["position"] for each in replayed + live]
    assert positions == list(range(positions[0], positions[0] + 61))


async def test_a_cursor_of_the_list_is_one_of_the_tail(server: LiveServer, caller: Api) -> None:
    await server.all_sealed(caller)
    page = await caller.ask_here("auditEvents(first: 1) { pageInfo { startCursor } }")
    variables = {"org": caller.org, "after": page["auditEvents"]["pageInfo"]["startCursor"]}
    await factories.member(server.app, caller.organization_id)

    async with events(server.address, caller.secret, AUDIT, variables) as stream:
        assert actions(await heard(stream, 1)) == ["member.invited"]


async def test_requests_come_as_they_are_logged(server: LiveServer, caller: Api) -> None:
    record = server.workers.request_log.record
    record(entry(caller.organization_id, detail="before"))
    await server.workers.request_log.flush()
    rejected = {"org": caller.org, "filter": {"outcome": ["REJECTED"]}}

    async with (
        events(server.address, caller.secret, REQUESTS, {"org": caller.org}) as all_,
        events(server.address, caller.secret, REQUESTS, rejected) as some,
    ):
        applied = entry(caller.organization_id, detail="one")
        refused = entry(caller.organization_id, detail="two", outcome=ProvisioningOutcome.REJECTED)
        record(applied)
        record(refused)
        found, filtered = await heard(all_, 2), await heard(some, 1)

    assert [each["data"]["provisioningRequests"]["node"] for each in found] == [
        {
            "id": make_id(Kind.PROVISIONING_REQUEST, caller.organization_id, made.id),
            "detail": detail,
        }
        for made, detail in ((applied, "one"), (refused, "two"))
    ]
    assert filtered[0]["data"]["provisioningRequests"]["node"]["detail"] == "two"
    resumed = {"org": caller.org, "after": found[0]["data"]["provisioningRequests"]["cursor"]}
    async with events(server.address, caller.secret, REQUESTS, resumed) as stream:
        assert await heard(stream, 1) == found[1:]


async def test_changes_of_members_come_with_the_counters(server: LiveServer, caller: Api) -> None:
    async with events(server.address, caller.secret, CHANGES, {"org": caller.org}) as stream:
        member = await factories.member(server.app, caller.organization_id, MemberStatus.ACCEPTED)
        await heard(stream, 2)
        at = (caller.organization_id, member.id)
        await server.app.execute(ConfirmMember(*at), factories.SYSTEM)
        (confirmed,) = await heard(stream, 1)
        await server.app.execute(RevokeMember(*at), factories.SYSTEM)
        (revoked,) = await heard(stream, 1)
        await server.app.execute(RemoveMember(*at), factories.SYSTEM)
        (removed,) = await heard(stream, 1)

    empty = {"total": 0, "staged": 0, "invited": 0, "accepted": 0, "confirmed": 0, "revoked": 0}
    id_ = caller.member_id(member.id)
    assert [
        {name: value for name, value in each["data"]["memberChanges"].items() if name != "cursor"}
        for each in (confirmed, revoked, removed)
    ] == [
        {
            "memberId": id_,
            "member": {"id": id_, "status": "CONFIRMED"},
            "counts": empty | {"total": 1, "confirmed": 1},
        },
        {
            "memberId": id_,
            "member": {"id": id_, "status": "REVOKED"},
            "counts": empty | {"total": 1, "revoked": 1},
        },
        {"memberId": id_, "member": None, "counts": empty},
    ]


async def test_changes_that_leave_the_status_alone_are_none(
    server: LiveServer, caller: Api
) -> None:
    async with events(server.address, caller.secret, CHANGES, {"org": caller.org}) as stream:
        await factories.group(server.app, caller.organization_id, frozenset(), "a group")
        member = await factories.member(server.app, caller.organization_id)
        (found,) = await heard(stream, 1)

    assert found["data"]["memberChanges"]["memberId"] == caller.member_id(member.id)


async def test_a_stream_is_kept_alive_and_completed_by_nobody(
    database_url: str,
) -> None:
    async with live_server(database_url, Limits(keep_alive_s=0.05)) as server:
        caller = await server.caller()
        async with events(server.address, caller.secret, AUDIT, {"org": caller.org}) as stream:
            assert [await anext(stream) for _ in range(3)] == [("ping", None)] * 3
            # The process stops: no `complete`, since the client is to resume elsewhere.
            server.tails.close()
            assert [name async for name, _ in stream if name != "ping"] == []
