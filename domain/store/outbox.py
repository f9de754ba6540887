"""The outbox of invitations: claims what is due, and writes down what came of each attempt.

Two senders never hold the same row, and a row is looked at again right before its mail leaves. A
mail is sent once per attempt; only a process that dies between the mail server's answer and
`mark_sent` leaves a row that is sent a second time, with the same Message-ID.

Moments are the database's own, so that machines with different clocks agree on who holds what.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from domain.ids import UUID

if TYPE_CHECKING:
    from collections.abc import Sequence

BATCH = 20
# Longer than any one mail may take; a sender that died is replaced after it.
LEASE = timedelta(minutes=3)
GAPS = (
    timedelta(seconds=30),
    timedelta(minutes=2),
    timedelta(minutes=10),
    timedelta(minutes=30),
    timedelta(hours=1),
    timedelta(hours=2),
)
DEAD_AFTER = timedelta(hours=24)
MAX_ERROR = 500

# Jumps from organization to organization, to the mail of each that is due first.
_DUE = """
WITH RECURSIVE first AS (
  (SELECT organization_id, due_at FROM invitations WHERE state = 'QUEUED'
   ORDER BY organization_id, due_at LIMIT 1)
  UNION ALL
  SELECT following.* FROM first CROSS JOIN LATERAL (
    SELECT invitation.organization_id, invitation.due_at FROM invitations AS invitation
    WHERE invitation.state = 'QUEUED' AND invitation.organization_id > first.organization_id
    ORDER BY invitation.organization_id, invitation.due_at LIMIT 1
  ) AS following
)
SELECT organization_id, extract(epoch FROM now() - due_at)::float AS age
FROM first WHERE due_at <= now() ORDER BY due_at
"""
_CLAIM = """
WITH claimed AS (
  UPDATE invitations SET claimed_until = now() + $2::interval
  WHERE organization_id = $1 AND id = ANY(ARRAY(
    SELECT id FROM invitations
    WHERE organization_id = $1 AND state = 'QUEUED' AND due_at <= now() AND expires_at > now()
      AND (claimed_until IS NULL OR claimed_until <= now())
    ORDER BY due_at LIMIT $3 FOR UPDATE SKIP LOCKED
  ))
  RETURNING organization_id, id, member_id, email, attempts, expires_at, claimed_until, due_at
)
SELECT claimed.*, organizations.name AS organization_name, members.display_name,
  members.given_name
FROM claimed JOIN organizations ON organizations.id = claimed.organization_id
  JOIN members ON members.organization_id = $1 AND members.id = claimed.member_id
ORDER BY due_at
"""
# `claimed_until` says whose claim it is: a row that someone else has taken over is left alone.
_MINE = "organization_id = $1 AND id = $2 AND state = 'QUEUED' AND claimed_until = $3"
_BEGIN = f"""
UPDATE invitations SET attempts = attempts + 1, claimed_until = now() + $4::interval
WHERE {_MINE} AND expires_at > now() RETURNING attempts, claimed_until
"""  # noqa: S608 made of constants
_SENT = f"""
UPDATE invitations SET state = 'SENT', sent_at = now(), claimed_until = NULL, last_error = NULL
WHERE {_MINE} RETURNING id
"""  # noqa: S608 made of constants
_RETRY = f"""
UPDATE invitations SET last_error = $4, claimed_until = NULL, due_at = now() + $5::interval,
  state = CASE WHEN now() + $5::interval > queued_at + $6::interval THEN 'FAILED' ELSE state END
