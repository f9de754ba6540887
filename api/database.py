"""Brings the database up for a program: the embedded one or another, with a current schema."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from time import monotonic
from urllib.parse import urlsplit

import asyncpg

from api.embedded_database import EmbeddedDatabase, EmbeddedDatabaseError
from api.settings import Settings, variable
from api.start_error import StartError
from domain.trouble import TEMPORARY

CONNECT_TIMEOUT_S = 10.0
BACK_WITHIN_S = 60.0
"""An embedded database that dies is started again by who watches it, and may have to recover."""
LOOK_AGAIN_S = 0.25
_STEPS = Path(__file__).parent.parent / "domain" / "migrations" / "versions"
_MIGRATED = "SELECT to_regclass('alembic_version') IS NOT NULL"
_REVISION = "SELECT version_num FROM alembic_version"
_IN_USE = "SELECT EXISTS (SELECT FROM organizations)"
_LIMITED = "SELECT rolconfig IS NOT NULL FROM pg_roles WHERE rolname = 'rollcall_server'"
_WALLED = """
SELECT coalesce(bool_or(relrowsecurity), false) FROM pg_class
WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p')
"""
_GRANTED = """
SELECT bool_and(has_table_privilege('rollcall_server', oid, 'SELECT')) FROM pg_class
WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p')
"""


class DatabaseAway(StartError):
    """The database does not answer, or ceased to."""


@dataclass(frozen=True, slots=True)
class DatabaseUrls:
    """One database as the owner of the schema reaches it, and as the server does."""

    owner: str
    server: str


@asynccontextmanager
async def open_database(
    settings: Settings, *, watch: bool = False, make: bool = False
) -> AsyncIterator[DatabaseUrls]:
    """The database of the settings, for as long as the context lasts.

    The embedded one is started or adopted, with `make` made where there is none, and with `watch`
    restarted when it dies; whoever leaves last stops it. Raises StartError.
    """
    if settings.database_url is not None:
        server = settings.database_url.get_secret_value()
        direct = settings.database_direct_url
        yield DatabaseUrls(server if direct is None else direct.get_secret_value(), server)
        return
    embedded = EmbeddedDatabase(settings.data_dir, pg_user=settings.pg_user)
    starting = asyncio.ensure_future(asyncio.to_thread(embedded.start, make=make))
    watching: asyncio.Task[None] | None = None
    try:
        # A start that is interrupted goes on in its thread: it must be undone, so wait for it.
        addresses = await asyncio.shield(starting)
        if watch:
            watching = asyncio.create_task(embedded.watch())
        yield DatabaseUrls(addresses.owner_url, addresses.server_url)
    except EmbeddedDatabaseError as error:
        raise StartError(str(error)) from error
    finally:
        if watching is not None:
            watching.cancel()
        await asyncio.wait([task for task in (starting, watching) if task is not None])
        await asyncio.to_thread(embedded.release)


async def bring_up_to_date(urls: DatabaseUrls, *, embedded: bool, row_security: bool) -> None:
    """Migrate the embedded database, and any other that is still empty; else demand `migrate`.

    A database that several servers use is migrated when its operator says so. An embedded one that
    dies meanwhile is waited for. Raises StartError.
    """
    ends = monotonic() + (BACK_WITHIN_S if embedded else 0)
    while True:
        try:
            with _silence_told(urls.owner, TEMPORARY):
                await _bring_up_to_date(urls, embedded=embedded, row_security=row_security)
        except DatabaseAway:
            if monotonic() > ends:
                raise
            await asyncio.sleep(LOOK_AGAIN_S)
        else:
            return


async def _bring_up_to_date(urls: DatabaseUrls, *, embedded: bool, row_security: bool) -> None:
    connection = await connect(urls.owner)
    try:
        revision = await revision_of(connection)
        ready = revision == newest_revision() and (
            not embedded
            or (await connection.fetchval(_LIMITED) and await connection.fetchval(_GRANTED))
        )
        walled = await connection.fetchval(_WALLED)
    finally:
        await connection.close()
    if ready and walled == row_security:
        return
    if revision is not None and not is_known_revision(revision):
        raise StartError(
            f"The database is at revision {revision}, which this version of Rollcall does not "
            f"know: a newer version made it. Start that one."
        )
    if not embedded and ready:
        raise StartError(
            f"Row-level security is {_said(walled)} in the database and {_said(row_security)} in"
            f" {variable('row_security')}. Run `rollcall migrate` with the same setting."
        )
    if not embedded and revision is not None:
        raise StartError(
            f"The database is at revision {revision} and this version needs {newest_revision()}. "
            f"Run `rollcall migrate`."
        )
    await migrate_now(urls, row_security=row_security)


def _said(on: bool) -> str:
    return "on" if on else "off"


async def migrate_now(urls: DatabaseUrls, *, row_security: bool) -> None:
    """Bring the database to the newest revision. Raises StartError when the role may not."""
    # Alembic takes longer to import than all else does to start, and is seldom needed.
    migrations = await asyncio.to_thread(import_module, "domain.migrations")
    try:
        await asyncio.to_thread(migrations.migrate, urls.owner, row_security=row_security)
    except asyncpg.InsufficientPrivilegeError as error:
        raise StartError(
            "This database role may not make tables. Run `rollcall migrate` with "
            "ROLLCALL_DATABASE_URL of the role that owns the schema."
        ) from error


async def revision_of(
    connection: asyncpg.Connection, *, timeout_s: float | None = None
) -> str | None:
    """The revision that a database is at; None of one that was never migrated."""
    if not await connection.fetchval(_MIGRATED, timeout=timeout_s):
        return None
    revision: str | None = await connection.fetchval(_REVISION, timeout=timeout_s)
    return revision


async def holds_organizations(connection: asyncpg.Connection) -> bool:
    """Whether a database that is migrated is in use."""
    return bool(await connection.fetchval(_IN_USE))


def newest_revision() -> str:
    """The revision that this version of the software needs, read without Alembic."""
    steps = _revisions()
    followed = set(steps.values())
    (newest,) = (revision for revision in steps if revision not in followed)
    return newest


def is_known_revision(revision: str) -> bool:
    """Whether this version of the software can bring a database of that revision up to date."""
    return revision in _revisions()


def _revisions() -> dict[str, str | None]:
    """Each step's revision with the one before."""
    steps: dict[str, str | None] = {}
    pattern = r'^(?:down_)?revision\b[^=\n]*= *(?:"([^"]+)"|None)'
    for path in _STEPS.glob("[0-9]*.py"):
        own, before = re.findall(pattern, path.read_text("utf-8"), re.MULTILINE)
        steps[own] = before or None
    return steps


async def connect(url: str) -> asyncpg.Connection:
    """One connection outside the pool. Raises DatabaseAway, which never quotes the password."""
    with _silence_told(url, (OSError, asyncpg.PostgresError, asyncpg.InterfaceError)):
        return await asyncpg.connect(url, timeout=CONNECT_TIMEOUT_S)


@contextmanager
def _silence_told(url: str, errors: tuple[type[Exception], ...]) -> Iterator[None]:
    try:
        yield
    except errors as error:
        why = str(error) or type(error).__name__
        raise DatabaseAway(f"The database at {address_of(url)} does not answer: {why}") from error


def address_of(url: str) -> str:
    """A database URL without user and password."""
    parts = urlsplit(url)
    return f"{parts.netloc.rpartition('@')[2] or 'its socket'}{parts.path}"


def goes_through_pooler(settings: Settings) -> bool:
    """Whether sessions are shared behind the server's URL, so that nothing can be kept in one."""
    if settings.database_url is None or settings.database_direct_url is None:
        return False
    urls = (settings.database_url, settings.database_direct_url)
    # The same address twice is no way around anything: two roles of one server.
    return len({address_of(url.get_secret_value()) for url in urls}) > 1
