"""The last seat and the last owner, wanted by many at once."""

from __future__ import annotations

import pytest

from domain.application import Application
from domain.commands import (
    ChangeMemberRole,
    ProvisionMember,
    RemoveMember,
    RestoreMember,
    RevisedState,
    ReviseMember,
    RevokeMember,
    UpdateOrganization,
)
from domain.errors import SeatLimitReached
from domain.vocabulary import MemberRole, MemberStatus
from tests.support import factories
from tests.support.factories import SYSTEM, Looks
from tests.support.racing import race

ROUNDS = 4


async def test_two_invites_for_the_last_seat(app: Application) -> None:
    organization_id = await factories.organization(app, seats=3)
    await factories.members(app, organization_id, 2)
    looks = Looks(app.pool, organization_id)

    results = await race(
        [
            app.execute(ProvisionMember(organization_id, factories.attributes()), SYSTEM)
            for _ in range(16)
        ]
    )

    assert len(results.done) == 1
    assert results.refusals() == ["SeatLimitReached"] * 15
    assert await looks.seats() == (3, 3)
    assert (await looks.actions()).count("member.invited") == 3


async def test_all_seats_are_given_out(app: Application) -> None:
    organization_id = await factories.organization(app, seats=10)
    looks = Looks(app.pool, organization_id)

    results = await race(
        [
            app.execute(ProvisionMember(organization_id, factories.attributes()), SYSTEM)
            for _ in range(40)
        ]
    )

    assert len(results.done) == 10
    assert results.refusals() == ["SeatLimitReached"] * 30
    assert await looks.seats() == (10, 10)


@pytest.mark.parametrize("round_", range(ROUNDS))
async def test_invites_while_a_limit_is_set(app: Application, round_: int) -> None:
    organization_id = await factories.organization(app)
    looks = Looks(app.pool, organization_id)

    results = await race(
        [
            *(
                app.execute(ProvisionMember(organization_id, factories.attributes()), SYSTEM)
                for _ in range(8)
            ),
            app.execute(UpdateOrganization(organization_id, seats=9 + round_), SYSTEM),
            *(
                app.execute(ProvisionMember(organization_id, factories.attributes()), SYSTEM)
                for _ in range(8)
            ),
        ]
    )

    counted, taken = await looks.seats()
    assert counted == taken == len(results.done) - 1
    assert taken >= 9 + round_  # whoever came before the limit keeps the seat
    assert set(results.refusals()) <= {"SeatLimitReached"}
    with pytest.raises(SeatLimitReached):
        await app.execute(ProvisionMember(organization_id, factories.attributes()), SYSTEM)


async def test_seats_stay_exact_while_everything_happens_and_the_limit_changes(
    app: Application,
) -> None:
    organization_id = await factories.organization(app)
    people = await factories.members(app, organization_id, 24)
    looks = Looks(app.pool, organization_id)

    await race(
        [
            *(app.execute(RevokeMember(organization_id, id_), SYSTEM) for id_ in people[:12]),
            app.execute(UpdateOrganization(organization_id, seats=30), SYSTEM),
            *(app.execute(RemoveMember(organization_id, id_), SYSTEM) for id_ in people[8:20]),
            *(app.execute(RestoreMember(organization_id, id_), SYSTEM) for id_ in people[:12]),
            app.execute(UpdateOrganization(organization_id, seats_unlimited=True), SYSTEM),
            app.execute(UpdateOrganization(organization_id, seats=20), SYSTEM),
            *(
                app.execute(ProvisionMember(organization_id, factories.attributes()), SYSTEM)
                for _ in range(12)
            ),
        ]
    )
    await app.execute(UpdateOrganization(organization_id, seats=99), SYSTEM)

    counted, taken = await looks.seats()
    assert counted == taken


