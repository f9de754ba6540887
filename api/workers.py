"""The background work of a process, under one roof: sealing, logging, mailing, expiring, tidying.

Every process may run all of it: the database keeps two of them from doing the same thing.
"""

from __future__ import annotations

import asyncio
import logging
from contextlib import suppress
from datetime import timedelta
from typing import TYPE_CHECKING

import asyncpg

from api.bulk_work import BulkWork
from api.mail.sender import MailSender
from api.released_work import ReleasedWork
from api.supervisor import Supervisor
from api.worker_metrics import (
    CHAINS_BROKEN,
    MAILS,
    OUTBOX_AGE,
    REQUEST_LOG_DEPTH,
    REQUEST_LOG_DROPPED,
    SEALED,
    SEALER_LAG,
    SUBSCRIPTIONS,
)
from domain.application import Application
from domain.clock import utc_now
from domain.commands.idempotency import KEPT
from domain.store.audit_verifier import AuditVerifier
from domain.store.bulk_retention import remove_old_items
from domain.store.listener import Listener, Lookout
from domain.store.member_counter import MemberCounter
from domain.store.notice_rounds import queue_reminders, tell_who_waits
from domain.store.notify import Notifier
from domain.store.outboxes import (
    INVITATION_MAILS,
    NOTICES,
    SIGN_IN_MAILS,
    expire_invitations,
)
from domain.store.patience import DATABASE_TROUBLE
from domain.store.replica import Replica
from domain.store.request_log import RequestLogWriter
from domain.store.retention import (
    remove_old_keys,
    remove_old_mails,
    remove_old_requests,
    remove_old_sessions,
)
from domain.store.sealer import Sealer
from domain.store.tails import Tails
from domain.store.usage import UsageNotes

if TYPE_CHECKING:
    from collections.abc import Callable

    from api.mail.links import MailLinks
    from api.mail.smtp import SmtpServer
    from domain.ids import UUID
    from domain.vocabulary import MailKind

DRAIN_S = 9.0
DRAIN_NOTICES_S = 1.0
EXPIRE_EVERY_S = 60.0
REMIND_EVERY_S = 300.0
TELL_EVERY_S = 10.0
# Somebody waits for a sign-in link: a mail server that was away is tried again soon.
LONGEST_SIGN_IN_PAUSE_S = 5.0
MAILS_KEPT = timedelta(days=30)
MEASURE_EVERY_S = 2.0
RETENTION_EVERY_S = 24 * 3600.0
FORGET_EVERY_S = 3600.0
BULK_ITEMS_KEPT = timedelta(days=30)

logger = logging.getLogger(__name__)


