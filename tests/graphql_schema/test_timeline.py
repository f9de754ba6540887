"""A member's timeline: events and requests that changed nothing, once each, newest first."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from domain.application import Application
from domain.caller import Actor, Caller
from domain.commands import ProvisionMember
from domain.ids import UUID, new_id
from domain.queries.audit import AuditEventRow
from domain.queries.paging import Window
from domain.queries.reader import Reader
from domain.queries.timeline import TIMELINE, TimelineRow
from domain.store.sealer import seal_pending
from domain.vocabulary import (
    ActorKind,
    MemberStatus,
    Origin,
    ProvisioningOutcome,
    ScimOperation,
    Scope,
)
from tests.support import factories
from tests.support.graphql import Api
from tests.support.request_log import entry, write_requests

ENTRY = (
    "__typename ... on AuditEvent { action provisioningRequest { id } }"
    " ... on ProvisioningRequest { operation outcome }"
)


def told(node: dict[str, Any]) -> str:
    if node["__typename"] == "AuditEvent":
        return str(node["action"])
    return f"{node['operation']} {node['outcome']}"


async def timeline(caller: Api, member_id: UUID, arguments: str = "first: 50") -> Any:
    query = (
        f"query ($id: ID!) {{ node(id: $id) {{ ... on Member {{ timeline({arguments}) {{"
        f" edges {{ cursor node {{ {ENTRY} }} }} pageInfo {{ hasNextPage hasPreviousPage }}"
        " } } } }"
    )
    return (await caller.ask(query, id=caller.member_id(member_id)))["node"]["timeline"]


async def requests(
    app: Application, owner: UUID, subject_id: UUID, start: datetime, *asked: tuple[Any, Any]
) -> None:
    """Requests about a member, a second apart."""
    await write_requests(
        app,
        [
            entry(
                owner,
                subject_id=subject_id,
                operation=operation,
                outcome=outcome,
                received_at=start + timedelta(seconds=number),
            )
            for number, (operation, outcome) in enumerate(asked)
        ],
    )


async def test_each_thing_is_told_once(app: Application, caller: Api) -> None:
    owner = caller.organization_id
    applied = entry(owner)
    actor = Actor(ActorKind.SCIM_CONNECTION, new_id(), "SCIM")
    idp = Caller(
        actor, Origin.SCIM, owner, request_id=applied.id, correlation_id=applied.correlation_id
    )
    member = (await app.execute(ProvisionMember(owner, factories.attributes()), idp)).value
    other = await factories.member(app, owner, MemberStatus.CONFIRMED)
    await write_requests(app, [replace(applied, subject_id=member.id)])
    later = datetime.now().astimezone() + timedelta(minutes=1)
    await requests(
        app,
        owner,
        member.id,
        later,
        (ScimOperation.READ, ProvisioningOutcome.UNCHANGED),
        (ScimOperation.READ, ProvisioningOutcome.REJECTED),
        (ScimOperation.SEARCH, ProvisioningOutcome.UNCHANGED),
        (ScimOperation.PATCH, ProvisioningOutcome.UNCHANGED),
        (ScimOperation.REPLACE, ProvisioningOutcome.REJECTED),
        (ScimOperation.DELETE, ProvisioningOutcome.FAILED),
    )
    await requests(app, owner, other.id, later, (ScimOperation.PATCH, ProvisioningOutcome.FAILED))
    await seal_pending(app.pool)
    await caller.change("revokeMember", "", memberId=caller.member_id(member.id))

    found = [edge["node"] for edge in (await timeline(caller, member.id))["edges"]]

    # The last change is not sealed yet; the request that was applied is told by its event.
    assert list(map(told, found)) == [
        "DELETE FAILED",
        "REPLACE REJECTED",
        "PATCH UNCHANGED",
        "member.invited",
    ]
    shown = await caller.ask_here(
        "provisioningRequests(filter: {outcome: [APPLIED]}) { nodes { id } }"
    )
    assert found[-1]["provisioningRequest"] == shown["provisioningRequests"]["nodes"][0]
    await seal_pending(app.pool)
    assert "member.revoked" in map(
        told, [edge["node"] for edge in (await timeline(caller, member.id))["edges"]]
    )


@pytest.fixture
async def life(app: Application, caller: Api) -> UUID:
    """A member of four events, with requests before, between, at the same instants and after."""
    owner = caller.organization_id
    member = await factories.member(app, owner, MemberStatus.REVOKED)
    await seal_pending(app.pool)
    rows = await app.pool.fetch(
        "SELECT occurred_at FROM audit_events WHERE subject_id = $1 ORDER BY position", member.id
    )
    instants = [row["occurred_at"] for row in rows]
    moments = [
        instants[0] - timedelta(hours=1),
        *(at for at in instants for _ in range(2)),
        instants[1] + timedelta(microseconds=1),
        instants[-1] + timedelta(hours=1),
    ]
    await write_requests(
        app,
        [
            entry(
                owner,
                subject_id=member.id,
                received_at=at,
                operation=ScimOperation.PATCH,
                outcome=ProvisioningOutcome.UNCHANGED,
            )
            # Batches of two processes may be written in another order than that of time.
            for at in [*moments[1::2], *moments[::2]]
        ],
    )
    return member.id


def instant(row: TimelineRow) -> datetime:
    return row.occurred_at if isinstance(row, AuditEventRow) else row.received_at


@pytest.mark.parametrize("size", [1, 2, 3, 5, 100])
async def test_pages_of_any_size_make_the_same_list(
    app: Application, caller: Api, life: UUID, size: int
) -> None:
    reader, owner = Reader(app.pool), caller.organization_id
    whole = await TIMELINE.page(reader, owner, Window(100), parent_id=life)
    ids = [row.id for row in whole.rows]
    assert len(set(ids)) == len(ids) == 4 + 11
    assert [instant(row) for row in whole.rows] == sorted(map(instant, whole.rows), reverse=True)
    assert not whole.has_next

    down: list[UUID] = []
    after = None
    while True:
        page = await TIMELINE.page(reader, owner, Window(size, after=after), parent_id=life)
        down += [row.id for row in page.rows]
        assert page.has_next is (len(down) < len(ids))
        if not page.has_next:
            break
        after = page.positions[-1]
    assert down == ids

    up: list[UUID] = []
    before = None
    while True:
        window = Window(size, before=before, backwards=True)
        page = await TIMELINE.page(reader, owner, window, parent_id=life)
        up[:0] = [row.id for row in page.rows]
        assert page.has_previous is (len(up) < len(ids))
        if not page.has_previous:
            break
        before = page.positions[0]
    assert up == ids


async def test_between_two_places(app: Application, caller: Api, life: UUID) -> None:
    reader, owner = Reader(app.pool), caller.organization_id
    whole = await TIMELINE.page(reader, owner, Window(100), parent_id=life)

    for first in range(len(whole.rows)):
        for last in range(first + 1, len(whole.rows)):
            window = Window(100, after=whole.positions[first], before=whole.positions[last])
            page = await TIMELINE.page(reader, owner, window, parent_id=life)
            assert page.rows == whole.rows[first + 1 : last]


async def test_cursors_are_those_of_one_timeline(caller: Api, life: UUID, app: Application) -> None:
    other = await factories.member(app, caller.organization_id)
    found = await timeline(caller, life, "first: 2")
    cursor = found["edges"][1]["cursor"]

    following = await timeline(caller, life, f'first: 2, after: "{cursor}"')
    assert following["pageInfo"] == {"hasNextPage": True, "hasPreviousPage": True}
    whole = await timeline(caller, life)
    assert whole["edges"][2:4] == following["edges"]
    query = "query ($id: ID!, $after: String) { node(id: $id) { ... on Member {"
    query += " timeline(after: $after) { nodes { __typename } } } } }"
    sent = {"id": caller.member_id(other.id), "after": cursor}
    assert await caller.codes(query, **sent) == ["BAD_REQUEST"]


async def test_until_an_instant(app: Application, caller: Api, life: UUID) -> None:
    reader, owner = Reader(app.pool), caller.organization_id
    whole = await TIMELINE.page(reader, owner, Window(100), parent_id=life)
    until = instant(whole.rows[4])
    expected = [row for row in whole.rows if instant(row) <= until]
    assert 1 < len(expected) < len(whole.rows)

    page = await TIMELINE.page(reader, owner, Window(3), parent_id=life, until=until)
    assert page.rows == expected[:3]
    assert (page.has_previous, page.has_next) == (False, True)
    last = await TIMELINE.page(
        reader, owner, Window(100, backwards=True), parent_id=life, until=until
    )
    assert last.rows == expected
    assert (last.has_previous, last.has_next) == (False, False)

    query = (
        f'{{ organization(by: {{id: "{caller.org}"}}) {{ member(by: {{id: "%s"}}, asOf: "%s") {{'
    )
    query = query % (caller.member_id(life), until.isoformat())
    found = await caller.ask(f"{query} timeline(first: 50) {{ nodes {{ __typename }} }} }} }} }}")
    assert len(found["organization"]["member"]["timeline"]["nodes"]) == len(expected)


async def test_both_scopes_are_needed(caller: Api, life: UUID) -> None:
    query = (
        "query ($id: ID!) { node(id: $id) { ... on Member { timeline { nodes { __typename } } } } }"
    )
    sent = {"id": caller.member_id(life)}

    for scope in (Scope.AUDIT_READ, Scope.PROVISIONING_READ):
        limited = await caller.with_scopes(Scope.MEMBERS_READ, scope)
        assert await limited.codes(query, **sent) == ["FORBIDDEN"]
    both = await caller.with_scopes(Scope.MEMBERS_READ, Scope.AUDIT_READ, Scope.PROVISIONING_READ)
    assert await both.codes(query, **sent) == []


async def test_another_organization_sees_nothing(app: Application, caller: Api, life: UUID) -> None:
    there = await caller.elsewhere()
    page = await TIMELINE.page(Reader(app.pool), there.organization_id, Window(10), parent_id=life)

    assert page.rows == []
