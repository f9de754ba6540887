"""RELEASE and REFUSE: what a person decides about what is held, and how it is carried out."""

from __future__ import annotations

from typing import Any

import pytest

from domain.application import Application
from domain.caller import Caller
from domain.commands import (
    RemoveMember,
    ResolveDeprovisionGuard,
    RevokeMember,
)
from domain.errors import DeprovisionHeld, MissingScope, NotFound, ScimDisabled
from domain.ids import UUID
from domain.store.released_deprovisionings import organizations_with_released
from domain.vocabulary import GuardResolution, Scope
from tests.support import factories
from tests.support.factories import SYSTEM
from tests.support.guard import Watched, carry_out, holding, resolve

RELEASE, REFUSE = GuardResolution.RELEASE, GuardResolution.REFUSE


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
