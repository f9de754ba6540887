"""The life of the organization's key: the first, and rotation, which can stop anywhere."""

from __future__ import annotations

from typing import Any

import pytest

from domain.application import Application
from domain.commands import (
    CreateOrganizationKey,
    Member,
    RotateOrganizationKey,
    UpdateOrganization,
)
from domain.errors import (
    Forbidden,
    Invalid,
    KeyMismatch,
    KeyRequired,
    KeyVersionConflict,
    MissingScope,
)
from domain.ids import UUID
from domain.keys.organization_key import new_organization_key
from domain.vocabulary import KeyHandshake, MemberRole, MemberStatus, Scope
from tests.domain.test_key_handover import changes_of
from tests.support import factories
from tests.support.factories import SYSTEM, Looks
from tests.support.key_pairs import keys
from tests.support.keyed import Keyed, give_keys, keyed, owner_with_keys, person


async def organization_row(app: Application, organization_id: UUID) -> Any:
    return await app.pool.fetchrow("SELECT * FROM organizations WHERE id = $1", organization_id)


def looks_at(acme: Keyed) -> Looks:
    return Looks(acme.app.pool, acme.organization_id)


async def versions(acme: Keyed, *members: Member) -> list[int]:
    found = [await looks_at(acme).member(member.id) for member in members]
    return [row["wrapped_key_version"] for row in found if row is not None]


async def test_the_first_key(app: Application, organization_id: UUID, looks: Looks) -> None:
    owner = await owner_with_keys(app, organization_id, keys())
    acme = Keyed(app, organization_id, owner, new_organization_key(organization_id, 1))
    command = CreateOrganizationKey(organization_id, acme.wrapped(keys()), 0)

    made = await app.execute(command, person(owner))

    assert (made.value, made.changed) == (organization_id, True)
    row = await organization_row(app, organization_id)
    assert (row["key_version"], row["version"], row["key_handshake"]) == (1, 2, "OFF")
    assert await acme.opened(owner, keys()) == acme.key
    assert (await looks.actions())[-2:] == ["organization.key_created", "member.key_wrapped"]
    assert await changes_of(looks, organization_id, "organization.key_created") == [
        [("keyVersion", "0", "1")]
    ]
    assert not (await app.execute(command, person(owner))).changed
    assert await organization_row(app, organization_id) == row
    another = CreateOrganizationKey(organization_id, acme.wrapped(keys()), 0)
    with pytest.raises(KeyVersionConflict) as raised:
        await app.execute(another, person(owner))
    assert raised.value.current == 1
    assert await organization_row(app, organization_id) == row


async def test_a_handshake_needs_a_key(app: Application, organization_id: UUID) -> None:
    required = UpdateOrganization(organization_id, key_handshake=KeyHandshake.REQUIRED)
    before = await organization_row(app, organization_id)

    with pytest.raises(KeyRequired, match="createOrganizationKey") as raised:
        await app.execute(required, SYSTEM)

    assert raised.value.attribute == "keyHandshake"
    assert await organization_row(app, organization_id) == before


@pytest.mark.parametrize("kind", [CreateOrganizationKey, RotateOrganizationKey])
async def test_who_may_not_make_a_key(
    app: Application, organization_id: UUID, kind: type[CreateOrganizationKey]
) -> None:
    owner = await factories.owner(app, organization_id)
    admin = await factories.member(
        app, organization_id, MemberStatus.CONFIRMED, role=MemberRole.ADMIN
    )
    await give_keys(app, admin, keys(1))
    version = 0 if kind is CreateOrganizationKey else 1
    acme = Keyed(app, organization_id, owner, new_organization_key(organization_id, version + 1))
    await app.pool.execute(
        "UPDATE organizations SET key_version = $2 WHERE id = $1", organization_id, version
    )
    command = kind(organization_id, acme.wrapped(keys(1)), version)
    before = await organization_row(app, organization_id)

    with pytest.raises(KeyRequired, match="setAccountKeys"):
        await app.execute(command, person(owner))
    for caller in (person(admin), SYSTEM):
        with pytest.raises(Forbidden, match="Only an owner"):
            await app.execute(command, caller)
    reader = factories.caller(scopes=frozenset({Scope.MEMBERS_CONFIRM}), member_id=owner.id)
    with pytest.raises(MissingScope):
        await app.execute(command, reader)

    assert await organization_row(app, organization_id) == before


