"""Several callers change the same thing at once: one wins, and the others are told."""

from __future__ import annotations

import asyncio
from collections import Counter
from typing import Any

import pytest

from domain.vocabulary import MemberRole, MemberStatus
from tests.graphql_schema.mutations.asking import ask
from tests.graphql_schema.mutations.bulk import of_ids
from tests.graphql_schema.mutations.world import World, differences
from tests.support import factories

OWNERS = (
    "SELECT id FROM members WHERE organization_id = $1 AND role = 'OWNER'"
    " AND stage = 'CONFIRMED' AND revoked_at IS NULL"
)


async def together(world: World, mutation: str, *inputs: dict[str, Any]) -> list[Any]:
    """The payloads of the mutation with each of the inputs, asked for at once."""
    return await asyncio.gather(*(ask(world, mutation, given) for given in inputs))


def codes(payloads: list[Any]) -> Counter[str]:
    """How often what was said; "" of what was done, "same" of what was done before."""
    return Counter(
        payload["errors"][0]["code"] if payload["errors"] else "" if payload["changed"] else "same"
        for payload in payloads
    )


async def _member(world: World) -> tuple[str, dict[str, Any], list[dict[str, Any]]]:
    member = await world.member(MemberStatus.CONFIRMED)
    given = {"memberId": world.caller.member_id(member.id), "expectedVersion": member.version}
    return "changeMemberRole", given, [{"role": "ADMIN"}, {"role": "CUSTOM"}, {"role": "OWNER"}]


async def _group(world: World) -> tuple[str, dict[str, Any], list[dict[str, Any]]]:
    given = {"groupId": await world.group(), "expectedVersion": 1}
    return "updateGroup", given, [{"displayName": name} for name in "abc"]


async def _members_of_group(world: World) -> tuple[str, dict[str, Any], list[dict[str, Any]]]:
    ids = await factories.members(world.app, world.owner_id, 3)
    given = {"groupId": await world.group(), "expectedVersion": 1}
    return "changeGroupMembers", given, [{"add": [world.caller.member_id(id_)]} for id_ in ids]


async def _organization(world: World) -> tuple[str, dict[str, Any], list[dict[str, Any]]]:
    given = {"organizationId": world.caller.org, "expectedVersion": 1}
    return "updateOrganization", given, [{"seatLimit": seats} for seats in (1, 2, 3)]


async def _connection(world: World) -> tuple[str, dict[str, Any], list[dict[str, Any]]]:
    await world.enable_scim()
    given = {"organizationId": world.caller.org, "expectedVersion": 1}
    providers = ("OKTA", "PING", "GOOGLE")
    return "updateScimConnection", given, [{"provider": name} for name in providers]


@pytest.mark.parametrize("thing", [_member, _group, _members_of_group, _organization, _connection])
async def test_of_those_who_saw_the_same_version_one_wins(world: World, thing: Any) -> None:
    mutation, given, wishes = await thing(world)
    before = await world.dump()

    payloads = await together(world, mutation, *(given | wish for wish in wishes))

    assert codes(payloads) == {"": 1, "VERSION_CONFLICT": 2}
    told = {e["currentVersion"] for payload in payloads for e in payload["errors"]}
    assert told == {given["expectedVersion"] + 1}
    after = await world.dump()
    assert differences(before[0], after[0])["audit_events"] == "+1"


async def test_confirm_against_revoke_ends_without_access(world: World) -> None:
    for _ in range(4):
        member = await world.member(MemberStatus.ACCEPTED)
        given = {"memberId": world.caller.member_id(member.id)}

        confirmed, revoked = await asyncio.gather(
            ask(world, "confirmMember", given), ask(world, "revokeMember", given)
        )

        assert revoked["changed"] is True
        assert codes([confirmed]) in ({"": 1}, {"INVALID_TRANSITION": 1})
        row = await world.looks.member(member.id)
        assert row is not None
        assert row["revoked_at"] is not None
        assert row["stage"] == ("CONFIRMED" if confirmed["changed"] else "ACCEPTED")
        actions = (await world.looks.actions(member.id))[2:]
        assert actions == [*(["member.confirmed"] * confirmed["changed"]), "member.revoked"]


