"""The development mailbox: shows the mail of an open invitation instead of sending it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from api.mail.invitation import InvitationMail, RenderedMail, render, token_of

if TYPE_CHECKING:
    from domain.queries.mailbox import MailboxRow
    from domain.store.unit_of_work import InvitationPolicy


def render_row(row: MailboxRow, policy: InvitationPolicy, public_url: str) -> RenderedMail:
    """The mail of the invitation, link included: only for whoever may have it."""
    return render(
        InvitationMail(
            invitation_id=row.id,
            organization_name=row.organization_name,
            member_name=row.member_name,
            email=row.email,
            expires_at=row.expires_at,
            token=token_of(policy, row.organization_id, row.id),
        ),
        public_url,
    )
