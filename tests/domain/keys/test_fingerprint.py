"""Fingerprints: six words from the key and from whose it is."""

from hashlib import sha256
from hmac import new as hmac
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st
from joserfc.util import urlsafe_b64encode
from mnemonic import Mnemonic

from domain.keys.fingerprint import member_fingerprint, organization_fingerprint
from domain.keys.organization_key import OrganizationKey

MEMBER = UUID("01890a5d-ac96-774b-bcce-b302099a8058")
digests = st.binary(min_size=32, max_size=32)


def thumbprint(digest: bytes) -> str:
    return urlsafe_b64encode(digest).decode()


def by_hand(digest: bytes, info: UUID) -> str:
    """RFC 5869 §2.2 and §2.3 by their formulas, and the words by the bits of their numbers."""
    extracted = hmac(bytes(32), digest, sha256).digest()
    expanded = hmac(extracted, str(info).encode() + b"\x01", sha256).digest()[:9]
    bits = "".join(f"{byte:08b}" for byte in expanded)
    words = Mnemonic("english").wordlist
    return " ".join(words[int(bits[start : start + 11], 2)] for start in range(0, 66, 11))


@given(digests, st.uuids())
def test_a_fingerprint_is_the_first_66_bits_of_hkdf(digest: bytes, of: UUID) -> None:
    assert member_fingerprint(thumbprint(digest), of) == by_hand(digest, of)


def test_the_same_key_has_other_words_for_another_member() -> None:
    kid = thumbprint(bytes(32))

    assert member_fingerprint(kid, MEMBER) == "account street smoke connect curtain salon"
    assert member_fingerprint(kid, UUID(int=MEMBER.int + 1)) != member_fingerprint(kid, MEMBER)


@given(digests, st.integers(1, 1000))
def test_an_organizations_fingerprint_is_of_the_key_alone(secret: bytes, version: int) -> None:
    key = OrganizationKey(MEMBER, version, secret)

    assert organization_fingerprint(key) == by_hand(sha256(secret).digest(), MEMBER)
