"""Removes what is older than it is kept: requests, as the role that may, keys and mails."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from domain.store.organization_jumps import organizations_with
from domain.store.patience import DATABASE_TROUBLE

if TYPE_CHECKING:
    from datetime import datetime

    import asyncpg

BATCH = 1000
REST_S = 0.05
ADVISORY_LOCK = 0x526F6C6C52657461
"""Key of the session lock that keeps two processes from removing at once."""

_OLD = organizations_with("provisioning_requests", first_by="received_at", where="received_at < $1")
_REMOVE = f"""
DELETE FROM provisioning_requests WHERE organization_id = $1 AND id = ANY(ARRAY(
  SELECT id FROM provisioning_requests WHERE organization_id = $1 AND received_at < $2
  ORDER BY received_at LIMIT {BATCH}
)) RETURNING 1
"""  # noqa: S608 made of constants


_REMOVE_KEYS = f"""
DELETE FROM idempotency_keys WHERE (caller_id, key) IN (
  SELECT caller_id, key FROM idempotency_keys WHERE created_at <= $1 LIMIT {BATCH}
) RETURNING 1
"""  # noqa: S608 made of constants


async def remove_old_keys(connection: asyncpg.Connection, before: datetime) -> int:
    """Remove idempotency keys that came no later than then, a batch at a time; how many.

    Several processes may be at it: each key is removed once.
    """
    removed = 0
    while rows := await connection.fetch(_REMOVE_KEYS, before):
        removed += len(rows)
        await asyncio.sleep(REST_S)
    return removed


_WITH_MAILS = organizations_with("mails")
# A reminder stays for as long as its invitation, which it keeps from being reminded of again.
_REMOVE_MAILS = f"""
DELETE FROM mails WHERE organization_id = $1 AND id = ANY(ARRAY(
  SELECT id FROM mails WHERE organization_id = $1 AND expires_at < $2
  ORDER BY id LIMIT {BATCH}
)) RETURNING 1
"""  # noqa: S608 made of constants
_REMOVE_LINKS = f"""
DELETE FROM sign_in_links WHERE id = ANY(ARRAY(
  SELECT id FROM sign_in_links WHERE expires_at < $1 ORDER BY expires_at LIMIT {BATCH}
)) RETURNING 1
"""  # noqa: S608 made of constants


async def remove_old_mails(connection: asyncpg.Connection, before: datetime) -> int:
    """Remove notices and sign-in links that were of no use any more then; how many."""
    removed = 0
    for (organization_id,) in await connection.fetch(_WITH_MAILS):
        while rows := await connection.fetch(_REMOVE_MAILS, organization_id, before):
            removed += len(rows)
            await asyncio.sleep(REST_S)
    while rows := await connection.fetch(_REMOVE_LINKS, before):
        removed += len(rows)
        await asyncio.sleep(REST_S)
    return removed


_REMOVE_SESSIONS = f"""
DELETE FROM sessions WHERE id = ANY(ARRAY(
  SELECT id FROM sessions WHERE expires_at < $1 ORDER BY expires_at LIMIT {BATCH}
)) RETURNING 1
"""  # noqa: S608 made of constants


async def remove_old_sessions(connection: asyncpg.Pool | asyncpg.Connection, now: datetime) -> int:
    """Remove sessions that have expired by then, ended ones among them; how many."""
    removed = 0
    while rows := await connection.fetch(_REMOVE_SESSIONS, now):
        removed += len(rows)
        await asyncio.sleep(REST_S)
    return removed


async def remove_old_requests(owner: asyncpg.Connection, before: datetime) -> int:
    """Remove requests received before then, a batch at a time; how many.

    0 when another process is at it. Raises InsufficientPrivilegeError on any role but the owner.
    """
    if not await owner.fetchval("SELECT pg_try_advisory_lock($1)", ADVISORY_LOCK):
        return 0
    removed = 0
    try:
        for (organization_id,) in await owner.fetch(_OLD, before):
            while rows := await owner.fetch(_REMOVE, organization_id, before):
                removed += len(rows)
                await asyncio.sleep(REST_S)
    finally:
        if not owner.is_closed():
            try:
                await owner.execute("SELECT pg_advisory_unlock($1)", ADVISORY_LOCK)
            except DATABASE_TROUBLE:
                owner.terminate()  # which gives the lock back too
    return removed
