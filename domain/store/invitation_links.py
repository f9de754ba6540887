"""Links of invitations: their secret is derived from the deployment's, and stored nowhere."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from hashlib import blake2b, sha256
from typing import Any

from domain.ids import UUID, new_id
from domain.secrets import PresentedSecret, SecretKind, secret_text
from domain.vocabulary import InvitationState


@dataclass(frozen=True, slots=True)
class InvitationPolicy:
    """How links are made: their secret is derived, so that no table ever holds one.

    A link ends with the key that it was derived with.
    """

    secret_key: bytes = field(repr=False)
    grace: timedelta = timedelta(seconds=10)
    lifetime: timedelta = timedelta(hours=120)

    def secret_of(self, organization_id: UUID, invitation_id: UUID) -> bytes:
        """The 256-bit secret of an invitation's link."""
        message = b"rollcall-invitation-1" + organization_id.bytes + invitation_id.bytes
        return blake2b(message, key=self.secret_key[:64], digest_size=32).digest()

    def token_of(self, organization_id: UUID, invitation_id: UUID) -> str:
        """The token of an invitation's link, `inv_<id>_<id>_<secret>`; it stands in no table."""
        secret = self.secret_of(organization_id, invitation_id)
        return secret_text(SecretKind.INVITATION, secret, organization_id, invitation_id).text

    def made(self, presented: PresentedSecret) -> bool:
        """Whether the token is one that the key of now makes, of whatever its ids find."""
        return presented.is_of(self.secret_of(*presented.ids))

    def new_row(self, organization_id: UUID, now: datetime) -> dict[str, Any]:
        """The columns of a fresh, queued invitation that have nothing to do with its member."""
        invitation_id = new_id()
        secret = self.secret_of(organization_id, invitation_id)
        return {
            "invitation_id": invitation_id,
            "token_hash": sha256(secret).digest(),
            "due_at": now + self.grace,
            "expires_at": now + self.lifetime,
            "queued_state": InvitationState.QUEUED.value,
        }
