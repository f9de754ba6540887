"""The composition root: everything a program of Rollcall works with, made once and put together."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from time import monotonic

import asyncpg

import domain.commands  # noqa: F401 registers the handlers
from api.database import DatabaseUrls, bring_up_to_date, goes_through_pooler, open_database
from api.deployment_secret import deployment_secret, derived_key
from api.mail.links import MailLinks
from api.mail.smtp import SmtpServer
from api.settings import Settings, Switch, variable
from api.start_error import StartError
from api.tracing.database import NameStatements, TracedApplication
from api.tracing.exporter import Exporter
from api.workers import Workers
from domain.application import Application
from domain.model.tables import metadata
from domain.queries.reader import Reader
from domain.queries.snapshots import Replica
from domain.store.invitation_links import InvitationPolicy
from domain.store.pool import SMALLEST, open_pool
from domain.store.sign_in_links import SignInPolicy

CLOSE_TIMEOUT_S = 5.0
PATIENCE_S = 30.0
PAUSE_S = 0.2
TABLES = frozenset(metadata.tables)
_AWAY = (
    asyncpg.PostgresConnectionError,
    asyncpg.OperatorInterventionError,
    asyncpg.InsufficientResourcesError,
    TimeoutError,
    OSError,
)


@dataclass(frozen=True, slots=True)
class Runtime:
    """What a server process or a command has at hand."""

    settings: Settings
    owner_url: str
    server_url: str
    pool: asyncpg.Pool
    application: Application
    reader: Reader
    replica: Replica | None
    mail_links: MailLinks
    workers: Workers


@asynccontextmanager
async def open_runtime(
    settings: Settings,
    *,
    workers: bool,
    migrate: bool,
    make: bool = False,
    urls: DatabaseUrls | None = None,
) -> AsyncIterator[Runtime]:
    """All of it, for as long as the context lasts; `workers` runs the background work too.

    Without, what a command leaves to do in the background is done by the servers.
    `urls` names a database that whoever started this process keeps running; without it the
    database of the settings is brought up, and with `make` made, as is the deployment's secret.
    Raises StartError.
    """
    async with AsyncExitStack() as stack:
        patient = urls is not None
        if urls is None:
            urls = await stack.enter_async_context(open_database(settings, make=make))
        if migrate:
            await bring_up_to_date(
                urls,
                embedded=settings.database_url is None,
                row_security=settings.row_security is Switch.ON,
            )
        # Beside a database of one's own nothing tells a command that this is the server's folder.
        is_server = workers or patient
        links = mail_links(settings, make=make or is_server or settings.database_url is None)
        exporter = _exporter(settings) if workers else None
        pool = await stack.enter_async_context(_pool(settings, urls.server, patient=patient))
        replica = None
        if settings.database_read_url is not None and workers:
            url = settings.database_read_url.get_secret_value()
            replica = Replica(pool, await stack.enter_async_context(_replica_pool(settings, url)))
        background = Workers(
            pool=pool,
            replica=replica,
            mail_links=links,
            owner_url=urls.owner,
            smtp=SmtpServer.of(settings),
            reminder_after=reminder_after(settings),
            retention_days=settings.request_log_retention_days,
            # Through a pooler nobody can listen: the owner's way leads past it.
            listen_url=urls.owner if goes_through_pooler(settings) else urls.server,
        )
        if exporter:
            exporter.start()
            stack.push_async_callback(exporter.stop)
        if workers:
            await background.start()
            stack.push_async_callback(background.stop)
        yield Runtime(
            settings=settings,
            owner_url=urls.owner,
            server_url=urls.server,
            pool=pool,
            application=(TracedApplication if exporter else Application)(
                pool, links.invitations, background.changed, sign_in=links.sign_in
            ),
            reader=Reader(pool),
            replica=replica,
            mail_links=links,
            workers=background,
        )


def mail_links(settings: Settings, *, make: bool = True) -> MailLinks:
    """How the links of invitations and of those who sign in are made here. Raises StartError.

    `make` makes the deployment's secret where there is none.
    """
    secret = deployment_secret(settings, make=make)
    return MailLinks(
        invitations=InvitationPolicy(
            secret_key=derived_key(secret, "invitation links"),
            grace=timedelta(seconds=settings.invitation_grace_seconds),
            lifetime=timedelta(hours=settings.invitation_lifetime_hours),
        ),
        sign_in=SignInPolicy(
            secret_key=derived_key(secret, "sign-in links"),
            session_lifetime=timedelta(hours=settings.session_lifetime_hours),
        ),
        public_url=settings.public_url,
    )


def reminder_after(settings: Settings) -> timedelta | None:
    """After how long an open invitation is reminded of; None where never."""
    hours = settings.invitation_reminder_hours
    return timedelta(hours=hours) if hours else None


@asynccontextmanager
async def _pool(settings: Settings, url: str, *, patient: bool) -> AsyncIterator[asyncpg.Pool]:
    try:
        pool = await _open(settings, url, patient=patient)
    except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
        why = str(error) or type(error).__name__
        raise StartError(f"The database does not let the server in: {why}") from error
    try:
        yield pool
    finally:
        await _close(pool)


@asynccontextmanager
async def _replica_pool(settings: Settings, url: str) -> AsyncIterator[asyncpg.Pool]:
    """Without a connection at first: the server starts whether or not the replica runs."""
    pool = await _connect(settings, url, smallest=0)
    try:
        yield pool
    finally:
        await _close(pool)


def _exporter(settings: Settings) -> Exporter | None:
    endpoint = settings.otlp_endpoint
    return Exporter(endpoint, percent=settings.trace_percent) if endpoint else None


def _watch(settings: Settings) -> Callable[[asyncpg.Connection], Awaitable[None]] | None:
    """Names each statement where traces are taken."""
    return NameStatements(TABLES).listen if settings.otlp_endpoint else None


async def _close(pool: asyncpg.Pool) -> None:
    try:
        await asyncio.wait_for(pool.close(), CLOSE_TIMEOUT_S)
    except TimeoutError:
        pool.terminate()


async def _open(settings: Settings, url: str, *, patient: bool) -> asyncpg.Pool:
    """The pool; `patient` waits for a database that was there a moment ago, as its parent saw."""
    if settings.row_security is Switch.ON and goes_through_pooler(settings):
        raise StartError(
            f"{variable('row_security')} is not possible behind a connection pooler, which"
            f" {variable('database_direct_url')} says there is: it shares sessions."
        )
    deadline = monotonic() + (PATIENCE_S if patient else 0)
    while True:
        try:
            return await _connect(settings, url)
        except _AWAY:
            if monotonic() > deadline:
                raise
            await asyncio.sleep(PAUSE_S)


async def _connect(settings: Settings, url: str, *, smallest: int = SMALLEST) -> asyncpg.Pool:
    """A pool as the settings say, alike for the primary and for a replica."""
    return await open_pool(
        url,
        size=settings.pool_size,
        smallest=smallest,
        statement_cache=not goes_through_pooler(settings),
        row_security=settings.row_security is Switch.ON,
        watch=_watch(settings),
    )
