"""One view of the data for all reads of an operation."""

from __future__ import annotations

from typing import TYPE_CHECKING

import asyncpg

from domain.store.replica import Replica
from domain.store.snapshot import Snapshot

if TYPE_CHECKING:
    from domain.queries.reader import Reader

__all__ = ["Replica", "Snapshot", "snapshot_of"]


def snapshot_of(reader: Reader) -> Snapshot:
    """A snapshot on the pool that `reader` reads from."""
    if not isinstance(reader.source, asyncpg.Pool):
        raise TypeError("a snapshot needs a reader on a pool")
    return Snapshot(reader.source)
