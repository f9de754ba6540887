"""Many deprovisionings at once: no more than the limit ever get through."""

from __future__ import annotations

import asyncio

import pytest

from api.released_work import ReleasedWork
from domain.application import Application
from domain.commands import RemoveMember, ResolveDeprovisionGuard, RevokeMember
from domain.errors import DeprovisionHeld
from domain.vocabulary import GuardResolution
from tests.support import factories
from tests.support.factories import SYSTEM
from tests.support.guard import Watched, watched
from tests.support.racing import race


@pytest.mark.parametrize("seats", [None, 100])
async def test_a_crowd_at_once(app: Application, seats: int | None) -> None:
    acme = await watched(app, max_members=7, seats=seats)
    people = await acme.people(40)
    await factories.group(app, acme.organization_id, frozenset(people))

    results = await race(
        [
            acme.remove(id_) if number % 3 == 0 else acme.revoke(id_)
            for number, id_ in enumerate(people)
        ]
    )

    assert len(results.done) == 7
    assert results.refusals() == ["DeprovisionHeld"] * 33
    left = {row["id"] for row in await acme.looks.rows(
        "SELECT id FROM members WHERE organization_id = $1 AND revoked_at IS NULL"
    )}  # fmt: skip
    assert len(left) == 33
    assert set(await acme.held()) == left
    assert len(await acme.counted()) == 7
    assert (await acme.looks.actions()).count("scim_connection.guard_tripped") == 1
    counted, taken = await acme.looks.seats()
    assert (counted, taken) == (None if seats is None else 33, 33)


async def test_one_member_by_many_calls(app: Application) -> None:
    acme = await watched(app, max_members=1)
    people = await acme.people(2)

    results = await race([acme.revoke(people[0]) for _ in range(10)])
    held = await race([acme.revoke(people[1]) for _ in range(10)])

    assert sum(outcome.changed for outcome in results.done) == 1
    assert await acme.counted() == [people[0]]
    assert held.refusals() == ["DeprovisionHeld"] * 10
    assert await acme.held() == {people[1]: "REVOKE"}


async def test_decisions_at_once_are_one_decision(app: Application) -> None:
    acme = await watched(app, max_members=0)
    people = await acme.people(6)
    await race([acme.revoke(id_) for id_ in people])

    results = await race(
        [
            app.execute(ResolveDeprovisionGuard(acme.organization_id, resolution), SYSTEM)
            for resolution in list(GuardResolution) * 5
        ]
    )

    assert sum(outcome.changed for outcome in results.done) == 1
    assert [outcome.value for outcome in results.done if outcome.changed] == [6]
    assert (await acme.held(), await acme.state()) == ({}, "WATCHING")


async def test_worker_provider_and_administrator_do_not_block_each_other(
    app: Application,
) -> None:
    """Each takes the locks in the same order: no deadlock, and nothing is lost or done twice."""
    acme = await watched(app, max_members=0)
    people = await acme.people(24)
    await factories.group(app, acme.organization_id, frozenset(people))
    await race([acme.revoke(id_) for id_ in people[::2]])
    await race([acme.remove(id_) for id_ in people[1::2]])
    released = ResolveDeprovisionGuard(acme.organization_id, GuardResolution.RELEASE)
    await app.execute(released, SYSTEM)

    async def work(acme: Watched = acme) -> None:
        await ReleasedWork(app).work_once()

    async with asyncio.timeout(20):
        results = await race(
            [
                work(),
                work(),
                *(acme.set_active(id_, active=True) for id_ in people[:8]),
                *(acme.revoke(id_) for id_ in people[4:12]),
                *(
                    app.execute(RevokeMember(acme.organization_id, id_), SYSTEM)
                    for id_ in people[8:16]
                ),
                *(
                    app.execute(RemoveMember(acme.organization_id, id_), SYSTEM)
                    for id_ in people[12:]
                ),
            ]
        )

    assert set(results.refusals()) <= {"DeprovisionHeld", "NotFound"}
    await work()
    rows = await acme.looks.rows(
        "SELECT member_id FROM held_deprovisionings WHERE organization_id = $1"
        " AND released_at IS NOT NULL"
    )
    assert rows == []
    for id_ in people[12:]:
        assert (await acme.looks.actions(id_)).count("member.removed") == 1


async def test_the_hold_is_committed_before_the_caller_hears_of_it(app: Application) -> None:
    acme = await watched(app, max_members=0)
    (person,) = await acme.people(1)
    try:
        await acme.revoke(person)
    except DeprovisionHeld:
        # Asked on another connection, while the refusal is on its way.
        assert await acme.held() == {person: "REVOKE"}
        assert await acme.state() == "HOLDING"
    else:
        pytest.fail("it was not held")
