"""Reads what authentication by SCIM needs: credentials with their endpoint."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from domain.ids import UUID
from domain.model.workload_identity import WorkloadIdentity
from domain.queries.reader import Reader
from domain.queries.rows import ScimCredentialRow
from domain.store.connection_rows import (
    CONNECTIONS,
    CREDENTIALS,
    GUARD_SWITCHES,
    SWITCHES,
    connection_of,
)
from domain.store.statement import UUID_TYPE, Statement, parameter
from domain.vocabulary import CredentialKind

if TYPE_CHECKING:
    import asyncpg

_IDENTITY = tuple(WorkloadIdentity.__dataclass_fields__)
_CREDENTIAL = Statement(
    select(
        CREDENTIALS.c.id.label("credential_id"),
        *CREDENTIALS.c["kind", "secret_hash", "expires_at", "revoked_at"],
        *(CREDENTIALS.c[name] for name in _IDENTITY),
        *CONNECTIONS.c["organization_id", "id", "enabled", "provider", "version"],
        *(CONNECTIONS.c[name] for name in (*SWITCHES, *GUARD_SWITCHES)),
    )
    .select_from(
        CREDENTIALS.join(
            CONNECTIONS,
            (CONNECTIONS.c.organization_id == CREDENTIALS.c.organization_id)
            & (CONNECTIONS.c.id == CREDENTIALS.c.connection_id),
        )
    )
    .where(
        CREDENTIALS.c.organization_id == parameter("organization_id", UUID_TYPE),
        CREDENTIALS.c.id == parameter("id", UUID_TYPE),
    )
)


async def find_scim_credential(
    reader: Reader, organization_id: UUID, credential_id: UUID
) -> ScimCredentialRow | None:
    """A credential of the organization, whatever its state, or None."""
    record = await reader.fetch_row(_CREDENTIAL, organization_id=organization_id, id=credential_id)
    if record is None:
        return None
    connection = connection_of(record)
    return ScimCredentialRow(
        organization_id=connection.organization_id,
        credential_id=record["credential_id"],
        connection_id=connection.id,
        kind=CredentialKind(record["kind"]),
        enabled=connection.enabled,
        secret_hash=record["secret_hash"],
        expires_at=record["expires_at"],
        revoked_at=record["revoked_at"],
        provider=connection.provider,
        settings=connection.settings,
        guard=connection.guard,
        identity=workload_identity_of(record),
    )


def workload_identity_of(record: asyncpg.Record) -> WorkloadIdentity | None:
    """What a credential's row says of a workload, or None of another kind of credential."""
    if record["issuer"] is None:
        return None
    return WorkloadIdentity(**{name: record[name] for name in _IDENTITY})
