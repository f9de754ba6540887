"""Members who wait for their mail, and a sender to send it."""

from dataclasses import dataclass
from typing import Any

from api.mail.links import MailLinks
from api.mail.sender import MailSender
from api.mail.smtp import SmtpServer
from domain.application import Application
from domain.commands import Member
from domain.ids import UUID
from domain.store.outboxes import INVITATION_MAILS, NOTICES, SIGN_IN_MAILS
from domain.store.sign_in_links import SignInPolicy
from tests.support import factories

URL = "https://rollcall.example.com"
LINKS = MailLinks(factories.POLICY, SignInPolicy(factories.POLICY.secret_key), URL)
OUTBOXES = (INVITATION_MAILS, NOTICES, SIGN_IN_MAILS)
FROM = "Rollcall <invitations@rollcall.example.com>"


@dataclass
class Desk:
    """Members who wait for their mail, and a sender to send it."""

    app: Application
    organization_id: UUID
    server: SmtpServer
    outcomes: list[str]

    def sender(self) -> MailSender:
        return MailSender(
            self.app.pool,
            self.server,
            OUTBOXES,
            LINKS,
            outcome=lambda _kind, outcome: self.outcomes.append(outcome),
        )

    async def invite(self, **given: Any) -> Member:
        invited = await factories.member(self.app, self.organization_id, **given)
        await self.make_due()
        return invited

    async def make_due(self) -> None:
        await self.app.pool.execute(
            "UPDATE invitations SET due_at = now() WHERE organization_id = $1 AND state = 'QUEUED'",
            self.organization_id,
        )

    async def row(self, invited: Member) -> Any:
        return await self.app.pool.fetchrow(
            "SELECT * FROM invitations WHERE organization_id = $1 AND member_id = $2"
            " ORDER BY id DESC LIMIT 1",
            self.organization_id,
            invited.id,
        )
