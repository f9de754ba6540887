"""From a row that waits to be mailed to the mail: its token is derived, and stands in no table."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from api.mail.letters import Mail, RenderedMail, render
from domain.commands.invitations import LINK_PREFIX
from domain.secrets import secret_text
from domain.vocabulary import MailKind

if TYPE_CHECKING:
    from domain.ids import UUID
    from domain.queries.mailbox import MailboxRow
    from domain.store.outbox import ClaimedMail
    from domain.store.unit_of_work import InvitationPolicy, SignInPolicy


@dataclass(frozen=True, slots=True)
class MailLinks:
    """Where the links of mails lead, and how their tokens are made."""

    invitations: InvitationPolicy
    sign_in: SignInPolicy
    public_url: str

    def mail_of(self, row: ClaimedMail | MailboxRow) -> Mail:
        """The mail of a row, link included: only for whoever may have it."""
        return Mail(
            kind=row.kind,
            id=row.id,
            organization_name=row.organization_name,
            person_name=row.person_name,
            email=row.email,
            expires_at=row.expires_at,
            token=self._token(row.kind, row.organization_id, row.link_id),
            waiting=row.facts.get("waiting", 0),
        )

    def render(self, row: MailboxRow) -> RenderedMail:
        """The mail of a row in words."""
        return render(self.mail_of(row), self.public_url)

    def _token(
        self, kind: MailKind, organization_id: UUID | None, link_id: UUID | None
    ) -> str | None:
        if link_id is None:
            return None
        if kind is MailKind.SIGN_IN:
            return self.sign_in.token_of(link_id)
        if kind in {MailKind.INVITATION, MailKind.REMINDER} and organization_id is not None:
            return invitation_token(self.invitations, organization_id, link_id)
        return None


def invitation_token(policy: InvitationPolicy, organization_id: UUID, invitation_id: UUID) -> str:
    """The token of an invitation's link."""
    secret = policy.secret_of(organization_id, invitation_id)
    return secret_text(LINK_PREFIX, secret, organization_id, invitation_id).text
