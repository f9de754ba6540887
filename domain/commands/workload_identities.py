"""What can be asked of workload identities: make one. They end as every credential does."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

from domain.application import Command, Outcome, handles
from domain.commands.connection_command import lock_enabled, record_on
from domain.commands.scim_credentials import (
    NAMED_LATER,
    IssuedCredential,
    check_end,
    credential_name,
    named,
)
from domain.ids import UUID, new_id
from domain.model.changes import Change
from domain.model.workload_identity import WorkloadIdentity
from domain.secrets import HINT_LENGTH
from domain.store.connection_rows import INSERT_CREDENTIAL
from domain.store.isolation import Isolation
from domain.vocabulary import CredentialKind

if TYPE_CHECKING:
    from domain.store.unit_of_work import UnitOfWork


@dataclass(frozen=True, slots=True)
class CreateWorkloadIdentity(Command[IssuedCredential]):
    """A client without a secret, which proves itself by assertions of another issuer."""

    organization_id: UUID
    identity: WorkloadIdentity
    expires_at: datetime | None = None
    name: str | None = field(default=None, metadata=NAMED_LATER)


@handles(CreateWorkloadIdentity, Isolation.TRANSACTION)
async def create_workload_identity(
    command: CreateWorkloadIdentity, unit: UnitOfWork
) -> Outcome[IssuedCredential]:
    """Raises ScimDisabled, Invalid."""
    connection = await lock_enabled(unit, command.organization_id)
    identity = command.identity.checked(loopback_allowed=unit.caller.is_at_the_machine)
    name = credential_name(command.name)
    check_end(command.expires_at, unit.now)
    credential_id = new_id()
    await INSERT_CREDENTIAL.fetch(
        unit.connection,
        organization_id=connection.organization_id,
        id=credential_id,
        connection_id=connection.id,
        kind=CredentialKind.WORKLOAD_IDENTITY,
        name=name,
        secret_hash=None,
        hint=identity.subject[:HINT_LENGTH],
        created_at=unit.now,
        expires_at=command.expires_at,
        issuer=identity.issuer,
        subject=identity.subject,
        audience=identity.audience,
        jwks_url=identity.jwks_url,
        jwks=identity.jwks,
    )
    await record_on(
        unit,
        connection,
        "scim_connection.key_created",
        Change("keyId", None, credential_id),
        Change("kind", None, CredentialKind.WORKLOAD_IDENTITY),
        Change("expiresAt", None, command.expires_at),
        Change("issuer", None, identity.issuer),
        Change("subject", None, identity.subject),
        Change("audience", None, identity.audience),
        Change("jwksUrl", None, identity.jwks_url),
        *named(name),
    )
    return Outcome(IssuedCredential(connection, credential_id), changed=True)
