"""Who may call: API keys, found by id and compared in constant time."""

from __future__ import annotations

from dataclasses import dataclass, field
from time import monotonic
from typing import TYPE_CHECKING

from domain.caller import Actor, Caller
from domain.clock import utc_now
from domain.queries.credentials import find_scim_credential
from domain.secrets import read_secret
from domain.vocabulary import ActorKind, Origin
from scim_facade.protocol.errors import ScimError

if TYPE_CHECKING:
    from domain.ids import UUID
    from domain.queries.rows import ScimCredentialRow
    from scim_facade.exchange import Exchange
    from scim_facade.services import ScimServices

KEY_PREFIX = "rck"
CACHE_S = 0.8
"""A revoked key stops working within a second in every process."""
MAX_CACHED = 10_000

REFUSAL = "Send a valid API key of this organization in the Authorization header."


@dataclass(slots=True)
class Authenticator:
    """Authenticates exchanges; remembers credentials for less than a second."""

    services: ScimServices
    _cache: dict[tuple[UUID, UUID], tuple[float, ScimCredentialRow | None]] = field(
        default_factory=dict
    )

    async def authenticate(self, exchange: Exchange) -> None:
        """Set the exchange's connection and caller.

        One and the same 401 whatever is wrong: no key, an unknown, expired or revoked one, another
        organization's, a disabled connection, an unknown organization.
        """
        presented = read_secret(KEY_PREFIX, 1, _key(exchange.headers.get(b"authorization")))
        if presented is None:
            raise ScimError.unauthorized(REFUSAL)
        row = await self._credential(exchange.organization_id, presented.ids[0])
        # Compared even when there is no such key, so that the time tells nothing.
        matches = presented.matches(row.secret_hash if row is not None else bytes(32))
        if row is None or not matches or not _is_live(row):
            raise ScimError.unauthorized(REFUSAL)
        exchange.connection = row
        exchange.caller = Caller(
            actor=Actor(ActorKind.SCIM_CONNECTION, row.connection_id, "SCIM"),
            origin=Origin.SCIM,
            organization_id=row.organization_id,
            ip=exchange.remote_ip,
            request_id=exchange.id,
            correlation_id=exchange.id,
        )
        self.services.touch(row.organization_id, row.credential_id)

    async def _credential(
        self, organization_id: UUID, credential_id: UUID
    ) -> ScimCredentialRow | None:
        key = (organization_id, credential_id)
        known = self._cache.get(key)
        now = monotonic()
        if known is not None and known[0] > now:
            return known[1]
        row = await find_scim_credential(self.services.reader, organization_id, credential_id)
        if len(self._cache) >= MAX_CACHED:
            self._cache.clear()
        self._cache[key] = (now + CACHE_S, row)
        return row


def _key(header: bytes | None) -> str:
    """The key in an Authorization header: after `Bearer` in any case, or bare (Okta)."""
    if header is None:
        return ""
    text = header.decode("latin-1").strip()
    scheme, _, rest = text.partition(" ")
    return rest.strip() if scheme.lower() == "bearer" else text


def _is_live(row: ScimCredentialRow) -> bool:
    return (
        row.enabled
        and row.revoked_at is None
        and (row.expires_at is None or row.expires_at > utc_now())
    )