async def test_restore_and_invite_for_the_last_seat(app: Application) -> None:
    organization_id = await factories.organization(app, seats=2)
    first, gone = await factories.members(app, organization_id, 2)
    await app.execute(RevokeMember(organization_id, gone), SYSTEM)
    looks = Looks(app.pool, organization_id)

    results = await race(
        [
            app.execute(RestoreMember(organization_id, gone), SYSTEM),
            *(
                app.execute(ProvisionMember(organization_id, factories.attributes()), SYSTEM)
                for _ in range(7)
            ),
        ]
    )

    assert len(results.done) == 1
    assert results.refusals() == ["SeatLimitReached"] * 7
    assert await looks.seats() == (2, 2)
    assert await looks.invitations(first) == ["QUEUED"]


async def test_revoking_and_restoring_one_member_counts_its_seat_once(app: Application) -> None:
    organization_id = await factories.organization(app, seats=5)
    (only,) = await factories.members(app, organization_id, 1)
    looks = Looks(app.pool, organization_id)

    results = await race(
        [
            app.execute(command(organization_id, only), SYSTEM)
            for _ in range(12)
            for command in (RevokeMember, RestoreMember)
        ]
    )

    assert results.refused == []
    changed = sum(outcome.changed for outcome in results.done)
    row = await looks.member(only)
    assert row is not None
    assert row["version"] == 1 + changed
    assert len(await looks.actions(only)) == 1 + changed
    assert await looks.seats() == ((0, 0) if row["revoked_at"] else (1, 1))
    assert (await looks.invitations(only)).count("QUEUED") == (row["revoked_at"] is None)


@pytest.mark.parametrize("seats", [None, 20])
async def test_the_last_two_owners_revoked_at_once(app: Application, seats: int | None) -> None:
    organization_id = await factories.organization(app, seats=seats)
    owners = [await factories.owner(app, organization_id) for _ in range(2)]
    looks = Looks(app.pool, organization_id)

    results = await race(
        [
            app.execute(RevokeMember(organization_id, each.id), SYSTEM)
            for _ in range(8)
            for each in owners
        ]
    )

    assert sum(outcome.changed for outcome in results.done) == 1
    assert set(results.refusals()) == {"LastOwner"}
    rows = [await looks.member(each.id) for each in owners]
    assert sum(row is not None and row["revoked_at"] is None for row in rows) == 1


@pytest.mark.parametrize("round_", range(ROUNDS))
async def test_every_way_of_losing_owners_at_once(app: Application, round_: int) -> None:
    organization_id = await factories.organization(app)
    owners = [await factories.owner(app, organization_id) for _ in range(4)]
    demoted, removed, revoked, deactivated = (each.id for each in owners)
    contestants = [
        app.execute(ChangeMemberRole(organization_id, demoted, None, MemberRole.USER), SYSTEM),
        app.execute(RemoveMember(organization_id, removed), SYSTEM),
        app.execute(RevokeMember(organization_id, revoked), SYSTEM),
        app.execute(
            ReviseMember(
                organization_id,
                deactivated,
                lambda member: RevisedState(member.attributes, active=False),
            ),
            SYSTEM,
        ),
    ]

    results = await race(contestants[round_:] + contestants[:round_])

    assert len(results.done) == 3
    assert results.refusals() == ["LastOwner"]
    sql = (
        "SELECT id FROM members WHERE organization_id = $1 AND role = 'OWNER'"
        " AND stage = 'CONFIRMED' AND revoked_at IS NULL"
    )
    assert len(await Looks(app.pool, organization_id).rows(sql)) == 1


async def test_owners_of_other_stages_do_not_count(app: Application) -> None:
    organization_id = await factories.organization(app)
    only = await factories.owner(app, organization_id)
    for status in (MemberStatus.INVITED, MemberStatus.ACCEPTED, MemberStatus.REVOKED):
        await factories.member(app, organization_id, status, role=MemberRole.OWNER)

    results = await race([app.execute(RevokeMember(organization_id, only.id), SYSTEM)])

    assert results.refusals() == ["LastOwner"]
