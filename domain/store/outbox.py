"""An outbox: claims what is due, and writes down what came of each attempt.

Invitations, notices and sign-in links each have a table that is one; all are worked off here. Two
senders never hold the same row, and a row is looked at again right before its mail leaves. A mail
is sent once per attempt; only a process that dies between the mail server's answer and `mark_sent`
leaves a row that is sent a second time, with the same Message-ID.

Moments are the database's own, so that machines with different clocks agree on who holds what.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from domain.ids import UUID
from domain.model.outbox import TRIED
from domain.store.organization_jumps import jumping
from domain.vocabulary import MailKind

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

# The mail of each organization that is due first.
_DUE = """{found}
SELECT organization_id, extract(epoch FROM now() - due_at)::float AS age
FROM found WHERE due_at <= now() ORDER BY due_at
"""
_DUE_ANYWHERE = """
SELECT NULL::uuid, extract(epoch FROM now() - due_at)::float AS age
FROM {table} WHERE state = 'QUEUED' AND due_at <= now() ORDER BY due_at LIMIT 1
"""
# Of each organization the mail that was tried in vain for the longest time.
_TRIED = """{tried}
SELECT extract(epoch FROM now() - min(waits_since))::float FROM found
"""
_TRIED_ANYWHERE = """
SELECT extract(epoch FROM now() - min(waits_since))::float FROM {table} WHERE {are_tried}
"""
_CLAIM = """
WITH claimed AS (
  UPDATE {table} SET claimed_until = now() + $2::interval
  WHERE {ours} AND id = ANY(ARRAY(
    SELECT id FROM {table}
    WHERE {ours} AND state = 'QUEUED' AND due_at <= now() AND expires_at > now()
      AND (claimed_until IS NULL OR claimed_until <= now())
    ORDER BY due_at LIMIT $3 FOR UPDATE SKIP LOCKED
  ))
  RETURNING *
)
{words} ORDER BY claimed.due_at
"""
# `claimed_until` says whose claim it is: a row that someone else has taken over is left alone.
_MINE = "{ours} AND id = $2 AND state = 'QUEUED' AND claimed_until = $3"
_BEGIN = f"""
UPDATE {{table}} AS mail SET attempts = attempts + 1, claimed_until = now() + $4::interval
WHERE {_MINE} AND expires_at > now() AND {{still_true}} RETURNING attempts, claimed_until
"""  # noqa: S608 made of constants
_DROP = f"""
UPDATE {{table}} AS mail SET state = 'CANCELLED', claimed_until = NULL
WHERE {_MINE} AND NOT {{still_true}} RETURNING id
"""  # noqa: S608 made of constants
_SENT = f"""
UPDATE {{table}} SET state = 'SENT', sent_at = now(), claimed_until = NULL, last_error = NULL
WHERE {_MINE} RETURNING id
"""  # noqa: S608 made of constants
_RETRY = f"""
UPDATE {{table}} SET last_error = $4, claimed_until = NULL,
  waits_since = coalesce(waits_since, due_at), due_at = now() + $5::interval,
  state = CASE WHEN now() + $5::interval > least(queued_at + $6::interval, expires_at)
    THEN 'FAILED' ELSE state END
WHERE {_MINE} RETURNING state
"""  # noqa: S608 made of constants
_END = f"""
UPDATE {{table}} SET state = $4, last_error = $5, claimed_until = NULL WHERE {_MINE} RETURNING id
"""  # noqa: S608 made of constants
_RELEASE = """
UPDATE {table} SET claimed_until = NULL
WHERE {ours} AND id = ANY($2) AND state = 'QUEUED' AND claimed_until = $3
"""
_TOO_LATE = """
UPDATE {table} SET state = 'FAILED', claimed_until = NULL,
  last_error = coalesce(last_error, 'it was not sent while it was of use')
