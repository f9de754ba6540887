"""The provisioning endpoint of an organization: its switches, its presets, its credentials."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Index,
    Integer,
    UniqueConstraint,
)
from sqlalchemy import ForeignKeyConstraint as ForeignKey
from sqlmodel import Field, SQLModel

from domain.model.base import (
    UUID,
    bytes_column,
    datetime,
    instant_column,
    json_column,
    one_of,
    text_column,
    uuid_column,
    uuid_key,
)
from domain.vocabulary import (
    CredentialKind,
    IdentityProvider,
    OmittedGroupMembers,
    OnProvision,
    PatchResponse,
    Rehire,
)

PROVEN_BY = (
    "CASE kind WHEN 'WORKLOAD_IDENTITY' THEN secret_hash IS NULL AND issuer IS NOT NULL"
    " AND subject IS NOT NULL AND num_nonnulls(jwks_url, jwks) = 1"
    " ELSE secret_hash IS NOT NULL AND num_nonnulls(issuer, subject, audience, jwks_url, jwks) = 0"
    " END"
)


class ScimConnectionTable(SQLModel, table=True):
    """One row per organization that ever provisioned; null switches follow the preset."""

    __tablename__ = "scim_connections"
    __table_args__ = (
        UniqueConstraint("organization_id"),
        ForeignKey(["organization_id"], ["organizations.id"]),
        one_of("provider", IdentityProvider),
        one_of("on_provision", OnProvision),
        one_of("rehire", Rehire),
        one_of("omitted_group_members", OmittedGroupMembers),
        one_of("patch_response", PatchResponse),
        CheckConstraint("guard_max_members >= 0", name="guard_max_members"),
        CheckConstraint("guard_max_percent BETWEEN 0 AND 100", name="guard_max_percent"),
    )

    organization_id: UUID = uuid_key()
    id: UUID = uuid_key()
    enabled: bool = Field(sa_column=Column(Boolean, nullable=False))
    provider: str | None = text_column(nullable=True)
    on_provision: str | None = text_column(nullable=True)
    rehire: str | None = text_column(nullable=True)
    omitted_group_members: str | None = text_column(nullable=True)
    patch_response: str | None = text_column(nullable=True)
    strict_member_ids: bool | None = Field(default=None, sa_column=Column(Boolean, nullable=True))
    content_type: str | None = text_column(nullable=True)
    guard_enabled: bool | None = Field(default=None, sa_column=Column(Boolean, nullable=True))
    guard_max_members: int | None = Field(default=None, sa_column=Column(Integer, nullable=True))
    guard_max_percent: int | None = Field(default=None, sa_column=Column(Integer, nullable=True))
    version: int = Field(default=1, sa_column=Column(BigInteger, nullable=False))
    created_at: datetime = instant_column()
    updated_at: datetime = instant_column()


class ScimCredentialTable(SQLModel, table=True):
    """A SCIM client's proof: SHA-256 of a secret of 256 random bits, never the secret itself.

    A workload identity has none: another issuer's keys prove it.
    """

    __tablename__ = "scim_credentials"
    __table_args__ = (
        ForeignKey(
            ["organization_id", "connection_id"],
            ["scim_connections.organization_id", "scim_connections.id"],
        ),
        Index(None, "organization_id", "connection_id"),
        one_of("kind", CredentialKind),
        CheckConstraint(PROVEN_BY, name="proof"),
    )

    organization_id: UUID = uuid_key()
    id: UUID = uuid_key()
    connection_id: UUID = uuid_column()
    kind: str = text_column()
    name: str | None = text_column(nullable=True)
    secret_hash: bytes | None = bytes_column(nullable=True)
    hint: str = text_column()
    created_at: datetime = instant_column()
    expires_at: datetime | None = instant_column(nullable=True)
    last_used_at: datetime | None = instant_column(nullable=True)
    revoked_at: datetime | None = instant_column(nullable=True)
    issuer: str | None = text_column(nullable=True)
    subject: str | None = text_column(nullable=True)
    audience: str | None = text_column(nullable=True)
    jwks_url: str | None = text_column(nullable=True)
    jwks: dict[str, Any] | None = json_column(nullable=True)


@dataclass(frozen=True, slots=True)
class ScimSettings:
    """The switches in which identity providers contradict each other, all decided."""

    on_provision: OnProvision = OnProvision.INVITE
    rehire: Rehire = Rehire.CONFLICT
    omitted_group_members: OmittedGroupMembers = OmittedGroupMembers.KEEP
    patch_response: PatchResponse = PatchResponse.AUTOMATIC
    strict_member_ids: bool = False
    content_type: str | None = None


_NEUTRAL = ScimSettings()
_PRESETS = {
    IdentityProvider.ONELOGIN: replace(_NEUTRAL, content_type="application/json"),
    # Its plug-in leaves `members` out of a replaced group when the group is empty.
    IdentityProvider.KEYCLOAK: replace(_NEUTRAL, omitted_group_members=OmittedGroupMembers.CLEAR),
}


def preset_of(provider: IdentityProvider | None) -> ScimSettings:
    """The defaults for a provider; neutral ones when it needs none of its own."""
    return _PRESETS.get(provider, _NEUTRAL) if provider is not None else _NEUTRAL
