"""What a pool leaves on its connections: behind a pooler that shares them, nothing."""

from __future__ import annotations

import pytest

from domain.store.pool import PLANNING, open_pool

PREPARED = "SELECT count(*) FROM pg_prepared_statements"
SENT = "SELECT count(*) FROM pg_settings WHERE source = 'client' AND name = ANY($1)"


@pytest.mark.parametrize("statement_cache", [True, False])
async def test_a_shared_connection_has_no_statement_and_no_setting_of_ours(
    database_url: str, statement_cache: bool
) -> None:
    pool = await open_pool(database_url, size=1, statement_cache=statement_cache)
    try:
        async with pool.acquire() as connection:
            for number in range(3):
                assert await connection.fetchval("SELECT $1::int", number) == number
            prepared = await connection.fetchval(PREPARED)
            sent = await connection.fetchval(SENT, list(PLANNING))
    finally:
        await pool.close()

    assert (prepared > 0, sent) == (statement_cache, len(PLANNING) if statement_cache else 0)