WHERE {ours} AND id = ANY(ARRAY(
  SELECT id FROM {table}
  WHERE {ours} AND state = 'QUEUED' AND due_at <= now() AND expires_at <= now()
  ORDER BY due_at LIMIT 1000 FOR UPDATE SKIP LOCKED
)) RETURNING id
"""


@dataclass(frozen=True, slots=True)
class Due:
    """A place with mail to send: an organization, or None where a table has no such order.

    `age_s` is how long its oldest mail has been due.
    """

    organization_id: UUID | None
    age_s: float


@dataclass(frozen=True, slots=True)
class ClaimedMail:
    """A row that this process may send until `claimed_until`.

    `link_id` finds what the mail's link opens: the invitation or the sign-in link.
    """

    kind: MailKind
    organization_id: UUID | None
    organization_name: str
    organization_slug: str
    id: UUID
    person_name: str | None
    email: str
    facts: dict[str, Any] = field(repr=False)
    link_id: UUID | None
    attempts: int
    expires_at: datetime
    claimed_until: datetime


class Outbox:
    """One table of mails that wait to be sent; see domain/store/outboxes.py for those there are.

    `words` selects the columns of ClaimedMail, all but the claim's own, from `claimed`. A mail of
    which `still_true` does not hold any more is cancelled instead of sent.
    """

    __slots__ = ("_statements", "gaps", "table")

    def __init__(
        self,
        table: str,
        words: str,
        *,
        by_organization: bool = True,
        still_true: str = "true",
        gaps: tuple[timedelta, ...] = GAPS,
    ) -> None:
        self.table = table
        self.gaps = gaps
        parts = {
            "table": table,
            "words": words,
            "found": jumping(table, "state = 'QUEUED'", first_by="due_at"),
            "are_tried": TRIED,
            "tried": jumping(table, TRIED, first_by="waits_since"),
            "still_true": f"({still_true})",
            "ours": "organization_id = $1" if by_organization else "$1::uuid IS NULL",
        }
        self._statements = {
            name: text.format(**parts)
            for name, text in {
                "due": _DUE if by_organization else _DUE_ANYWHERE,
                "tried": _TRIED if by_organization else _TRIED_ANYWHERE,
                "claim": _CLAIM,
                "begin": _BEGIN,
                "drop": _DROP,
                "sent": _SENT,
                "retry": _RETRY,
                "end": _END,
                "release": _RELEASE,
                "too late": _TOO_LATE,
            }.items()
        }

    async def due(self, pool: Any) -> list[Due]:
        """Where there is mail that is due, the longest waiting first."""
        return [Due(*row) for row in await pool.fetch(self._statements["due"])]

    async def tried_for_s(self, pool: Any) -> float:
        """How long the mail that is tried in vain for the longest time has been due."""
        ((age_s,),) = await pool.fetch(self._statements["tried"])
        return float(age_s or 0.0)

    async def claim(
        self, pool: Any, organization_id: UUID | None, limit: int = BATCH
    ) -> list[ClaimedMail]:
        """Claim up to `limit` due mails of the organization, which nobody else then sends."""
        rows = await pool.fetch(self._statements["claim"], organization_id, LEASE, limit)
        return [ClaimedMail(**dict(row) | {"kind": MailKind(row["kind"])}) for row in rows]

    async def begin_attempt(self, pool: Any, claimed: ClaimedMail) -> ClaimedMail | None:
        """Count an attempt and renew the claim; None when the mail must not be sent any more.

        Right before sending: a mail that was cancelled, that tells what is no longer so, or that
        another process has taken over, never leaves.
        """
        rows = await pool.fetch(self._statements["begin"], *_key(claimed), LEASE)
        if not rows:
            await pool.fetch(self._statements["drop"], *_key(claimed))
            return None
        row = rows[0]
        return replace(claimed, attempts=row["attempts"], claimed_until=row["claimed_until"])

    async def mark_sent(self, pool: Any, claimed: ClaimedMail) -> bool:
        """The mail server has taken the mail; False when the row was cancelled meanwhile."""
        return bool(await pool.fetch(self._statements["sent"], *_key(claimed)))

    async def mark_retry(self, pool: Any, claimed: ClaimedMail, error: str) -> bool:
        """Try again later, with growing gaps; False when the mail is dead.

        It is FAILED after 24 hours, or when it would be of no use any more. `error` must hold
        neither link nor token.
        """
        gap = self.gaps[min(max(claimed.attempts, 1), len(self.gaps)) - 1]
        values = (*_key(claimed), error[:MAX_ERROR], gap, DEAD_AFTER)
        rows = await pool.fetch(self._statements["retry"], *values)
        return not rows or rows[0]["state"] == "QUEUED"

    async def mark_bounced(self, pool: Any, claimed: ClaimedMail, error: str) -> None:
        """The address was refused for good."""
        await pool.fetch(self._statements["end"], *_key(claimed), "BOUNCED", error[:MAX_ERROR])

    async def mark_failed(self, pool: Any, claimed: ClaimedMail, error: str) -> None:
        """The mail was refused for good."""
        await pool.fetch(self._statements["end"], *_key(claimed), "FAILED", error[:MAX_ERROR])

    async def release(self, pool: Any, claimed: Sequence[ClaimedMail]) -> None:
        """Give back what was claimed and not tried."""
        if claimed:
            first = claimed[0]
            ids = [each.id for each in claimed]
            values = (first.organization_id, ids, first.claimed_until)
            await pool.execute(self._statements["release"], *values)

    async def give_up(self, pool: Any) -> int:
        """Mark FAILED what was not sent while it was of use; how many."""
        total = 0
        for each in await self.due(pool):
            while rows := await pool.fetch(self._statements["too late"], each.organization_id):
                total += len(rows)
        return total


def _key(claimed: ClaimedMail) -> tuple[UUID | None, UUID, datetime]:
    return claimed.organization_id, claimed.id, claimed.claimed_until
