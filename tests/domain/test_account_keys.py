"""The keys of a person: set, replaced everywhere at once, or locked with another passphrase."""

from __future__ import annotations

from typing import Any

import pytest

from domain.application import Application
from domain.commands import RestoreMember, RevokeMember, SetAccountKeys
from domain.errors import Forbidden, Invalid, KeyMismatch
from domain.ids import UUID
from domain.keys.account_keys import lock
from domain.vocabulary import MemberStatus
from tests.domain.test_key_handover import changes_of
from tests.domain.test_key_life import looks_at, versions
from tests.support import factories
from tests.support.factories import SYSTEM
from tests.support.key_pairs import PASSPHRASE, Keys, keys
from tests.support.keyed import give_keys, keyed, person


async def test_another_key_pair_voids_what_was_wrapped_everywhere(app: Application) -> None:
    acme = await keyed(app)
    member = await acme.confirmed(keys(1))
    other = await keyed(app)
    name = member.attributes.user_name
    twin = await other.confirmed(keys(1), name=name)
    assert twin.account_id == member.account_id
    bystander = await acme.confirmed(keys(2))
    untouched = await looks_at(acme).member(bystander.id)

    assert await give_keys(app, member, keys(3))

    for organization, of in ((acme, member), (other, twin)):
        looks = looks_at(organization)
        row = await looks.member(of.id)
        assert row is not None
        assert (row["wrapped_key_version"], row["version"]) == (0, of.version + 1)
        assert row["wrapped_organization_key"] is not None
        assert (await changes_of(looks, of.id, "member.key_replaced"))[-1] == [
            ("publicKeyThumbprint", keys(1).kid, keys(3).kid),
            ("wrappedKeyVersion", "1", None),
        ]
        event = (
            await looks.rows(
                "SELECT * FROM audit_events WHERE organization_id = $1"
                " AND action = 'member.key_replaced' ORDER BY sequence DESC LIMIT 1"
            )
        )[0]
        assert (event["actor_kind"], event["actor_id"]) == ("ACCOUNT", member.account_id)
    assert await looks_at(acme).member(bystander.id) == untouched
    assert not await give_keys(app, member, keys(3))
    with pytest.raises(KeyMismatch):
        await acme.confirm(member, keys(1))
    assert (await acme.confirm(member, keys(3))).changed
    assert await acme.opened(member, keys(3)) == acme.key


async def test_another_passphrase_leaves_the_keys_as_they_are(app: Application) -> None:
    acme = await keyed(app)
    member = await acme.confirmed(keys(1))
    before = await looks_at(acme).member(member.id)
    relocked = Keys(keys(1).pair, lock(keys(1).pair, PASSPHRASE + "!"))

    assert await give_keys(app, member, relocked)

    assert await looks_at(acme).member(member.id) == before
    stored = await app.pool.fetchval(
        "SELECT encrypted_private_key FROM accounts WHERE id = $1", member.account_id
    )
    assert stored == relocked.locked


async def test_who_comes_back_with_other_keys_needs_the_key_again(app: Application) -> None:
    acme = await keyed(app)
    member = await acme.confirmed(keys(1))
    await app.execute(RevokeMember(acme.organization_id, member.id), SYSTEM)
    await give_keys(app, member, keys(2))
    await app.execute(RestoreMember(acme.organization_id, member.id), SYSTEM)

    assert await versions(acme, member) == [0]
    assert (await acme.confirm(member, keys(2))).changed


@pytest.mark.parametrize(
    ("public", "locked", "attribute"),
    [
        (None, keys(1).locked, "publicKey"),
        ({}, keys(1).locked, "publicKey"),
        (keys(1).pair.as_dict(private=True), keys(1).locked, "publicKey"),
        (keys(1).public, "", "encryptedPrivateKey"),
        (keys(1).public, "x" * 5000, "encryptedPrivateKey"),
        (keys(1).public, keys(2).locked, "encryptedPrivateKey"),
    ],
    ids=["null", "empty", "private", "nothing", "long", "of another pair"],
)
async def test_keys_that_cannot_be_right(
    app: Application, organization_id: UUID, public: Any, locked: str, attribute: str
) -> None:
    member = await factories.member(app, organization_id, MemberStatus.ACCEPTED)

    with pytest.raises(Invalid) as raised:
        await app.execute(SetAccountKeys(public, locked), person(member))

    assert raised.value.attribute == attribute
    row = await app.pool.fetchrow("SELECT * FROM accounts WHERE id = $1", member.account_id)
    assert row["public_key"] is None


async def test_only_people_have_keys(app: Application) -> None:
    with pytest.raises(Forbidden, match="sign in"):
        await app.execute(SetAccountKeys(keys(1).public, keys(1).locked), SYSTEM)
