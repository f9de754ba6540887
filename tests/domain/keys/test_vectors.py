"""The vectors that every implementation of the handshake must open."""

from __future__ import annotations

import json
from typing import Any
from uuid import UUID

import pytest

from domain.keys.account_keys import public_jwk, read_locked, read_public_key, unlock
from domain.keys.fingerprint import member_fingerprint, organization_fingerprint
from domain.keys.organization_key import check_wrapped_key, unwrap
from tests.domain.keys.make_vectors import VECTORS

FOUND: dict[str, Any] = json.loads(VECTORS.read_text())
ORGANIZATION = UUID(FOUND["organizationId"])


@pytest.mark.parametrize("number", range(len(FOUND["members"])))
def test_a_member_of_the_vectors_reaches_the_keys(number: int) -> None:
    member = FOUND["members"][number]

    pair = unlock(member["encryptedPrivateKey"], member["passphrase"])

    assert public_jwk(pair) == member["publicKey"]
    assert read_locked(member["encryptedPrivateKey"]) == pair.kid
    kid = str(read_public_key(member["publicKey"]).kid)
    assert member_fingerprint(kid, UUID(member["memberId"])) == member["fingerprint"]
    for wrapped, expected in zip(
        member["wrappedOrganizationKeys"], FOUND["organizationKeys"], strict=True
    ):
        check_wrapped_key(
            wrapped,
            member_kid=kid,
            organization_id=ORGANIZATION,
            key_version=expected["version"],
        )
        key = unwrap(wrapped, pair, ORGANIZATION)
        assert (key.version, key.as_jwk()) == (expected["version"], expected["jwk"])
        assert organization_fingerprint(key) == expected["fingerprint"]


def test_vectors_hold_one_passphrase_in_two_spellings() -> None:
    first, second = (member["passphrase"] for member in FOUND["members"][1:])

    assert first != second
    assert unlock(FOUND["members"][1]["encryptedPrivateKey"], second).kid is not None
