"""Provisioning endpoints and their credentials between rows and values."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import func, select, update
from sqlalchemy.dialects.postgresql import insert

from domain.ids import UUID
from domain.model.deprovision_guard import GuardSettings
from domain.model.scim_connection import (
    ScimConnectionTable,
    ScimCredentialTable,
    ScimSettings,
    preset_of,
)
from domain.store.statement import BOOLEAN, INSTANT, TEXT, UUID_TYPE, UUIDS, Statement, parameter
from domain.vocabulary import (
    IdentityProvider,
    OmittedGroupMembers,
    OnProvision,
    PatchResponse,
    Rehire,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

CONNECTIONS: Any = ScimConnectionTable.__table__  # type: ignore[attr-defined]
CREDENTIALS: Any = ScimCredentialTable.__table__  # type: ignore[attr-defined]
LABEL = "SCIM"
"""What histories call an endpoint."""
_ORGANIZATION = parameter("organization_id", UUID_TYPE)

SWITCHES = (
    "on_provision",
    "rehire",
    "omitted_group_members",
    "patch_response",
    "strict_member_ids",
    "content_type",
)
"""What the provider's preset decides where the row is null."""
GUARD_SWITCHES = ("guard_enabled", "guard_max_members", "guard_max_percent")
"""What the deprovision guard's defaults decide where the row is null, whatever the provider."""

_BY_ORGANIZATION = select(CONNECTIONS).where(CONNECTIONS.c.organization_id == _ORGANIZATION)
SELECT_CONNECTION = Statement(_BY_ORGANIZATION)
LOCK_CONNECTION = Statement(_BY_ORGANIZATION.with_for_update(key_share=True))
INSERT_CONNECTION = Statement(
    insert(CONNECTIONS)
    .from_select(
        ["organization_id", "id", "enabled", "version", "created_at", "updated_at"],
        select(
            _ORGANIZATION,
            parameter("id", UUID_TYPE),
            parameter("enabled", BOOLEAN),
            parameter("version", CONNECTIONS.c.version.type),
            parameter("now", INSTANT),
            parameter("now", INSTANT),
        ),
    )
    .on_conflict_do_nothing()
    .returning(*CONNECTIONS.c)
)
UPDATE_CONNECTION = Statement(
    update(CONNECTIONS)
    .where(
        CONNECTIONS.c.organization_id == _ORGANIZATION,
        CONNECTIONS.c.id == parameter("id", UUID_TYPE),
    )
    .values(
        enabled=parameter("enabled", BOOLEAN),
        provider=parameter("provider", TEXT),
        **{
            name: parameter(name, CONNECTIONS.c[name].type) for name in (*SWITCHES, *GUARD_SWITCHES)
        },
        version=CONNECTIONS.c.version + 1,
        updated_at=parameter("now", INSTANT),
    )
    .returning(*CONNECTIONS.c)
)
_CREDENTIAL_COLUMNS = (
    "organization_id",
    "id",
    "connection_id",
    "kind",
    "name",
    "secret_hash",
    "hint",
    "created_at",
    "expires_at",
    "issuer",
    "subject",
    "audience",
    "jwks_url",
    "jwks",
)
INSERT_CREDENTIAL = Statement(
    insert(CREDENTIALS).from_select(
        list(_CREDENTIAL_COLUMNS),
        select(*(parameter(name, CREDENTIALS.c[name].type) for name in _CREDENTIAL_COLUMNS)),
    )
)
END_OTHER_KEYS = Statement(
    update(CREDENTIALS)
    .where(
        CREDENTIALS.c.organization_id == _ORGANIZATION,
        CREDENTIALS.c.connection_id == parameter("connection_id", UUID_TYPE),
        CREDENTIALS.c.kind == "API_KEY",
        CREDENTIALS.c.id != parameter("except_id", UUID_TYPE),
        CREDENTIALS.c.revoked_at.is_(None),
        CREDENTIALS.c.expires_at.is_(None)
        | (CREDENTIALS.c.expires_at > parameter("ends_at", INSTANT)),
    )
    .values(expires_at=parameter("ends_at", INSTANT))
    .returning(CREDENTIALS.c.id)
)
LOCK_CREDENTIAL = Statement(
    select(CREDENTIALS)
    .where(
        CREDENTIALS.c.organization_id == _ORGANIZATION,
        CREDENTIALS.c.id == parameter("id", UUID_TYPE),
    )
    .with_for_update(key_share=True)
)
REVOKE_CREDENTIAL = Statement(
    update(CREDENTIALS)
    .where(
        CREDENTIALS.c.organization_id == _ORGANIZATION,
        CREDENTIALS.c.id == parameter("id", UUID_TYPE),
    )
    .values(revoked_at=parameter("now", INSTANT))
)
TOUCH_CREDENTIALS = Statement(
    update(CREDENTIALS)
    .where(
        CREDENTIALS.c.organization_id == _ORGANIZATION,
        CREDENTIALS.c.id == func.any(parameter("ids", UUIDS)),
    )
    .values(last_used_at=parameter("now", INSTANT))
)


@dataclass(frozen=True, slots=True)
class ScimConnection:
    """The endpoint as the rest of the domain reads it, all switches decided."""

    organization_id: UUID
    id: UUID
    enabled: bool
    provider: IdentityProvider | None
    settings: ScimSettings
    guard: GuardSettings
    version: int


def connection_of(row: Mapping[str, Any]) -> ScimConnection:
    """The endpoint that a row holds; null switches follow the provider's preset."""
    provider = IdentityProvider(row["provider"]) if row["provider"] is not None else None
    preset = preset_of(provider)
    strict = row["strict_member_ids"]
    return ScimConnection(
        organization_id=row["organization_id"],
        id=row["id"],
        enabled=row["enabled"],
        provider=provider,
        settings=ScimSettings(
            on_provision=OnProvision(row["on_provision"] or preset.on_provision),
            rehire=Rehire(row["rehire"] or preset.rehire),
            omitted_group_members=OmittedGroupMembers(
                row["omitted_group_members"] or preset.omitted_group_members
            ),
            patch_response=PatchResponse(row["patch_response"] or preset.patch_response),
            strict_member_ids=preset.strict_member_ids if strict is None else strict,
            content_type=row["content_type"] or preset.content_type,
        ),
        guard=_guard_of(row),
        version=row["version"],
    )


def _guard_of(row: Mapping[str, Any]) -> GuardSettings:
    given = {name: row[f"guard_{name}"] for name in GuardSettings.__dataclass_fields__}
    return GuardSettings(**{name: value for name, value in given.items() if value is not None})
