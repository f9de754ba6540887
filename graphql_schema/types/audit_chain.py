"""The hash chain of an organization's history, and what its last verification found."""

from __future__ import annotations

from datetime import datetime

import strawberry

from domain.queries.audit_verification import ChainRow
from graphql_schema.fields import shown


@strawberry.type(
    description=(
        "Head of the hash chain and its last verification. New events are verified within half a"
        " minute, all of them anew once a day."
    )
)
class AuditChain:
    row: strawberry.Private[ChainRow]

    position: int = shown(description="Of the newest sealed event; 0 while there is none.")
    hash: str = shown(
        lambda self: self.row.hash.hex(),
        description="Of that event: keep it elsewhere, and nobody can rewrite what was until then.",
    )
    verified_through: int = shown(description="Every event up to this position fits its hash.")
    verified_at: datetime | None = shown(
        description="When that was found; `null` while nothing is verified."
    )
    broken_at: int | None = shown(
        description="The first position whose event was changed, removed or added after the fact."
    )
