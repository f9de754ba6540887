"""What commands about the provisioning endpoint share: its row locked, saved, and told of."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from domain.errors import ScimDisabled
from domain.store.audit_writer import AuditEntry
from domain.store.connection_rows import (
    GUARD_SWITCHES,
    LABEL,
    LOCK_CONNECTION,
    SWITCHES,
    UPDATE_CONNECTION,
    ScimConnection,
    connection_of,
)
from domain.vocabulary import Scope, SubjectKind

if TYPE_CHECKING:
    from domain.ids import UUID
    from domain.model.changes import Change
    from domain.store.unit_of_work import UnitOfWork


async def lock_connection(unit: UnitOfWork, organization_id: UUID) -> Any:
    """The endpoint's row, locked; None where there never was one. Raises MissingScope."""
    unit.caller.require(Scope.SCIM_ADMIN)
    return await LOCK_CONNECTION.fetch_row(unit.connection, organization_id=organization_id)


async def lock_known(unit: UnitOfWork, organization_id: UUID) -> Any:
    """The endpoint's row, locked. Raises ScimDisabled where there never was one, NotFound."""
    row = await lock_connection(unit, organization_id)
    if row is None:
        await unit.organization(organization_id)
        raise ScimDisabled
    return row


async def lock_enabled(unit: UnitOfWork, organization_id: UUID) -> ScimConnection:
    """The endpoint, locked. Raises ScimDisabled where it is off, NotFound."""
    row = await lock_known(unit, organization_id)
    if not row["enabled"]:
        raise ScimDisabled
    return connection_of(row)


async def save_connection(unit: UnitOfWork, row: Any, **changed: Any) -> ScimConnection:
    """Write the locked row with other values of some columns; the endpoint as it then is."""
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
    """Write down what became of the endpoint, or of one of its keys."""
    entry = AuditEntry(action, SubjectKind.SCIM_CONNECTION, connection.id, LABEL, changes)
    await unit.record(connection.organization_id, [entry])
