"""Bulk operations: what starts and cancels them, and what refuses to."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from domain.application import Application
from domain.ids import new_id
from domain.vocabulary import MemberStatus, Scope
from graphql_schema.ids import Kind, make_id
from tests.support.bulk import items, look, people, start, started, work
from tests.support.factories import Looks
from tests.support.graphql import Api, api
from tests.support.keyed import keyed

INVITED, ACCEPTED = MemberStatus.INVITED, MemberStatus.ACCEPTED


@pytest.fixture
def looks(app: Application, caller: Api) -> Looks:
    return Looks(app.pool, caller.organization_id)


@pytest.mark.parametrize("action", ["STAGE", "ACCEPT", "CHANGE_ROLE", "UPDATE"])
async def test_not_every_action_is_for_a_crowd(caller: Api, looks: Looks, action: str) -> None:
    refused = await start(caller, action, 0)

    assert refused["bulkOperation"] is None
    assert refused["changed"] is False
    assert refused["errors"] == [
        {
            "__typename": "BasicError",
            "code": "INVALID",
            "message": "action must be one of INVITE, CONFIRM, REINVITE, REVOKE, RESTORE, REMOVE.",
            "path": ["input", "action"],
        }
    ]
    assert await looks.rows("SELECT 1 FROM bulk_operations WHERE organization_id = $1") == []


@pytest.mark.parametrize("expected", [1, 3, -1, 2**31 - 1, -(2**31)])
async def test_another_number_than_expected_starts_nothing(
    app: Application, caller: Api, looks: Looks, expected: int
) -> None:
    await people(app, caller, INVITED, 2)
    happened = await looks.actions()

    refused = await start(caller, "REVOKE", expected, {"status": ["INVITED"]})

    assert refused["errors"] == [
        {
            "__typename": "BasicError",
            "code": "INVALID",
            "message": f"expectedCount is {expected}, but the filter selects 2 members;"
            " nothing was started.",
            "path": ["input", "expectedCount"],
        }
    ]
    assert (refused["bulkOperation"], refused["changed"]) == (None, False)
    assert await looks.rows("SELECT 1 FROM bulk_operations WHERE organization_id = $1") == []
    assert await items(looks) == 0
    assert await looks.actions() == happened


async def test_a_refused_start_leaves_its_key_free(app: Application, caller: Api) -> None:
    await people(app, caller, INVITED, 2)
    assert (await start(caller, "REVOKE", 1, key="a key"))["errors"] != []
    assert (await start(caller, "REVOKE", 2, key="a key"))["errors"] == []


async def test_wrong_ids_are_told_apart(app: Application, caller: Api) -> None:
    other = await caller.elsewhere()
    group = make_id(Kind.GROUP, other.organization_id, new_id())

    async def found(**given: Any) -> list[tuple[str, list[str]]]:
        refused = await start(caller, "REVOKE", 0, **given)
        return [(error["code"], error["path"]) for error in refused["errors"]]

    assert await found(organizationId="nonsense") == [("INVALID", ["input", "organizationId"])]
    assert await found(organizationId=other.org) == [("NOT_FOUND", ["input", "organizationId"])]
    assert await found(wanted={"groupId": caller.org}) == [("INVALID", ["input", "filter"])]
    # A group of another organization has no members here.
    assert await found(wanted={"groupId": group}) == []
    assert await found(idempotencyKey="") == [("INVALID", ["input", "idempotencyKey"])]


async def test_a_key_handshake_needs_each_confirmed_apart(app: Application) -> None:
    organization_id = (await keyed(app)).organization_id
    caller = await api(app, organization_id=organization_id)
    await people(app, caller, ACCEPTED, 1)

    refused = await start(caller, "CONFIRM", 1)

    assert [error["code"] for error in refused["errors"]] == ["KEY_REQUIRED"]
    assert await items(Looks(app.pool, organization_id)) == 0


async def test_there_are_not_any_number_of_them(app: Application, caller: Api) -> None:
    for _ in range(20):
        await started(caller, "REMOVE", 0)
    refused = await start(caller, "REMOVE", 0)
    assert [error["code"] for error in refused["errors"]] == ["TOO_MANY"]

    await work(app)

    assert (await start(caller, "REMOVE", 0))["errors"] == []


@pytest.mark.parametrize(
    ("action", "missing"),
    [
        ("CONFIRM", Scope.MEMBERS_CONFIRM),
        ("CONFIRM", Scope.MEMBERS_WRITE),
        ("REVOKE", Scope.MEMBERS_WRITE),
    ],
)
async def test_each_action_needs_the_scope_of_its_own_mutation(
    app: Application, caller: Api, looks: Looks, action: str, missing: Scope
) -> None:
    await people(app, caller, ACCEPTED, 1)
    limited = await caller.with_scopes(*(set(Scope) - {missing}))
    query = (
        "mutation ($input: StartBulkOperationInput!) {"
        " startBulkOperation(input: $input) { changed } }"
    )
    given = {
        "organizationId": caller.org,
        "action": action,
        "filter": {},
        "expectedCount": 1,
        "idempotencyKey": "k",
    }

    assert await limited.codes(query, input=given) == ["FORBIDDEN"]
    assert await items(looks) == 0
    assert await caller.codes(query, input=given) == []


async def test_without_the_confirming_scope_other_actions_start(
    app: Application, caller: Api
) -> None:
    await people(app, caller, INVITED, 1)
    limited = await caller.with_scopes(*(set(Scope) - {Scope.MEMBERS_CONFIRM}))
    assert (await start(limited, "REVOKE", 1))["errors"] == []


async def test_a_repetition_answers_the_same_operation(
    app: Application, caller: Api, looks: Looks
) -> None:
    await people(app, caller, INVITED, 2)
    first = await start(caller, "REVOKE", 2, key="one")
    await work(app)

    again = await start(caller, "REVOKE", 2, key="one")
    other = await start(caller, "REMOVE", 2, key="one")

    assert again["changed"] is False
    assert again["errors"] == []
    assert again["bulkOperation"]["id"] == first["bulkOperation"]["id"]
    assert again["bulkOperation"]["state"] == "FINISHED"
    assert [error["code"] for error in other["errors"]] == ["IDEMPOTENCY_KEY_REUSED"]
    assert other["bulkOperation"] is None
    assert (await looks.actions()).count("bulk_operation.started") == 1


async def test_twenty_at_once_under_one_key_start_one(
    app: Application, caller: Api, looks: Looks
) -> None:
    await people(app, caller, INVITED, 3)

    made = await asyncio.gather(*(start(caller, "REVOKE", 3, key="k") for _ in range(20)))

    assert [each["errors"] for each in made] == [[]] * 20
    assert len({each["bulkOperation"]["id"] for each in made}) == 1
    assert sorted(each["changed"] for each in made) == [False] * 19 + [True]
    assert await items(looks) == 3
    await work(app)
    assert (await looks.actions()).count("member.revoked") == 3


async def test_operations_are_listed_newest_first(app: Application, caller: Api) -> None:
    ids = [await started(caller, "REMOVE", 0) for _ in range(3)]
    other = await caller.elsewhere()

    page = "bulkOperations(first: 2) { nodes { id } pageInfo { hasNextPage endCursor } }"
    found = (await caller.ask_here(page))["bulkOperations"]
    assert [node["id"] for node in found["nodes"]] == [ids[2], ids[1]]
    after = found["pageInfo"]["endCursor"]
    rest = await caller.ask_here(f'bulkOperations(after: "{after}") {{ nodes {{ id }} }}')
    assert rest == {"bulkOperations": {"nodes": [{"id": ids[0]}]}}
    assert await other.ask_here("bulkOperations { nodes { id } }") == {
        "bulkOperations": {"nodes": []}
    }
    started_by = await look(
        caller, ids[0], "startedByLabel startedBy { ... on AccessToken { name } }"
    )
    assert started_by["startedByLabel"] == "a token"
    assert started_by["startedBy"] == {"name": "a token"}


async def cancel(caller: Api, id_: str) -> Any:
    return await caller.change("cancelBulkOperation", "bulkOperation { id state }", id=id_)


async def test_a_cancelled_operation_never_begins(
    app: Application, caller: Api, looks: Looks
) -> None:
    await people(app, caller, INVITED, 2)
    id_ = await started(caller, "REVOKE", 2)

    first, second = await cancel(caller, id_), await cancel(caller, id_)
    await work(app)
    third = await cancel(caller, id_)

    assert first == {
        "changed": True,
        "errors": [],
        "bulkOperation": {"id": id_, "state": "CANCELLED"},
    }
    assert second == third == {**first, "changed": False}
    found = await look(caller, id_, "finishedAt")
    assert found["summary"] == {"changed": 0, "unchanged": 0, "failed": 0}
    assert found["finishedAt"] is not None
    happened = await looks.actions()
    assert happened.count("member.revoked") == 0
    assert happened.count("bulk_operation.cancelled") == 1
    assert "bulk_operation.finished" not in happened


async def test_a_finished_operation_cannot_be_cancelled(app: Application, caller: Api) -> None:
    id_ = await started(caller, "REMOVE", 0)
    await work(app)

    assert await cancel(caller, id_) == {
        "changed": False,
        "errors": [],
        "bulkOperation": {"id": id_, "state": "FINISHED"},
    }


async def test_nobody_cancels_the_operation_of_another_organization(
    app: Application, caller: Api
) -> None:
    other = await caller.elsewhere()
    theirs = await started(other, "REMOVE", 0)
    unknown = make_id(Kind.BULK_OPERATION, caller.organization_id, new_id())

    for id_ in (theirs, unknown):
        refused = await cancel(caller, id_)
        assert [(error["code"], error["path"]) for error in refused["errors"]] == [
            ("NOT_FOUND", ["input", "id"])
        ]
        assert refused["bulkOperation"] is None
    wrong = await cancel(caller, caller.org)
    assert [(error["code"], error["path"]) for error in wrong["errors"]] == [
        ("INVALID", ["input", "id"])
    ]
    assert (await look(other, theirs))["state"] == "QUEUED"
