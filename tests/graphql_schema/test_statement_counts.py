"""How many statements the reads of hot query shapes cost, whatever the number of rows."""

from typing import Any

import pytest

from domain.application import Application
from domain.clock import utc_now
from domain.store.member_counter import keep_counts
from domain.store.sealer import seal_pending
from domain.store.snapshot import Snapshot
from domain.vocabulary import MemberStatus
from graphql_schema.scalars import instant_text
from tests.support import factories
from tests.support.graphql import Api, api, token
from tests.support.request_log import entry, write_requests

SHAPES = {
    "members(first: %d) { nodes { id email status role } pageInfo { endCursor } }": 1,
    "members(first: %d) { nodes { id } totalCount }": 2,
    "members(first: %d, filter: {status: [INVITED]}) { nodes { id } totalCount }": 2,
    "members(first: %d) { nodes { id organization { name } } }": 1,
    "members(first: %d) { nodes { id groups { nodes { displayName } } } }": 2,
    "members(first: %d) { nodes { groups { nodes { displayName } totalCount } } }": 3,
    "members(first: %d) { nodes { invitations(first: 1) { nodes { state } } } }": 2,
    "members(first: %d) { nodes { auditEvents(first: 3) { nodes { action } } } }": 2,
    "members(first: %d) { nodes { timeline(first: 3) { nodes { __typename } } } }": 2,
    "members(first: %d) { nodes { actions { revoke { allowed } } } }": 1,
    "groups(first: %d) { nodes { displayName memberCount } }": 2,
    "groups(first: %d) { nodes { members(first: 3) { nodes { email } } } }": 2,
    "auditEvents(first: %d) { nodes { action actor { __typename } subject { __typename } } }": 2,
    "pendingConfirmations(first: %d) { nodes { member { email } provisionedBy { id } } }": 2,
    "invitations(first: %d) { nodes { state member { email } } }": 2,
    "memberCounts { total }  members(first: %d) { nodes { id } }": 2,
    "members(first: %d, filter: {role: [USER]}) { edges { cursor node { id } } }": 1,
    "members(first: %d, filter: {role: [CUSTOM]}) { nodes { id } }": 2,
    "members(first: %d) { nodes { provisioningRequests(first: 2) { nodes { path } } } }": 2,
    "members(first: %d) { nodes { invitations(first: 1) { totalCount } } }": 3,
    "groups(first: %d) { nodes { auditEvents(first: 3) { nodes { action } } } totalCount }": 3,
    "groups(first: %d) { nodes { organization { name } members(first: 1) { totalCount } } }": 3,
    "auditEvents(first: %d) { nodes { summary provisioningRequest { id } } }": 1,
    'auditEvents(first: %d, filter: {action: ["member.*"]}) { nodes { id } }': 1,
    "provisioningRequests(first: %d) { nodes { path hints { text } subject { __typename } } }": 2,
    "provisioningRequests(first: %d) { nodes { auditEvents(first: 1) { nodes { id } } } }": 2,
    "provisioningRequests(first: %d, filter: {outcome: [FAILED]}) { nodes { id } }": 1,
    "pendingConfirmations(first: %d) { nodes { reason } totalCount }": 2,
    "invitations(first: %d, filter: {state: [QUEUED]}) { nodes { id } }": 1,
    "accessTokens(first: %d) { nodes { name organization { name } createdBy { __typename } } }": 1,
    "bulkOperations(first: %d) { nodes { id } }": 1,
    "scimConnection { guard { heldItems(first: %d) { nodes { heldAt } } } }": 3,
}


@pytest.fixture(scope="module")
async def crowd(app: Application) -> Api:
    caller = await api(app)
    ids = await factories.members(app, caller.organization_id, 12)
    for _ in range(3):
        await factories.member(app, caller.organization_id, MemberStatus.ACCEPTED)
    for number in range(12):
        await factories.group(app, caller.organization_id, frozenset(ids[number:]))
    everywhere = await factories.member(app, caller.organization_id, name="everywhere")
    for number in range(12):
        everyone = frozenset({everywhere.id, *ids}) if number == 0 else frozenset({everywhere.id})
        name = "of all" if number == 0 else None
        await factories.group(app, caller.organization_id, everyone, name)
    await seal_pending(app.pool)
    async with app.pool.acquire() as connection:
        assert await keep_counts(connection, caller.organization_id, utc_now())
    requests = [entry(caller.organization_id, subject_id=id_) for id_ in ids]
    await write_requests(app, requests)
    for _ in range(12):
        await token(app, caller.organization_id)
    await caller.change("enableScim", "", organizationId=caller.org)
    return caller


PAST_SHAPES = {
    "groups(first: %d) { nodes { members(asOf: $at, first: 3) { nodes { email } } } }": 6,
    "groups(first: %d) { nodes { members(asOf: $at, first: 3) { totalCount } } }": 7,
    'member(by: {userName: "everywhere"}, asOf: $at) { groups(first: %d) { nodes { id } } }': 7,
    'group(by: {displayName: "of all"}, asOf: $at) { members(first: %d) { nodes {'
    " email groups { nodes { displayName } } } } }": 10,
}


@pytest.fixture
def counted(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many statements each operation's reads took."""
    numbers: list[int] = []
    end = Snapshot.end

    async def counting(self: Snapshot) -> None:
        numbers.append(self.statements)
        await end(self)

    monkeypatch.setattr(Snapshot, "end", counting)
    return numbers


@pytest.mark.parametrize("shape", SHAPES)
async def test_statements_do_not_grow_with_rows(crowd: Api, shape: str, counted: list[int]) -> None:
    for rows in (1, 12):
        await crowd.ask_here(shape % rows)

    # One more for the organization itself.
    assert counted == [SHAPES[shape] + 1] * 2


@pytest.mark.parametrize("shape", PAST_SHAPES)
async def test_statements_of_the_past_do_not_grow_with_rows(
    crowd: Api, shape: str, counted: list[int]
) -> None:
    query = "query ($org: ID!, $at: DateTime!) { organization(by: {id: $org}) { %s } }"
    sql = "SELECT occurred_at FROM audit_heads WHERE organization_id = $1"
    at = instant_text(await crowd.app.pool.fetchval(sql, crowd.organization_id))

    for rows in (1, 12):
        found = await crowd.ask(query % (shape % rows), org=crowd.org, at=at)
        assert None not in found["organization"].values()

    assert counted == [PAST_SHAPES[shape] + 1] * 2


async def test_all_reads_of_an_operation_see_one_moment(app: Application, crowd: Api) -> None:
    seen: list[Any] = []
    fetch = Snapshot.fetch

    async def intruding(self: Snapshot, text: str, *arguments: Any) -> Any:
        rows = await fetch(self, text, *arguments)
        if not seen:
            seen.append(text)
            await factories.member(app, crowd.organization_id)
        return rows

    before = (await crowd.ask_here("memberCounts { total }"))["memberCounts"]["total"]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Snapshot, "fetch", intruding)
        found = await crowd.ask_here("memberCounts { total } members { totalCount }")

    assert found == {"memberCounts": {"total": before}, "members": {"totalCount": before}}
    after = (await crowd.ask_here("memberCounts { total }"))["memberCounts"]["total"]
    assert after == before + 1
