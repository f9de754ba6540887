"""What can be asked of the provisioning endpoint: switch it on and off, set it up."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import asyncpg
from pydantic.alias_generators import to_camel

from domain.application import Command, Outcome, handles
from domain.commands.connection_command import (
    lock_connection,
    lock_known,
    record_on,
    save_connection,
)
from domain.commands.expected_version import check_version
from domain.commands.keep import KEEP, Keep
from domain.commands.scim_credentials import IssuedCredential, issue_credential
from domain.errors import Invalid, NotFound
from domain.ids import UUID, new_id
from domain.model.changes import Change
from domain.model.deprovision_guard import MOST_MEMBERS
from domain.store.audit_writer import AuditEntry
from domain.store.connection_rows import (
    GUARD_SWITCHES,
    INSERT_CONNECTION,
    LABEL,
    SWITCHES,
    ScimConnection,
    connection_of,
)
from domain.store.guard_rows import ANY_OPEN
from domain.store.isolation import Isolation
from domain.vocabulary import (
    IdentityProvider,
    OmittedGroupMembers,
    OnProvision,
    PatchResponse,
    Rehire,
    SubjectKind,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

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

    KEEP leaves a switch as it is, None gives it back to the preset; of `provider` None chooses
    none. Another choice of provider forgets switches set before, but not those of the guard.
    """

    organization_id: UUID
    provider: IdentityProvider | Keep | None = KEEP
    on_provision: OnProvision | Keep | None = KEEP
    rehire: Rehire | Keep | None = KEEP
    omitted_group_members: OmittedGroupMembers | Keep | None = KEEP
    patch_response: PatchResponse | Keep | None = KEEP
    strict_member_ids: bool | Keep | None = KEEP
    content_type: str | Keep | None = KEEP
    guard_enabled: bool | Keep | None = KEEP
    guard_max_members: int | Keep | None = KEEP
    guard_max_percent: int | Keep | None = KEEP
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
    """Raises ScimDisabled when it was never on, NotFound."""
    row = await lock_known(unit, command.organization_id)
    if not row["enabled"]:
        return Outcome(IssuedCredential(connection_of(row)), changed=False)
    connection = await save_connection(unit, row, enabled=False)
    await record_on(unit, connection, "scim_connection.disabled")
    return Outcome(IssuedCredential(connection), changed=True)


@handles(UpdateScimConnection, Isolation.TRANSACTION)
async def update_scim_connection(
    command: UpdateScimConnection, unit: UnitOfWork
) -> Outcome[ScimConnection]:
    """Raises ScimDisabled when it was never on, NotFound, VersionConflict, Invalid."""
    row = await lock_known(unit, command.organization_id)
    check_version(command.expected_version, row["version"])
    wanted: dict[str, Any] = {
        name: value
        for name in (*SWITCHES, *GUARD_SWITCHES)
        if (value := getattr(command, name)) is not KEEP
    }
    _check(wanted)
    if wanted.get("guard_enabled") is False and await _holds(unit, command.organization_id):
        raise Invalid(
            "guardEnabled", "cannot be switched off while calls are held; release or refuse them"
        )
    if command.provider is not KEEP and command.provider != row["provider"]:
        wanted = dict.fromkeys(SWITCHES) | wanted | {"provider": command.provider}
    changes = [
        Change(to_camel(name), row[name], value)
        for name, value in wanted.items()
        if row[name] != value
    ]
    if not changes:
        return Outcome(connection_of(row), changed=False)
    connection = await save_connection(unit, row, **wanted)
    await record_on(unit, connection, "scim_connection.updated", *changes)
    return Outcome(connection, changed=True)


def _check(wanted: Mapping[str, Any]) -> None:
    """Raise Invalid for a value that no connection can have."""
    if wanted.get("content_type") not in {None, "application/json", "application/scim+json"}:
        raise Invalid("contentType", "must be application/json or application/scim+json")
    for name, attribute, most in (
        ("guard_max_members", "guardMaxMembers", MOST_MEMBERS),
        ("guard_max_percent", "guardMaxPercent", 100),
    ):
        value = wanted.get(name)
        if value is not None and not 0 <= value <= most:
            raise Invalid(attribute, f"must lie between 0 and {most}")


async def _holds(unit: UnitOfWork, organization_id: UUID) -> bool:
    """Whether the deprovision guard holds anything that is not decided."""
    found = await ANY_OPEN.fetch_value(unit.connection, organization_id=organization_id)
    return found is not None
