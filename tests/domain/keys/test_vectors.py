"""The vectors that every implementation of the handshake must open: Python's, and the browser's.

The browser's are made by `web-client/src/keys/vectors.test.ts`, which opens both, too.
"""

from __future__ import annotations

import json
from typing import Any
from uuid import UUID

import pytest

from domain.keys.account_keys import public_jwk, read_locked, read_public_key, unlock
from domain.keys.fingerprint import member_fingerprint, organization_fingerprint
from domain.keys.organization_key import check_wrapped_key, unwrap
from tests.domain.keys.make_vectors import VECTORS

MAKERS = ("handshake.json", "handshake-browser.json")
FOUND: dict[str, dict[str, Any]] = {
    maker: json.loads(VECTORS.with_name(maker).read_text()) for maker in MAKERS
}


@pytest.mark.parametrize("maker", MAKERS)
@pytest.mark.parametrize("number", range(3))
def test_a_member_of_the_vectors_reaches_the_keys(maker: str, number: int) -> None:
    organization = UUID(FOUND[maker]["organizationId"])
    member = FOUND[maker]["members"][number]

    pair = unlock(member["encryptedPrivateKey"], member["passphrase"])

    assert public_jwk(pair) == member["publicKey"]
    assert read_locked(member["encryptedPrivateKey"]) == pair.kid
    kid = str(read_public_key(member["publicKey"]).kid)
    assert member_fingerprint(kid, UUID(member["memberId"])) == member["fingerprint"]
    for wrapped, expected in zip(
        member["wrappedOrganizationKeys"], FOUND[maker]["organizationKeys"], strict=True
    ):
        check_wrapped_key(
            wrapped,
            member_kid=kid,
            organization_id=organization,
            key_version=expected["version"],
        )
        key = unwrap(wrapped, pair, organization)
        assert (key.version, key.as_jwk()) == (expected["version"], expected["jwk"])
        assert organization_fingerprint(key) == expected["fingerprint"]


@pytest.mark.parametrize("maker", MAKERS)
def test_vectors_hold_one_passphrase_in_two_spellings(maker: str) -> None:
    members = FOUND[maker]["members"][1:]
    first, second = (member["passphrase"] for member in members)

    assert first != second
    assert unlock(members[0]["encryptedPrivateKey"], second).kid == members[0]["publicKey"]["kid"]
