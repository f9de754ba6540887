"""Notices that nobody's command queues: reminders of open invitations, and lists of who waits.

Several processes may be at it: a reminder is unique by its invitation, and who waits is told of
under the lock of the organization, so that no hour has two such mails.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from domain.ids import new_id
from domain.store.notices import OF_USE
from domain.store.organization_jumps import organizations_with

if TYPE_CHECKING:
    from collections.abc import Callable

BATCH = 1000
APART = timedelta(hours=1)
"""Between two mails about who waits, of one organization."""
MOST_TOLD = 1000
"""More who wait are not counted, and more who may confirm are not told."""

_RIPE_WHERE = organizations_with(
    "invitations",
    "state = 'SENT' AND reminded_at IS NULL",
    first_by="sent_at",
    where="sent_at <= now() - $1::interval",
)
_RIPE = """
SELECT id FROM invitations
WHERE organization_id = $1 AND state = 'SENT' AND reminded_at IS NULL
  AND sent_at <= now() - $2::interval AND expires_at > now()
ORDER BY sent_at LIMIT $3
"""
# The ids come from the application, in the order of time as all others.
_REMIND = """
INSERT INTO mails (organization_id, id, kind, member_id, about_id, email, facts, state,
  queued_at, due_at, expires_at)
SELECT $1, ids.id, 'REMINDER', open.member_id, open.id, open.email,
  jsonb_build_object('name', coalesce(members.display_name, members.given_name)), 'QUEUED',
  now(), now(), open.expires_at
FROM unnest($2::uuid[], $3::uuid[]) AS ids (id, about_id)
  JOIN invitations AS open ON open.organization_id = $1 AND open.id = ids.about_id
    AND open.state = 'SENT'
  JOIN members ON members.organization_id = $1 AND members.id = open.member_id
ON CONFLICT (organization_id, kind, about_id) DO NOTHING RETURNING id
"""
# By itself, after the mails: it waits for nobody, and whom it does not reach is looked at again.
_MARK = """
UPDATE invitations SET reminded_at = now()
WHERE organization_id = $1 AND id = ANY(ARRAY(
  SELECT id FROM invitations WHERE organization_id = $1 AND id = ANY($2) AND state = 'SENT'
  FOR UPDATE SKIP LOCKED))
"""
# Whose acceptance was under way at the last mail is told of once more rather than never.
_NEWS = """
EXISTS (
  SELECT FROM (
    SELECT max(queued_at) AS at FROM mails
    WHERE organization_id = {organization} AND kind = 'CONFIRMABLE'
  ) AS told CROSS JOIN LATERAL (
    SELECT accepted_at FROM members
    WHERE organization_id = {organization} AND stage = 'ACCEPTED' AND revoked_at IS NULL
      AND accepted_at > coalesce(told.at - interval '10 s', '-infinity')
    ORDER BY accepted_at LIMIT 1
  ) AS news
  WHERE news.accepted_at <= now() - $1::interval
    AND (told.at IS NULL OR told.at <= now() - $2::interval))
"""
_UNTOLD_WHERE = organizations_with(
    "members",
    "stage = 'ACCEPTED' AND revoked_at IS NULL",
    first_by="accepted_at",
    where=_NEWS.format(organization="found.organization_id"),
)
_LOCK = "SELECT true FROM organizations WHERE id = $1 FOR NO KEY UPDATE SKIP LOCKED"
_UNTOLD = f"SELECT {_NEWS.format(organization='$3')}"
_WHO_CONFIRMS = """
SELECT id FROM members WHERE organization_id = $1 AND role <> 'USER' AND stage = 'CONFIRMED'
  AND revoked_at IS NULL
  AND (role IN ('OWNER', 'ADMIN') OR 'MEMBERS_CONFIRM' = ANY(permissions))
ORDER BY id LIMIT $2
"""
_TELL = """
WITH waiting AS (
  SELECT count(*) AS people FROM (
    SELECT FROM members WHERE organization_id = $1 AND stage = 'ACCEPTED' AND revoked_at IS NULL
    LIMIT $2) AS counted
)
INSERT INTO mails (organization_id, id, kind, member_id, email, facts, state, queued_at, due_at,
  expires_at)
SELECT $1, ids.id, 'CONFIRMABLE', told.id, told.email,
  jsonb_build_object('name', coalesce(told.display_name, told.given_name),
    'waiting', waiting.people), 'QUEUED', now(), now(), now() + $3::interval
FROM unnest($4::uuid[], $5::uuid[]) AS ids (id, member_id)
  JOIN members AS told ON told.organization_id = $1 AND told.id = ids.member_id
  CROSS JOIN waiting
RETURNING id
"""


def _never() -> bool:
    return False


async def queue_reminders(
    pool: Any, after: timedelta, stopping: Callable[[], bool] = _never
) -> int:
    """Remind whoever was sent an invitation so long ago and has not accepted it; how many.

    Looks at organizations that have somebody to remind, and at nobody twice. Ends early, between
    two batches, where `stopping`; another round goes on.
    """
    total = 0
    for (organization_id,) in await pool.fetch(_RIPE_WHERE, after):
        ripe = BATCH
        while ripe == BATCH and not stopping():
            found = [row[0] for row in await pool.fetch(_RIPE, organization_id, after, BATCH)]
            ripe = len(found)
            if found:
                ids = [new_id() for _ in found]
                total += len(await pool.fetch(_REMIND, organization_id, ids, found))
                await pool.execute(_MARK, organization_id, found)
    return total


async def tell_who_waits(pool: Any, grace: timedelta, stopping: Callable[[], bool] = _never) -> int:
    """Tell those who may confirm that there is somebody new to be confirmed; how many mails.

    Somebody who has waited for less than `grace` is no reason yet. Ends early where `stopping`.
    """
    total = 0
    for (organization_id,) in await pool.fetch(_UNTOLD_WHERE, grace, APART):
        if stopping():
            break
        async with pool.acquire() as connection, connection.transaction():
            if not await connection.fetchval(_LOCK, organization_id):
                continue
            # Another statement, which sees what was written before the lock was given.
            if not await connection.fetchval(_UNTOLD, grace, APART, organization_id):
                continue
            rows = await connection.fetch(_WHO_CONFIRMS, organization_id, MOST_TOLD)
            members = [row[0] for row in rows]
            ids = [new_id() for _ in members]
            told = await connection.fetch(_TELL, organization_id, MOST_TOLD, OF_USE, ids, members)
            total += len(told)
    return total
