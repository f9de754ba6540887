"""What a worker does to each member of a bulk operation, in whose name, and what is told of it."""

from __future__ import annotations

import pytest

from domain.application import Application
from domain.commands import AcceptInvitation
from domain.vocabulary import MemberStatus
from graphql_schema.ids import read_id
from tests.support import factories
from tests.support.bulk import look, people, start, started, work
from tests.support.factories import Looks
from tests.support.graphql import Api

STAGED, INVITED = MemberStatus.STAGED, MemberStatus.INVITED
ACCEPTED, CONFIRMED = MemberStatus.ACCEPTED, MemberStatus.CONFIRMED
REVOKED = MemberStatus.REVOKED
ACTIONS = {
    "INVITE": (STAGED, "INVITED", "member.invited"),
    "CONFIRM": (ACCEPTED, "CONFIRMED", "member.confirmed"),
    "REINVITE": (INVITED, "INVITED", "member.reinvited"),
    "REVOKE": (CONFIRMED, "REVOKED", "member.revoked"),
    "RESTORE": (REVOKED, "CONFIRMED", "member.restored"),
    "REMOVE": (INVITED, None, "member.removed"),
}
_EVENTS = (
    "SELECT subject_id, origin, actor_kind, actor_id, correlation_id, request_id, changes"
    " FROM audit_events WHERE organization_id = $1 AND action = $2 ORDER BY sequence"
)


@pytest.fixture
def looks(app: Application, caller: Api) -> Looks:
    return Looks(app.pool, caller.organization_id)


@pytest.mark.parametrize("action", ACTIONS)
async def test_the_action_is_done_to_everyone_selected(
    app: Application, caller: Api, looks: Looks, action: str
) -> None:
    # given members of whom a filter selects some, and such members elsewhere
    before, after, event = ACTIONS[action]
    chosen = await people(app, caller, before, 3)
    group = await factories.group(
        app, caller.organization_id, frozenset(each.id for each in chosen)
    )
    spared = (await people(app, caller, before, 1))[0]
    other = await caller.elsewhere()
    theirs = (await people(app, other, before, 1))[0]

    # when the action is started
    wanted = {"status": [before.value], "groupId": caller.group_id(group)}
    made = await start(caller, action, 3, wanted)
    id_ = made["bulkOperation"]["id"]

    # then nothing has happened yet
    assert made == {
        "changed": True,
        "errors": [],
        "bulkOperation": {
            "id": id_,
            "action": action,
            "state": "QUEUED",
            "total": 3,
            "failureReason": None,
            "summary": {"changed": 0, "unchanged": 0, "failed": 0},
        },
    }
    already = len(await looks.rows(_EVENTS, event))

    # and a worker does it to each of them, once, in the name of the caller
    await work(app)
    found = await look(caller, id_, "startedAt finishedAt correlationId")
    assert (found["state"], found["total"]) == ("FINISHED", 3)
    assert found["summary"] == {"changed": 3, "unchanged": 0, "failed": 0}
    assert found["finishedAt"] > found["startedAt"]
    events = (await looks.rows(_EVENTS, event))[already:]
    assert sorted(row["subject_id"] for row in events) == sorted(each.id for each in chosen)
    token_id = await app.pool.fetchval(
        "SELECT id FROM access_tokens WHERE organization_id = $1", caller.organization_id
    )
    for row in events:
        assert (row["origin"], row["actor_kind"]) == ("ADMIN_API", "ACCESS_TOKEN")
        assert row["actor_id"] == token_id
        assert str(row["correlation_id"]) == found["correlationId"]
    for each in chosen:
        member = await looks.member(each.id)
        status = member and ("REVOKED" if member["revoked_at"] else member["stage"])
        assert status == after

    # and nobody else is touched
    for each, where in ((spared, looks), (theirs, Looks(app.pool, other.organization_id))):
        row = await where.member(each.id)
        assert row is not None
        assert row["version"] == each.version


async def test_its_life_is_in_the_history(app: Application, caller: Api, looks: Looks) -> None:
    await people(app, caller, STAGED, 2)
    id_ = await started(caller, "INVITE", 2, {"status": ["STAGED"], "search": "person"})
    await work(app)

    operation = read_id(id_)
    assert operation is not None
    assert await looks.actions(operation.id) == [
        "bulk_operation.started",
        "bulk_operation.finished",
    ]
    (begun,) = await looks.rows(_EVENTS, "bulk_operation.started")
    (ended,) = await looks.rows(_EVENTS, "bulk_operation.finished")
    assert {change["attribute"]: change["after"] for change in begun["changes"]} == {
        "action": "INVITE",
        "total": "2",
        "filter": '{"search":"person","statuses":["STAGED"]}',
    }
    assert {change["attribute"]: change["after"] for change in ended["changes"]} == {
        "state": "FINISHED",
        "changed": "2",
        "unchanged": "0",
        "failed": "0",
    }
    assert begun["correlation_id"] == ended["correlation_id"]
    assert (begun["actor_id"], begun["origin"]) == (ended["actor_id"], ended["origin"])


