"""Finds what was held and is released, organization by organization, for the worker."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from domain.caller import Actor, Caller
from domain.ids import UUID
from domain.store.organization_jumps import organizations_with
from domain.vocabulary import ActorKind, Origin

if TYPE_CHECKING:
    from collections.abc import Mapping

BATCH = 100

_WAITING = organizations_with("held_deprovisionings", "released_at IS NOT NULL")
_RELEASED = f"""
SELECT organization_id, id, request_id, release_id, released_by_kind, released_by_id,
  released_by_label, released_origin
FROM held_deprovisionings
WHERE organization_id = $1 AND released_at IS NOT NULL AND id > $2 ORDER BY id LIMIT {BATCH}
"""  # noqa: S608 made of constants
_NONE = UUID(int=0)


async def organizations_with_released(pool: Any) -> list[UUID]:
    """Organizations in which something waits to be carried out."""
    return [row[0] for row in await pool.fetch(_WAITING)]


async def released_after(
    pool: Any, organization_id: UUID, after: UUID | None = None
) -> list[tuple[UUID, Caller]]:
    """Ids of up to 100 items after that one, each with the caller it is carried out for."""
    rows = await pool.fetch(_RELEASED, organization_id, after or _NONE)
    return [(row["id"], _released_by(row)) for row in rows]


def _released_by(row: Mapping[str, Any]) -> Caller:
    """Who released it, with the rights of the provider: what it asked for was only put off."""
    return Caller(
        actor=Actor(
            ActorKind(row["released_by_kind"]), row["released_by_id"], row["released_by_label"]
        ),
        origin=Origin(row["released_origin"]),
        organization_id=row["organization_id"],
        request_id=row["request_id"],
        correlation_id=row["release_id"],
    )
