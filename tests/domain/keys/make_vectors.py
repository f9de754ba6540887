"""Writes tests/vectors/handshake.json: what Python made, for every other implementation to open.

`python -m tests.domain.keys.make_vectors` makes new keys; it is run when a form changes.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from uuid import UUID

from joserfc.jwk import ECKey

from domain.keys.account_keys import lock, new_key_pair, public_jwk
from domain.keys.fingerprint import member_fingerprint, organization_fingerprint
from domain.keys.organization_key import new_organization_key, wrap

VECTORS = Path(__file__).parents[2] / "vectors" / "handshake.json"
ORGANIZATION = UUID("01890a5d-ac96-774b-bcce-b302099a8057")
# An é of one code point and of two: both are typed the same.
PASSPHRASES = (
    "correct horse battery",
    "caf\u00e9 au lait, toujours",
    "cafe\u0301 au lait, toujours",
)


def _person(number: int, passphrase: str) -> tuple[ECKey, dict[str, Any]]:
    pair = new_key_pair()
    member_id = UUID(int=ORGANIZATION.int + number)
    return pair, {
        "memberId": str(member_id),
        "passphrase": passphrase,
        "publicKey": public_jwk(pair),
        "encryptedPrivateKey": lock(pair, passphrase),
        "fingerprint": member_fingerprint(str(pair.kid), member_id),
    }


def make() -> dict[str, Any]:
    """New vectors: three members who hold two versions of an organization's key."""
    people = [_person(number, words) for number, words in enumerate(PASSPHRASES, start=1)]
    keys = [new_organization_key(ORGANIZATION, version) for version in (1, 2)]
    for pair, person in people:
        person["wrappedOrganizationKeys"] = [wrap(key, pair) for key in keys]
    return {
        "organizationId": str(ORGANIZATION),
        "organizationKeys": [
            {
                "version": key.version,
                "jwk": key.as_jwk(),
                "fingerprint": organization_fingerprint(key),
            }
            for key in keys
        ],
        "members": [person for _, person in people],
    }


if __name__ == "__main__":
    VECTORS.parent.mkdir(exist_ok=True)
    VECTORS.write_text(json.dumps(make(), indent=2, ensure_ascii=True) + "\n")
