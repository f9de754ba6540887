"""Finds the client that a token request proves: by its secret, or by a signed assertion."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from domain.client_ids import parse_client_id
from domain.queries.credentials import find_scim_credential
from domain.secrets import SecretKind, read_secret
from domain.vocabulary import CredentialKind
from scim_facade.oauth.assertions import Refused, read_assertion

if TYPE_CHECKING:
    from datetime import datetime

    from domain.ids import UUID
    from domain.queries.rows import ScimCredentialRow
    from scim_facade.oauth.assertions import AssertionVerifier
    from scim_facade.oauth.form import TokenRequest
    from scim_facade.services import ScimServices


@dataclass(frozen=True, slots=True)
class Proof:
    """The client that was proven, or for the organization's own log why none was.

    `organization_id` is the one that was named, whether or not there is one.
    """

    client: ScimCredentialRow | None = None
    organization_id: UUID | None = None
    reason: str = "No client is named: send client_id."


@dataclass(frozen=True, slots=True)
class Clients:
    """Proves clients. The caller never learns what was wrong; the organization's log does."""

    services: ScimServices
    assertions: AssertionVerifier

    async def prove(self, request: TokenRequest, now: datetime) -> Proof:
        """Whom the request proves to be calling."""
        if request.assertion is not None:
            return await self._by_assertion(request.client_id, request.assertion, now)
        return await self._by_secret(request, now)

    async def _by_secret(self, request: TokenRequest, now: datetime) -> Proof:
        named = parse_client_id(request.client_id or "")
        if named is None:
            return Proof()
        organization_id, credential_id = named
        presented = read_secret(SecretKind.CLIENT_SECRET, 1, request.secret or "")
        row = await find_scim_credential(self.services.reader, organization_id, credential_id)
        if presented is None:
            return Proof(None, organization_id, "No secret of an OAuth client was sent.")
        stored = row.secret_hash if row is not None else None
        # Compared even when there is no such client, so that the time tells nothing.
        matches = presented.matches(stored or bytes(32)) and presented.ids == (credential_id,)
        if row is None:
            return Proof(None, organization_id, "No client has this client_id.")
        if row.kind is not CredentialKind.OAUTH_CLIENT:
            return Proof(None, organization_id, f"The client_id is that of the kind {row.kind}.")
        if not matches:
            return Proof(None, organization_id, "The secret is not that of this client.")
        return _in_force(row, now)

    async def _by_assertion(self, client_id: str | None, text: str, now: datetime) -> Proof:
        named = parse_client_id(client_id or "")
        try:
            assertion = read_assertion(text)
        except Refused as refused:
            return Proof(None, named and named[0], refused.reason)
        if client_id is None:
            named = assertion.client_id
        if named is None:
            return Proof()
        organization_id, credential_id = named
        row = await find_scim_credential(self.services.reader, organization_id, credential_id)
        if row is None or row.identity is None:
            return Proof(None, organization_id, "No workload identity has this client_id.")
        proof = _in_force(row, now)
        if proof.client is not None:
            try:
                await self.assertions.verify(assertion, row.identity, now.timestamp())
            except Refused as refused:
                return Proof(None, organization_id, refused.reason)
        return proof


def _in_force(row: ScimCredentialRow, now: datetime) -> Proof:
    if row.works(now):
        return Proof(row, row.organization_id)
    return Proof(None, row.organization_id, "The client is revoked, expired or switched off.")
