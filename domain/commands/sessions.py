"""What can be asked of the sessions of people: to end one. Whoever signs somebody in opens one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from domain.application import Command, Outcome, handles
from domain.errors import Forbidden, NotFound
from domain.ids import UUID, new_id
from domain.secrets import SecretKind, make_secret
from domain.store.isolation import Isolation
from domain.store.session_rows import (
    END_ALL_BUT_NEWEST,
    END_SESSION,
    INSERT_SESSION,
    SESSION_OF_ACCOUNT,
)

if TYPE_CHECKING:
    from domain.store.unit_of_work import UnitOfWork
    from domain.vocabulary import SignInMethod

MOST_SESSIONS = 50
"""Open at once for one person; one more ends the oldest."""
MAX_USER_AGENT = 400
MAX_IP = 64


@dataclass(frozen=True, slots=True)
class EndSession(Command[UUID]):
    """End one of the caller's own sessions; the one that calls is signed out so."""

    session_id: UUID


async def open_session(
    unit: UnitOfWork,
    account_id: UUID,
    method: SignInMethod,
    *,
    sso_organization_id: UUID | None = None,
    user_agent: str | None = None,
    ip: str | None = None,
) -> str:
    """Begin a session inside a command's transaction; returns its secret, `ses_<id>_<secret>`.

    `sso_organization_id` is the organization whose own OIDC provider vouched for the person. `ip`
    is the caller's where it is not given.
    """
    unit.need(Isolation.TRANSACTION)
    session_id = new_id()
    fresh = make_secret(SecretKind.SESSION, session_id)
    await INSERT_SESSION.fetch(
        unit.connection,
        id=session_id,
        account_id=account_id,
        secret_hash=fresh.hashed,
        method=method,
        sso_organization_id=sso_organization_id,
        user_agent=_storable(user_agent, MAX_USER_AGENT),
        ip=_storable(ip or unit.caller.ip, MAX_IP),
        created_at=unit.now,
        expires_at=unit.now + unit.sign_in.session_lifetime,
    )
    await END_ALL_BUT_NEWEST.fetch(
        unit.connection, account_id=account_id, now=unit.now, kept=MOST_SESSIONS
    )
    return fresh.text


@handles(EndSession, Isolation.TRANSACTION)
async def end_session(command: EndSession, unit: UnitOfWork) -> Outcome[UUID]:
    """Raises Forbidden for a caller who is no person, NotFound for the session of another."""
    account_id = unit.caller.account_id
    if account_id is None:
        raise Forbidden("Only a person who is signed in has sessions.")
    # Who came by an organization's provider sees, and ends, only what came the same way.
    within = unit.caller.sso_organization_id
    key = {"id": command.session_id, "account_id": account_id, "within": within}
    ended = await END_SESSION.fetch_value(unit.connection, **key, now=unit.now)
    if ended is None and await SESSION_OF_ACCOUNT.fetch_value(unit.connection, **key) is None:
        raise NotFound("session")
    return Outcome(command.session_id, changed=ended is not None)


def _storable(text: str | None, most: int) -> str | None:
    """What a browser says of itself, as far as a database stores it: it refuses nobody."""
    if text is None:
        return None
    return text.replace("\0", "").encode("utf-8", "ignore").decode()[:most] or None
