"""Members over the admin API: confirm, revoke, restore, remove."""

from __future__ import annotations

import pytest

from domain.application import Application
from domain.commands import UpdateOrganization
from domain.ids import new_id
from domain.vocabulary import KeyHandshake, MemberStatus
from tests.graphql_schema.members import SELECTED, error, made
from tests.support import factories
from tests.support.factories import Looks
from tests.support.graphql import SYSTEM, Api

VERBS = {
    "confirmMember": (MemberStatus.ACCEPTED, "CONFIRMED"),
    "revokeMember": (MemberStatus.CONFIRMED, "REVOKED"),
    "restoreMember": (MemberStatus.REVOKED, "CONFIRMED"),
}


@pytest.mark.parametrize("verb", VERBS)
async def test_a_lifecycle_verb_is_done_once(app: Application, caller: Api, verb: str) -> None:
    before, after = VERBS[verb]
    member, id_, looks = await made(app, caller, before)

    done = await caller.change(verb, SELECTED, memberId=id_, expectedVersion=member.version)
    repeated = await caller.change(verb, SELECTED, memberId=id_)

    assert (done["changed"], done["errors"]) == (True, [])
    assert (done["member"]["status"], done["member"]["version"]) == (after, member.version + 1)
    assert repeated == done | {"changed": False}
    actions = await looks.actions(member.id)
    assert actions[-1] == f"member.{verb.removesuffix('Member')}d".replace("eed", "ed").replace(
        "confirmd", "confirmed"
    )
    rows = await looks.rows(
        "SELECT origin, actor_kind FROM audit_events WHERE organization_id = $1"
        " ORDER BY sequence DESC LIMIT 1"
    )
    assert [tuple(row) for row in rows] == [("ADMIN_API", "ACCESS_TOKEN")]


@pytest.mark.parametrize("verb", [*VERBS, "removeMember", "changeMemberRole", "updateMember"])
async def test_an_outdated_version_is_a_conflict(app: Application, caller: Api, verb: str) -> None:
    before, _ = VERBS.get(verb, (MemberStatus.CONFIRMED, ""))
    member, id_, looks = await made(app, caller, before)
    given = {"changeMemberRole": {"role": "ADMIN"}, "updateMember": {"displayName": "x"}}

    refused = await caller.change(
        verb,
        "errors { ... on VersionConflictError { currentVersion } }",
        memberId=id_,
        expectedVersion=member.version - 1,
        **given.get(verb, {}),
    )

    (found,) = refused["errors"]
    assert (refused["changed"], found["__typename"]) == (False, "VersionConflictError")
    assert (found["code"], found["path"]) == ("VERSION_CONFLICT", ["input", "expectedVersion"])
    assert found["currentVersion"] == member.version
    row = await looks.member(member.id)
    assert row is not None
    assert row["version"] == member.version


@pytest.mark.parametrize(
    ("verb", "status", "attempted"),
    [
        ("confirmMember", MemberStatus.INVITED, "CONFIRM"),
        ("confirmMember", MemberStatus.REVOKED, "CONFIRM"),
        ("reinviteMember", MemberStatus.CONFIRMED, "REINVITE"),
        ("reinviteMember", MemberStatus.STAGED, "REINVITE"),
    ],
)
async def test_what_the_status_does_not_allow(
    app: Application, caller: Api, verb: str, status: MemberStatus, attempted: str
) -> None:
    _, id_, looks = await made(app, caller, status)
    actions = await looks.actions()

    refused = await caller.change(
        verb,
        "member { id } errors { ... on InvalidTransitionError { from attempted } }",
        memberId=id_,
    )

    only = {"CONFIRM": "ACCEPTED", "REINVITE": "INVITED"}[attempted]
    message = (
        f"A member who is {status} cannot be subject to {attempted}; only one who is {only} can."
    )
    expected = error(
        "INVALID_TRANSITION", message, "input", "memberId", type_="InvalidTransitionError"
    )
    assert refused["errors"] == [expected | {"from": status.value, "attempted": attempted}]
    assert await looks.actions() == actions


