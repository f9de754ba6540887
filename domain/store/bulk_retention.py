"""Forgets which members a bulk operation was about, a while after its end; its numbers stay."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from domain.store.organization_jumps import organizations_with

if TYPE_CHECKING:
    from datetime import datetime

    from domain.ids import UUID

BATCH = 5000
REST_S = 0.05

_OLD = organizations_with(
    "bulk_operations",
    "settled_at IS NOT NULL AND items_removed_at IS NULL",
    first_by="settled_at",
    where="settled_at < $1",
)
_NEXT = """
SELECT id FROM bulk_operations
WHERE organization_id = $1 AND settled_at < $2 AND settled_at IS NOT NULL
  AND items_removed_at IS NULL
ORDER BY settled_at LIMIT 1
"""
_REMOVE = f"""
DELETE FROM bulk_operation_items
WHERE organization_id = $1 AND operation_id = $2 AND member_id = ANY(ARRAY(
  SELECT member_id FROM bulk_operation_items
  WHERE organization_id = $1 AND operation_id = $2 ORDER BY member_id LIMIT {BATCH}
)) RETURNING 1
"""  # noqa: S608 made of constants
_MARK = """
UPDATE bulk_operations SET items_removed_at = now() WHERE organization_id = $1 AND id = $2
"""


async def remove_old_items(pool: Any, before: datetime) -> int:
    """Remove the members of operations settled before then, a batch at a time; how many.

    Another process may be at the same: whatever is gone is gone.
    """
    removed = 0
    for (organization_id,) in await pool.fetch(_OLD, before):
        while rows := await pool.fetch(_NEXT, organization_id, before):
            removed += await _remove(pool, organization_id, rows[0][0])
    return removed


async def _remove(pool: Any, organization_id: UUID, operation_id: UUID) -> int:
    removed = 0
    while rows := await pool.fetch(_REMOVE, organization_id, operation_id):
        removed += len(rows)
        await asyncio.sleep(REST_S)
    await pool.execute(_MARK, organization_id, operation_id)
    return removed
