"""Secrets of callers: how they are made, written down, and compared.

A secret is 256 random bits. Only its SHA-256 is stored; 256 bits need no slow hash. What is handed
out is `<prefix>_<id>_<secret>`, found by the id and compared in constant time.
"""

from __future__ import annotations

import re
import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as Base64Error
from dataclasses import dataclass, field
from enum import StrEnum
from hashlib import sha256
from hmac import compare_digest
from typing import overload
from uuid import UUID

SECRET_BYTES = 32
HINT_LENGTH = 6
REDACTED = "[redacted]"
# Own keys, tokens, links and sessions, and JSON Web Tokens, wherever they stand.
_SECRET = re.compile(r"[a-z]{3}(?:_[0-9a-f]{32})+_[A-Za-z0-9_-]{20,}|eyJ[\w-]{8,}\.[\w.-]{8,}")


class SecretKind(StrEnum):
    """What a secret opens. Each begins with its kind, so that one that leaked is recognised."""

    SCIM_KEY = "rck"
    CLIENT_SECRET = "rcs"  # noqa: S105 how one begins
    ACCESS_TOKEN = "adm"  # noqa: S105 how one begins
    INVITATION = "inv"
    SIGN_IN_LINK = "sil"
    SESSION = "ses"


PREFIXES = tuple(f"{kind}_" for kind in SecretKind)


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

    def is_of(self, secret: bytes) -> bool:
        """Whether it is this very secret; takes the same time either way."""
        return self.matches(sha256(secret).digest())


def is_same(presented: bytes, known: bytes) -> bool:
    """Whether two values are the same; takes the same time either way."""
    return compare_digest(presented, known)


def make_secret(prefix: str, *ids: UUID) -> FreshSecret:
    """A new secret of the kind `prefix` for what `ids` find."""
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


@overload
def masked(text: str) -> str: ...
@overload
def masked(text: None) -> None: ...
def masked(text: str | None) -> str | None:
    """The text without secrets, which can stand in any text that a client makes up."""
    if text is None or not (
        ("_" in text and any(map(text.__contains__, PREFIXES))) or "eyJ" in text
    ):
        return text
    return _SECRET.sub(REDACTED, text)
