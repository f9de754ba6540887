"""How what was released is carried out: by several workers, under the rules, once."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from domain.caller import Caller
from domain.commands import (
    CarryOutReleased,
    ChangeMemberRole,
)
from domain.errors import DeprovisionHeld
from domain.store.released_deprovisionings import organizations_with_released, released_after
from domain.vocabulary import GuardResolution, MemberRole, MemberStatus
from tests.support import factories
from tests.support.factories import SYSTEM
from tests.support.guard import Watched, carry_out, grow_older, holding, resolve
from tests.support.racing import race

RELEASE, REFUSE = GuardResolution.RELEASE, GuardResolution.REFUSE


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