@pytest.mark.parametrize("mutation", ["changeMemberRole", "revokeMember", "removeMember"])
async def test_two_owners_who_get_rid_of_each_other_leave_one(world: World, mutation: str) -> None:
    role = {"role": "USER"} if mutation == "changeMemberRole" else {}
    callers, ids = [], []
    for _ in range(2):
        member = await world.act_as(MemberRole.OWNER)
        callers.append(world.caller)
        ids.append(world.caller.member_id(member.id))

    answers = await asyncio.gather(
        *(
            caller.post(
                f"mutation ($input: {mutation[0].upper()}{mutation[1:]}Input!)"
                f" {{ {mutation}(input: $input) {{ changed errors {{ code }} }} }}",
                {"input": {"memberId": id_, **role}},
            )
            for caller, id_ in zip(callers, reversed(ids), strict=True)
        )
    )

    assert len(await world.looks.rows(OWNERS)) == 1
    payloads = [(answer.json().get("data") or {}).get(mutation) for answer in answers]
    assert [payload["changed"] for payload in payloads if payload].count(True) == 1
    # Who is an owner no longer may have been stopped at the door.
    refused = next(payload for payload in payloads if payload is None or not payload["changed"])
    assert refused is None or refused["errors"] == [{"code": "LAST_OWNER"}]


async def test_sixteen_invitations_take_five_seats(world: World) -> None:
    await world.limit_seats(5)
    inputs = [
        {"organizationId": world.caller.org, "email": f"{number}@example.com"}
        for number in range(16)
    ]

    payloads = await together(world, "inviteMember", *inputs)

    assert codes(payloads) == {"": 5, "SEAT_LIMIT": 11}
    assert await world.looks.seats() == (5, 5)
    rows = await world.looks.rows("SELECT id FROM invitations WHERE organization_id = $1")
    assert len(rows) == 5


@pytest.mark.parametrize(
    ("mutation", "given"),
    [("inviteMember", {"email": "ada@example.com"}), ("createGroup", {"displayName": "Ada"})],
)
async def test_of_sixteen_of_one_name_one_is_made(
    world: World, mutation: str, given: dict[str, Any]
) -> None:
    payloads = await together(
        world, mutation, *([{"organizationId": world.caller.org, **given}] * 16)
    )

    assert codes(payloads) == {"": 1, "TAKEN": 15}
    kind = "member" if mutation == "inviteMember" else "group"
    (made,) = (payload[kind]["id"] for payload in payloads if payload["changed"])
    existing = [e["existing"] for payload in payloads for e in payload["errors"]]
    assert existing == [{"id": made}] * 15


@pytest.mark.parametrize("field", ["add", "remove"])
async def test_sixteen_who_move_one_member_leave_one_entry(world: World, field: str) -> None:
    member = await world.member(MemberStatus.CONFIRMED)
    present = () if field == "add" else (member.id,)
    group = await world.group(*present)
    given = {"groupId": group, field: [world.caller.member_id(member.id)]}
    before = await world.dump()

    payloads = await together(world, "changeGroupMembers", *([given] * 16))

    assert codes(payloads) == {"": 1, "same": 15}
    word = "added" if field == "add" else "removed"
    assert sorted(payload[word] for payload in payloads) == [0] * 15 + [1]
    sign = "+1" if field == "add" else "-1"
    after = await world.dump()
    assert differences(before[0], after[0]) == {
        "groups": "~1",
        "group_members": sign,
        "group_changes": "+1",
        "audit_events": "+1",
    }


async def test_two_who_revoke_overlapping_crowds_revoke_each_member_once(world: World) -> None:
    ids = [await world.member_id(MemberStatus.CONFIRMED) for _ in range(9)]
    mutation = "bulkRevokeMembers"

    one, other = await together(
        world,
        mutation,
        of_ids(world, mutation, ids[:6]),
        of_ids(world, mutation, ids[:2:-1]),
    )

    assert one["summary"]["failed"] == other["summary"]["failed"] == 0
    assert one["summary"]["changed"] + other["summary"]["changed"] == 9
    actions = await world.looks.actions()
    assert actions.count("member.revoked") == 9
    assert await world.looks.seats() == (0, 0)
