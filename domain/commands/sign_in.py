"""How a person signs in by e-mail: a link is asked for, and redeemed once for a session."""

from __future__ import annotations

from dataclasses import dataclass, field
from hashlib import sha256
from typing import TYPE_CHECKING

from domain.application import Command, Outcome, handles
from domain.commands.sessions import open_session
from domain.errors import Invalid, LinkVoid, NotFound
from domain.folding import folded_key
from domain.ids import UUID, new_id
from domain.model.attributes import is_email
from domain.secrets import SecretKind, read_secret
from domain.store.isolation import Isolation
from domain.store.sign_in_rows import INSERT_LINK, LOCK_ACCOUNT_OF, LOCK_LINK, REDEEM_LINK
from domain.vocabulary import LinkProblem, MailState, SignInMethod

if TYPE_CHECKING:
    from domain.store.unit_of_work import UnitOfWork

MOST_OPEN = 5
"""Mailed links of one account that work at a time.

Nobody is locked out by others who ask for their links: whoever is refused one has five that were
mailed. Those that an operator makes are in no mailbox, and do not count.
"""
ANY_NUMBER = 1_000_000


@dataclass(frozen=True, slots=True)
class RequestSignInLink(Command[None]):
    """Mail a link to the account of this address, if there is one.

    The outcome is the same either way, and never says what happened.
    """

    email: str


@dataclass(frozen=True, slots=True)
class IssueSignInLink(Command[UUID]):
    """Make a link that whoever operates the machine hands over; the value is its id."""

    email: str


@dataclass(frozen=True, slots=True)
class RedeemSignInLink(Command[str]):
    """Begin a session with the token of a link, `sil_<id>_<secret>`; the value is its secret."""

    token: str = field(repr=False)
    user_agent: str | None = None


@handles(RequestSignInLink, Isolation.TRANSACTION)
async def request_sign_in_link(command: RequestSignInLink, unit: UnitOfWork) -> Outcome[None]:
    """Raises Invalid for what is no address at all."""
    email = command.email.strip()
    if not is_email(email):
        raise Invalid("email", "must be an e-mail address, such as ada@example.com")
    await queue_link(unit, email, MailState.QUEUED, MOST_OPEN)
    return Outcome(None, changed=True)


@handles(IssueSignInLink, Isolation.TRANSACTION)
async def issue_sign_in_link(command: IssueSignInLink, unit: UnitOfWork) -> Outcome[UUID]:
    """Raises Forbidden for callers of one organization, NotFound where there is no such account."""
    unit.caller.require_every_organization()
    link_id = await queue_link(unit, command.email.strip(), MailState.CANCELLED, ANY_NUMBER)
    if link_id is None:
        raise NotFound("account", command.email)
    return Outcome(link_id, changed=True)


async def queue_link(unit: UnitOfWork, email: str, state: MailState, most: int) -> UUID | None:
    """Write a link of the address's account; None without an account, or with too many links.

    Links that were not mailed are not counted. CANCELLED is one of which no mail is sent.
    """
    # Locked, so that links which are asked for at once are counted one after the other.
    key = folded_key("email", email)
    account = await LOCK_ACCOUNT_OF.fetch_row(unit.connection, email_key=key)
    if account is None:
        return None
    link_id = new_id()
    queued: UUID | None = await INSERT_LINK.fetch_value(
        unit.connection,
        id=link_id,
        account_id=account["id"],
        email=account["email"],
        token_hash=sha256(unit.sign_in.secret_of(link_id)).digest(),
        state=state,
        now=unit.now,
        expires_at=unit.now + unit.sign_in.link_lifetime,
        since=unit.now - unit.sign_in.link_lifetime,
        most=most,
    )
    return queued


@handles(RedeemSignInLink, Isolation.TRANSACTION)
async def redeem_sign_in_link(command: RedeemSignInLink, unit: UnitOfWork) -> Outcome[str]:
    """Raises LinkVoid, with its own words for each case."""
    presented = read_secret(SecretKind.SIGN_IN_LINK, 1, command.token.strip())
    if presented is None:
        raise LinkVoid("is not that of a link to sign in; copy the whole link")
    link = await LOCK_LINK.fetch_row(unit.connection, id=presented.ids[0])
    # Both compared even when there is no such link, so that the time tells nothing.
    is_of_this_key = unit.sign_in.made(presented)
    is_known = presented.matches(link["token_hash"] if link is not None else bytes(32))
    if not is_of_this_key and not is_known:
        raise LinkVoid("is not that of a link to sign in; copy the whole link")
    if link is not None and link["redeemed_at"] is not None:
        raise LinkVoid("was used already; ask for a new link", LinkProblem.USED)
    # Links of an earlier key end with it, and old ones are removed.
    if link is None or not is_of_this_key or link["expires_at"] <= unit.now:
        raise LinkVoid("has expired; ask for a new link", LinkProblem.EXPIRED)
    await REDEEM_LINK.fetch(unit.connection, id=link["id"], now=unit.now)
    secret = await open_session(
        unit, link["account_id"], SignInMethod.LINK, user_agent=command.user_agent
    )
    return Outcome(secret, changed=True)
