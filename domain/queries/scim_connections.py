"""Reads provisioning endpoints."""

from __future__ import annotations

from sqlalchemy import select

from domain.ids import UUID
from domain.queries.reader import Reader
from domain.store.connection_rows import CONNECTIONS
from domain.store.statement import UUID_TYPE, Statement, parameter

_CONNECTION_ID = Statement(
    select(CONNECTIONS.c.id).where(
        CONNECTIONS.c.organization_id == parameter("organization_id", UUID_TYPE)
    )
)


async def find_connection_id(reader: Reader, organization_id: UUID) -> UUID | None:
    """The id of the organization's endpoint, or None."""
    found: UUID | None = await reader.fetch_value(_CONNECTION_ID, organization_id=organization_id)
    return found
