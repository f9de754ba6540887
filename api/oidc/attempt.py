"""A sign-in on its way: what the browser keeps, sealed, until its provider sends it back."""

from __future__ import annotations

import secrets
from dataclasses import asdict, dataclass, field

import orjson

from domain.ids import UUID
from domain.sealing import CannotOpen, SealingKey

LIFETIME_S = 600
SECRET_BYTES = 32
_PURPOSE = "OIDC sign-in on its way"


@dataclass(frozen=True, slots=True)
class Attempt:
    """One sign-in: with which provider, the secrets that tie its steps together, where it leads."""

    organization_id: UUID
    provider_id: UUID
    then: str
    ends_at: float
    state: str = field(repr=False)
    nonce: str = field(repr=False)
    verifier: str = field(repr=False)

    @classmethod
    def of(cls, organization_id: UUID, provider_id: UUID, then: str, now: float) -> Attempt:
        """A new one, with 256 random bits for each of its secrets."""
        state, nonce, verifier = (secrets.token_urlsafe(SECRET_BYTES) for _ in range(3))
        return cls(organization_id, provider_id, then, now + LIFETIME_S, state, nonce, verifier)

    def sealed(self, key: SealingKey) -> str:
        """As the browser keeps it."""
        return key.seal(orjson.dumps(asdict(self)).decode(), _PURPOSE)


def read_attempt(sealed: str, key: SealingKey, now: float) -> Attempt | None:
    """The attempt that a browser kept, or None: altered, of another deployment, or too old."""
    try:
        found = orjson.loads(key.open(sealed, _PURPOSE))
    except CannotOpen:
        return None
    for name in ("organization_id", "provider_id"):
        found[name] = UUID(found[name])
    attempt = Attempt(**found)
    return attempt if attempt.ends_at > now else None
