"""Sends due invitations: claims them, mails one after the other, writes down what came of it."""

from __future__ import annotations

import asyncio
import logging
import re
from collections.abc import Awaitable, Callable
from contextlib import suppress
from email.message import EmailMessage
from time import monotonic
from typing import TYPE_CHECKING

from api.mail.invitation import InvitationMail, compose, one_line, token_of
from api.mail.smtp import (
    AddressRefused,
    DeliveryError,
    MailRefused,
    ServerTrouble,
    SmtpServer,
    SmtpSession,
)
from domain.store import outbox
from domain.store.patience import DATABASE_TROUBLE
from domain.store.rounds import Rounds

if TYPE_CHECKING:
    import asyncpg

    from domain.store.outbox import ClaimedInvitation
    from domain.store.unit_of_work import InvitationPolicy

POLL_S = 1.0
SHORTEST_PAUSE_S = 2.0
LONGEST_PAUSE_S = 60.0
# For how long a mail that the server has taken is tried to be marked so, well within its claim.
MARK_S = 90.0
_PIECE = 8

logger = logging.getLogger(__name__)


class InvitationSender:
    """Sends until stopped; `outcome` hears SENT, RETRY, BOUNCED, FAILED or CANCELLED of each."""

    def __init__(
        self,
        pool: asyncpg.Pool,
        server: SmtpServer,
        *,
        invitations: InvitationPolicy,
        public_url: str,
        outcome: Callable[[str], None] = lambda _outcome: None,
    ) -> None:
        self._pool = pool
        self._server = server
        self._invitations = invitations
        self._public_url = public_url
        self._outcome = outcome
        self._rounds = Rounds(logger, "sending invitations")
        self._troubles = 0
        self.oldest_due_s = 0.0
        """How long the mail that waits longest has been due."""

    def stop(self) -> None:
        """Finish the mail at hand, give back the others, then end `run`."""
        self._rounds.stop()

    async def run(self) -> None:
        """Send until stopped; a database or mail server that is away is waited for."""
        await self._rounds.run(self._round)

    async def _round(self) -> float:
        try:
            await self.send_due()
        except ServerTrouble:
            return min(LONGEST_PAUSE_S, SHORTEST_PAUSE_S * 2.0 ** min(self._troubles - 1, 10))
        return POLL_S

    async def send_due(self) -> int:
        """Send all that is due, a batch of each organization in turn; how many were taken.

        Raises ServerTrouble when the mail server takes nothing at present.
        """
        session = SmtpSession(self._server)
        sent = 0
        try:
            while not self._rounds.is_stopped:
                organizations = await outbox.due_organizations(self._pool)
                self.oldest_due_s = max((each.age_s for each in organizations), default=0.0)
                claimed_any = False
                for organization in organizations:
                    claimed = await outbox.claim_due(self._pool, organization.id)
                    claimed_any = claimed_any or bool(claimed)
                    sent += await self._send_batch(session, claimed)
                if not claimed_any:
                    break
        finally:
            await session.close()
        return sent

    async def _send_batch(self, session: SmtpSession, claimed: list[ClaimedInvitation]) -> int:
        sent = 0
        untried = list(claimed)
        try:
            while untried and not self._rounds.is_stopped:
                invitation = await outbox.begin_attempt(self._pool, untried.pop(0))
                if invitation is None:
                    self._outcome("CANCELLED")
                    continue
                sent += await self._send_one(session, invitation)
        finally:
            with suppress(*DATABASE_TROUBLE):  # else their claim runs out by itself
                await outbox.release(self._pool, untried)
        return sent

    async def _send_one(self, session: SmtpSession, invitation: ClaimedInvitation) -> bool:
        token = token_of(self._invitations, invitation.organization_id, invitation.id)
        mail = InvitationMail(
            invitation_id=invitation.id,
            organization_name=invitation.organization_name,
            member_name=invitation.member_name,
            email=invitation.email,
            expires_at=invitation.expires_at,
            token=token,
        )
        try:
            message = _composed(mail, self._server.sender, self._public_url)
            await session.send(message)
        except DeliveryError as error:
            await self._not_sent(invitation, error, without_link(str(error), token))
            if isinstance(error, ServerTrouble):
                raise
            return False
        self._troubles = 0
        await self._mark(lambda: outbox.mark_sent(self._pool, invitation))
        self._note(invitation, "SENT")
        return True

    async def _not_sent(
        self, invitation: ClaimedInvitation, error: DeliveryError, reason: str
    ) -> None:
        if isinstance(error, AddressRefused):
            await self._mark(lambda: outbox.mark_bounced(self._pool, invitation, reason))
            self._note(invitation, "BOUNCED")
        elif isinstance(error, MailRefused):
            await self._mark(lambda: outbox.mark_failed(self._pool, invitation, reason))
            self._note(invitation, "FAILED")
        else:
            if isinstance(error, ServerTrouble):
                self._troubles += 1
                if self._troubles == 1:
                    logger.error("invitations cannot be sent: %s", reason)
            alive = await outbox.mark_retry(self._pool, invitation, reason)
            self._note(invitation, "RETRY" if alive else "FAILED")

    async def _mark(self, mark: Callable[[], Awaitable[object]]) -> None:
        """Write down what happened, and insist: else the mail would be sent again."""
        deadline = monotonic() + MARK_S
        while True:
            try:
                await mark()
            except DATABASE_TROUBLE as error:
                pause = self._rounds.patience.failed(error)
                if monotonic() + pause > deadline:
                    raise
                await asyncio.sleep(pause)
            else:
                return

    def _note(self, invitation: ClaimedInvitation, outcome: str) -> None:
        self._outcome(outcome)
        # Without address and answer, which the row has: logs go to more people.
        logger.info(
            "invitation %s of organization %s, attempt %d: %s",
            invitation.id,
            invitation.organization_id,
            invitation.attempts,
            outcome,
        )


def without_link(text: str, token: str) -> str:
    """The text on one line, and nothing of it when it holds any piece of the token's secret.

    Mail servers quote what they refuse, in pieces and in encodings of their own.
    """
    line = one_line(text)
    secret = token.split("_", 3)[-1]
    squeezed = "".join(text.split()).replace("=", "")
    pieces = (secret[start : start + _PIECE] for start in range(len(secret) - _PIECE + 1))
    if any(piece in squeezed for piece in pieces):
        code = re.search(r"\b[2-5]\d\d\b", line)
        return f"the mail server's answer {code[0] if code else ''} is left out: it quoted the link"
    return line[: outbox.MAX_ERROR]


def _composed(mail: InvitationMail, sender: str, public_url: str) -> EmailMessage:
    try:
        return compose(mail, sender=sender, public_url=public_url)
    except ValueError as error:
        raise AddressRefused("the address cannot be written to") from error
