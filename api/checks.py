"""What `rollcall doctor` looks at: each check says how it is and what to do."""

from __future__ import annotations

import ipaddress
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from urllib.parse import urlsplit

import aiosmtplib
import asyncpg

from api.database import (
    DatabaseUrls,
    address_of,
    goes_through_pooler,
    is_known_revision,
    newest_revision,
    revision_of,
)
from api.deployment_secret import deployment_secret, secret_file
from api.public_address import Reached, ask
from api.settings import Settings, SmtpSecurity, variable
from api.start_error import StartError
from api.trusted_documents import fits, trusted_documents

OLDEST_POSTGRESQL = 150_000
LARGEST_DRIFT_S = 2.0
_OWNER = "SELECT pg_get_userbyid(relowner) FROM pg_class WHERE oid = to_regclass('audit_events')"
MAIL_TIMEOUT_S = 10.0


class Health(StrEnum):
    """How a check came out; only BROKEN is a failure of the command."""

    OK = "ok"
    ADVICE = "advice"
    BROKEN = "broken"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at."""

    what: str
    health: Health
    text: str


def _ok(what: str, text: str) -> Finding:
    return Finding(what, Health.OK, text)


def _advice(what: str, text: str) -> Finding:
    return Finding(what, Health.ADVICE, text)


def _broken(what: str, text: str) -> Finding:
    return Finding(what, Health.BROKEN, text)


async def check_database(settings: Settings, urls: DatabaseUrls) -> AsyncIterator[Finding]:
    """Whether both roles get in, and what they find and may do."""
    try:
        server = await asyncpg.connect(urls.server, timeout=10)
        owner = await asyncpg.connect(urls.owner, timeout=10)
    except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
        why = f"{address_of(urls.server)} does not answer: {error or type(error).__name__}"
        yield _broken("database", why)
        return
    try:
        yield await _version(settings, server)
        revision = await revision_of(owner)
        yield _schema(settings, revision)
        yield await _roles(server, owner)
        yield await _limits(settings, server, are_tables=revision is not None)
        yield await _clock(server)
    finally:
        await server.close()
        await owner.close()


async def _version(settings: Settings, server: asyncpg.Connection) -> Finding:
    number = int(await server.fetchval("SHOW server_version_num"))
    url = settings.database_url
    kind = "embedded" if url is None else address_of(url.get_secret_value())
    text = f"PostgreSQL {await server.fetchval('SHOW server_version')}, {kind}"
    if number < OLDEST_POSTGRESQL:
        return _broken("database", f"{text}: Rollcall needs PostgreSQL 15 or newer.")
    return _ok("database", text)


def _schema(settings: Settings, found: str | None) -> Finding:
    needed = newest_revision()
    if found == needed:
        return _ok("schema", f"revision {found}, the newest")
    is_embedded = settings.database_url is None
    if found is None and is_embedded:
        return _ok("schema", "no tables yet; the next start makes them")
    if found is None:
        return _broken("schema", "no tables yet. Run `rollcall migrate`.")
    if not is_known_revision(found):
        return _advice("schema", f"revision {found} is of a newer version: start that one.")
    if is_embedded:
        return _ok("schema", f"revision {found}; the next start brings it to {needed}")
    return _broken("schema", f"revision {found}, but {needed} is needed. Run `rollcall migrate`.")


async def _roles(server: asyncpg.Connection, owner: asyncpg.Connection) -> Finding:
    who = await server.fetchval("SELECT current_user::text")
    removing = await owner.fetchval("SELECT current_user::text")
    owning = await server.fetchval(_OWNER)
    if owning is None:
        return _advice("rights", f"the server is {who}; there are no tables yet")
    roles = f"the server is {who}, the schema belongs to {owning}"
    rewrites = "SELECT has_table_privilege('audit_events', 'DELETE, TRUNCATE')"
    if await server.fetchval(rewrites):
        return _advice(
            "rights",
            f"{roles}. The server's role may rewrite history: make the roles rollcall_owner and "
            f"rollcall_server, migrate as the first, and serve as the second.",
        )
    if removing != owning:
        return _advice(
            "rights",
            f"{roles}; history is append-only. Nothing removes old provisioning requests: give "
            f"{variable('database_direct_url')} the role {owning}.",
        )
    return _ok("rights", f"{roles}; history is append-only")


async def _limits(settings: Settings, server: asyncpg.Connection, *, are_tables: bool) -> Finding:
    limit = await server.fetchval("SHOW statement_timeout")
    pooled = " (through a pooler)" if goes_through_pooler(settings) else ""
    if limit == "0" and not are_tables:
        return _ok("time limits", "they are set together with the tables")
    if limit == "0":
        return _advice(
            "time limits",
            f"statements may run for ever{pooled}. Run `rollcall migrate` as a role that may ALTER "
            f"the server's, or ALTER ROLE … SET statement_timeout = '5s' yourself.",
        )
    return _ok("time limits", f"statements end after {limit}{pooled}")


async def _clock(server: asyncpg.Connection) -> Finding:
    before = datetime.now(UTC)
    there = await server.fetchval("SELECT clock_timestamp()")
    after = datetime.now(UTC)
    drift = (there - (before + (after - before) / 2)).total_seconds()
    text = f"{abs(drift):.3f} s {'behind' if drift > 0 else 'ahead of'} the database"
    if abs(drift) > LARGEST_DRIFT_S + (after - before).total_seconds():
        return _broken("clock", f"{text}. Synchronize both clocks (NTP): links and keys expire.")
    return _ok("clock", text)


async def check_mail(settings: Settings) -> Finding:
    """Whether invitations can leave."""
    if settings.smtp_host is None:
        return _advice("mail", "no ROLLCALL_SMTP_HOST: invitations stay in the development mailbox")
    client = aiosmtplib.SMTP(
        hostname=settings.smtp_host,
        port=settings.smtp_port,
        use_tls=settings.smtp_security is SmtpSecurity.TLS,
        start_tls=settings.smtp_security is SmtpSecurity.STARTTLS,
        timeout=MAIL_TIMEOUT_S,
    )
    where = f"{settings.smtp_host}:{settings.smtp_port}"
    try:
        async with client:
            if settings.smtp_username is not None and settings.smtp_password is not None:
                await client.login(
                    settings.smtp_username, settings.smtp_password.get_secret_value()
                )
    except aiosmtplib.SMTPAuthenticationError:
        return _broken("mail", f"{where} refuses ROLLCALL_SMTP_USERNAME and …_PASSWORD.")
    except (OSError, aiosmtplib.SMTPException) as error:
        return _broken("mail", f"{where} cannot be used ({error}). See ROLLCALL_SMTP_….")
    return _ok("mail", f"{where} accepts mail from {settings.mail_from}")


async def check_public_url(settings: Settings) -> Finding:
    """Whether identity providers and people outside can use the address, and reach this server."""
    what, url = "public URL", settings.public_url
    answer = await ask(url, _secret_or_none(settings))
    match answer.reached:
        case Reached.NO_TRUST:
            return _broken(
                what,
                f"{url}: its certificate is not trusted here ({answer.seen}), and providers will "
                f"not trust it either. Use one of a public authority, with the whole chain.",
            )
        case Reached.SOMETHING_ELSE:
            return _broken(
                what,
                f"{url}: something else answers there ({answer.seen}). Let the proxy pass every "
                f"path on to Rollcall, or correct ROLLCALL_PUBLIC_URL.",
            )
        case Reached.OTHER_ROLLCALL:
            return _broken(
                what,
                f"{url}: a Rollcall answers there, but with another secret key than this command "
                f"has. Give every server and command the same ROLLCALL_SECRET_KEY, or data folder.",
            )
        case Reached.NOBODY:
            return _advice(
                what,
                f"{url}: nobody answers from here ({answer.seen}). Start the server, look whether "
                f"the proxy leads to it, and try from outside where this machine cannot."
                f"{_unfit(url)}",
            )
        case Reached.THIS:
            unfit = _unfit(url)
            text = f"{url}: this Rollcall answers there.{unfit}"
            return _advice(what, text) if unfit else _ok(what, text)


def _unfit(url: str) -> str:
    """Why providers outside cannot use an address, after a space; nothing when they can."""
    parts = urlsplit(url)
    host = parts.hostname or ""
    try:
        local = not ipaddress.ip_address(host).is_global
    except ValueError:
        local = host == "localhost" or "." not in host
    if local:
        return (
            " Providers in the cloud cannot reach it: set ROLLCALL_PUBLIC_URL to the https address "
            "under which they do."
        )
    return (
        "" if parts.scheme == "https" else " Keys would travel unprotected: providers want https."
    )


def _secret_or_none(settings: Settings) -> bytes | None:
    try:
        return deployment_secret(settings, make=False)
    except StartError:
        return None


def check_documents(settings: Settings) -> Finding | None:
    """Whether the file of trusted documents can be used; None where there is to be none."""
    path = settings.graphql_documents
    if path is None:
        return None
    what = "trusted documents"
    try:
        documents = trusted_documents(settings)
    except StartError as error:
        return _broken(what, f"{error} The server does not start with it.")
    if not documents:
        return _advice(what, f"{path} is an empty object: nothing can be run by its hash.")
    unknown = [hash_ for hash_, text in documents.items() if not fits(text)]
    if unknown:
        return _broken(
            what,
            f"{path}: {len(unknown)} of {len(documents)} do not fit this version's schema, the "
            f"first is {unknown[0]}. Make the file anew from documents for this version.",
        )
    return _ok(what, f"{len(documents)} of {path}")


def check_secret(settings: Settings) -> Finding:
    """Whether every server of this deployment makes the same links."""
    if settings.secret_key is None and not secret_file(settings).exists():
        return _advice(
            "secret key", f"{secret_file(settings)} is not there; the first start makes it."
        )
    try:
        deployment_secret(settings, make=False)
    except StartError as error:
        return _broken("secret key", str(error))
    if settings.secret_key is not None:
        return _ok("secret key", "ROLLCALL_SECRET_KEY")
    if settings.database_url is not None:
        return _advice(
            "secret key",
            f"{secret_file(settings)} of this machine alone. Where several machines serve one "
            f"database, set ROLLCALL_SECRET_KEY to the same value on each.",
        )
    return _ok("secret key", f"{secret_file(settings)}; keep a copy with those of the database")
