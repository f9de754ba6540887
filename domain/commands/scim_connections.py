"""What can be asked of the provisioning endpoint: switch it on and off, set it up."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import asyncpg

from domain.application import Command, Outcome, handles
from domain.commands.scim_credentials import (
    LABEL,
    IssuedCredential,
    issue_credential,
    lock_connection,
    record_on,
    save_connection,
)
from domain.errors import Invalid, NotFound, ScimDisabled, VersionConflict
from domain.ids import UUID, new_id
from domain.model.changes import Change
from domain.store.audit_writer import AuditEntry
from domain.store.connection_rows import (
    INSERT_CONNECTION,
    SWITCHES,
    ScimConnection,
    connection_of,
)
from domain.store.unit_of_work import Isolation
from domain.vocabulary import (
    IdentityProvider,
    OmittedGroupMembers,
    OnProvision,
    PatchResponse,
    Rehire,
    SubjectKind,
)

if TYPE_CHECKING:
    from domain.store.unit_of_work import UnitOfWork


@dataclass(frozen=True, slots=True)
class EnableScim(Command[IssuedCredential]):
    """Switch provisioning on; the first time this makes the first key."""

    organization_id: UUID


@dataclass(frozen=True, slots=True)
class DisableScim(Command[IssuedCredential]):
    """Switch provisioning off: every key stops working, none is lost."""

    organization_id: UUID


@dataclass(frozen=True, slots=True)
class UpdateScimConnection(Command[ScimConnection]):
    """Choose the provider, whose preset then holds, and set single switches apart from it.

    None leaves a switch as it is. Choosing another provider forgets switches set before.
    """

    organization_id: UUID
    provider: IdentityProvider | None = None
    on_provision: OnProvision | None = None
    rehire: Rehire | None = None
    omitted_group_members: OmittedGroupMembers | None = None
    patch_response: PatchResponse | None = None
    strict_member_ids: bool | None = None
    content_type: str | None = None
    expected_version: int | None = None


@dataclass(frozen=True, slots=True)
class NoteRejectedCalls(Command[None]):
    """Somebody called without a valid key."""

    organization_id: UUID
    connection_id: UUID


@handles(NoteRejectedCalls, Isolation.TRANSACTION)
async def note_rejected_calls(command: NoteRejectedCalls, unit: UnitOfWork) -> Outcome[None]:
    """Writes the fact; changes nothing else."""
    entry = AuditEntry(
        "scim_connection.call_rejected", SubjectKind.SCIM_CONNECTION, command.connection_id, LABEL
    )
    await unit.record(command.organization_id, [entry])
    return Outcome(None, changed=True)


@handles(EnableScim, Isolation.TRANSACTION)
async def enable_scim(command: EnableScim, unit: UnitOfWork) -> Outcome[IssuedCredential]:
    """Raises NotFound."""
    row = await lock_connection(unit, command.organization_id)
    if row is not None:
        if row["enabled"]:
            return Outcome(IssuedCredential(connection_of(row)), changed=False)
        connection = await save_connection(unit, row, enabled=True)
        await record_on(unit, connection, "scim_connection.enabled")
        return Outcome(IssuedCredential(connection), changed=True)
    try:
        inserted = await INSERT_CONNECTION.fetch_row(
            unit.connection,
            organization_id=command.organization_id,
            id=new_id(),
            enabled=True,
            version=1,
            now=unit.now,
        )
    except asyncpg.ForeignKeyViolationError as error:
        raise NotFound("organization") from error
    if inserted is None:
        return await enable_scim(command, unit)
    connection = connection_of(inserted)
    await record_on(unit, connection, "scim_connection.enabled")
    credential_id, secret = await issue_credential(unit, connection)
    return Outcome(IssuedCredential(connection, credential_id, secret), changed=True)


@handles(DisableScim, Isolation.TRANSACTION)
async def disable_scim(command: DisableScim, unit: UnitOfWork) -> Outcome[IssuedCredential]:
    """Raises ScimDisabled when it was never on."""
    row = await lock_connection(unit, command.organization_id)
    if row is None:
        raise ScimDisabled
    if not row["enabled"]:
        return Outcome(IssuedCredential(connection_of(row)), changed=False)
    connection = await save_connection(unit, row, enabled=False)
    await record_on(unit, connection, "scim_connection.disabled")
    return Outcome(IssuedCredential(connection), changed=True)


@handles(UpdateScimConnection, Isolation.TRANSACTION)
async def update_scim_connection(
    command: UpdateScimConnection, unit: UnitOfWork
) -> Outcome[ScimConnection]:
    """Raises ScimDisabled when it was never on, VersionConflict, Invalid."""
    row = await lock_connection(unit, command.organization_id)
    if row is None:
        raise ScimDisabled
    if command.expected_version is not None and command.expected_version != row["version"]:
        raise VersionConflict(row["version"])
    if command.content_type not in {None, "application/json", "application/scim+json"}:
        raise Invalid("contentType", "must be application/json or application/scim+json")
    wanted: dict[str, Any] = {
        name: value for name in SWITCHES if (value := getattr(command, name)) is not None
    }
    if command.provider is not None and command.provider != row["provider"]:
        wanted = dict.fromkeys(SWITCHES) | wanted | {"provider": command.provider}
    changes = [
        Change(name, row[name], value) for name, value in wanted.items() if row[name] != value
    ]
    if not changes:
        return Outcome(connection_of(row), changed=False)
    connection = await save_connection(unit, row, **wanted)
    await record_on(unit, connection, "scim_connection.updated", *changes)
    return Outcome(connection, changed=True)
