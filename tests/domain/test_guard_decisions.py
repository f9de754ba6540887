"""RELEASE and REFUSE: what a person decides about what is held, and how it is carried out."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from api.released_work import ReleasedWork
from domain.application import Application
from domain.caller import Caller
from domain.commands import (
    CarryOutReleased,
    ChangeMemberRole,
    RemoveMember,
    ResolveDeprovisionGuard,
    RevokeMember,
)
from domain.errors import DeprovisionHeld, MissingScope, NotFound, ScimDisabled
from domain.ids import UUID
from domain.store.released import organizations_with_released, released_after
from domain.vocabulary import GuardResolution, MemberRole, MemberStatus, Scope
from tests.support import factories
from tests.support.factories import SYSTEM
from tests.support.guard import Watched, grow_older, watched
from tests.support.racing import race

RELEASE, REFUSE = GuardResolution.RELEASE, GuardResolution.REFUSE


@pytest.fixture
async def acme(app: Application) -> Watched:
    """Its provider may take away two members in an hour."""
    return await watched(app)


@pytest.fixture
def admin(acme: Watched) -> Caller:
    """An administrator, no owner."""
    return factories.caller(MemberRole.ADMIN, organization_id=acme.organization_id)


async def holding(acme: Watched, count: int = 3) -> list[UUID]:
    """Members of whom the first two were revoked and `count` are held, one to be removed."""
    people = await acme.people(count + 3)
    for id_ in people[:2]:
        await acme.revoke(id_)
    for id_ in people[2 : count + 1]:
        with pytest.raises(DeprovisionHeld):
            await acme.revoke(id_)
    with pytest.raises(DeprovisionHeld):
        await acme.remove(people[count + 1])
    return people


async def resolve(acme: Watched, resolution: GuardResolution, caller: Caller = SYSTEM) -> Any:
    return await acme.app.execute(ResolveDeprovisionGuard(acme.organization_id, resolution), caller)


async def carry_out(app: Application) -> None:
    """One round of the worker."""
    await ReleasedWork(app).work_once()


async def decisions(acme: Watched) -> list[Any]:
    """What was written down of decisions."""
    return await acme.looks.rows(
        "SELECT action, actor_id, actor_label, correlation_id, changes FROM audit_events"
        " WHERE organization_id = $1 AND action LIKE 'scim_connection.guard_re%'"
    )


async def test_release_has_everything_carried_out_in_the_name_of_who_decided(
    acme: Watched, admin: Caller
) -> None:
    # given what is held
    people = await holding(acme)

    # when an administrator releases it
    done = await resolve(acme, RELEASE, admin)

    # then the answer comes before the work, and counting begins at zero
    assert (done.changed, done.value) == (True, 3)
    assert (await acme.state(), await acme.held(), await acme.counted()) == ("WATCHING", {}, [])
    assert await acme.revoked() == set(people[:2])
    assert acme.organization_id in await organizations_with_released(acme.app.pool)

    # and the worker does it all, under one correlation id
    await carry_out(acme.app)
    assert await acme.revoked() == set(people[:4])
    assert await acme.looks.member(people[4]) is None
    assert await acme.looks.member(people[5]) is not None
    rows = await acme.looks.rows(
        "SELECT action, subject_id, actor_label, origin FROM audit_events"
        " WHERE organization_id = $1 AND correlation_id = $2 ORDER BY sequence",
        admin.correlation_id,
    )
    assert [(row["action"], row["subject_id"]) for row in rows] == [
        ("scim_connection.guard_released", acme.limit.connection_id),
        ("member.revoked", people[2]),
        ("member.revoked", people[3]),
        ("member.removed", people[4]),
    ]
    assert {(row["actor_label"], row["origin"]) for row in rows} == {("a caller", "ADMIN_API")}
    assert acme.organization_id not in await organizations_with_released(acme.app.pool)
    assert await acme.counted() == []


async def test_a_decision_is_written_down_with_its_numbers(acme: Watched, admin: Caller) -> None:
    await holding(acme)

    await resolve(acme, RELEASE, admin)

    (row,) = await decisions(acme)
    assert row["changes"] == [
        {"attribute": "state", "before": "HOLDING", "after": "WATCHING"},
        {"attribute": "revocations", "before": "2", "after": None},
        {"attribute": "removals", "before": "1", "after": None},
    ]


@pytest.mark.parametrize("resolution", GuardResolution)
async def test_there_is_nothing_to_decide_twice(acme: Watched, resolution: GuardResolution) -> None:
    never = await resolve(acme, resolution)
    await holding(acme)

    first = await resolve(acme, resolution)
    again = await resolve(acme, resolution)

    assert [(each.changed, each.value) for each in (never, first, again)] == [
        (False, 0),
        (True, 3),
        (False, 0),
    ]
    assert len(await decisions(acme)) == 1


async def test_refuse_drops_it_and_holds_what_is_sent_again(acme: Watched) -> None:
    # given what is held
    people = await holding(acme)
    counted = await acme.counted()

    # when it is refused
    await resolve(acme, REFUSE)
    await carry_out(acme.app)

    # then those members stay, and the hour goes on
    assert await acme.revoked() == set(people[:2])
    assert (await acme.state(), await acme.held()) == ("WATCHING", {})
    assert await acme.counted() == counted
    with pytest.raises(DeprovisionHeld):
        await acme.revoke(people[2])
    assert (await acme.state(), await acme.held()) == ("HOLDING", {people[2]: "REVOKE"})
    assert (await acme.looks.actions()).count("scim_connection.guard_tripped") == 2


async def test_after_a_release_as_many_pass_as_before(acme: Watched) -> None:
    people = await holding(acme, 1)
    (more, _) = people[3:5], await resolve(acme, RELEASE)
    more = [*more, *await acme.people(2)]

    for id_ in more[:2]:
        await acme.revoke(id_)
    with pytest.raises(DeprovisionHeld):
        await acme.revoke(more[2])


async def test_what_is_sent_again_before_it_is_carried_out_happens_once(acme: Watched) -> None:
    people = await holding(acme)
    await resolve(acme, RELEASE)

    assert (await acme.revoke(people[2])).changed
    assert (await acme.remove(people[4])).changed
    await carry_out(acme.app)

    assert await acme.revoked() == set(people[:4])
    actions = await acme.looks.actions(people[2])
    assert actions == ["member.invited", "member.revoked"]
    assert (await acme.looks.actions(people[4])).count("member.removed") == 1


async def test_what_an_administrator_did_meanwhile_stays_done(acme: Watched) -> None:
    people = await holding(acme)
    organization_id = acme.organization_id
    await acme.app.execute(RemoveMember(organization_id, people[2]), SYSTEM)
    await acme.app.execute(RevokeMember(organization_id, people[3]), SYSTEM)
    await acme.app.execute(RemoveMember(organization_id, people[4]), SYSTEM)
    before = len(await acme.looks.actions())

    await resolve(acme, RELEASE)
    await carry_out(acme.app)

    assert (await acme.looks.actions())[before:] == ["scim_connection.guard_released"]
    assert acme.organization_id not in await organizations_with_released(acme.app.pool)


@pytest.mark.parametrize("way", ["revoke", "remove"])
async def test_what_a_rule_forbids_by_then_is_dropped_and_says_why(
    acme: Watched, admin: Caller, way: str
) -> None:
    # given two owners, one of whom is held, the other gone since
    owners = [await factories.owner(acme.app, acme.organization_id) for _ in range(2)]
    people = await holding(acme, 1)
    await grow_older(acme.app, acme.organization_id)
    with pytest.raises(DeprovisionHeld):
        await getattr(acme, way)(owners[0].id)
    change = ChangeMemberRole(acme.organization_id, owners[1].id, None, MemberRole.USER)
    await acme.app.execute(change, SYSTEM)

    # when all is released
    await resolve(acme, RELEASE, admin)
    await carry_out(acme.app)

    # then the last owner stays, and the rest is done
    row = await acme.looks.member(owners[0].id)
    assert row is not None
    assert row["revoked_at"] is None
    assert await acme.looks.member(people[2]) is None
    (event,) = await acme.looks.rows(
        "SELECT changes, correlation_id FROM audit_events WHERE organization_id = $1"
        " AND action = 'member.deprovisioning_dropped'"
    )
    assert event["correlation_id"] == admin.correlation_id
    assert [change["attribute"] for change in event["changes"]] == ["action", "reason"]
    assert event["changes"][0]["before"] == way.upper()
    assert "last confirmed owner" in event["changes"][1]["after"]
    assert acme.organization_id not in await organizations_with_released(acme.app.pool)


async def test_a_release_has_the_rights_of_the_provider(acme: Watched, admin: Caller) -> None:
    """An administrator may not revoke an owner, but a provider may, which was only put off."""
    owners = [await factories.owner(acme.app, acme.organization_id) for _ in range(2)]
    await holding(acme, 1)
    await grow_older(acme.app, acme.organization_id)
    with pytest.raises(DeprovisionHeld):
        await acme.revoke(owners[0].id)

    await resolve(acme, RELEASE, admin)
    await carry_out(acme.app)

    assert owners[0].id in await acme.revoked()


async def test_it_takes_the_scope_and_the_organization(acme: Watched, app: Application) -> None:
    people = await holding(acme)
    command = ResolveDeprovisionGuard(acme.organization_id, RELEASE)

    with pytest.raises(MissingScope):
        await app.execute(command, factories.caller(scopes=frozenset(Scope) - {Scope.SCIM_ADMIN}))
    with pytest.raises(NotFound):
        await app.execute(command, factories.caller(organization_id=UUID(int=1)))
    never = await factories.organization(app)
    with pytest.raises(ScimDisabled):
        await app.execute(ResolveDeprovisionGuard(never, RELEASE), SYSTEM)

    assert list(await acme.held()) == people[2:5]


async def test_two_workers_share_the_work(acme: Watched) -> None:
    people = await holding(acme, 20)
    await resolve(acme, RELEASE)

    await race([carry_out(acme.app) for _ in range(3)])

    assert await acme.revoked() == set(people[:21])
    happened = await acme.looks.actions()
    assert (happened.count("member.revoked"), happened.count("member.removed")) == (21, 1)
    assert acme.organization_id not in await organizations_with_released(acme.app.pool)


async def test_what_another_worker_has_begun_is_left_to_it(acme: Watched) -> None:
    """And is done by the next one where the other dies before its commit."""
    people = await holding(acme, 1)
    await resolve(acme, RELEASE)
    ((held_id, caller),) = await released_after(acme.app.pool, acme.organization_id)
    command = CarryOutReleased(acme.organization_id, held_id)
    lock = "SELECT 1 FROM held_deprovisionings WHERE organization_id = $1 AND id = $2 FOR UPDATE"

    async with acme.app.pool.acquire() as dying:
        transaction = dying.transaction()
        await transaction.start()
        await dying.fetch(lock, acme.organization_id, held_id)
        await dying.execute("DELETE FROM held_deprovisionings WHERE id = $1", held_id)
        left = await acme.app.execute(command, caller)
        assert await acme.looks.member(people[2]) is not None
        await transaction.rollback()

    done = await acme.app.execute(command, caller)
    again = await acme.app.execute(command, caller)

    assert (left.changed, done.changed, again.changed) == (False, True, False)
    assert await acme.looks.member(people[2]) is None


async def test_what_cannot_be_done_keeps_no_other_waiting(
    acme: Watched, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    people = await holding(acme)
    await resolve(acme, RELEASE)
    ids = await released_after(acme.app.pool, acme.organization_id)
    first, execute = ids[0][0], acme.app.execute

    async def fail_once(command: Any, caller: Caller) -> Any:
        if getattr(command, "held_id", None) == first:
            raise RuntimeError("secret")
        return await execute(command, caller)

    monkeypatch.setattr(acme.app, "execute", fail_once)
    await carry_out(acme.app)
    monkeypatch.undo()

    assert await acme.revoked() == {*people[:2], people[3]}
    assert "RuntimeError" in caplog.text
    assert "secret" not in caplog.text
    await carry_out(acme.app)
    assert await acme.revoked() == set(people[:4])


async def test_members_of_any_status_are_carried_out(acme: Watched) -> None:
    made = [
        await factories.member(acme.app, acme.organization_id, status)
        for status in (MemberStatus.STAGED, MemberStatus.ACCEPTED, MemberStatus.CONFIRMED)
    ]
    await holding(acme, 1)
    await grow_older(acme.app, acme.organization_id)
    group_id = await factories.group(
        acme.app, acme.organization_id, frozenset(each.id for each in made)
    )
    for member in made:
        with pytest.raises(DeprovisionHeld):
            await acme.remove(member.id)

    await resolve(acme, RELEASE, replace(SYSTEM))
    await carry_out(acme.app)

    assert await acme.looks.group_members(group_id) == set()
    assert [await acme.looks.member(each.id) for each in made] == [None] * 3
