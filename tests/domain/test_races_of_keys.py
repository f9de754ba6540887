"""Whatever happens at the same moment: a key that counts as current is for who holds it now."""

from __future__ import annotations

from typing import Any

import pytest

from domain.application import Application
from domain.commands import ConfirmMember, Member, SetAccountKeys, UpdateOrganization
from domain.keys.organization_key import check_wrapped_key, new_organization_key
from domain.vocabulary import KeyHandshake
from tests.support.factories import SYSTEM, Looks
from tests.support.key_pairs import keys
from tests.support.keyed import Keyed, keyed, person
from tests.support.racing import race

ROUNDS = 12
_STATE = (
    "SELECT m.wrapped_key_version, m.wrapped_key_kid, m.wrapped_organization_key,"
    " o.key_version, a.public_key FROM members m"
    " JOIN organizations o ON o.id = m.organization_id JOIN accounts a ON a.id = m.account_id"
    " WHERE m.organization_id = $1 AND m.id = $2"
)


async def check_current(acme: Keyed, member: Member) -> bool:
    """Whether the member's key counts as current; then it must be for the keys of now."""
    (row,) = await Looks(acme.app.pool, acme.organization_id).rows(_STATE, member.id)
    if row["wrapped_key_version"] != row["key_version"]:
        return False
    check_wrapped_key(
        row["wrapped_organization_key"],
        member_kid=row["public_key"]["kid"],
        organization_id=acme.organization_id,
        key_version=row["key_version"],
    )
    assert row["wrapped_key_kid"] == row["public_key"]["kid"]
    return True


@pytest.mark.parametrize("joins", [True, False])
async def test_one_of_two_administrators_confirms(app: Application, joins: bool) -> None:
    acme = await keyed(app)
    for _ in range(ROUNDS):
        member = await (acme.accepted(keys(1)) if joins else acme.confirmed(keys(1)))
        if not joins:
            await acme.rotate()

        results = await race([acme.confirm(member, keys(1)) for _ in range(3)])

        assert results.refused == []
        assert sorted(outcome.changed for outcome in results.done) == [False, False, True]
        actions = await Looks(app.pool, acme.organization_id).actions(member.id)
        expected = ["member.confirmed"] if joins else ["member.confirmed", "member.key_wrapped"]
        assert actions[actions.index("member.confirmed") :] == expected
        assert await check_current(acme, member)


@pytest.mark.parametrize("joins", [True, False])
async def test_a_key_for_the_keys_of_before_is_never_current(app: Application, joins: bool) -> None:
    acme = await keyed(app)
    for n in range(ROUNDS):
        old, new = keys(1 + n % 2), keys(2 - n % 2)
        member = await (acme.accepted(old) if joins else acme.confirmed(old))
        if not joins:
            await acme.rotate()

        results = await race(
            [
                _changed(acme.confirm(member, old)),
                _changed(app.execute(SetAccountKeys(new.public, new.locked), person(member))),
            ]
        )

        assert True in results.done
        assert set(results.refusals()) <= {"KeyMismatch"}
        assert not await check_current(acme, member)
        assert (await acme.confirm(member, new)).changed
        assert await check_current(acme, member)


async def test_a_key_of_the_version_of_before_is_never_current(app: Application) -> None:
    acme = await keyed(app)
    for _ in range(ROUNDS):
        member = await acme.accepted(keys(1))

        results = await race([_changed(acme.confirm(member, keys(1))), _none(acme.rotate())])

        assert set(results.refusals()) <= {"KeyMismatch"}
        assert not await check_current(acme, member)
        assert (await acme.confirm(member, keys(1))).changed
        assert await check_current(acme, member)


async def test_one_of_two_rotations_wins(app: Application) -> None:
    acme = await keyed(app)
    other = Keyed(app, acme.organization_id, acme.owner, acme.key)

    results = await race([_none(acme.rotate()), _none(other.rotate())])

    assert results.refusals() == ["KeyVersionConflict"]
    row = await app.pool.fetchrow(
        "SELECT key_version FROM organizations WHERE id = $1", acme.organization_id
    )
    assert row["key_version"] == 2
    assert await check_current(acme, acme.owner)


async def test_an_owner_with_other_keys_does_not_hold_the_new_key(app: Application) -> None:
    for _ in range(ROUNDS):
        acme = await keyed(app)
        new = SetAccountKeys(keys(1).public, keys(1).locked)

        results = await race([_none(acme.rotate()), _none(app.execute(new, person(acme.owner)))])

        assert set(results.refusals()) <= {"KeyMismatch"}
        assert not await check_current(acme, acme.owner)


async def test_switching_on_and_confirming_at_once(app: Application) -> None:
    for _ in range(ROUNDS):
        acme = await keyed(app, required=False)
        member = await acme.accepted(keys(1))
        confirm = ConfirmMember(acme.organization_id, member.id)
        on = UpdateOrganization(acme.organization_id, key_handshake=KeyHandshake.REQUIRED)

        results = await race(
            [_changed(app.execute(confirm, SYSTEM)), _changed(app.execute(on, SYSTEM))]
        )

        assert set(results.refusals()) <= {"KeyRequired"}
        row = await Looks(app.pool, acme.organization_id).member(member.id)
        assert row is not None
        # Either the approval came first, or nothing happened: never confirmed and refused.
        assert (row["stage"] == "CONFIRMED") is (results.refused == [])
        assert row["wrapped_organization_key"] is None
        assert (await acme.confirm(member, keys(1))).changed


async def test_many_at_once_end_in_one_state(app: Application) -> None:
    acme = await keyed(app)
    member = await acme.accepted(keys(1))
    new = new_organization_key(acme.organization_id, 2)
    work: list[Any] = []
    for n in (1, 2, 3):
        held = keys(n)
        for key in (acme.key, new):
            text = acme.wrapped(held, key)
            work.append(_changed(acme.confirm(member, held, wrapped_organization_key=text)))
        set_keys = SetAccountKeys(held.public, held.locked)
        work.append(_changed(app.execute(set_keys, person(member))))
    work.append(_none(acme.rotate()))

    results = await race(work)

    assert set(results.refusals()) <= {"KeyMismatch"}
    await check_current(acme, member)
    events = await Looks(app.pool, acme.organization_id).actions(member.id)
    assert events.count("member.confirmed") <= 1
    row = await Looks(app.pool, acme.organization_id).member(member.id)
    assert row is not None
    assert row["version"] == len(events)


async def _changed(work: Any) -> bool:
    return bool((await work).changed)


async def _none(work: Any) -> None:
    await work
