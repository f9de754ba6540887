"""The outboxes there are: invitations, notices to members, and links to sign in with."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from domain.store.organization_jumps import organizations_with
from domain.store.outbox import Outbox

_CLAIM = "claimed.attempts, claimed.expires_at, claimed.claimed_until"

INVITATION_MAILS = Outbox(
    "invitations",
    f"""
SELECT 'INVITATION' AS kind, claimed.organization_id, organizations.name AS organization_name,
  organizations.slug AS organization_slug,
  claimed.id, coalesce(members.display_name, members.given_name) AS person_name, claimed.email,
  '{{}}'::jsonb AS facts, claimed.id AS link_id, {_CLAIM}
FROM claimed JOIN organizations ON organizations.id = claimed.organization_id
  JOIN members ON members.organization_id = $1 AND members.id = claimed.member_id
""",  # noqa: S608 made of constants
)
NOTICES = Outbox(
    "mails",
    f"""
SELECT claimed.kind, claimed.organization_id, organizations.name AS organization_name,
  organizations.slug AS organization_slug,
  claimed.id, claimed.facts ->> 'name' AS person_name, claimed.email, claimed.facts,
  claimed.about_id AS link_id, {_CLAIM}
FROM claimed JOIN organizations ON organizations.id = claimed.organization_id
""",  # noqa: S608 made of constants
    # Nobody is reminded of a link that does not work, nor told of people who do not wait.
    still_true="""CASE mail.kind
  WHEN 'REMINDER' THEN EXISTS (
    SELECT FROM invitations WHERE invitations.organization_id = mail.organization_id
      AND invitations.id = mail.about_id AND invitations.state = 'SENT'
      AND invitations.expires_at > now())
  WHEN 'CONFIRMABLE' THEN EXISTS (
    SELECT FROM members WHERE members.organization_id = mail.organization_id
      AND members.stage = 'ACCEPTED' AND members.revoked_at IS NULL)
  ELSE true END""",
)
SIGN_IN_MAILS = Outbox(
    "sign_in_links",
    f"""
SELECT 'SIGN_IN' AS kind, NULL::uuid AS organization_id, '' AS organization_name,
  '' AS organization_slug,
  claimed.id, accounts.display_name AS person_name, claimed.email,
  '{{}}'::jsonb AS facts, claimed.id AS link_id, {_CLAIM}
FROM claimed JOIN accounts ON accounts.id = claimed.account_id
""",  # noqa: S608 made of constants
    by_organization=False,
    still_true="mail.redeemed_at IS NULL",
    # Somebody waits in front of a screen, and not for long.
    gaps=tuple(timedelta(seconds=seconds) for seconds in (5, 15, 30, 60, 120)),
)

_EXPIRED = organizations_with(
    "invitations",
    "state IN ('QUEUED', 'SENT')",
    first_by="expires_at",
    where="expires_at <= now()",
)
_EXPIRE = """
UPDATE invitations SET state = 'EXPIRED', claimed_until = NULL
WHERE organization_id = $1 AND id = ANY(ARRAY(
  SELECT id FROM invitations
  WHERE organization_id = $1 AND state IN ('QUEUED', 'SENT') AND expires_at <= now()
  ORDER BY expires_at LIMIT 1000 FOR UPDATE SKIP LOCKED
)) RETURNING id
"""


async def expire_invitations(pool: Any) -> int:
    """Mark open invitations whose time is over; how many."""
    total = 0
    for (organization_id,) in await pool.fetch(_EXPIRED):
        while rows := await pool.fetch(_EXPIRE, organization_id):
            total += len(rows)
    return total
