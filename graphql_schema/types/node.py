"""What objects have in common: an id, a version."""

from __future__ import annotations

from datetime import datetime

import strawberry


@strawberry.interface(description="An object with an opaque, stable, globally unique id.")
class Node:
    id: strawberry.ID


@strawberry.interface(
    description=(
        "Optimistic concurrency: send `version` back as `expectedVersion` to refuse a lost update."
    )
)
class Versioned:
    version: int
    created_at: datetime
    updated_at: datetime
