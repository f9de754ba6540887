"""Verifies an organization's audit chain from first to last, and says what is known of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from domain.ids import UUID
from domain.model.audit_event import GENESIS_HASH
from domain.store.audit_chain import Head, follow_chain

if TYPE_CHECKING:
    from domain.queries.reader import Reader

_CHAIN = """
SELECT head.position, head.hash, seen.position AS seen, seen.verified_at, seen.broken_at
FROM (SELECT $1::uuid AS organization_id) AS wanted
LEFT JOIN audit_heads AS head ON head.organization_id = $1
LEFT JOIN audit_verifications AS seen ON seen.organization_id = $1
"""


@dataclass(frozen=True, slots=True)
class ChainRow:
    """The end of a chain, and what the verifier found of it.

    It holds up to `verified_through` as of `verified_at`; `broken_at` does not fit.
    """

    position: int
    hash: bytes
    verified_through: int
    verified_at: datetime | None
    broken_at: int | None


async def verify_chain(source: Any, organization_id: UUID) -> int | None:
    """The first position at which the chain is broken, or None when it holds.

    `source` is a pool or a connection. Reads pages, never the whole history. An end that was cut
    off is found as long as the head was not set back with it: keep exported hashes elsewhere
    against that.
    """
    head = Head()
    while True:
        stretch = await follow_chain(source, organization_id, head)
        if stretch.is_end:
            return stretch.broken_at
        head = stretch.head


async def get_chain(reader: Reader, organization_id: UUID) -> ChainRow:
    """The end of the organization's chain and its last verification."""
    row = (await reader.source.fetch(_CHAIN, organization_id))[0]
    broken_at, seen = row["broken_at"], row["seen"] or 0
    return ChainRow(
        position=row["position"] or 0,
        hash=row["hash"] or GENESIS_HASH,
        verified_through=seen if broken_at is None else min(seen, broken_at - 1),
        verified_at=row["verified_at"],
        broken_at=broken_at,
    )
