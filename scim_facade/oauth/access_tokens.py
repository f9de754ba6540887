"""Access tokens: signed by this deployment, kept nowhere, good for one organization (RFC 9068)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import OctKey

from domain.client_ids import client_id_of, parse_client_id
from domain.ids import new_id

if TYPE_CHECKING:
    from domain.ids import UUID
    from domain.queries.rows import ScimCredentialRow

LIFETIME = timedelta(hours=1)
SCOPE = "scim"
_ALGORITHM = "HS256"
_HEADER = {"alg": _ALGORITHM, "typ": "at+jwt"}
_LONGEST = 2048


class AccessTokens:
    """Issues and reads the tokens of a deployment.

    `issuer` is its public URL. `key` must be the same in all its processes and used for nothing
    else. A token proves who called; whether its client is in force is looked up at every use.
    """

    def __init__(self, issuer: str, key: bytes) -> None:
        self._issuer = issuer
        self._key = OctKey.import_key(key)
        # Ours all begin alike. What begins otherwise is not even parsed: no other algorithm, ever.
        self._begins = self._sign({}).partition(".")[0] + "."

    def issue(self, client: ScimCredentialRow, now: datetime) -> tuple[str, int]:
        """A token for the client and its lifetime in seconds, never beyond the client's own end."""
        issued_at = int(now.timestamp())
        lasts = int(LIFETIME.total_seconds())
        if client.expires_at is not None:
            lasts = min(lasts, int(client.expires_at.timestamp()) - issued_at)
        name = client_id_of(client.organization_id, client.credential_id)
        claims: dict[str, Any] = {
            "iss": self._issuer,
            "aud": self._audience(client.organization_id),
            "sub": name,
            "client_id": name,
            "scope": SCOPE,
            "iat": issued_at,
            "exp": issued_at + lasts,
            "jti": str(new_id()),
        }
        return self._sign(claims), lasts

    def read(self, text: str, organization_id: UUID) -> tuple[UUID, datetime] | None:
        """The credential that a token for the organization was issued to, and the token's end.

        None for whatever is no such token. The end may have passed.
        """
        if not text.startswith(self._begins) or len(text) > _LONGEST:
            return None
        try:
            claims = jwt.decode(text, self._key, algorithms=[_ALGORITHM]).claims
        except (JoseError, ValueError):
            return None
        named, ends = parse_client_id(str(claims.get("sub"))), claims.get("exp")
        if (
            claims.get("iss") != self._issuer
            or claims.get("aud") != self._audience(organization_id)
            or named is None
            or named[0] != organization_id
            or not isinstance(ends, int)
        ):
            return None
        return named[1], datetime.fromtimestamp(ends, UTC)

    def _sign(self, claims: dict[str, Any]) -> str:
        return jwt.encode(_HEADER, claims, self._key, algorithms=[_ALGORITHM])

    def _audience(self, organization_id: UUID) -> str:
        return f"{self._issuer}/v2/{organization_id}"
