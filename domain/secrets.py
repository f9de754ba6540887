"""Secrets of callers: how they are made, written down, and compared.

A secret is 256 random bits. Only its SHA-256 is stored; 256 bits need no slow hash. What is handed
out is `<prefix>_<id>_<secret>`, found by the id and compared in constant time.
"""

from __future__ import annotations

import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as Base64Error
from dataclasses import dataclass, field
from hashlib import sha256
from hmac import compare_digest
from uuid import UUID

SECRET_BYTES = 32
HINT_LENGTH = 6


@dataclass(frozen=True, slots=True)
class FreshSecret:
    """A secret that was just made; `text` is shown once and `hashed` is stored."""

    text: str = field(repr=False)
    hashed: bytes
    hint: str


@dataclass(frozen=True, slots=True)
class PresentedSecret:
    """A secret that a caller presented, split into what finds it and what proves it."""

    ids: tuple[UUID, ...]
    hashed: bytes

    def matches(self, stored: bytes) -> bool:
        """Whether the stored hash is of this secret; takes the same time either way."""
        return compare_digest(self.hashed, stored)


def make_secret(prefix: str, *ids: UUID) -> FreshSecret:
    """A new secret of the caller kind `prefix` for the credential that `ids` find."""
    return secret_text(prefix, secrets.token_bytes(SECRET_BYTES), *ids)


def secret_text(prefix: str, secret: bytes, *ids: UUID) -> FreshSecret:
    """The form in which `secret` (32 bytes) is handed out."""
    encoded = urlsafe_b64encode(secret).decode().rstrip("=")
    named = "_".join([prefix, *(id_.hex for id_ in ids)])
    return FreshSecret(f"{named}_{encoded}", sha256(secret).digest(), encoded[:HINT_LENGTH])


def read_secret(prefix: str, ids: int, text: str) -> PresentedSecret | None:
    """What `text` presents, or None when it is not of the form `<prefix>_<id>…_<secret>`."""
    parts = text.split("_", ids + 1)
    if len(parts) != ids + 2 or parts[0] != prefix or len(parts[-1]) != 43:
        return None
    try:
        found = tuple(UUID(hex=part) for part in parts[1:-1] if len(part) == 32)
        secret = urlsafe_b64decode(parts[-1] + "=")
    except (ValueError, Base64Error):
        return None
    if len(found) != ids or len(secret) != SECRET_BYTES:
        return None
    return PresentedSecret(found, sha256(secret).digest())
