"""The public keys of people, which whoever confirms them wraps the organization's key for."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import select

from domain.ids import UUID
from domain.queries.reader import Reader
from domain.store.account_rows import ACCOUNTS
from domain.store.statement import UUIDS, Statement, parameter

_BY_IDS = Statement(
    select(ACCOUNTS.c["id", "public_key"]).where(
        ACCOUNTS.c.id == parameter("ids", UUIDS).any_(), ACCOUNTS.c.public_key.isnot(None)
    )
)


async def public_keys_of(reader: Reader, account_ids: Sequence[UUID]) -> dict[UUID, dict[str, Any]]:
    """The public JWKs by account, of those who have one; `kid` is the thumbprint.

    An account is asked about only because of a member that the caller may see.
    """
    records = await reader.fetch(_BY_IDS, ids=list(dict.fromkeys(account_ids)))
    return {record["id"]: record["public_key"] for record in records}
