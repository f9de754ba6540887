"""Many members in one mutation: each on its own, in order, once, whatever becomes of the others."""

from __future__ import annotations

from typing import Any

import pytest

from domain.queries.reader import Reader
from domain.vocabulary import MemberRole, MemberStatus
from graphql_schema.app import graphql_app
from graphql_schema.services import GraphqlServices
from tests.graphql_schema.mutation_errors import RESULT_ERRORS
from tests.graphql_schema.mutations.asking import ask, assert_unchanged, new_events
from tests.graphql_schema.mutations.bulk import of_ids
from tests.graphql_schema.mutations.every import FIRST
from tests.graphql_schema.mutations.world import World, differences
from tests.support import factories
from tests.support.counting import counting
from tests.support.graphql import api

BEFORE = {
    "inviteStagedMembers": MemberStatus.STAGED,
    "bulkConfirmMembers": MemberStatus.ACCEPTED,
    "bulkReinviteMembers": MemberStatus.INVITED,
    "bulkRevokeMembers": MemberStatus.CONFIRMED,
    "bulkRestoreMembers": MemberStatus.REVOKED,
    "bulkRemoveMembers": MemberStatus.CONFIRMED,
}
STATEMENTS = {
    "inviteStagedMembers": 2,
    "bulkConfirmMembers": 4,
    "bulkReinviteMembers": 2,
    "bulkRevokeMembers": 2,
    "bulkRestoreMembers": 6,
    "bulkRemoveMembers": 8,
}
"""Of each member, where seats are not limited and nobody is in a group."""


def codes(payload: Any) -> list[str | None]:
    """By result what it says: a code, None where it changed something, "" where nothing."""
    return [
        result["errors"][0]["code"] if result["errors"] else None if result["changed"] else ""
        for result in payload["results"]
    ]


@pytest.mark.parametrize("mutation", RESULT_ERRORS)
async def test_nobody_at_all(world: World, mutation: str) -> None:
    before = await world.dump()

    done = await ask(world, mutation, of_ids(world, mutation, []))

    assert done == {
        "changed": False,
        "errors": [],
        "results": [],
        "summary": {"changed": 0, "unchanged": 0, "failed": 0},
    }
    await assert_unchanged(world, before)


@pytest.mark.parametrize("mutation", RESULT_ERRORS)
async def test_who_is_named_twice_is_changed_once(world: World, mutation: str) -> None:
    first, second = [await world.member_id(BEFORE[mutation]) for _ in range(2)]
    ids = [first, "mbr_x", second, first, "mbr_x"]
    before = await world.dump()

    done = await ask(world, mutation, of_ids(world, mutation, ids))

    assert [result["memberId"] for result in done["results"]] == ids
    assert codes(done) == [None, "INVALID", None, "", "INVALID"]
    assert done["results"][3]["member"] == done["results"][0]["member"]
    assert [result["errors"][0]["path"][2] for result in done["results"] if result["errors"]] == [
        "1",
        "4",
    ]
    assert done["summary"] == {"changed": 2, "unchanged": 1, "failed": 2}
    after = await world.dump()
    assert new_events(before[0], after[0]) == list(FIRST[mutation].events)
    if mutation in {"inviteStagedMembers", "bulkReinviteMembers"}:
        assert differences(before[0], after[0])["invitations"].startswith("+2")


async def test_one_member_with_two_versions_is_asked_about_twice(world: World) -> None:
    member = await world.member(MemberStatus.ACCEPTED)
    id_ = world.caller.member_id(member.id)
    members = [
        {"memberId": id_, "expectedVersion": version}
        for version in (1, member.version, member.version, member.version + 1, None)
    ]
    given = {"organizationId": world.caller.org, "members": members}

    done = await ask(world, "bulkConfirmMembers", given)

    assert codes(done) == ["VERSION_CONFLICT", None, "", "", ""]
    assert {result["member"]["version"] for result in done["results"]} == {member.version + 1}


async def test_each_is_a_transaction_of_its_own(world: World) -> None:
    owner = await factories.owner(world.app, world.owner_id)
    fine = [await world.member(MemberStatus.CONFIRMED) for _ in range(2)]
    done_before = await world.member(MemberStatus.REVOKED)
    superior = await world.member(MemberStatus.CONFIRMED, role=MemberRole.OWNER)
    oneself = await world.act_as(MemberRole.ADMIN)
    members = (fine[0], owner, oneself, done_before, superior, fine[1])
    ids = [world.caller.member_id(member.id) for member in members]
    before = await world.dump()

    done = await ask(world, "bulkRevokeMembers", of_ids(world, "bulkRevokeMembers", ids))

    assert codes(done) == [None, "FORBIDDEN", "SELF_ACTION", "", "FORBIDDEN", None]
    assert [result["member"]["status"] for result in done["results"]] == [
        "REVOKED",
        "CONFIRMED",
        "CONFIRMED",
        "REVOKED",
        "CONFIRMED",
        "REVOKED",
    ]
    assert done["summary"] == {"changed": 2, "unchanged": 1, "failed": 3}
    assert (done["changed"], done["errors"]) == (True, [])
    after = await world.dump()
    assert differences(before[0], after[0]) == {
        "members": "~2",
        "organizations": "~1",
        "mails": "+2 ~2",
        "audit_events": "+2",
    }
    events = await world.looks.rows(
        "SELECT subject_id, actor_kind, correlation_id FROM audit_events"
        " WHERE organization_id = $1 ORDER BY sequence DESC LIMIT 2"
    )
    assert [event["subject_id"] for event in events] == [fine[1].id, fine[0].id]
    assert {event["actor_kind"] for event in events} == {"ACCESS_TOKEN"}
    assert len({event["correlation_id"] for event in events}) == 2


async def test_seats_go_to_the_first_who_are_named(world: World) -> None:
    ids = [await world.member_id(MemberStatus.REVOKED) for _ in range(3)]
    await world.limit_seats(2)

    done = await ask(world, "bulkRestoreMembers", of_ids(world, "bulkRestoreMembers", ids[::-1]))

    assert codes(done) == [None, None, "SEAT_LIMIT"]
    assert [result["memberId"] for result in done["results"]] == ids[::-1]
    assert await world.looks.seats() == (2, 2)


@pytest.mark.parametrize("mutation", RESULT_ERRORS)
async def test_five_hundred_are_not_too_many(world: World, mutation: str) -> None:
    nobody = world.caller.group_id(world.owner_id)
    given = of_ids(world, mutation, [nobody] * 499)
    id_ = await world.member_id(BEFORE[mutation])
    field = "members" if "members" in given else "memberIds"
    given[field].append({"memberId": id_} if field == "members" else id_)

    done = await ask(world, mutation, given)

    assert done["summary"] == {"changed": 1, "unchanged": 0, "failed": 499}
    assert codes(done)[-2:] == ["INVALID", None]


@pytest.mark.parametrize("mutation", RESULT_ERRORS)
async def test_statements_are_so_many_for_each(world: World, mutation: str) -> None:
    organization_id = await factories.organization(world.app)
    app, pool = counting(world.app)
    services = GraphqlServices(
        application=app, reader=Reader(world.app.pool), public_url="https://rollcall.test"
    )
    made = [await factories.member(world.app, organization_id, BEFORE[mutation]) for _ in range(4)]
    world.caller = await api(world.app, organization_id=organization_id, asgi=graphql_app(services))
    ids = [world.caller.member_id(member.id) for member in made]

    done = await ask(world, mutation, of_ids(world, mutation, ids))

    assert done["summary"]["changed"] == 4
    assert len(pool.statements) == 4 * STATEMENTS[mutation]