class Workers:
    """All background tasks of one process.

    Give `changed` to the Application and `request_log` to the SCIM facade; both, and the `touch`
    methods, may be used from the moment of construction, in the event loop that `start` runs in.
    `owner_url` is the role that may remove old requests; without it nothing is removed. Without
    `smtp` no mail is sent: it stays queued, for the development mailbox. `tails` wake on
    what any process changes: at once with `listen_url`, which leads past any pooler, else in time.
    """

    def __init__(
        self,
        *,
        pool: asyncpg.Pool,
        mail_links: MailLinks,
        owner_url: str | None = None,
        smtp: SmtpServer | None = None,
        reminder_after: timedelta | None = None,
        retention_days: int = 30,
        listen_url: str | None = None,
        replica: Replica | None = None,
    ) -> None:
        self._pool = pool
        self._owner_url = owner_url
        self._kept = timedelta(days=retention_days)
        self._supervisor = Supervisor()
        self._last = Supervisor()
        self._replica = replica
        self._notifier = Notifier(pool)
        self._counter = MemberCounter(pool)
        self._sealer = Sealer(pool, self._heard)
        self._sealed_before = 0
        self._verifier = AuditVerifier(pool, CHAINS_BROKEN.set)
        self.tails = Tails(SUBSCRIPTIONS.set)
        self._lookout = Lookout(pool, self.tails)
        self._listener = None if listen_url is None else Listener(listen_url, self._lookout)
        self._usage = UsageNotes(pool)
        self._grace = mail_links.invitations.grace
        self._reminder_after = reminder_after
        application = Application(
            pool, mail_links.invitations, self._sealer.wake, sign_in=mail_links.sign_in
        )
        self._released = ReleasedWork(application)
        self._bulk = BulkWork(application, self._notifier.changed)
        self._senders: dict[str, MailSender] = {}
        if smtp is not None:

            def count(kind: MailKind, outcome: str) -> None:
                MAILS.labels(kind, outcome).inc()

            self._senders = {
                "mail sender": MailSender(
                    pool, smtp, (INVITATION_MAILS, NOTICES), mail_links, outcome=count
                ),
                # Its own, so that no link to sign in waits behind a thousand invitations.
                "sign-in mail sender": MailSender(
                    pool,
                    smtp,
                    (SIGN_IN_MAILS,),
                    mail_links,
                    outcome=count,
                    longest_pause_s=LONGEST_SIGN_IN_PAUSE_S,
                ),
            }
        self.request_log = RequestLogWriter(
            pool, dropped=REQUEST_LOG_DROPPED.inc, written=self._notifier.changed
        )

    @property
    def changed(self) -> Callable[[], None]:
        """To be called after each change of this process, so that it is sealed soon."""
        return self._sealer.wake

    def tell(self, organization_id: UUID) -> None:
        """Wake whoever follows the organization, in every process."""
        self._notifier.changed(organization_id)

    def _heard(self, organization_id: UUID) -> None:
        """Events of the organization were sealed."""
        self._notifier.changed(organization_id)
        self._counter.sealed(organization_id)

    def touch_credential(self, organization_id: UUID, credential_id: UUID) -> None:
        """A SCIM credential was used just now; costs nothing worth mentioning."""
        self._usage.touch_credential(organization_id, credential_id)

    def touch_access_token(self, token_id: UUID) -> None:
        """An access token was used just now; costs nothing worth mentioning."""
        self._usage.touch_access_token(token_id)

    def touch_session(self, session_id: UUID) -> None:
        """A session was used just now; costs nothing worth mentioning."""
        self._usage.touch_session(session_id)

    async def start(self) -> None:
        """Start all tasks."""
        keep = self._supervisor.keep
        self._last.keep("notifier", self._notifier.run, self._notifier.stop)
        keep("audit sealer", self._sealer.run, self._sealer.stop)
        keep("member counter", self._counter.run, self._counter.stop)
        keep("audit verifier", self._verifier.run, self._verifier.stop)
        keep("request log", self.request_log.run, self.request_log.stop)
        keep("lookout", self._lookout.run, self._lookout.stop)
        if self._replica is not None:
            keep("replica", self._replica.run, self._replica.stop)
        if self._listener is not None:
            keep("listener", self._listener.run, self._listener.stop)
        keep("usage notes", self._usage.run, self._usage.stop)
        keep("released deprovisionings", self._released.run, self._released.stop)
        keep("bulk operations", self._bulk.run, self._bulk.stop)
        for name, sender in self._senders.items():
            keep(name, sender.run, sender.stop)
        repeat = self._supervisor.keep_every
        repeat("mail expiry", EXPIRE_EVERY_S, self._expire)
        repeat("news of who waits", TELL_EVERY_S, self._tell_who_waits)
        if self._reminder_after is not None:
            repeat("reminders", REMIND_EVERY_S, self._remind)
        repeat("figures", MEASURE_EVERY_S, self._measure)
        repeat("hourly retention", FORGET_EVERY_S, self._forget)
        if self._owner_url is not None:
            repeat("request log retention", RETENTION_EVERY_S, self._retain)

    async def stop(self) -> None:
        """Finish what is begun and write what is buffered, within 10 s. Requests end before."""
        await self._supervisor.drain(DRAIN_S)
        await self._last.drain(DRAIN_NOTICES_S)
        with suppress(*DATABASE_TROUBLE):
            await self._measure()

    async def _expire(self) -> None:
        if amount := await expire_invitations(self._pool):
            logger.info("%d invitations expired", amount)
        for outbox in (NOTICES, SIGN_IN_MAILS):
            if amount := await outbox.give_up(self._pool):
                logger.info("%d mails of %s are of no use any more", amount, outbox.table)

    async def _tell_who_waits(self) -> None:
        await tell_who_waits(self._pool, self._grace, self._supervisor.stopping.is_set)

    async def _remind(self) -> None:
        if self._reminder_after is not None:
            stopping = self._supervisor.stopping.is_set
            await queue_reminders(self._pool, self._reminder_after, stopping)

    async def _measure(self) -> None:
        REQUEST_LOG_DEPTH.set(self.request_log.depth)
        SEALER_LAG.set(self._sealer.lag_s)
        SEALED.inc(self._sealer.total - self._sealed_before)
        self._sealed_before = self._sealer.total
        # Last, for it asks the database, which may be away.
        waits = [await each.waits_for_s() for each in self._senders.values()]
        OUTBOX_AGE.set(max(waits, default=0.0))

    async def _forget(self) -> None:
        if removed := await remove_old_items(self._pool, utc_now() - BULK_ITEMS_KEPT):
            logger.info("%d members of old bulk operations forgotten", removed)
        if removed := await remove_old_sessions(self._pool, utc_now()):
            logger.info("%d sessions that had expired removed", removed)

    async def _retain(self) -> None:
        owner = await asyncpg.connect(self._owner_url, timeout=10, command_timeout=60)
        try:
            await remove_old_keys(owner, utc_now() - KEPT)
            await remove_old_mails(owner, utc_now() - MAILS_KEPT)
            removed = await remove_old_requests(owner, utc_now() - self._kept)
        except asyncpg.InsufficientPrivilegeError:
            logger.warning("old provisioning requests stay: the database role may not remove them")
            return
        finally:
            await asyncio.wait_for(owner.close(), 5)
        if removed:
            logger.info("%d old provisioning requests removed", removed)