WHERE {_MINE} RETURNING state
"""  # noqa: S608 made of constants
_END = f"""
UPDATE invitations SET state = $4, last_error = $5, claimed_until = NULL WHERE {_MINE} RETURNING id
"""  # noqa: S608 made of constants
_RELEASE = """
UPDATE invitations SET claimed_until = NULL
WHERE organization_id = $1 AND id = ANY($2) AND state = 'QUEUED' AND claimed_until = $3
"""
_EXPIRED = """
WITH RECURSIVE first AS (
  (SELECT organization_id, expires_at FROM invitations WHERE state IN ('QUEUED', 'SENT')
   ORDER BY organization_id, expires_at LIMIT 1)
  UNION ALL
  SELECT following.* FROM first CROSS JOIN LATERAL (
    SELECT invitation.organization_id, invitation.expires_at FROM invitations AS invitation
    WHERE invitation.state IN ('QUEUED', 'SENT')
      AND invitation.organization_id > first.organization_id
    ORDER BY invitation.organization_id, invitation.expires_at LIMIT 1
  ) AS following
)
SELECT organization_id FROM first WHERE expires_at <= now()
"""
_EXPIRE = """
UPDATE invitations SET state = 'EXPIRED', claimed_until = NULL
WHERE organization_id = $1 AND id = ANY(ARRAY(
  SELECT id FROM invitations
  WHERE organization_id = $1 AND state IN ('QUEUED', 'SENT') AND expires_at <= now()
  ORDER BY expires_at LIMIT 1000 FOR UPDATE SKIP LOCKED
)) RETURNING id
"""


@dataclass(frozen=True, slots=True)
class DueOrganization:
    """An organization with mail to send; `age_s` is how long its oldest has been due."""

    id: UUID
    age_s: float


@dataclass(frozen=True, slots=True)
class ClaimedInvitation:
    """A row that this process may send until `claimed_until`."""

    organization_id: UUID
    organization_name: str
    id: UUID
    member_name: str | None
    email: str
    attempts: int
    expires_at: datetime
    claimed_until: datetime


async def due_organizations(pool: Any) -> list[DueOrganization]:
    """Organizations with mail that is due, the longest waiting first."""
    return [DueOrganization(*row) for row in await pool.fetch(_DUE)]


async def claim_due(
    pool: Any, organization_id: UUID, limit: int = BATCH
) -> list[ClaimedInvitation]:
    """Claim up to `limit` due invitations of the organization, which nobody else then sends."""
    return [
        ClaimedInvitation(
            organization_id=row["organization_id"],
            organization_name=row["organization_name"],
            id=row["id"],
            member_name=row["display_name"] or row["given_name"],
            email=row["email"],
            attempts=row["attempts"],
            expires_at=row["expires_at"],
            claimed_until=row["claimed_until"],
        )
        for row in await pool.fetch(_CLAIM, organization_id, LEASE, limit)
    ]


async def begin_attempt(pool: Any, claimed: ClaimedInvitation) -> ClaimedInvitation | None:
    """Count an attempt and renew the claim; None when the mail must not be sent any more.

    Right before sending: an invitation that was cancelled, or that another process has taken over,
    never leaves.
    """
    rows = await pool.fetch(_BEGIN, *_key(claimed), LEASE)
    if not rows:
        return None
    return replace(claimed, attempts=rows[0]["attempts"], claimed_until=rows[0]["claimed_until"])


async def mark_sent(pool: Any, claimed: ClaimedInvitation) -> bool:
    """The mail server has taken the mail; False when the row was cancelled meanwhile."""
    return bool(await pool.fetch(_SENT, *_key(claimed)))


async def mark_retry(pool: Any, claimed: ClaimedInvitation, error: str) -> bool:
    """Try again later, with growing gaps; False when the invitation is dead: FAILED after 24 h.

    `error` must hold neither link nor token.
    """
    gap = GAPS[min(max(claimed.attempts, 1), len(GAPS)) - 1]
    rows = await pool.fetch(_RETRY, *_key(claimed), error[:MAX_ERROR], gap, DEAD_AFTER)
    return not rows or rows[0]["state"] == "QUEUED"


async def mark_bounced(pool: Any, claimed: ClaimedInvitation, error: str) -> None:
    """The address was refused for good."""
    await pool.fetch(_END, *_key(claimed), "BOUNCED", error[:MAX_ERROR])


async def mark_failed(pool: Any, claimed: ClaimedInvitation, error: str) -> None:
    """The mail was refused for good."""
    await pool.fetch(_END, *_key(claimed), "FAILED", error[:MAX_ERROR])


async def release(pool: Any, claimed: Sequence[ClaimedInvitation]) -> None:
    """Give back what was claimed and not tried."""
    if claimed:
        first = claimed[0]
        ids = [each.id for each in claimed]
        await pool.execute(_RELEASE, first.organization_id, ids, first.claimed_until)


async def expire_invitations(pool: Any) -> int:
    """Mark open invitations whose time is over; how many."""
    total = 0
    for (organization_id,) in await pool.fetch(_EXPIRED):
        while rows := await pool.fetch(_EXPIRE, organization_id):
            total += len(rows)
    return total


def _key(claimed: ClaimedInvitation) -> tuple[UUID, UUID, datetime]:
    return claimed.organization_id, claimed.id, claimed.claimed_until