async def test_what_cannot_be_done_is_told_member_by_member(app: Application, caller: Api) -> None:
    invited = await people(app, caller, INVITED, 3)
    staged = await people(app, caller, STAGED, 5)
    id_ = await started(caller, "REINVITE", 8)
    await app.pool.execute("DELETE FROM members WHERE id = $1", staged[4].id)

    await work(app)

    found = await look(
        caller,
        id_,
        "failures(first: 3) { nodes { memberId changed member { id status }"
        " errors { __typename code message path } }"
        " edges { cursor } pageInfo { hasNextPage endCursor } }",
    )
    assert found["summary"] == {"changed": 3, "unchanged": 0, "failed": 5}
    assert found["state"] == "FINISHED"
    page = found["failures"]
    assert page["pageInfo"]["hasNextPage"] is True
    assert page["nodes"][0] == {
        "memberId": caller.member_id(staged[0].id),
        "changed": False,
        "member": {"id": caller.member_id(staged[0].id), "status": "STAGED"},
        "errors": [
            {
                "__typename": "BasicError",
                "code": "INVALID_TRANSITION",
                "message": "A member who is STAGED cannot be subject to REINVITE;"
                " only one who is INVITED can.",
                "path": [],
            }
        ],
    }
    after = page["pageInfo"]["endCursor"]
    assert after == page["edges"][-1]["cursor"]
    rest = await look(
        caller,
        id_,
        f'failures(after: "{after}") {{ nodes {{ memberId member {{ id }} errors {{ code }} }}'
        " pageInfo { hasNextPage } }",
    )
    assert rest["failures"]["nodes"] == [
        {
            "memberId": caller.member_id(staged[3].id),
            "member": {"id": caller.member_id(staged[3].id)},
            "errors": [{"code": "INVALID_TRANSITION"}],
        },
        {
            "memberId": caller.member_id(staged[4].id),
            "member": None,
            "errors": [{"code": "NOT_FOUND"}],
        },
    ]
    assert [node["memberId"] for node in page["nodes"]] == [
        caller.member_id(each.id) for each in staged[:3]
    ]
    assert [each.id for each in invited] == sorted(each.id for each in invited)


async def test_a_cursor_of_one_operation_is_none_of_another(app: Application, caller: Api) -> None:
    await people(app, caller, STAGED, 2)
    ids = [await started(caller, "REINVITE", 2) for _ in range(2)]
    await work(app)
    selection = "failures(first: 1) { pageInfo { endCursor } }"
    after = (await look(caller, ids[0], selection))["failures"]["pageInfo"]["endCursor"]

    query = (
        "query ($id: ID!, $after: String) { node(id: $id) { ... on BulkOperation"
        " { failures(after: $after) { nodes { memberId } } } } }"
    )
    assert await caller.codes(query, id=ids[1], after=after) == ["BAD_REQUEST"]
    assert await caller.codes(query, id=ids[0], after=after) == []


async def test_nothing_to_do_is_counted_as_unchanged(
    app: Application, caller: Api, looks: Looks
) -> None:
    await people(app, caller, REVOKED, 2)
    await people(app, caller, CONFIRMED, 1)
    id_ = await started(caller, "REVOKE", 3)
    already = (await looks.actions()).count("member.revoked")

    await work(app)

    assert (await look(caller, id_))["summary"] == {"changed": 1, "unchanged": 2, "failed": 0}
    assert (await looks.actions()).count("member.revoked") == already + 1


async def test_who_is_gone_needs_no_removal(app: Application, caller: Api, looks: Looks) -> None:
    people_here = await people(app, caller, INVITED, 2)
    id_ = await started(caller, "REMOVE", 2)
    await caller.change("removeMember", "", memberId=caller.member_id(people_here[0].id))

    await work(app)

    assert (await look(caller, id_))["summary"] == {"changed": 1, "unchanged": 1, "failed": 0}
    assert (await looks.actions()).count("member.removed") == 2


async def test_who_comes_later_or_leaves_the_filter_makes_no_difference(
    app: Application, caller: Api, looks: Looks
) -> None:
    chosen = await people(app, caller, INVITED, 2)
    id_ = await started(caller, "REVOKE", 2, {"status": ["INVITED"]})
    late = (await people(app, caller, INVITED, 1))[0]
    link = await factories.invitation_link(app, chosen[0])
    await app.execute(AcceptInvitation(link), factories.SYSTEM)

    await work(app)

    assert (await look(caller, id_))["summary"] == {"changed": 2, "unchanged": 0, "failed": 0}
    rows = {each.id: await looks.member(each.id) for each in (*chosen, late)}
    assert [row and row["revoked_at"] is not None for row in rows.values()] == [True, True, False]


async def test_an_empty_crowd_is_done_at_once(app: Application, caller: Api) -> None:
    id_ = await started(caller, "REMOVE", 0)
    await work(app)
    found = await look(caller, id_)
    assert (found["state"], found["total"]) == ("FINISHED", 0)
