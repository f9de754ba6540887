"""Confirming hands over the organization's key; what cannot be right is named, and not stored."""

from __future__ import annotations

from typing import Any

import pytest

from domain.application import Application
from domain.commands import ConfirmMember, UpdateOrganization
from domain.errors import (
    DomainError,
    Invalid,
    InvalidTransition,
    KeyMismatch,
    KeyRequired,
    PolicyViolation,
)
from domain.ids import new_id
from domain.keys.organization_key import OrganizationKey, wrap
from domain.vocabulary import KeyHandshake
from tests.domain.keys.test_account_keys import headed
from tests.support import factories
from tests.support.factories import SYSTEM, Looks
from tests.support.key_pairs import keys
from tests.support.keyed import Keyed, keyed

HERS = keys(1)


@pytest.fixture
async def acme(app: Application) -> Keyed:
    return await keyed(app)


@pytest.fixture
def looks(acme: Keyed) -> Looks:
    return Looks(acme.app.pool, acme.organization_id)


async def changes_of(looks: Looks, member_id: Any, action: str) -> list[Any]:
    rows = await looks.rows(
        "SELECT changes FROM audit_events WHERE organization_id = $1 AND subject_id = $2"
        " AND action = $3 ORDER BY sequence",
        member_id,
        action,
    )
    return [
        [tuple(change[word] for word in ("attribute", "before", "after")) for change in row[0]]
        for row in rows
    ]


async def test_who_is_confirmed_can_open_the_key(acme: Keyed, looks: Looks) -> None:
    member = await acme.accepted(HERS)

    outcome = await acme.confirm(member, HERS)

    assert outcome.changed
    assert await acme.opened(member, HERS) == acme.key
    row = await looks.member(member.id)
    assert row is not None
    assert (row["stage"], row["wrapped_key_version"], row["wrapped_key_kid"]) == (
        "CONFIRMED",
        1,
        HERS.kid,
    )
    assert row["version"] == member.version + 2  # keys of their own, and confirmed
    assert await changes_of(looks, member.id, "member.confirmed") == [
        [
            ("stage", "ACCEPTED", "CONFIRMED"),
            ("wrappedKeyVersion", None, "1"),
            ("wrappedKeyThumbprint", None, HERS.kid),
        ]
    ]
    again = await acme.confirm(member, HERS)
    assert not again.changed
    assert await looks.member(member.id) == row
    assert (await looks.actions(member.id))[-1:] == ["member.confirmed"]


async def test_a_thumbprint_may_be_left_out(acme: Keyed) -> None:
    member = await acme.accepted(HERS)

    assert (await acme.confirm(member, HERS, public_key_thumbprint=None)).changed


def _of(acme: Keyed, *, number: int = 1, version: int = 1, **headers: Any) -> str:
    key = OrganizationKey(acme.organization_id, version, acme.key.secret)
    made = wrap(key, keys(number).pair)
    return headed(made, **headers) if headers else made


WRONG: list[tuple[str, Any, type[DomainError], str, str]] = [
    ("none", lambda _: None, KeyRequired, "wrappedOrganizationKey", "send it wrapped"),
    ("nothing", lambda _: "", Invalid, "wrappedOrganizationKey", "must be a compact JWE"),
    ("noise", lambda _: "a.b.c.d.e", Invalid, "wrappedOrganizationKey", "must be a compact JWE"),
    ("long", lambda _: "x" * 4097, Invalid, "wrappedOrganizationKey", "at most 4096"),
    (
        "alg",
        lambda acme: _of(acme, alg="ECDH-ES"),
        Invalid,
        "wrappedOrganizationKey",
        "must have alg",
    ),
    (
        "enc",
        lambda acme: _of(acme, enc="A128GCM"),
        Invalid,
        "wrappedOrganizationKey",
        "must have enc",
    ),
    ("crit", lambda acme: _of(acme, crit=["x"]), Invalid, "wrappedOrganizationKey", "crit"),
    (
        "key",
        lambda acme: _of(acme, number=2),
        KeyMismatch,
        "wrappedOrganizationKey",
        "another key than the member has now",
    ),
    (
        "organization",
        lambda acme: _of(acme, org=str(new_id())),
        KeyMismatch,
        "wrappedOrganizationKey",
        "of another organization",
    ),
    (
        "older",
        lambda acme: _of(acme, version=0),
        KeyMismatch,
        "wrappedOrganizationKey",
        "holds version 0",
    ),
    (
        "newer",
        lambda acme: _of(acme, version=2),
        KeyMismatch,
        "wrappedOrganizationKey",
        "version 1 is the current one",
    ),
]


