"""Access tokens as the admin API lists them: those of one organization, newest first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import select

from domain.ids import UUID
from domain.model.access_token import AccessTokenTable
from domain.queries.compiler import Queried
from domain.queries.listing import Listing, no_link
from domain.queries.paging import Order, Page, Window
from domain.queries.reader import Reader
from domain.queries.rows import AccessTokenRow
from domain.store.statement import UUIDS, Statement, parameter

_TOKENS: Any = AccessTokenTable.__table__  # type: ignore[attr-defined]
_BY_IDS = Statement(select(_TOKENS).where(_TOKENS.c.id == parameter("ids", UUIDS).any_()))


def access_token_row(record: Mapping[str, Any]) -> AccessTokenRow:
    """The row that a record of the token columns holds."""
    values = {name: record[name] for name in AccessTokenRow.__dataclass_fields__}
    values["scopes"] = tuple(record["scopes"])
    return AccessTokenRow(**values)


_LIST: Listing[AccessTokenRow] = Listing(
    source=_TOKENS,
    columns=list(_TOKENS.c),
    organization=_TOKENS.c.organization_id,
    identity=_TOKENS.c.id,
    orders=(Order("CREATED_AT", _TOKENS.c.id),),
    row=access_token_row,
    queried=Queried(fields={}, profile=None, linked=no_link),
)


async def access_tokens_by_id(reader: Reader, ids: Sequence[UUID]) -> dict[UUID, AccessTokenRow]:
    """The tokens that exist, whatever their state and organization, by id."""
    records = await reader.fetch(_BY_IDS, ids=list(dict.fromkeys(ids)))
    return {record["id"]: access_token_row(record) for record in records}


async def page_access_tokens(
    reader: Reader, organization_id: UUID, window: Window
) -> Page[AccessTokenRow]:
    """Tokens of the organization, whatever their state, newest first."""
    return await _LIST.page(reader, organization_id, window, order="CREATED_AT", descending=True)
