"""Several mutations in one operation: one after the other, each on its own, read afterwards."""

from __future__ import annotations

from typing import Any

from domain.vocabulary import MemberStatus, Scope
from tests.graphql_schema.mutations.asking import new_events
from tests.graphql_schema.mutations.world import World

MANY = """
mutation ($member: ID!) {
  first: confirmMember(input: {memberId: $member}) { ...Shown }
  second: revokeMember(input: {memberId: $member, reason: "left"}) {
    changed member { status version revocationReason }
  }
  third: confirmMember(input: {memberId: $member}) { ...Shown }
  fourth: restoreMember(input: {memberId: $member}) { changed member { status version } }
  fifth: confirmMember(input: {memberId: $member, expectedVersion: 5}) { ...Shown }
}
fragment Shown on ConfirmMemberPayload {
  changed member { status version } errors { code path }
}
"""


async def test_each_sees_what_those_before_it_did(world: World) -> None:
    member = await world.member(MemberStatus.ACCEPTED)
    before = await world.dump()

    done = await world.caller.ask(MANY, member=world.caller.member_id(member.id))

    assert done == {
        "first": {"changed": True, "member": {"status": "CONFIRMED", "version": 3}, "errors": []},
        "second": {
            "changed": True,
            "member": {"status": "REVOKED", "version": 4, "revocationReason": "left"},
        },
        # A refusal of one does not stop the next.
        "third": {
            "changed": False,
            "member": None,
            "errors": [{"code": "INVALID_TRANSITION", "path": ["input", "memberId"]}],
        },
        "fourth": {"changed": True, "member": {"status": "CONFIRMED", "version": 5}},
        "fifth": {"changed": False, "member": {"status": "CONFIRMED", "version": 5}, "errors": []},
    }
    after = await world.dump()
    assert new_events(before[0], after[0]) == [
        "member.confirmed",
        "member.revoked",
        "member.restored",
    ]
    events = await world.looks.rows(
        "SELECT correlation_id FROM audit_events WHERE organization_id = $1"
        " ORDER BY sequence DESC LIMIT 3"
    )
    assert len({event["correlation_id"] for event in events}) == 3


NESTED = """
mutation ($group: ID!, $other: ID!, $member: ID!) {
  added: changeGroupMembers(input: {groupId: $group, add: [$member]}) {
    group { memberCount members(first: 5) { nodes { id groups { nodes { displayName } } } } }
  }
  more: changeGroupMembers(input: {groupId: $other, add: [$member]}) {
    group { members(first: 5) { nodes { groups { totalCount nodes { displayName } } } } }
  }
  renamed: updateGroup(input: {groupId: $group, displayName: "Renamed"}) {
    group { members(first: 5) { nodes { groups { nodes { displayName } } } } }
  }
  gone: removeMember(input: {memberId: $member}) { removedMemberId }
  left: changeGroupMembers(input: {groupId: $group}) {
    changed group { memberCount members(first: 5) { nodes { id } } }
  }
  counted: updateOrganization(input: {organizationId: "ORGANIZATION", seatLimit: 7}) {
    organization { seats { occupied limit } memberCounts { total } }
  }
}
"""


async def test_what_a_payload_shows_is_read_after_its_change(world: World) -> None:
    member = await world.member_id(MemberStatus.INVITED)
    group, other = await world.group(name="a"), await world.group(name="b")
    await world.member(MemberStatus.STAGED)

    def names(payload: Any) -> list[str]:
        (node,) = payload["group"]["members"]["nodes"]
        return sorted(found["displayName"] for found in node["groups"]["nodes"])

    done = await world.caller.ask(
        NESTED.replace("ORGANIZATION", world.caller.org), group=group, other=other, member=member
    )

    assert done["added"]["group"]["memberCount"] == 1
    assert names(done["added"]) == ["a"]
    assert names(done["more"]) == ["a", "b"]
    assert done["more"]["group"]["members"]["nodes"][0]["groups"]["totalCount"] == 2
    assert names(done["renamed"]) == ["Renamed", "b"]
    assert done["gone"] == {"removedMemberId": member}
    assert done["left"] == {
        "changed": False,
        "group": {"memberCount": 0, "members": {"nodes": []}},
    }
    assert done["counted"]["organization"] == {
        "seats": {"occupied": 0, "limit": 7},
        "memberCounts": {"total": 1},
    }


STOPPED = """
mutation ($member: ID!, $org: ID!, $group: ID!) {
  first: confirmMember(input: {memberId: $member}) { changed }
  second: inviteMember(
    input: {organizationId: $org, email: "ada@example.com", groupIds: [$group]}
  ) { changed }
  third: revokeMember(input: {memberId: $member}) { changed }
}
"""


async def test_what_is_no_refusal_ends_the_operation_there(world: World) -> None:
    member = await world.member(MemberStatus.ACCEPTED)
    group = await world.group()
    given = {
        "member": world.caller.member_id(member.id),
        "org": world.caller.org,
        "group": group,
    }
    world.caller = await world.caller.with_scopes(Scope.MEMBERS_WRITE, Scope.MEMBERS_CONFIRM)

    answer = (await world.caller.post(STOPPED, given)).json()

    # Payloads are never null: with the one that failed goes what the others say, not what they did.
    assert answer["data"] is None
    (error,) = answer["errors"]
    told = {"code": "FORBIDDEN", "scope": "GROUPS_WRITE"}
    assert (error["path"], error["extensions"]) == (["second"], told)
    row = await world.looks.member(member.id)
    assert row is not None
    assert (row["stage"], row["revoked_at"]) == ("CONFIRMED", None)
