"""Notices that nobody's command queues: reminders of open invitations, and lists of who waits.

Several processes may be at it: a reminder is unique by its invitation, and who waits is told of
under the lock of the organization, so that no hour has two such mails.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from domain.ids import UUID, new_id
from domain.store.notices import OF_USE

BATCH = 1000
APART = timedelta(hours=1)
"""Between two mails about who waits, of one organization."""
MOST_TOLD = 1000
"""More who wait are not counted."""

_BEGINNING = (datetime(1970, 1, 1, tzinfo=UTC), UUID(int=0))

_OPEN = """
WITH RECURSIVE each AS (
  (SELECT organization_id FROM invitations WHERE state IN ('QUEUED', 'SENT')
   ORDER BY organization_id LIMIT 1)
  UNION ALL
  SELECT following.* FROM each CROSS JOIN LATERAL (
    SELECT organization_id FROM invitations
    WHERE state IN ('QUEUED', 'SENT') AND organization_id > each.organization_id
    ORDER BY organization_id LIMIT 1
  ) AS following
)
SELECT organization_id FROM each
"""
# The ids come from the application, in the order of time as all others.
_REMIND = """
WITH page AS MATERIALIZED (
  SELECT id, member_id, email, expires_at, sent_at FROM invitations
  WHERE organization_id = $1 AND state IN ('QUEUED', 'SENT') AND expires_at > now()
    AND (expires_at, id) > ($2, $3)
  ORDER BY expires_at, id LIMIT $4
), ripe AS (
  SELECT page.*, row_number() OVER (ORDER BY page.expires_at, page.id) AS number
  FROM page WHERE sent_at <= now() - $5::interval AND NOT EXISTS (
    SELECT FROM mails WHERE mails.organization_id = $1 AND mails.kind = 'REMINDER'
      AND mails.about_id = page.id)
), made AS (
  INSERT INTO mails (organization_id, id, kind, member_id, about_id, email, facts, state,
    queued_at, due_at, expires_at)
  SELECT $1, ids.id, 'REMINDER', ripe.member_id, ripe.id, ripe.email,
    jsonb_build_object('name', coalesce(members.display_name, members.given_name)), 'QUEUED',
    now(), now(), ripe.expires_at
  FROM ripe JOIN unnest($6::uuid[]) WITH ORDINALITY AS ids (id, number) USING (number)
    JOIN members ON members.organization_id = $1 AND members.id = ripe.member_id
  ON CONFLICT (organization_id, kind, about_id) DO NOTHING RETURNING 1
)
SELECT (SELECT count(*) FROM made) AS made, expires_at, id
FROM page ORDER BY expires_at DESC, id DESC LIMIT 1
"""
# Where somebody waits; the newest of them says whether there is news.
_WAITING = """
WITH RECURSIVE each AS (
  (SELECT organization_id FROM members WHERE stage = 'ACCEPTED' AND revoked_at IS NULL
   ORDER BY organization_id, accepted_at LIMIT 1)
  UNION ALL
  SELECT following.* FROM each CROSS JOIN LATERAL (
    SELECT organization_id FROM members
    WHERE stage = 'ACCEPTED' AND revoked_at IS NULL AND organization_id > each.organization_id
    ORDER BY organization_id, accepted_at LIMIT 1
  ) AS following
)
SELECT organization_id FROM each
"""
_LOCK = "SELECT true FROM organizations WHERE id = $1 FOR NO KEY UPDATE SKIP LOCKED"
# Whose acceptance was under way at the last mail is told of once more rather than never.
_UNTOLD = """
WITH told AS (
  SELECT queued_at FROM mails WHERE organization_id = $1 AND kind = 'CONFIRMABLE'
  ORDER BY queued_at DESC LIMIT 1
), news AS (
  SELECT accepted_at FROM members
  WHERE organization_id = $1 AND stage = 'ACCEPTED' AND revoked_at IS NULL
    AND accepted_at > coalesce((SELECT queued_at FROM told) - interval '10 s', '-infinity')
  ORDER BY accepted_at LIMIT 1
)
SELECT true FROM news WHERE accepted_at <= now() - $2::interval
  AND NOT EXISTS (SELECT FROM told WHERE queued_at > now() - $3::interval)
"""
_TELL = """
WITH waiting AS (
  SELECT count(*) AS people FROM (
    SELECT FROM members WHERE organization_id = $1 AND stage = 'ACCEPTED' AND revoked_at IS NULL
    LIMIT $2) AS counted
), told AS (
  SELECT id, email, coalesce(display_name, given_name) AS name,
    row_number() OVER (ORDER BY id) AS number
  FROM members WHERE organization_id = $1 AND role <> 'USER' AND stage = 'CONFIRMED'
    AND revoked_at IS NULL
    AND (role IN ('OWNER', 'ADMIN') OR 'MEMBERS_CONFIRM' = ANY(permissions))
)
INSERT INTO mails (organization_id, id, kind, member_id, email, facts, state, queued_at, due_at,
  expires_at)
SELECT $1, ids.id, 'CONFIRMABLE', told.id, told.email,
  jsonb_build_object('name', told.name, 'waiting', waiting.people), 'QUEUED', now(), now(),
  now() + $3::interval
FROM told JOIN unnest($4::uuid[]) WITH ORDINALITY AS ids (id, number) USING (number)
  CROSS JOIN waiting
RETURNING id
"""


async def queue_reminders(pool: Any, after: timedelta) -> int:
    """Remind whoever was sent an invitation so long ago and has not accepted it; how many."""
    total = 0
    for (organization_id,) in await pool.fetch(_OPEN):
        reached = _BEGINNING
        while True:
            ids = [new_id() for _ in range(BATCH)]
            rows = await pool.fetch(_REMIND, organization_id, *reached, BATCH, after, ids)
            if not rows:
                break
            total += rows[0]["made"]
            reached = rows[0]["expires_at"], rows[0]["id"]
    return total


async def tell_who_waits(pool: Any, grace: timedelta) -> int:
    """Tell those who may confirm that there is somebody new to be confirmed; how many mails.

    Somebody who has waited for less than `grace` is no reason yet.
    """
    total = 0
    for (organization_id,) in await pool.fetch(_WAITING):
        async with pool.acquire() as connection, connection.transaction():
            if not await connection.fetchval(_LOCK, organization_id):
                continue
            # Another statement, which sees what was written before the lock was given.
            if not await connection.fetchval(_UNTOLD, organization_id, grace, APART):
                continue
            ids = [new_id() for _ in range(MOST_TOLD)]
            rows = await connection.fetch(_TELL, organization_id, MOST_TOLD, OF_USE, ids)
            total += len(rows)
    return total
