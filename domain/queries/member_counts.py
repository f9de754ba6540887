"""How many members an organization has in each status, for whoever reads."""

from __future__ import annotations

from typing import TYPE_CHECKING

from domain.store import member_counts as counts
from domain.store.member_counts import MemberCounts

if TYPE_CHECKING:
    from domain.ids import UUID
    from domain.queries.reader import Reader

__all__ = ["MemberCounts", "member_counts"]


async def member_counts(reader: Reader, organization_id: UUID) -> MemberCounts:
    """Members of the organization by status, as they are now."""
    return await counts.member_counts(reader.source, organization_id)
