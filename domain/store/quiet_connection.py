"""The connection of the pool, without what asyncpg does for code that we do not have."""

import asyncpg


class QuietConnection(asyncpg.Connection):  # type: ignore[misc]  # asyncpg has no types
    """A connection that needs no reset between uses: no code leaves session state behind."""

    def get_reset_query(self) -> str:
        """Nothing, which saves a round trip for each release."""
        return ""
