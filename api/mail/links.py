"""From a row that waits to be mailed to the mail: its token is derived, and stands in no table."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from api.console_pages import SIGN_IN
from api.mail.letters import Mail, RenderedMail, render
from domain.vocabulary import MailKind

if TYPE_CHECKING:
    from domain.ids import UUID
    from domain.queries.mailbox import MailboxRow
    from domain.store.invitation_links import InvitationPolicy
    from domain.store.outbox import ClaimedMail
    from domain.store.sign_in_links import SignInPolicy


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
            organization_slug=row.organization_slug,
            person_name=row.person_name,
            email=row.email,
            expires_at=row.expires_at,
            token=self._token(row.kind, row.organization_id, row.link_id),
            waiting=row.facts.get("waiting", 0),
        )

    def render(self, row: MailboxRow) -> RenderedMail:
        """The mail of a row in words."""
        return render(self.mail_of(row), self.public_url)

    def sign_in_url(self, link_id: UUID) -> str:
        """The address to open. Browsers send no fragment, so no server's log ever holds it."""
        return f"{self.public_url}{SIGN_IN}#{self.sign_in.token_of(link_id)}"

    def _token(
        self, kind: MailKind, organization_id: UUID | None, link_id: UUID | None
    ) -> str | None:
        if link_id is None:
            return None
        if kind is MailKind.SIGN_IN:
            return self.sign_in.token_of(link_id)
        if kind in {MailKind.INVITATION, MailKind.REMINDER} and organization_id is not None:
            return self.invitations.token_of(organization_id, link_id)
        return None
