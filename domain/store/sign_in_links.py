"""How people are let in: links whose secret is derived and stored nowhere, and sessions."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from hashlib import blake2b
from typing import TYPE_CHECKING

from domain.sealing import KEY_BYTES, SealingKey
from domain.secrets import PresentedSecret, SecretKind, secret_text

if TYPE_CHECKING:
    from domain.ids import UUID


@dataclass(frozen=True, slots=True)
class SignInPolicy:
    """How long links and sessions live, and the key that the secrets of links are derived with."""

    secret_key: bytes = field(repr=False)
    link_lifetime: timedelta = timedelta(minutes=15)
    session_lifetime: timedelta = timedelta(days=7)

    def secret_of(self, link_id: UUID) -> bytes:
        """The 256-bit secret of a link."""
        message = b"rollcall-sign-in-1" + link_id.bytes
        return blake2b(message, key=self.secret_key[:64], digest_size=32).digest()

    def token_of(self, link_id: UUID) -> str:
        """The token of a link, `sil_<id>_<secret>`; it stands behind the `#` of an address."""
        return secret_text(SecretKind.SIGN_IN_LINK, self.secret_of(link_id), link_id).text

    def made(self, presented: PresentedSecret) -> bool:
        """Whether the token is one that the key of now makes, of whatever its id finds."""
        return presented.is_of(self.secret_of(*presented.ids))

    @property
    def client_secrets(self) -> SealingKey:
        """Seals what this server has to show to OpenID providers, with a key for that alone."""
        key = self.secret_key[:64]
        return SealingKey(blake2b(b"rollcall-oidc-1", key=key, digest_size=KEY_BYTES).digest())
