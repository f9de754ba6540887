"""OpenID providers as they are read: without their secret, save by who signs people in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from domain.ids import UUID
from domain.store.audit_writer import AUDIT_EVENTS
from domain.store.oidc_provider_rows import OIDC_PROVIDERS
from domain.store.organization_rows import ORGANIZATIONS
from domain.store.statement import JSON, KEY, UUID_TYPE, UUIDS, Statement, parameter

if TYPE_CHECKING:
    from domain.queries.reader import Reader


@dataclass(frozen=True, slots=True)
class OidcProviderRow:
    """A provider as administrators see it."""

    id: UUID
    organization_id: UUID
    name: str
    issuer: str
    client_id: str
    trust_email: bool
    version: int
    created_at: datetime
    updated_at: datetime


@dataclass(frozen=True, slots=True)
class SignInProviderRow:
    """A way to sign in, as everybody may see it."""

    id: UUID
    organization_id: UUID
    name: str


@dataclass(frozen=True, slots=True)
class OidcClientRow:
    """A provider with all that signing in takes; the secret is sealed."""

    id: UUID
    organization_id: UUID
    issuer: str
    client_id: str
    sealed_client_secret: str = field(repr=False)
    trust_email: bool


def _columns(row: Any) -> list[Any]:
    return [OIDC_PROVIDERS.c[name] for name in row.__dataclass_fields__]


_WITHIN = OIDC_PROVIDERS.c.organization_id == parameter("organization_id", UUID_TYPE)
_OF_ORGANIZATION = Statement(
    select(*_columns(OidcProviderRow)).where(_WITHIN).order_by(OIDC_PROVIDERS.c.id)
)
_BY_IDS = Statement(
    select(*_columns(OidcProviderRow)).where(
        _WITHIN, OIDC_PROVIDERS.c.id == parameter("ids", UUIDS).any_()
    )
)
_WAYS_BY_SLUG = Statement(
    select(*_columns(SignInProviderRow))
    .select_from(
        OIDC_PROVIDERS.join(ORGANIZATIONS, ORGANIZATIONS.c.id == OIDC_PROVIDERS.c.organization_id)
    )
    .where(ORGANIZATIONS.c.slug == parameter("slug", KEY))
    .order_by(OIDC_PROVIDERS.c.id)
)
_WAYS = Statement(select(*_columns(SignInProviderRow)).where(_WITHIN).order_by(OIDC_PROVIDERS.c.id))
_CLIENT = Statement(
    select(*_columns(OidcClientRow)).where(
        _WITHIN, OIDC_PROVIDERS.c.id == parameter("id", UUID_TYPE)
    )
)
_DELETED = select(AUDIT_EVENTS.c.id).where(
    AUDIT_EVENTS.c.organization_id == parameter("organization_id", UUID_TYPE),
    AUDIT_EVENTS.c.subject_id == parameter("organization_id", UUID_TYPE),
    AUDIT_EVENTS.c.action == "oidc_provider.deleted",
    AUDIT_EVENTS.c.changes.contains(parameter("gone", JSON)),
)
# Two look-ups, for two indexes: that of sealed events by subject and that of what waits for a seal.
_WAS_DELETED = [
    Statement(_DELETED.where(AUDIT_EVENTS.c.position.isnot(None)).limit(1)),
    Statement(_DELETED.where(AUDIT_EVENTS.c.position.is_(None)).limit(1)),
]


async def oidc_providers_of(reader: Reader, organization_id: UUID) -> list[OidcProviderRow]:
    """The providers of an organization, oldest first; there are few."""
    records = await reader.fetch(_OF_ORGANIZATION, organization_id=organization_id)
    return [OidcProviderRow(**record) for record in records]


async def oidc_providers_by_id(
    reader: Reader, organization_id: UUID, ids: Sequence[UUID]
) -> dict[UUID, OidcProviderRow]:
    """The providers of an organization that exist, by id."""
    records = await reader.fetch(_BY_IDS, organization_id=organization_id, ids=list(ids))
    return {record["id"]: OidcProviderRow(**record) for record in records}


async def sign_in_providers(reader: Reader, slug: str) -> list[SignInProviderRow]:
    """The ways to sign in to the organization of that slug; none where there is no such one."""
    records = await reader.fetch(_WAYS_BY_SLUG, slug=slug)
    return [SignInProviderRow(**record) for record in records]


async def sign_in_providers_of(reader: Reader, organization_id: UUID) -> list[SignInProviderRow]:
    """The ways to sign in to an organization."""
    records = await reader.fetch(_WAYS, organization_id=organization_id)
    return [SignInProviderRow(**record) for record in records]


async def find_oidc_client(
    reader: Reader, organization_id: UUID, provider_id: UUID
) -> OidcClientRow | None:
    """What signing in with a provider takes, or None."""
    record = await reader.fetch_row(_CLIENT, organization_id=organization_id, id=provider_id)
    return None if record is None else OidcClientRow(**record)


async def was_deleted(reader: Reader, organization_id: UUID, provider_id: UUID) -> bool:
    """Whether the history knows that the organization's provider was deleted."""
    gone = [{"attribute": "providerId", "before": str(provider_id)}]
    for statement in _WAS_DELETED:
        if await reader.fetch_value(statement, organization_id=organization_id, gone=gone):
            return True
    return False
