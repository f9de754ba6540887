"""Bulk operations and the rights of whoever started them, as these change while they run."""

from __future__ import annotations

import pytest

from api import bulk_work
from api.bulk_work import BulkWork
from domain.application import Application
from domain.commands import (
    ChangeMemberRole,
    RevokeAccessToken,
    RevokeMember,
)
from domain.ids import UUID
from domain.queries.member_pages import MemberFilter
from domain.vocabulary import MemberAction, MemberRole, MemberStatus, Scope
from tests.domain.bulk_work import Stepwise, failures, started, state, token_of
from tests.support import factories
from tests.support.factories import SYSTEM, Looks

pytestmark = pytest.mark.usefixtures("nothing_left_over", "one_at_a_time")

REVOKE = MemberAction.REVOKE


async def test_a_revoked_token_ends_what_it_started(
    app: Application, organization_id: UUID, looks: Looks, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bulk_work, "TURN_S", 0.0001)
    await factories.members(app, organization_id, 6)
    token_id, caller = await token_of(app, organization_id)
    operation_id = await started(app, organization_id, REVOKE, 6, caller)

    async def end() -> None:
        await app.execute(RevokeAccessToken(token_id), SYSTEM)

    await Stepwise(app, organization_id, 3, end).work_once()

    row = await state(looks, operation_id)
    assert (row["state"], row["changed"]) == ("FAILED", 3)
    assert row["failure_reason"] == "Who started it may not act any more: revoked, or expired."
    assert row["finished_at"] is not None
    assert (await looks.actions()).count("member.revoked") == 3
    (event,) = await looks.rows(
        "SELECT actor_kind, changes FROM audit_events WHERE organization_id = $1"
        " AND action = 'bulk_operation.failed'"
    )
    assert event["actor_kind"] == "SYSTEM_PROCESS"
    assert event["changes"][-1]["after"] == row["failure_reason"]


async def test_rank_and_right_are_those_of_the_moment(
    app: Application, organization_id: UUID, looks: Looks, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of a token that a member made, as the member loses both."""
    monkeypatch.setattr(bulk_work, "TURN_S", 0.0001)
    keeper = await factories.owner(app, organization_id)
    maker = await factories.member(
        app, organization_id, MemberStatus.CONFIRMED, role=MemberRole.ADMIN
    )
    await factories.members(app, organization_id, 4)
    admin = factories.caller(
        MemberRole.ADMIN,
        frozenset(Scope) - {Scope.ORGANIZATION_WRITE},
        member_id=maker.id,
        organization_id=organization_id,
    )
    _, caller = await token_of(app, organization_id, admin)
    operation_id = await started(app, organization_id, REVOKE, 6, caller)

    async def demote() -> None:
        change = ChangeMemberRole(organization_id, maker.id, None, MemberRole.USER)
        await app.execute(change, SYSTEM)

    await Stepwise(app, organization_id, 4, demote).work_once()

    row = await state(looks, operation_id)
    assert (row["state"], row["changed"], row["failed"]) == ("FAILED", 2, 2)
    assert row["failure_reason"] == (
        "Who started it does not hold the scope MEMBERS_WRITE any more."
    )
    # An owner outranks an administrator, who may not do it to itself either.
    assert await failures(looks) == {keeper.id: "FORBIDDEN", maker.id: "SELF_ACTION"}


async def test_a_member_who_acts_alone_may_only_while_confirmed(
    app: Application, organization_id: UUID, looks: Looks
) -> None:
    maker = await factories.owner(app, organization_id)
    await factories.owner(app, organization_id)
    me = factories.caller(member_id=maker.id, organization_id=organization_id)
    reinvite = MemberAction.REINVITE
    ids = [await started(app, organization_id, reinvite, 2, me) for _ in range(2)]

    async def revoke() -> None:
        await app.execute(RevokeMember(organization_id, maker.id), SYSTEM)

    await Stepwise(app, organization_id, 2, revoke).work_once()

    first, second = [await state(looks, id_) for id_ in ids]
    assert (first["state"], first["failed"]) == ("FINISHED", 2)
    assert (second["state"], second["failed"]) == ("FAILED", 0)


async def test_the_last_owner_and_the_last_seat_hold(app: Application, looks: Looks) -> None:
    organization_id = await factories.organization(app, seats=3)
    here = Looks(app.pool, organization_id)
    owner = await factories.owner(app, organization_id)
    staged = [await factories.member(app, organization_id, MemberStatus.STAGED) for _ in range(4)]
    wanted = MemberFilter(statuses=(MemberStatus.STAGED,))
    inviting = await started(app, organization_id, MemberAction.INVITE, 4, wanted=wanted)
    await BulkWork(app).work_once()
    removing = await started(app, organization_id, MemberAction.REMOVE, 5)
    await BulkWork(app).work_once()

    row = await state(here, inviting)
    assert (row["state"], row["changed"], row["failed"]) == ("FINISHED", 2, 2)
    row = await state(here, removing)
    assert (row["state"], row["changed"], row["failed"]) == ("FINISHED", 4, 1)
    assert await failures(here) == {
        owner.id: "LAST_OWNER",
        staged[2].id: "SEAT_LIMIT",
        staged[3].id: "SEAT_LIMIT",
    }
    assert await here.seats() == (1, 1)