@pytest.mark.parametrize("joins", [True, False])
@pytest.mark.parametrize(
    ("make", "error", "attribute", "says"),
    [row[1:] for row in WRONG],
    ids=[row[0] for row in WRONG],
)
async def test_what_cannot_be_right_is_refused(
    acme: Keyed,
    looks: Looks,
    *,
    make: Any,
    error: type[DomainError],
    attribute: str,
    says: str,
    joins: bool,
) -> None:
    member = await (acme.accepted(HERS) if joins else acme.confirmed(HERS))
    if not joins:
        await acme.app.pool.execute(
            "UPDATE members SET wrapped_key_version = 0 WHERE organization_id = $1 AND id = $2",
            acme.organization_id,
            member.id,
        )
    before = await looks.member(member.id), await looks.actions()

    with pytest.raises(error, match=says) as raised:
        await acme.confirm(member, HERS, wrapped_organization_key=make(acme))

    assert getattr(raised.value, "attribute", None) == attribute
    assert (await looks.member(member.id), await looks.actions()) == before


async def test_another_thumbprint_is_refused(acme: Keyed, looks: Looks) -> None:
    member = await acme.accepted(HERS)
    before = await looks.member(member.id)

    for thumbprint in (keys(2).kid, ""):
        with pytest.raises(KeyMismatch) as raised:
            await acme.confirm(member, HERS, public_key_thumbprint=thumbprint)
        assert raised.value.attribute == "publicKeyThumbprint"

    assert await looks.member(member.id) == before


async def test_who_has_no_keys_cannot_be_confirmed(acme: Keyed, looks: Looks) -> None:
    member = await acme.accepted()
    before = await looks.member(member.id)

    with pytest.raises(KeyRequired, match="no keys yet") as raised:
        await acme.confirm(member, HERS)

    assert raised.value.attribute == "memberId"
    assert await looks.member(member.id) == before


async def test_who_has_not_accepted_is_told_so_first(acme: Keyed) -> None:
    member = await factories.member(acme.app, acme.organization_id)

    with pytest.raises(InvalidTransition):
        await acme.app.execute(ConfirmMember(acme.organization_id, member.id), SYSTEM)


async def test_policies_come_before_keys_and_concern_newcomers_alone(acme: Keyed) -> None:
    settled, new = await acme.confirmed(HERS), await acme.accepted(keys(2))
    foreign = UpdateOrganization(acme.organization_id, allowed_email_domains=("acme.example",))
    await acme.app.execute(foreign, SYSTEM)
    await acme.rotate()

    with pytest.raises(PolicyViolation):
        await acme.confirm(new, keys(2))
    assert (await acme.confirm(settled, HERS)).changed


async def test_without_handshake_a_key_is_not_taken(acme: Keyed, looks: Looks) -> None:
    await acme.require(KeyHandshake.OFF)
    member = await acme.accepted(HERS)
    before = await looks.member(member.id)

    with pytest.raises(Invalid, match="keyHandshake is OFF") as raised:
        await acme.confirm(member, HERS)
    assert raised.value.attribute == "wrappedOrganizationKey"
    with pytest.raises(Invalid) as raised:
        await acme.confirm(member, HERS, wrapped_organization_key=None)
    assert raised.value.attribute == "publicKeyThumbprint"

    assert await looks.member(member.id) == before
    plain = ConfirmMember(acme.organization_id, member.id)
    assert (await acme.app.execute(plain, SYSTEM)).changed
    assert not (await acme.app.execute(plain, SYSTEM)).changed


async def test_off_and_on_again(acme: Keyed, looks: Looks) -> None:
    before = await acme.confirmed(HERS)
    await acme.require(KeyHandshake.OFF)
    meanwhile = await acme.accepted(keys(2))
    await acme.app.execute(ConfirmMember(acme.organization_id, meanwhile.id), SYSTEM)
    await acme.require()

    # Who had the key has it still; who was approved alone needs it.
    plain = ConfirmMember(acme.organization_id, before.id)
    assert not (await acme.app.execute(plain, SYSTEM)).changed
    with pytest.raises(KeyRequired, match="send it wrapped"):
        await acme.app.execute(ConfirmMember(acme.organization_id, meanwhile.id), SYSTEM)
    assert (await acme.confirm(meanwhile, keys(2))).changed
    assert (await looks.actions(meanwhile.id))[-2:] == ["member.confirmed", "member.key_wrapped"]
    assert await changes_of(looks, meanwhile.id, "member.key_wrapped") == [
        [("wrappedKeyVersion", None, "1"), ("wrappedKeyThumbprint", None, keys(2).kid)]
    ]
    assert await acme.opened(meanwhile, keys(2)) == acme.key


async def test_a_key_is_not_shown_by_a_command() -> None:
    command = ConfirmMember(new_id(), new_id(), wrapped_organization_key="wrapped")

    assert "'wrapped'" not in repr(command)
