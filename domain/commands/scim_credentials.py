"""What can be asked of SCIM credentials: make one, rotate the keys, end one."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from domain.application import Command, Outcome, handles
from domain.errors import Invalid, NotFound, ScimDisabled
from domain.ids import UUID, new_id
from domain.model.changes import Change
from domain.secrets import make_secret
from domain.store.audit_writer import AuditEntry
from domain.store.connection_rows import (
    END_OTHER_KEYS,
    GUARD_SWITCHES,
    INSERT_CREDENTIAL,
    LOCK_CONNECTION,
    LOCK_CREDENTIAL,
    REVOKE_CREDENTIAL,
    SWITCHES,
    UPDATE_CONNECTION,
    ScimConnection,
    connection_of,
)
from domain.store.unit_of_work import Isolation
from domain.vocabulary import CredentialKind, Scope, SubjectKind

if TYPE_CHECKING:
    from domain.store.unit_of_work import UnitOfWork

KEY_PREFIX = "rck"
CLIENT_PREFIX = "rcs"
# A key and a client's secret are told apart at sight, and neither is taken for the other.
_PREFIXES = {CredentialKind.API_KEY: KEY_PREFIX, CredentialKind.OAUTH_CLIENT: CLIENT_PREFIX}
_NO_IDENTITY = dict.fromkeys(("issuer", "subject", "audience", "jwks_url", "jwks"))
MAX_OVERLAP_S = 604_800
LABEL = "SCIM"


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


@dataclass(frozen=True, slots=True)
class RotateScimApiKey(Command[IssuedCredential]):
    """A new key; all other active keys end after `overlap_s` seconds (0 to 604,800).

    OAuth clients and workload identities go on: who rotates a key has not told them.
    """

    organization_id: UUID
    overlap_s: int = 86_400


@dataclass(frozen=True, slots=True)
class RevokeScimCredential(Command[ScimConnection]):
    """End one key at once."""

    organization_id: UUID
    credential_id: UUID


async def lock_connection(unit: UnitOfWork, organization_id: UUID) -> Any:
    unit.caller.require(Scope.SCIM_ADMIN)
    return await LOCK_CONNECTION.fetch_row(unit.connection, organization_id=organization_id)


async def lock_enabled(unit: UnitOfWork, organization_id: UUID) -> ScimConnection:
    row = await lock_known(unit, organization_id)
    if not row["enabled"]:
        raise ScimDisabled
    return connection_of(row)


async def lock_known(unit: UnitOfWork, organization_id: UUID) -> Any:
    """The connection's row, locked; raises ScimDisabled where there never was one, NotFound."""
    row = await lock_connection(unit, organization_id)
    if row is None:
        await unit.organization(organization_id)
        raise ScimDisabled
    return row


async def save_connection(unit: UnitOfWork, row: Any, **changed: Any) -> ScimConnection:
    values = {
        name: row[name] for name in ("enabled", "provider", *SWITCHES, *GUARD_SWITCHES)
    } | changed
    saved = await UPDATE_CONNECTION.fetch_row(
        unit.connection,
        organization_id=row["organization_id"],
        id=row["id"],
        now=unit.now,
        **values,
    )
    assert saved is not None  # noqa: S101 - the row is locked
    return connection_of(saved)


async def record_on(
    unit: UnitOfWork, connection: ScimConnection, action: str, *changes: Change
) -> None:
    entry = AuditEntry(action, SubjectKind.SCIM_CONNECTION, connection.id, LABEL, changes)
    await unit.record(connection.organization_id, [entry])


def check_end(expires_at: datetime | None, now: datetime) -> None:
    """Raise Invalid for an end that is no end."""
    if expires_at is not None and expires_at <= now:
        raise Invalid("expiresAt", "must lie in the future")


async def issue_credential(
    unit: UnitOfWork,
    connection: ScimConnection,
    *,
    kind: CredentialKind = CredentialKind.API_KEY,
    expires_at: datetime | None = None,
) -> tuple[UUID, str]:
    credential_id = new_id()
    fresh = make_secret(_PREFIXES[kind], credential_id)
    await INSERT_CREDENTIAL.fetch(
        unit.connection,
        organization_id=connection.organization_id,
        id=credential_id,
        connection_id=connection.id,
        kind=kind,
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
    )
    return credential_id, fresh.text


@handles(CreateScimCredential, Isolation.TRANSACTION)
async def create_scim_credential(
    command: CreateScimCredential, unit: UnitOfWork
) -> Outcome[IssuedCredential]:
    """Raises ScimDisabled, Invalid."""
    connection = await lock_enabled(unit, command.organization_id)
    if command.kind not in _PREFIXES:
        raise Invalid("kind", "needs the issuer and the subject of the workload")
    check_end(command.expires_at, unit.now)
    credential_id, secret = await issue_credential(
        unit, connection, kind=command.kind, expires_at=command.expires_at
    )
    return Outcome(IssuedCredential(connection, credential_id, secret), changed=True)


@handles(RotateScimApiKey, Isolation.TRANSACTION)
async def rotate_scim_api_key(
    command: RotateScimApiKey, unit: UnitOfWork
) -> Outcome[IssuedCredential]:
    """Raises ScimDisabled, Invalid."""
    if not 0 <= command.overlap_s <= MAX_OVERLAP_S:
        raise Invalid("overlapSeconds", f"must lie between 0 and {MAX_OVERLAP_S}")
    connection = await lock_enabled(unit, command.organization_id)
    credential_id, secret = await issue_credential(unit, connection)
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
    change = Change("keyId", command.credential_id, None)
    await record_on(unit, connection, "scim_connection.key_revoked", change)
    return Outcome(connection, changed=True)