async def test_keys_that_cannot_be_the_next(app: Application) -> None:
    acme = await keyed(app)
    before = await organization_row(app, acme.organization_id)

    async def refused(kind: Any, version: int, error: type[Exception], **given: Any) -> Any:
        new = new_organization_key(acme.organization_id, given.get("made", version + 1))
        text = given.get("text", acme.wrapped(given.get("held", keys()), new))
        with pytest.raises(error) as raised:
            await app.execute(kind(acme.organization_id, text, version), person(acme.owner))
        return raised.value

    error = await refused(CreateOrganizationKey, 1, Invalid)
    assert error.attribute == "expectedKeyVersion"
    for version in (0, -1):
        error = await refused(RotateOrganizationKey, version, Invalid)
        assert error.attribute == "expectedKeyVersion"
    for version in (2, 2**31 - 1):
        error = await refused(RotateOrganizationKey, version, KeyVersionConflict)
        assert (error.current, error.message) == (
            1,
            "The organization's key has version 1 by now; read it again.",
        )
    await refused(RotateOrganizationKey, 1, KeyMismatch, made=1)
    await refused(RotateOrganizationKey, 1, KeyMismatch, held=keys(1))
    await refused(RotateOrganizationKey, 1, Invalid, text="x")
    assert await organization_row(app, acme.organization_id) == before


async def test_rotation_makes_all_others_stale_and_writes_to_none(app: Application) -> None:
    acme = await keyed(app)
    members = [await acme.confirmed(keys(n)) for n in (1, 2)]
    looks = looks_at(acme)
    before = [await looks.member(member.id) for member in members]

    await acme.rotate()

    assert [await looks.member(member.id) for member in members] == before
    assert await versions(acme, acme.owner, *members) == [2, 1, 1]
    assert (await looks.actions())[-2:] == ["organization.key_rotated", "member.key_wrapped"]
    assert await acme.opened(acme.owner, keys()) == acme.key
    assert await acme.opened(members[0], keys(1)) == acme.older[0]
    row = await organization_row(app, acme.organization_id)
    assert row["key_version"] == 2


async def test_a_rotation_can_stop_anywhere_and_go_on(app: Application) -> None:
    acme = await keyed(app)
    held = [keys(n) for n in range(1, 7)]
    members = [await acme.confirmed(each) for each in held]
    people = list(zip(members, held, strict=True))

    async def waiting() -> list[UUID]:
        """Who needs the key, by what is stored alone: whoever goes on knows nothing else."""
        rows = await looks_at(acme).rows(
            "SELECT m.id FROM members m, organizations o WHERE o.id = $1"
            " AND m.organization_id = $1 AND m.stage = 'CONFIRMED' AND m.revoked_at IS NULL"
            " AND m.wrapped_key_version < o.key_version"
        )
        return [row["id"] for row in rows]

    async def wrap_for(number: int) -> None:
        """Wrap for so many of those who wait."""
        left = await waiting()
        for member, each in people:
            if member.id in left[:number]:
                assert (await acme.confirm(member, each)).changed

    await acme.rotate()
    await wrap_for(3)  # and then the power fails
    assert len(await waiting()) == 3
    await acme.rotate()  # by somebody who does not know of that
    assert len(await waiting()) == 6
    await wrap_for(2)
    assert len(await waiting()) == 4
    for member, each in people:
        await acme.confirm(member, each)

    assert await waiting() == []
    assert await versions(acme, *members) == [3] * 6
    for member, each in people:
        assert await acme.opened(member, each) == acme.key
    actions = await looks_at(acme).actions()
    assert actions.count("member.confirmed") == 7
    assert actions.count("member.key_wrapped") == 3 + 3 + 6  # the owner's own: three
