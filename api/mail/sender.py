"""Sends due mails: claims them, hands over one after the other, writes down what came of it."""

from __future__ import annotations

import asyncio
import logging
import re
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from email.message import EmailMessage
from time import monotonic
from typing import TYPE_CHECKING

from api.mail.message import compose
from api.mail.smtp import (
    AddressRefused,
    DeliveryError,
    MailRefused,
    ServerTrouble,
    SmtpServer,
    SmtpSession,
)
from api.plain_text import one_line
from domain.spans import SpanKind, present_span, span
from domain.store.outbox import MAX_ERROR
from domain.store.patience import DATABASE_TROUBLE
from domain.store.rounds import InRounds

if TYPE_CHECKING:
    import asyncpg

    from api.mail.letters import Mail
    from api.mail.links import MailLinks
    from domain.store.outbox import ClaimedMail, Outbox
    from domain.vocabulary import MailKind

POLL_S = 1.0
SHORTEST_PAUSE_S = 2.0
LONGEST_PAUSE_S = 60.0
# For how long a mail that the server has taken is tried to be marked so, well within its claim.
MARK_S = 90.0
_PIECE = 8
SECRET_LENGTH = 43
"""Characters of a token's secret: 32 bytes in base64url."""

logger = logging.getLogger(__name__)


class MailSender(InRounds):
    """Sends the mails of some outboxes until stopped.

    `outcome` hears SENT, RETRY, BOUNCED, FAILED or CANCELLED of each. While the mail server is
    away, `longest_pause_s` is how long it is left alone at most.
    """

    def __init__(
        self,
        pool: asyncpg.Pool,
        server: SmtpServer,
        outboxes: Sequence[Outbox],
        links: MailLinks,
        *,
        outcome: Callable[[MailKind, str], None] = lambda _kind, _outcome: None,
        longest_pause_s: float = LONGEST_PAUSE_S,
    ) -> None:
        super().__init__(logger, "sending mail")
        self._pool = pool
        self._server = server
        self._outboxes = outboxes
        self._links = links
        self._outcome = outcome
        self._longest_pause_s = longest_pause_s
        self._troubles = 0
        self._oldest_due_s = 0.0

    async def waits_for_s(self) -> float:
        """How long the mail that waits longest has been due, since it first was."""
        tried = [await outbox.tried_for_s(self._pool) for outbox in self._outboxes]
        return max(self._oldest_due_s, *tried)

    async def _round(self) -> float:
        try:
            await self.send_due()
        except ServerTrouble:
            pause = SHORTEST_PAUSE_S * 2.0 ** min(self._troubles - 1, 10)
            return min(self._longest_pause_s, pause)
        return POLL_S

    async def send_due(self) -> int:
        """Send all that is due, a batch of each organization in turn; how many were taken.

        Raises ServerTrouble when the mail server takes nothing at present.
        """
        session = SmtpSession(self._server)
        sent = 0
        try:
            claimed_any = True
            while claimed_any and not self._rounds.is_stopped:
                claimed_any = False
                due = [(outbox, await outbox.due(self._pool)) for outbox in self._outboxes]
                ages = [place.age_s for _, places in due for place in places]
                self._oldest_due_s = max(ages, default=0.0)
                for outbox, places in due:
                    for place in places:
                        claimed = await outbox.claim(self._pool, place.organization_id)
                        claimed_any = claimed_any or bool(claimed)
                        sent += await self._send_batch(session, outbox, claimed)
        finally:
            await session.close()
        return sent

    async def _send_batch(
        self, session: SmtpSession, outbox: Outbox, claimed: list[ClaimedMail]
    ) -> int:
        sent = 0
        untried = list(claimed)
        try:
            while untried and not self._rounds.is_stopped:
                row = untried.pop(0)
                begun = await outbox.begin_attempt(self._pool, row)
                if begun is None:
                    self._outcome(row.kind, "CANCELLED")
                    continue
                sent += await self._send_one(session, outbox, begun)
        finally:
            with suppress(*DATABASE_TROUBLE):  # else their claim runs out by itself
                await outbox.release(self._pool, untried)
        return sent

    async def _send_one(self, session: SmtpSession, outbox: Outbox, claimed: ClaimedMail) -> bool:
        with span("mail", SpanKind.PRODUCER) as made:
            if made is not None:
                made.attributes |= {
                    "rollcall.mail.kind": str(claimed.kind),
                    "rollcall.mail.attempt": claimed.attempts,
                    "rollcall.organization_id": str(claimed.organization_id or ""),
                }
            return await self._try_one(session, outbox, claimed)

    async def _try_one(self, session: SmtpSession, outbox: Outbox, claimed: ClaimedMail) -> bool:
        mail = self._links.mail_of(claimed)
        try:
            message = _composed(mail, self._server.sender, self._links.public_url)
            await session.send(message)
        except DeliveryError as error:
            await self._not_sent(outbox, claimed, error, without_link(str(error), mail.token))
            if isinstance(error, ServerTrouble):
                raise
            return False
        self._troubles = 0
        await self._mark(lambda: outbox.mark_sent(self._pool, claimed))
        self._note(claimed, "SENT")
        return True

    async def _not_sent(
        self, outbox: Outbox, claimed: ClaimedMail, error: DeliveryError, reason: str
    ) -> None:
        if isinstance(error, AddressRefused):
            await self._mark(lambda: outbox.mark_bounced(self._pool, claimed, reason))
            self._note(claimed, "BOUNCED")
        elif isinstance(error, MailRefused):
            await self._mark(lambda: outbox.mark_failed(self._pool, claimed, reason))
            self._note(claimed, "FAILED")
        else:
            if isinstance(error, ServerTrouble):
                self._troubles += 1
                if self._troubles == 1:
                    logger.error("mail cannot be sent: %s", reason)
            alive = await outbox.mark_retry(self._pool, claimed, reason)
            self._note(claimed, "RETRY" if alive else "FAILED")

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

    def _note(self, claimed: ClaimedMail, outcome: str) -> None:
        self._outcome(claimed.kind, outcome)
        if (made := present_span()) is not None:
            made.attributes["rollcall.outcome"] = outcome
        # Without address and answer, which the row has: logs go to more people.
        logger.info(
            "%s mail %s of organization %s, attempt %d: %s",
            claimed.kind,
            claimed.id,
            claimed.organization_id or "–",
            claimed.attempts,
            outcome,
        )


def without_link(text: str, token: str | None) -> str:
    """The text on one line, and nothing of it when it holds any piece of the token's secret.

    Mail servers quote what they refuse, in pieces and in encodings of their own.
    """
    line = one_line(text)
    secret = "" if token is None else token[-SECRET_LENGTH:]
    squeezed = "".join(text.split()).replace("=", "")
    pieces = (secret[start : start + _PIECE] for start in range(len(secret) - _PIECE + 1))
    if any(piece in squeezed for piece in pieces):
        code = re.search(r"\b[2-5]\d\d\b", line)
        return f"the mail server's answer {code[0] if code else ''} is left out: it quoted the link"
    return line[:MAX_ERROR]


def _composed(mail: Mail, sender: str, public_url: str) -> EmailMessage:
    try:
        return compose(mail, sender=sender, public_url=public_url)
    except ValueError as error:
        raise AddressRefused("the address cannot be written to") from error
