"""Object ids of the admin API: `<prefix>_<base32>`, which carry the organization they belong to.

The base32 (lower case, no padding) is of the organization's UUID and the object's, so that every
look-up starts with the organization. Organizations, accounts, sessions and tokens for all
organizations carry one UUID.
"""

from __future__ import annotations

from base64 import b32decode, b32encode
from binascii import Error as Base32Error
from dataclasses import dataclass
from enum import Enum
from functools import lru_cache

import strawberry

from domain.errors import Invalid
from domain.ids import UUID


class Kind(Enum):
    """What an id names; the value is its prefix."""

    ORGANIZATION = "org"
    MEMBER = "mbr"
    GROUP = "grp"
    INVITATION = "ivt"
    SCIM_CONNECTION = "scm"
    SCIM_API_KEY = "key"
    AUDIT_EVENT = "evt"
    PROVISIONING_REQUEST = "req"
    ACCESS_TOKEN = "tok"  # noqa: S105 - the prefix of an id, not of a secret
    BULK_OPERATION = "blk"
    ACCOUNT = "acc"
    SESSION = "ses"
    OIDC_PROVIDER = "idp"


_BY_PREFIX = {kind.value: kind for kind in Kind}
_ALONE = frozenset({Kind.ORGANIZATION, Kind.ACCESS_TOKEN, Kind.ACCOUNT, Kind.SESSION})
_TOGETHER = frozenset(Kind) - {Kind.ORGANIZATION, Kind.ACCOUNT, Kind.SESSION}
_LONGEST = 64
_LETTERS = "abcdefghijklmnopqrstuvwxyz234567"
_PAIRS = [first + second for first in _LETTERS for second in _LETTERS]
_LOW = (1 << 70) - 1


@dataclass(frozen=True, slots=True)
class ObjectId:
    """An id taken apart; of an organization both UUIDs are the same.

    `organization_id` None is that of an account, a session, a token for all organizations.
    """

    kind: Kind
    organization_id: UUID | None
    id: UUID


def make_id(kind: Kind, organization_id: UUID | None, id_: UUID) -> strawberry.ID:
    """The id of an object; organizations need no second UUID."""
    if kind is Kind.ORGANIZATION or organization_id is None:
        return strawberry.ID(f"{kind.value}_{_base32(id_.bytes)}")
    # A page is made of a hundred ids of one organization: its part is remembered. The rest is its
    # last byte and the object's 16, with four spare bits: 14 pairs of letters, 10 bits each. Base32
    # by the library takes three times as long.
    head, rest, pair = _head(kind, organization_id), id_.int << 4, _PAIRS
    high, low = organization_id.bytes[15] << 62 | rest >> 70, rest & _LOW
    return strawberry.ID(
        f"{head}{pair[high >> 60]}{pair[high >> 50 & 1023]}{pair[high >> 40 & 1023]}"
        f"{pair[high >> 30 & 1023]}{pair[high >> 20 & 1023]}{pair[high >> 10 & 1023]}"
        f"{pair[high & 1023]}{pair[low >> 60]}{pair[low >> 50 & 1023]}{pair[low >> 40 & 1023]}"
        f"{pair[low >> 30 & 1023]}{pair[low >> 20 & 1023]}{pair[low >> 10 & 1023]}"
        f"{pair[low & 1023]}"
    )


@lru_cache(maxsize=1024)
def _head(kind: Kind, organization_id: UUID) -> str:
    """How all ids of a kind in an organization begin: 15 bytes are 24 letters."""
    return f"{kind.value}_{_base32(organization_id.bytes[:15])}"


def _base32(data: bytes) -> str:
    return b32encode(data).decode().rstrip("=").lower()


def read_id(text: str) -> ObjectId | None:
    """What an id names, or None when it is not of this form."""
    prefix, _, encoded = text.partition("_")
    kind = _BY_PREFIX.get(prefix)
    if kind is None or len(text) > _LONGEST or encoded != encoded.lower():
        return None
    try:
        data = b32decode(encoded.upper() + "=" * (-len(encoded) % 8))
    except (Base32Error, ValueError):
        return None
    if len(data) == 16 and kind in _ALONE:
        id_ = UUID(bytes=data)
        found = ObjectId(kind, id_ if kind is Kind.ORGANIZATION else None, id_)
    elif len(data) == 32 and kind in _TOGETHER:
        found = ObjectId(kind, UUID(bytes=data[:16]), UUID(bytes=data[16:]))
    else:
        return None
    # Base32 has spare bits: one object has one id.
    return found if make_id(kind, found.organization_id, found.id) == text else None


def expect_id(kind: Kind, text: str, attribute: str) -> ObjectId:
    """The id of an object of that kind. Raises Invalid for `attribute`."""
    found = read_id(text)
    if found is None or found.kind is not kind:
        raise Invalid(attribute, f"must be an id that begins with {kind.value}_")
    return found
