"""Who may call: API keys, found by id and compared in constant time, and access tokens."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from hashlib import sha256
from time import monotonic
from typing import TYPE_CHECKING

from domain.caller import Actor, Caller
from domain.queries.credentials import find_scim_credential
from domain.secrets import SecretKind, read_secret
from domain.vocabulary import ActorKind, CredentialKind, Origin
from scim_facade.oauth.access_tokens import AccessTokens
from scim_facade.protocol.errors import ScimError

if TYPE_CHECKING:
    from domain.ids import UUID
    from domain.queries.rows import ScimCredentialRow
    from scim_facade.exchange import Exchange
    from scim_facade.services import ScimServices

REMEMBERED_S = 0.8
"""A revoked key stops working within a second in every process."""
MAX_REMEMBERED = 10_000

REFUSAL = "Send a valid API key or access token of this organization as Authorization header."


@dataclass(slots=True)
class Authenticator:
    """Authenticates exchanges; remembers who was let in for less than a second."""

    services: ScimServices
    _known: dict[tuple[UUID, bytes], tuple[float, ScimCredentialRow]] = field(default_factory=dict)
    _tokens: AccessTokens = field(init=False)

    def __post_init__(self) -> None:
        self._tokens = AccessTokens(self.services.public_url, self.services.token_key)

    async def authenticate(self, exchange: Exchange) -> None:
        """Set the exchange's connection and caller.

        One and the same 401 whatever is wrong: no key, an unknown, expired or revoked one, another
        organization's, a disabled connection, an unknown organization.
        """
        header = exchange.headers.get(b"authorization", b"")
        # What is remembered is found by a digest: no key stays in memory.
        remembered = (exchange.organization_id, sha256(header).digest())
        known = self._known.get(remembered)
        if known is not None and known[0] > monotonic():
            row = known[1]
        else:
            row = await self._verified(exchange.organization_id, header)
            if len(self._known) >= MAX_REMEMBERED:
                self._known.clear()
            self._known[remembered] = (monotonic() + REMEMBERED_S, row)
        if row.expires_at is not None and row.expires_at <= exchange.received_at:
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

    async def _verified(self, organization_id: UUID, header: bytes) -> ScimCredentialRow:
        """The credential that the header proves; ScimError 401."""
        text = _key(header)
        presented = read_secret(SecretKind.SCIM_KEY, 1, text)
        if presented is None:
            return await self._of_token(organization_id, text)
        row = await find_scim_credential(self.services.reader, organization_id, presented.ids[0])
        stored = row.secret_hash if row is not None else None
        # Compared even when there is no such key, so that the time tells nothing.
        matches = presented.matches(stored or bytes(32))
        if row is None or not matches or row.kind is not CredentialKind.API_KEY:
            raise ScimError.unauthorized(REFUSAL)
        return _in_force(row)

    async def _of_token(self, organization_id: UUID, text: str) -> ScimCredentialRow:
        """The credential that an access token was issued to, ending with the token if not before.

        Raises ScimError 401. The client is looked up as a key is: when it is revoked, its tokens
        stop working as fast.
        """
        token = self._tokens.read(text, organization_id)
        if token is None:
            raise ScimError.unauthorized(REFUSAL)
        credential_id, ends_at = token
        row = await find_scim_credential(self.services.reader, organization_id, credential_id)
        if row is None or row.kind is CredentialKind.API_KEY:
            raise ScimError.unauthorized(REFUSAL)
        if row.expires_at is None or ends_at < row.expires_at:
            row = replace(row, expires_at=ends_at)
        return _in_force(row)


def _in_force(row: ScimCredentialRow) -> ScimCredentialRow:
    """The row; when it expires is looked at with each request. ScimError 401."""
    if not row.enabled or row.revoked_at is not None:
        raise ScimError.unauthorized(REFUSAL)
    return row


def _key(header: bytes) -> str:
    """The key in an Authorization header: after `Bearer` in any case, or bare (Okta)."""
    text = header.decode("latin-1").strip()
    scheme, _, rest = text.partition(" ")
    return rest.strip() if scheme.lower() == "bearer" else text
