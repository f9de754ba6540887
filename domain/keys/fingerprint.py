"""Six words by which people compare keys, by telephone or face to face."""

from __future__ import annotations

from functools import cache
from hashlib import sha256
from typing import TYPE_CHECKING

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from joserfc.util import urlsafe_b64decode
from mnemonic import Mnemonic

if TYPE_CHECKING:
    from uuid import UUID

    from domain.keys.organization_key import OrganizationKey

WORDS = 6
_BITS_A_WORD = 11
_DERIVED_BYTES = 9


def member_fingerprint(thumbprint: str, member_id: UUID) -> str:
    """Of a member's public key, by its RFC 7638 thumbprint in base64url."""
    return _phrase(urlsafe_b64decode(thumbprint.encode("ascii")), member_id)


def organization_fingerprint(key: OrganizationKey) -> str:
    """Of the organization's key: the same for everyone who holds it."""
    return _phrase(sha256(key.secret).digest(), key.organization_id)


def _phrase(digest: bytes, of: UUID) -> str:
    derived = HKDF(SHA256(), _DERIVED_BYTES, salt=b"", info=str(of).encode("ascii")).derive(digest)
    spare = 8 * _DERIVED_BYTES - WORDS * _BITS_A_WORD
    number = int.from_bytes(derived) >> spare
    places = [number >> _BITS_A_WORD * n & (1 << _BITS_A_WORD) - 1 for n in range(WORDS)]
    return " ".join(_words()[place] for place in reversed(places))


@cache
def _words() -> list[str]:
    return Mnemonic("english").wordlist
