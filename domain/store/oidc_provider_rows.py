"""OpenID providers as rows: made, changed, deleted, found by their organization."""

from __future__ import annotations

from typing import Any

from sqlalchemy import delete, select, update
from sqlalchemy.dialects.postgresql import insert

from domain.model.oidc_provider import OidcProviderTable
from domain.store.statement import BOOLEAN, INSTANT, TEXT, UUID_TYPE, Statement, parameter

OIDC_PROVIDERS: Any = OidcProviderTable.__table__  # type: ignore[attr-defined]

_COLUMNS = [column.name for column in OIDC_PROVIDERS.c]
_ONE = (
    OIDC_PROVIDERS.c.organization_id == parameter("organization_id", UUID_TYPE),
    OIDC_PROVIDERS.c.id == parameter("id", UUID_TYPE),
)

INSERT_PROVIDER = Statement(
    insert(OIDC_PROVIDERS).from_select(
        _COLUMNS, select(*(parameter(name, OIDC_PROVIDERS.c[name].type) for name in _COLUMNS))
    )
)
NAMES_OF_PROVIDERS = Statement(
    select(OIDC_PROVIDERS.c["id", "name"]).where(
        OIDC_PROVIDERS.c.organization_id == parameter("organization_id", UUID_TYPE)
    )
)
LOCK_PROVIDER = Statement(select(OIDC_PROVIDERS).where(*_ONE).with_for_update(key_share=True))
UPDATE_PROVIDER = Statement(
    update(OIDC_PROVIDERS)
    .where(*_ONE)
    .values(
        name=parameter("name", TEXT),
        client_id=parameter("client_id", TEXT),
        sealed_client_secret=parameter("sealed_client_secret", TEXT),
        trust_email=parameter("trust_email", BOOLEAN),
        version=OIDC_PROVIDERS.c.version + 1,
        updated_at=parameter("updated_at", INSTANT),
    )
)
DELETE_PROVIDER = Statement(delete(OIDC_PROVIDERS).where(*_ONE).returning(OIDC_PROVIDERS.c.name))