EVERY = {
    "confirmMember": {},
    "revokeMember": {},
    "restoreMember": {},
    "removeMember": {},
    "reinviteMember": {},
    "updateMember": {"displayName": "x"},
    "changeMemberRole": {"role": "ADMIN"},
}


@pytest.mark.parametrize("verb", EVERY)
async def test_a_member_of_nobody_or_of_others_is_not_found(
    app: Application, caller: Api, verb: str
) -> None:
    other = await caller.elsewhere()
    theirs = await factories.member(app, other.organization_id, MemberStatus.ACCEPTED)
    looks = Looks(app.pool, other.organization_id)
    before = await looks.member(theirs.id), await looks.actions()

    for id_ in (
        other.member_id(theirs.id),
        caller.member_id(theirs.id),
        caller.member_id(new_id()),
    ):
        refused = await caller.change(verb, "", memberId=id_, **EVERY[verb])
        assert refused["changed"] is False
        (found,) = refused["errors"]
        assert (found["code"], found["path"]) == ("NOT_FOUND", ["input", "memberId"])
    refused = await caller.change(verb, "", memberId=caller.org, **EVERY[verb])
    assert refused["errors"] == [
        error("INVALID", "memberId must be an id that begins with mbr_.", "input", "memberId")
    ]
    assert (await looks.member(theirs.id), await looks.actions()) == before


@pytest.mark.parametrize("verb", ["revokeMember", "removeMember", "changeMemberRole"])
async def test_the_last_owner_stays(app: Application, caller: Api, verb: str) -> None:
    owner = await factories.owner(app, caller.organization_id)
    id_ = caller.member_id(owner.id)

    refused = await caller.change(verb, "", memberId=id_, **EVERY[verb])

    assert [found["code"] for found in refused["errors"]] == ["LAST_OWNER"]
    found = await caller.ask_here("member(by: {id: $id}) { status role }", id=id_)
    assert found["member"] == {"status": "CONFIRMED", "role": "OWNER"}


async def test_revoke_keeps_the_reason(app: Application, caller: Api) -> None:
    _, id_, _ = await made(app, caller, MemberStatus.CONFIRMED)

    long = await caller.change("revokeMember", "", memberId=id_, reason="x" * 501)
    done = await caller.change(
        "revokeMember",
        "member { status statusBeforeRevocation revocationReason }",
        memberId=id_,
        reason="left",
    )

    assert [(e["code"], e["path"]) for e in long["errors"]] == [("INVALID", ["input", "reason"])]
    assert done["member"] == {
        "status": "REVOKED",
        "statusBeforeRevocation": "CONFIRMED",
        "revocationReason": "left",
    }


async def test_restore_needs_a_seat(app: Application, caller: Api) -> None:
    _, id_, _ = await made(app, caller, MemberStatus.REVOKED)
    await app.execute(UpdateOrganization(caller.organization_id, seats=0), SYSTEM)

    refused = await caller.change("restoreMember", "member { id }", memberId=id_)

    assert [found["code"] for found in refused["errors"]] == ["SEAT_LIMIT"]


async def test_confirm_needs_a_key_where_the_handshake_is_on(app: Application, caller: Api) -> None:
    member, id_, looks = await made(app, caller, MemberStatus.ACCEPTED)
    required = UpdateOrganization(caller.organization_id, key_handshake=KeyHandshake.REQUIRED)
    await app.execute(required, SYSTEM)

    refused = await caller.change("confirmMember", "member { id }", memberId=id_)

    assert [found["code"] for found in refused["errors"]] == ["KEY_REQUIRED"]
    row = await looks.member(member.id)
    assert row is not None
    assert row["stage"] == "ACCEPTED"


async def test_remove_is_done_once(app: Application, caller: Api) -> None:
    member, id_, looks = await made(app, caller, MemberStatus.CONFIRMED)

    done = await caller.change("removeMember", "removedMemberId", memberId=id_)
    repeated = await caller.change("removeMember", "removedMemberId", memberId=id_)

    assert done == {"changed": True, "removedMemberId": id_, "errors": []}
    assert repeated == {"changed": False, "removedMemberId": id_, "errors": []}
    assert await looks.member(member.id) is None
    assert (await looks.actions(member.id)).count("member.removed") == 1
