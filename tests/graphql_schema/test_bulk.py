"""Many members at once: a result for each, in order, whatever became of the others."""

from __future__ import annotations

import pytest

from domain.application import Application
from domain.ids import new_id
from domain.vocabulary import MemberStatus
from tests.support import factories
from tests.support.factories import Looks
from tests.support.graphql import Api

RESULTS = (
    "results { memberId changed member { status } errors { code path } }"
    " summary { changed unchanged failed }"
)
VERBS = {
    "inviteStagedMembers": (MemberStatus.STAGED, "INVITED"),
    "bulkReinviteMembers": (MemberStatus.INVITED, "INVITED"),
    "bulkRevokeMembers": (MemberStatus.CONFIRMED, "REVOKED"),
    "bulkRestoreMembers": (MemberStatus.REVOKED, "CONFIRMED"),
    "bulkRemoveMembers": (MemberStatus.INVITED, None),
}


@pytest.mark.parametrize("verb", VERBS)
async def test_results_are_in_input_order(app: Application, caller: Api, verb: str) -> None:
    before, after = VERBS[verb]
    other = await caller.elsewhere()
    theirs = await factories.member(app, other.organization_id, before)
    ids = [
        caller.member_id((await factories.member(app, caller.organization_id, before)).id)
        for _ in range(2)
    ]
    asked = [ids[1], caller.member_id(new_id()), "nonsense", other.member_id(theirs.id), ids[0]]

    done = await caller.change(verb, RESULTS, organizationId=caller.org, memberIds=asked)

    results = done["results"]
    assert [result["memberId"] for result in results] == asked
    assert [result["changed"] for result in results] == [True, False, False, False, True]
    status = {"status": after} if after else None
    assert [result["member"] for result in results] == [status, None, None, None, status]
    assert [result["errors"] for result in results] == [
        [],
        [{"code": "NOT_FOUND", "path": ["input", "memberIds", "1"]}],
        [{"code": "INVALID", "path": ["input", "memberIds", "2"]}],
        [{"code": "NOT_FOUND", "path": ["input", "memberIds", "3"]}],
        [],
    ]
    assert done["summary"] == {"changed": 2, "unchanged": 0, "failed": 3}
    assert (done["changed"], done["errors"]) == (True, [])
    row = await Looks(app.pool, other.organization_id).member(theirs.id)
    assert row is not None
    assert row["version"] == theirs.version


async def test_confirm_with_versions(app: Application, caller: Api) -> None:
    first, second, third = [
        await factories.member(app, caller.organization_id, status)
        for status in (MemberStatus.ACCEPTED, MemberStatus.ACCEPTED, MemberStatus.CONFIRMED)
    ]
    query = (
        "mutation ($input: BulkConfirmMembersInput!) { bulkConfirmMembers(input: $input)"
        f" {{ changed errors {{ code }} {RESULTS} }} }}"
    )
    members = [
        {"memberId": caller.member_id(first.id), "expectedVersion": first.version},
        {"memberId": caller.member_id(second.id), "expectedVersion": 1},
        {"memberId": caller.member_id(third.id)},
    ]

    found = await caller.ask(query, input={"organizationId": caller.org, "members": members})

    done = found["bulkConfirmMembers"]
    assert [result["member"]["status"] for result in done["results"]] == [
        "CONFIRMED",
        "ACCEPTED",
        "CONFIRMED",
    ]
    assert done["results"][1]["errors"] == [
        {"code": "VERSION_CONFLICT", "path": ["input", "members", "1", "expectedVersion"]}
    ]
    assert done["summary"] == {"changed": 1, "unchanged": 1, "failed": 1}


async def test_each_member_has_a_correlation_id_of_its_own(app: Application, caller: Api) -> None:
    ids = await factories.members(app, caller.organization_id, 3)
    members = [caller.member_id(id_) for id_ in ids]

    await caller.change("bulkRevokeMembers", "", organizationId=caller.org, memberIds=members)

    looks = Looks(app.pool, caller.organization_id)
    rows = await looks.rows(
        "SELECT correlation_id FROM audit_events WHERE organization_id = $1"
        " AND action = 'member.revoked'"
    )
    assert len({row[0] for row in rows}) == 3


async def test_at_most_500_at_once(app: Application, caller: Api) -> None:
    member = await factories.member(app, caller.organization_id)
    ids = [caller.member_id(member.id)] * 501
    given = {"organizationId": caller.org}

    refused = await caller.change("bulkRevokeMembers", RESULTS, **given, memberIds=ids)
    done = await caller.change("bulkRevokeMembers", RESULTS, **given, memberIds=ids[:500])

    assert [error["code"] for error in refused["errors"]] == ["TOO_MANY"]
    assert (refused["results"], refused["changed"]) == ([], False)
    assert done["summary"] == {"changed": 1, "unchanged": 499, "failed": 0}


async def test_another_organization_is_refused_as_a_whole(app: Application, caller: Api) -> None:
    other = await caller.elsewhere()
    theirs = await factories.member(app, other.organization_id)

    refused = await caller.change(
        "bulkRemoveMembers",
        RESULTS,
        organizationId=other.org,
        memberIds=[other.member_id(theirs.id)],
    )

    assert [(error["code"], error["path"]) for error in refused["errors"]] == [
        ("NOT_FOUND", ["input", "organizationId"])
    ]
    assert refused["results"] == []
