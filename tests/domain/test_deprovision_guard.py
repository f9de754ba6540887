"""What the deprovision guard counts, what it holds, and what it lets alone."""

from __future__ import annotations

import pytest

from domain.application import Application
from domain.commands import (
    RemoveMember,
    RestoreMember,
    RevokeMember,
)
from domain.errors import DeprovisionHeld, LastOwner, VersionConflict
from domain.vocabulary import MemberStatus
from tests.support import factories
from tests.support.factories import SYSTEM
from tests.support.guard import Watched, grow_older, pass_time, tripped, watched


async def test_what_is_too_much_is_held_and_nothing_of_it_is_done(acme: Watched) -> None:
    # given members of whom as many were revoked as may be
    people = await acme.people(4)
    for id_ in people[:2]:
        assert (await acme.revoke(id_)).changed

    # when one more is to lose access, together with another change
    before = await acme.looks.member(people[2])
    assert before is not None
    with pytest.raises(DeprovisionHeld) as raised:
        await acme.set_active(people[2], active=False, given_name="Changed")

    # then the caller hears why, and the call is kept; of the member nothing has changed
    assert raised.value.passed == 2
    assert "2 members lost access within an hour" in raised.value.message
    assert await acme.looks.member(people[2]) == before
    assert await acme.revoked() == set(people[:2])
    assert await acme.state() == "HOLDING"
    assert await acme.held() == {people[2]: "REVOKE"}
    assert await acme.counted() == people[:2]
    (row,) = await acme.looks.rows("SELECT * FROM held_deprovisionings WHERE organization_id = $1")
    assert row["member_label"] == before["email"]
    (event,) = await acme.looks.rows(
        "SELECT subject_id, origin, changes FROM audit_events WHERE organization_id = $1"
        " AND action = 'scim_connection.guard_tripped'"
    )
    assert (event["subject_id"], event["origin"]) == (acme.limit.connection_id, "SCIM")
    assert event["changes"] == [
        {"attribute": "state", "before": "WATCHING", "after": "HOLDING"},
        {"attribute": "passed", "before": None, "after": "2"},
        {"attribute": "members", "before": None, "after": "4"},
    ]


@pytest.mark.parametrize("way", ["revoke", "remove"])
async def test_it_holds_on_until_somebody_decides(acme: Watched, way: str) -> None:
    people = await tripped(acme)
    await pass_time(acme.app, acme.organization_id, hours=30)

    with pytest.raises(DeprovisionHeld):
        await getattr(acme, way)(people[3])

    assert await acme.held() == {people[2]: "REVOKE", people[3]: way.upper()}
    assert (await acme.looks.actions()).count("scim_connection.guard_tripped") == 1


async def test_a_call_that_is_repeated_is_held_once_and_a_removal_says_more(acme: Watched) -> None:
    people = await tripped(acme)

    for _ in range(3):
        with pytest.raises(DeprovisionHeld):
            await acme.revoke(people[2])
    assert await acme.held() == {people[2]: "REVOKE"}
    for way in (acme.remove, acme.revoke):
        with pytest.raises(DeprovisionHeld):
            await way(people[2])

    assert await acme.held() == {people[2]: "REMOVE"}


async def test_the_hour_goes_by(acme: Watched) -> None:
    people = await acme.people(6)
    await acme.revoke(people[0])
    await pass_time(acme.app, acme.organization_id, minutes=40)
    await acme.revoke(people[1])
    await pass_time(acme.app, acme.organization_id, minutes=21)

    await acme.revoke(people[2])

    # The first is an hour old and forgotten.
    assert await acme.counted() == people[1:3]
    with pytest.raises(DeprovisionHeld):
        await acme.remove(people[3])


async def test_a_share_of_a_large_organization_may_go(app: Application) -> None:
    acme = await watched(app, max_members=1, max_percent=30)
    people = await acme.people(10)

    for id_ in people[:3]:
        await acme.remove(id_)
    with pytest.raises(DeprovisionHeld) as raised:
        await acme.remove(people[3])

    # Thirty of a hundred of the ten that there were, although seven are left.
    assert raised.value.passed == 3
    rows = await acme.looks.rows(
        "SELECT members FROM deprovision_guards WHERE organization_id = $1"
    )
    assert rows[0]["members"] == 10


async def test_nobody_may_go_where_the_limit_is_nought(app: Application) -> None:
    acme = await watched(app, max_members=0)
    (person,) = await acme.people(1)

    with pytest.raises(DeprovisionHeld):
        await acme.remove(person)

    assert await acme.held() == {person: "REMOVE"}


@pytest.mark.parametrize("way", ["revoke", "remove"])
async def test_who_came_within_the_hour_does_not_count(acme: Watched, way: str) -> None:
    people = await tripped(acme)
    counted = await acme.counted()

    for id_ in await factories.members(acme.app, acme.organization_id, 4):
        assert (await getattr(acme, way)(id_)).changed

    assert await acme.counted() == counted
    assert await acme.held() == {people[2]: "REVOKE"}


