"""Reads what the machine's operator asks for: organizations by any name, and their SCIM keys."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import func, select

from domain.errors import DomainError
from domain.folding import fold
from domain.ids import UUID, parse_uuid
from domain.model.organization import OrganizationTable
from domain.queries.reader import Reader
from domain.store.connection_rows import (
    CONNECTIONS,
    CREDENTIALS,
    SELECT_CONNECTION,
    ScimConnection,
    connection_of,
)
from domain.store.statement import KEY, UUID_TYPE, Statement, parameter
from domain.vocabulary import CredentialKind

if TYPE_CHECKING:
    import asyncpg

_ORGANIZATIONS: Any = OrganizationTable.__table__  # type: ignore[attr-defined]
_LISTED = select(
    *_ORGANIZATIONS.c["id", "name", "slug", "created_at"],
    func.coalesce(CONNECTIONS.c.enabled, False).label("scim_enabled"),
    CONNECTIONS.c.provider,
).select_from(
    _ORGANIZATIONS.outerjoin(CONNECTIONS, CONNECTIONS.c.organization_id == _ORGANIZATIONS.c.id)
)
_ALL = Statement(_LISTED.order_by(_ORGANIZATIONS.c.name_key))
_BY_ID = Statement(_LISTED.where(_ORGANIZATIONS.c.id == parameter("id", UUID_TYPE)))
_BY_SLUG = Statement(_LISTED.where(_ORGANIZATIONS.c.slug == parameter("slug", KEY)))
_BY_NAME = Statement(_LISTED.where(_ORGANIZATIONS.c.name_key == parameter("name_key", KEY)))
_KEYS = Statement(
    select(
        CREDENTIALS.c[
            "organization_id",
            "id",
            "kind",
            "hint",
            "created_at",
            "last_used_at",
            "expires_at",
            "revoked_at",
        ]
    )
    .where(CREDENTIALS.c.organization_id == parameter("organization_id", UUID_TYPE))
    .order_by(CREDENTIALS.c.id)
)


@dataclass(frozen=True, slots=True)
class OrganizationEntry:
    """An organization with the state of its provisioning endpoint."""

    id: UUID
    name: str
    slug: str
    created_at: datetime
    scim_enabled: bool
    provider: str | None


@dataclass(frozen=True, slots=True)
class ScimKeyEntry:
    """A SCIM key without its secret."""

    organization_id: UUID
    id: UUID
    kind: CredentialKind
    hint: str
    created_at: datetime
    last_used_at: datetime | None
    expires_at: datetime | None
    revoked_at: datetime | None

    def state(self, now: datetime) -> str:
        """`active`, `expired` or `revoked`."""
        if self.revoked_at is not None:
            return "revoked"
        return "expired" if self.expires_at is not None and self.expires_at <= now else "active"


class UnknownOrganization(DomainError):
    """No organization has this id, slug or name."""

    code = "NOT_FOUND"

    def __init__(self, named: str) -> None:
        super().__init__(f"There is no organization with the id, slug or name {named!r}.")


async def all_organizations(reader: Reader) -> list[OrganizationEntry]:
    """Every organization, by name."""
    return [_entry(record) for record in await reader.fetch(_ALL)]


async def find_organization(reader: Reader, named: str) -> OrganizationEntry:
    """The organization with this id, else this slug, else this name. Raises UnknownOrganization."""
    named = named.strip()
    if (organization_id := parse_uuid(named)) is not None:
        record = await reader.fetch_row(_BY_ID, id=organization_id)
    else:
        record = await reader.fetch_row(_BY_SLUG, slug=named)
        if record is None:
            record = await reader.fetch_row(_BY_NAME, name_key=fold(named))
    if record is None:
        raise UnknownOrganization(named)
    return _entry(record)


async def scim_keys(reader: Reader, organization_id: UUID) -> list[ScimKeyEntry]:
    """All keys the organization ever had, oldest first."""
    records = await reader.fetch(_KEYS, organization_id=organization_id)
    return [
        ScimKeyEntry(**{**record, "kind": CredentialKind(record["kind"])}) for record in records
    ]


async def scim_connection(reader: Reader, organization_id: UUID) -> ScimConnection | None:
    """The provisioning endpoint; None when it was never switched on."""
    record = await reader.fetch_row(SELECT_CONNECTION, organization_id=organization_id)
    return None if record is None else connection_of(record)


def _entry(record: asyncpg.Record) -> OrganizationEntry:
    return OrganizationEntry(**record)
