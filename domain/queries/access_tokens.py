"""Reads access tokens: by id, and those of one organization, newest first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import select

from domain.ids import UUID
from domain.queries.compiler import Queried
from domain.queries.listing import Listing, no_link
from domain.queries.paging import Order, Page, Window
from domain.queries.reader import Reader
from domain.queries.rows import AccessTokenRow
from domain.store.access_token_rows import ACCESS_TOKENS
from domain.store.statement import UUID_TYPE, UUIDS, Statement, parameter

_BY_ID = Statement(select(ACCESS_TOKENS).where(ACCESS_TOKENS.c.id == parameter("id", UUID_TYPE)))
_BY_IDS = Statement(
    select(ACCESS_TOKENS).where(ACCESS_TOKENS.c.id == parameter("ids", UUIDS).any_())
)


def access_token_row(record: Mapping[str, Any]) -> AccessTokenRow:
    """The row that a record of the token columns holds."""
    values = {name: record[name] for name in AccessTokenRow.__dataclass_fields__}
    values["scopes"] = tuple(record["scopes"])
    return AccessTokenRow(**values)


_LIST: Listing[AccessTokenRow] = Listing(
    source=ACCESS_TOKENS,
    columns=list(ACCESS_TOKENS.c),
    organization=ACCESS_TOKENS.c.organization_id,
    identity=ACCESS_TOKENS.c.id,
    orders=(Order("CREATED_AT", ACCESS_TOKENS.c.id),),
    row=access_token_row,
    queried=Queried(fields={}, profile=None, linked=no_link),
)


async def find_access_token(reader: Reader, token_id: UUID) -> AccessTokenRow | None:
    """An access token, whatever its state, or None."""
    record = await reader.fetch_row(_BY_ID, id=token_id)
    return None if record is None else access_token_row(record)


async def access_tokens_by_id(reader: Reader, ids: Sequence[UUID]) -> dict[UUID, AccessTokenRow]:
    """The tokens that exist, whatever their state and organization, by id."""
    records = await reader.fetch(_BY_IDS, ids=list(dict.fromkeys(ids)))
    return {record["id"]: access_token_row(record) for record in records}


async def page_access_tokens(
    reader: Reader, organization_id: UUID, window: Window
) -> Page[AccessTokenRow]:
    """Tokens of the organization, whatever their state, newest first."""
    return await _LIST.page(reader, organization_id, window, order="CREATED_AT", descending=True)