async def test_what_is_done_already_is_no_loss(acme: Watched) -> None:
    # given a member who was revoked long ago, and one who was within the hour
    gone = await factories.member(acme.app, acme.organization_id, MemberStatus.REVOKED)
    people = await acme.people(3)
    await acme.revoke(people[0])

    # when the provider repeats itself, and removes the one whom it revoked
    assert not (await acme.revoke(gone.id)).changed
    assert not (await acme.revoke(people[0])).changed
    await acme.remove(people[0])

    # then one is counted; to remove whom somebody else revoked counts as well
    assert await acme.counted() == [people[0]]
    await acme.remove(gone.id)
    assert await acme.counted() == [people[0], gone.id]
    with pytest.raises(DeprovisionHeld):
        await acme.remove(people[1])


async def test_repeating_a_revocation_is_never_held(acme: Watched) -> None:
    people = await tripped(acme)

    assert not (await acme.revoke(people[0])).changed

    assert await acme.held() == {people[2]: "REVOKE"}


async def test_nobody_is_removed_while_it_holds_be_their_revocation_counted(acme: Watched) -> None:
    people = await tripped(acme)
    assert people[0] in await acme.counted()

    with pytest.raises(DeprovisionHeld):
        await acme.remove(people[0])

    assert await acme.held() == {people[0]: "REMOVE", people[2]: "REVOKE"}


async def test_everything_else_goes_on_while_it_holds(acme: Watched) -> None:
    people = await tripped(acme)

    await acme.set_active(people[2], active=None, given_name="Ada")
    await acme.set_active(people[0], active=True)
    await factories.member(acme.app, acme.organization_id)
    await acme.app.execute(RevokeMember(acme.organization_id, people[3]), SYSTEM)
    await acme.app.execute(RemoveMember(acme.organization_id, people[4]), SYSTEM)

    # An update that says nothing of access leaves what is held of the member.
    assert await acme.held() == {people[2]: "REVOKE"}
    row = await acme.looks.member(people[2])
    assert row is not None
    assert (row["given_name"], row["revoked_at"]) == ("Ada", None)
    assert await acme.revoked() == {people[1], people[3]}


@pytest.mark.parametrize("way", ["revoke", "remove"])
async def test_a_provider_that_wants_the_member_active_takes_it_back(
    acme: Watched, way: str
) -> None:
    people = await tripped(acme)
    with pytest.raises(DeprovisionHeld):
        await getattr(acme, way)(people[2])

    first = await acme.set_active(people[2], active=True)
    again = await acme.set_active(people[2], active=True)

    assert (first.changed, again.changed) == (True, False)
    assert await acme.held() == {}
    assert await acme.state() == "HOLDING"
    (event,) = await acme.looks.rows(
        "SELECT changes FROM audit_events WHERE organization_id = $1 AND subject_id = $2"
        " AND action = 'member.deprovisioning_dropped'",
        people[2],
    )
    assert event["changes"][0] == {"attribute": "action", "before": way.upper(), "after": None}


async def test_only_what_would_be_done_is_counted_or_held(acme: Watched) -> None:
    # given the last owner among the members
    owner = await factories.owner(acme.app, acme.organization_id)
    people = await tripped(acme)
    await grow_older(acme.app, acme.organization_id)
    held = await acme.held()

    # then what a rule or a version refuses is refused as ever
    for way in (acme.revoke, acme.remove):
        with pytest.raises(LastOwner):
            await way(owner.id)
    with pytest.raises(VersionConflict):
        await acme.app.execute(
            RemoveMember(acme.organization_id, people[3], expected_version=9, limit=acme.limit),
            acme.caller,
        )

    assert await acme.held() == held


async def test_another_organization_goes_its_own_way(app: Application, acme: Watched) -> None:
    await tripped(acme)
    other = await watched(app)
    (person,) = await other.people(1)

    assert (await other.revoke(person)).changed
    assert await other.state() == "WATCHING"


async def test_seats_are_given_back_only_by_what_is_done(app: Application) -> None:
    acme = await watched(app, seats=10)
    people = await tripped(acme)
    assert await acme.looks.seats() == (3, 3)

    with pytest.raises(DeprovisionHeld):
        await acme.remove(people[3])

    assert await acme.looks.seats() == (3, 3)


async def test_a_restored_member_is_counted_once(acme: Watched) -> None:
    people = await acme.people(3)
    await acme.revoke(people[0])
    await acme.app.execute(RestoreMember(acme.organization_id, people[0]), SYSTEM)

    await acme.revoke(people[0])

    assert await acme.counted() == [people[0]]
