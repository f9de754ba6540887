"""Reads what the machine's operator asks for: organizations by any name, their keys and tokens."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import func, select

from domain.errors import DomainError
from domain.folding import fold
from domain.ids import UUID, parse_uuid
from domain.queries.reader import Reader
from domain.store.access_token_rows import ACCESS_TOKENS
from domain.store.connection_rows import (
    CONNECTIONS,
    CREDENTIALS,
    SELECT_CONNECTION,
    ScimConnection,
    connection_of,
)
from domain.store.organization_rows import ORGANIZATIONS
from domain.store.statement import KEY, UUID_TYPE, Statement, parameter
from domain.vocabulary import CredentialKind

if TYPE_CHECKING:
    import asyncpg

_LISTED = select(
    *ORGANIZATIONS.c["id", "name", "slug", "created_at"],
    func.coalesce(CONNECTIONS.c.enabled, False).label("scim_enabled"),
    CONNECTIONS.c.provider,
).select_from(
    ORGANIZATIONS.outerjoin(CONNECTIONS, CONNECTIONS.c.organization_id == ORGANIZATIONS.c.id)
)
_ALL = Statement(_LISTED.order_by(ORGANIZATIONS.c.name_key))
_BY_ID = Statement(_LISTED.where(ORGANIZATIONS.c.id == parameter("id", UUID_TYPE)))
_BY_SLUG = Statement(_LISTED.where(ORGANIZATIONS.c.slug == parameter("slug", KEY)))
_BY_NAME = Statement(_LISTED.where(ORGANIZATIONS.c.name_key == parameter("name_key", KEY)))
_KEYS = Statement(
    select(
        CREDENTIALS.c[
            "organization_id",
            "id",
            "kind",
            "name",
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

_SHOWN_TOKENS = select(
    ACCESS_TOKENS.c[
        "id",
        "name",
        "hint",
        "scopes",
        "created_by_label",
        "created_at",
        "last_used_at",
        "expires_at",
        "revoked_at",
    ]
).order_by(ACCESS_TOKENS.c.id)
_TOKENS_OF_ONE = Statement(
    _SHOWN_TOKENS.where(ACCESS_TOKENS.c.organization_id == parameter("organization_id", UUID_TYPE))
)
_TOKENS_FOR_ALL = Statement(_SHOWN_TOKENS.where(ACCESS_TOKENS.c.organization_id.is_(None)))


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
    name: str | None
    hint: str
    created_at: datetime
    last_used_at: datetime | None
    expires_at: datetime | None
    revoked_at: datetime | None

    def state(self, now: datetime) -> str:
        """`active`, `expired` or `revoked`."""
        return _state(self.revoked_at, self.expires_at, now)


@dataclass(frozen=True, slots=True)
class AccessTokenEntry:
    """A token of the admin API without its secret."""

    id: UUID
    name: str
    hint: str
    scopes: tuple[str, ...]
    created_by_label: str
    created_at: datetime
    last_used_at: datetime | None
    expires_at: datetime | None
    revoked_at: datetime | None

    def state(self, now: datetime) -> str:
        """`active`, `expired` or `revoked`."""
        return _state(self.revoked_at, self.expires_at, now)


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


async def access_tokens(reader: Reader, organization_id: UUID | None) -> list[AccessTokenEntry]:
    """All tokens the organization ever had, oldest first; with None those that open every one."""
    if organization_id is None:
        records = await reader.fetch(_TOKENS_FOR_ALL)
    else:
        records = await reader.fetch(_TOKENS_OF_ONE, organization_id=organization_id)
    return [AccessTokenEntry(**{**record, "scopes": tuple(record["scopes"])}) for record in records]


async def scim_connection(reader: Reader, organization_id: UUID) -> ScimConnection | None:
    """The provisioning endpoint; None when it was never switched on."""
    record = await reader.fetch_row(SELECT_CONNECTION, organization_id=organization_id)
    return None if record is None else connection_of(record)


def _state(revoked_at: datetime | None, expires_at: datetime | None, now: datetime) -> str:
    if revoked_at is not None:
        return "revoked"
    return "expired" if expires_at is not None and expires_at <= now else "active"


def _entry(record: asyncpg.Record) -> OrganizationEntry:
    return OrganizationEntry(**record)
