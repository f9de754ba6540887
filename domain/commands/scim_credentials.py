"""What can be asked of SCIM credentials: make one, rotate the keys, end one."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from domain.application import Command, Outcome, handles
from domain.commands.connection_command import lock_connection, lock_enabled, record_on
from domain.errors import Invalid, NotFound
from domain.ids import UUID, new_id
from domain.model.changes import Change
from domain.secrets import SecretKind, make_secret
from domain.store.connection_rows import (
    END_OTHER_KEYS,
    INSERT_CREDENTIAL,
    LOCK_CREDENTIAL,
    REVOKE_CREDENTIAL,
    ScimConnection,
    connection_of,
)
from domain.store.isolation import Isolation
from domain.text import checked_name
from domain.vocabulary import CredentialKind

if TYPE_CHECKING:
    from domain.store.unit_of_work import UnitOfWork

# A key and a client's secret are told apart at sight, and neither is taken for the other.
_SECRETS = {
    CredentialKind.API_KEY: SecretKind.SCIM_KEY,
    CredentialKind.OAUTH_CLIENT: SecretKind.CLIENT_SECRET,
}
_NO_IDENTITY = dict.fromkeys(("issuer", "subject", "audience", "jwks_url", "jwks"))
MAX_OVERLAP_S = 604_800
MAX_NAME = 100
NAMED_LATER = {"added": True}
"""Of a field that keys had no word for at first; see `domain.commands.idempotency`."""


@dataclass(frozen=True, slots=True)
class IssuedCredential:
    """A key that was just made; `secret` is shown once and None where none was made."""

    connection: ScimConnection
    credential_id: UUID | None = None
    secret: str | None = field(default=None, repr=False)
    previous_ends_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class CreateScimCredential(Command[IssuedCredential]):
    """A further key or OAuth client; the others keep working."""

    organization_id: UUID
    kind: CredentialKind = CredentialKind.API_KEY
    expires_at: datetime | None = None
    name: str | None = field(default=None, metadata=NAMED_LATER)


@dataclass(frozen=True, slots=True)
class RotateScimApiKey(Command[IssuedCredential]):
    """A new key; all other active keys end after `overlap_s` seconds (0 to 604,800).

    OAuth clients and workload identities go on: who rotates a key has not told them.
    """

    organization_id: UUID
    overlap_s: int = 86_400
    name: str | None = field(default=None, metadata=NAMED_LATER)


@dataclass(frozen=True, slots=True)
class RevokeScimCredential(Command[ScimConnection]):
    """End one key at once."""

    organization_id: UUID
    credential_id: UUID


def check_end(expires_at: datetime | None, now: datetime) -> None:
    """Raise Invalid for an end that is no end."""
    if expires_at is not None and expires_at <= now:
        raise Invalid("expiresAt", "must lie in the future")


def credential_name(name: str | None) -> str | None:
    """What a credential is called; None for one without a name. Raises Invalid."""
    return None if name is None else checked_name(name, MAX_NAME)


def named(name: str | None) -> tuple[Change, ...]:
    """What the history says of a new credential's name."""
    return () if name is None else (Change("name", None, name),)


async def issue_credential(
    unit: UnitOfWork,
    connection: ScimConnection,
    *,
    kind: CredentialKind = CredentialKind.API_KEY,
    expires_at: datetime | None = None,
    name: str | None = None,
) -> tuple[UUID, str]:
    """Make a key or an OAuth client inside a command's transaction: its id, and its secret."""
    credential_id = new_id()
    fresh = make_secret(_SECRETS[kind], credential_id)
    await INSERT_CREDENTIAL.fetch(
        unit.connection,
        organization_id=connection.organization_id,
        id=credential_id,
        connection_id=connection.id,
        kind=kind,
        name=name,
        secret_hash=fresh.hashed,
        hint=fresh.hint,
        created_at=unit.now,
        expires_at=expires_at,
        **_NO_IDENTITY,
    )
    await record_on(
        unit,
        connection,
        "scim_connection.key_created",
        Change("keyId", None, credential_id),
        Change("kind", None, kind),
        Change("expiresAt", None, expires_at),
        *named(name),
    )
    return credential_id, fresh.text


@handles(CreateScimCredential, Isolation.TRANSACTION)
async def create_scim_credential(
    command: CreateScimCredential, unit: UnitOfWork
) -> Outcome[IssuedCredential]:
    """Raises ScimDisabled, Invalid."""
    connection = await lock_enabled(unit, command.organization_id)
    if command.kind not in _SECRETS:
        raise Invalid("kind", "needs the issuer and the subject of the workload")
    name = credential_name(command.name)
    check_end(command.expires_at, unit.now)
    credential_id, secret = await issue_credential(
        unit, connection, kind=command.kind, expires_at=command.expires_at, name=name
    )
    return Outcome(IssuedCredential(connection, credential_id, secret), changed=True)


@handles(RotateScimApiKey, Isolation.TRANSACTION)
async def rotate_scim_api_key(
    command: RotateScimApiKey, unit: UnitOfWork
) -> Outcome[IssuedCredential]:
    """Raises ScimDisabled, Invalid."""
    if not 0 <= command.overlap_s <= MAX_OVERLAP_S:
        raise Invalid("overlapSeconds", f"must lie between 0 and {MAX_OVERLAP_S}")
    name = credential_name(command.name)
    connection = await lock_enabled(unit, command.organization_id)
    credential_id, secret = await issue_credential(unit, connection, name=name)
    ends_at = unit.now + timedelta(seconds=command.overlap_s)
    ended = await END_OTHER_KEYS.fetch(
        unit.connection,
        organization_id=command.organization_id,
        connection_id=connection.id,
        except_id=credential_id,
        ends_at=ends_at,
    )
    await record_on(
        unit,
        connection,
        "scim_connection.key_rotated",
        Change("keyId", None, credential_id),
        Change("previousKeysEndAt", None, ends_at if ended else None),
    )
    issued = IssuedCredential(connection, credential_id, secret, ends_at if ended else None)
    return Outcome(issued, changed=True)


@handles(RevokeScimCredential, Isolation.TRANSACTION)
async def revoke_scim_credential(
    command: RevokeScimCredential, unit: UnitOfWork
) -> Outcome[ScimConnection]:
    """Raises NotFound."""
    row = await lock_connection(unit, command.organization_id)
    key = {"organization_id": command.organization_id, "id": command.credential_id}
    credential = await LOCK_CREDENTIAL.fetch_row(unit.connection, **key)
    if row is None or credential is None:
        raise NotFound("SCIM key")
    connection = connection_of(row)
    if credential["revoked_at"] is not None:
        return Outcome(connection, changed=False)
    await REVOKE_CREDENTIAL.fetch(unit.connection, **key, now=unit.now)
    changes = [Change("keyId", command.credential_id, None)]
    if credential["name"] is not None:
        changes.append(Change("name", credential["name"], None))
    await record_on(unit, connection, "scim_connection.key_revoked", *changes)
    return Outcome(connection, changed=True)
