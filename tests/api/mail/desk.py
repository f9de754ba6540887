"""Members who wait for their mail, and a sender to send it."""

from dataclasses import dataclass
from typing import Any

from api.mail.sender import InvitationSender
from api.mail.smtp import SmtpServer
from domain.application import Application
from domain.commands import Member
from domain.ids import UUID
from tests.support import factories

URL = "https://rollcall.example.com"
FROM = "Rollcall <invitations@rollcall.example.com>"


@dataclass
class Desk:
    """Members who wait for their mail, and a sender to send it."""

    app: Application
    organization_id: UUID
    server: SmtpServer
    outcomes: list[str]

    def sender(self) -> InvitationSender:
        return InvitationSender(
            self.app.pool,
            self.server,
            invitations=factories.POLICY,
            public_url=URL,
            outcome=self.outcomes.append,
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
