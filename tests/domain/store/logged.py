"""Entries of the request log, and what the tables hold of them."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from domain.application import Application
from domain.ids import UUID, new_id
from domain.provisioning_entry import ProvisioningEntry
from domain.vocabulary import (
    ProvisioningOutcome,
    ScimOperation,
)

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


def entry(organization_id: UUID, **changed: Any) -> ProvisioningEntry:
    return replace(
        ProvisioningEntry(
            id=new_id(),
            organization_id=organization_id,
            received_at=NOON,
            duration_ms=3,
            method="POST",
            path="/scim/v2/Users",
            operation=ScimOperation.CREATE,
            status_code=201,
            outcome=ProvisioningOutcome.APPLIED,
            correlation_id=new_id(),
        ),
        **changed,
    )


async def stored(app: Application, organization_id: UUID) -> list[Any]:
    rows: list[Any] = await app.pool.fetch(
        "SELECT * FROM provisioning_requests WHERE organization_id = $1 ORDER BY position",
        organization_id,
    )
    return rows


async def head(app: Application, organization_id: UUID) -> Any:
    return await app.pool.fetchrow(
        "SELECT * FROM provisioning_heads WHERE organization_id = $1", organization_id
    )
