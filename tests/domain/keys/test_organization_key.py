"""The organization's key: wrapped, opened, and checked without being opened."""

from __future__ import annotations

import re
from contextlib import suppress
from typing import Any
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.errors import Invalid, KeyMismatch
from domain.keys.account_keys import new_key_pair, public_jwk, read_public_key
from domain.keys.compact import CannotOpen, NotOurForm
from domain.keys.organization_key import (
    OrganizationKey,
    check_wrapped_key,
    new_organization_key,
    read_organization_key,
    unwrap,
    wrap,
)
from tests.domain.keys.test_account_keys import LOCKED, headed

PAIR = new_key_pair()
ORGANIZATION = UUID("01890a5d-ac96-774b-bcce-b302099a8057")
KEY = new_organization_key(ORGANIZATION, 3)
WRAPPED = wrap(KEY, PAIR)
EPK = {name: value for name, value in public_jwk(new_key_pair()).items() if name != "kid"}


def part(text: str, number: int, changed: str) -> str:
    """The JWE with another one of its five parts."""
    parts = text.split(".")
    parts[number] = changed
    return ".".join(parts)


def check(wrapped: str, **changed: Any) -> None:
    facts = {"member_kid": PAIR.kid, "organization_id": ORGANIZATION, "key_version": 3}
    check_wrapped_key(wrapped, **facts | changed)


@given(st.binary(min_size=32, max_size=32), st.uuids(), st.integers(1, 2**31 - 1))
def test_who_it_was_wrapped_for_opens_it(secret: bytes, of: UUID, version: int) -> None:
    key = OrganizationKey(of, version, secret)

    wrapped = wrap(key, read_public_key(public_jwk(PAIR)))

    check(wrapped, organization_id=of, key_version=version)
    assert unwrap(wrapped, PAIR, of) == key
    assert len(wrapped) < 1024


@given(st.integers(0, len(WRAPPED) - 1), st.characters(codec="utf-8"))
def test_what_was_altered_anywhere_opens_for_nobody(place: int, character: str) -> None:
    altered = WRAPPED[:place] + character + WRAPPED[place + 1 :]
    if altered == WRAPPED:
        return

    with pytest.raises((NotOurForm, CannotOpen)):
        unwrap(altered, PAIR, ORGANIZATION)
    with suppress(Invalid, KeyMismatch):  # whatever it is, it is one of the two, or not to be seen
        check(altered)


def test_a_key_is_shown_by_no_accident() -> None:
    assert KEY.secret.hex() not in repr(KEY)
    assert str(KEY.secret) not in str(KEY)


def test_nobody_else_opens_it() -> None:
    with pytest.raises(CannotOpen):
        unwrap(WRAPPED, new_key_pair(), ORGANIZATION)
    with pytest.raises(CannotOpen, match="another organization"):
        unwrap(WRAPPED, PAIR, uuid4())
    for changed in ({"ver": 4}, {"kid": "other"}):
        with pytest.raises(CannotOpen, match="altered"):
            unwrap(headed(WRAPPED, **changed), PAIR, ORGANIZATION)


@pytest.mark.parametrize(
    ("changed", "why"),
    [
        ({"member_kid": "another"}, "read the member's public key again"),
        ({"organization_id": uuid4()}, "another organization"),
        ({"key_version": 4}, "version 3 of the organization's key, and version 4 is the current"),
    ],
)
def test_a_key_for_something_else_is_a_mismatch(changed: dict[str, Any], why: str) -> None:
    with pytest.raises(KeyMismatch, match=re.escape(why)):
        check(WRAPPED, **changed)


@pytest.mark.parametrize(
    ("wrapped", "why"),
    [
        ("", "five parts"),
        (LOCKED, "alg ECDH-ES"),
        (headed(WRAPPED, alg="ECDH-ES"), "alg ECDH-ES+A256KW"),
        (headed(WRAPPED, ver="3"), "header ver"),
        (headed(WRAPPED, ver=True), "header ver"),
        (headed(WRAPPED, org=None), "header org"),
        (
            headed(WRAPPED, epk={"kty": "OKP", "crv": "X25519", "x": "AA"}),
            "a public EC key of kty, crv, x",
        ),
        (headed(WRAPPED, epk=PAIR.as_dict(private=True)), "and nothing else"),
        (headed(WRAPPED, epk=EPK | {"x": None}), "it must have x: 32 bytes"),
        (headed(WRAPPED, epk={"kty": "EC", "crv": "P-256"}), "kty, crv, x and y"),
        (headed(WRAPPED, epk=EPK | {"crv": "P-384"}), "it must be an EC key on the curve P-256"),
        (headed(WRAPPED, epk=EPK | {"y": "A" * 43}), "it is no point on the curve P-256"),
        (headed(WRAPPED, epk=EPK | {"kid": PAIR.kid}), "and nothing else"),
        (headed(WRAPPED, epk=[]), "header epk"),
        (headed(WRAPPED, apu="AA"), "'apu' that does not belong"),
        (headed(WRAPPED, enc="A128GCM"), "enc A256GCM"),
        (headed(WRAPPED, cty="text"), "cty jwk+json"),
        (headed(WRAPPED, kid=None), "header kid"),
        (headed(WRAPPED, crit=["ver"]), "'crit' that does not belong"),
        (headed(WRAPPED, zip="DEF"), "'zip' that does not belong"),
        (part(WRAPPED, 1, "A" * 43), "wrong length"),
        (part(WRAPPED, 2, "A" * 22), "wrong length"),
        (part(WRAPPED, 4, "A" * 16), "wrong length"),
        (part(WRAPPED, 3, ""), "is empty"),
        (part(WRAPPED, 3, "A" * 4096), "at most 4096 characters"),
        (part(WRAPPED, 1, "!" * 54), "base64url"),
        (f"{WRAPPED}\n", "base64url"),
        (f"{WRAPPED}==", "base64url"),
        (f"{WRAPPED}.", "five parts"),
    ],
)
def test_another_form_is_refused_by_name(wrapped: str, why: str) -> None:
    with pytest.raises(Invalid, match=re.escape(why)) as refused:
        check(wrapped)

    assert refused.value.attribute == "wrappedOrganizationKey"


@pytest.mark.parametrize(
    "jwk",
    [
        None,
        {},
        {"kty": "EC", "k": "AA"},
        {"kty": "oct"},
        {"kty": "oct", "k": 5},
        {"kty": "oct", "k": "AAAA"},
        {"kty": "oct", "k": "+"},
    ],
)
def test_a_file_without_a_key_holds_none(jwk: object) -> None:
    with pytest.raises(CannotOpen):
        read_organization_key(jwk, ORGANIZATION, 1)


def test_a_key_file_holds_the_key() -> None:
    assert read_organization_key(KEY.as_jwk(), ORGANIZATION, 3) == KEY
