"""Statements for steps that run while servers of the version before are at work."""

from collections.abc import Sequence

from alembic import op

from domain.migrations import run


def create_index_beside(
    name: str, table: str, columns: Sequence[str], *, unique: bool = False, where: str | None = None
) -> None:
    """Make an index on a table that exists, while others write to it.

    It runs outside a transaction, so it stands alone in its step. An attempt that was interrupted
    leaves an index that is of no use: it is dropped first.
    """
    with op.get_context().autocommit_block():
        # It waits for every transaction that runs, and nobody waits behind it meanwhile.
        op.execute("SET lock_timeout = 0")
        op.execute(f"DROP INDEX CONCURRENTLY IF EXISTS {name}")
        op.create_index(
            name,
            table,
            columns,
            unique=unique,
            postgresql_where=where,
            postgresql_concurrently=True,
        )
        # For the steps after it, behind which somebody may wait.
        op.execute(f"SET lock_timeout = {run.LOCK_TIMEOUT_MS}")
