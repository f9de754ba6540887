"""Lets a person in, or out, in the middle of an operation: the answer carries the cookie."""

from __future__ import annotations

from typing import TYPE_CHECKING

from domain.queries.session_callers import acting_member, caller_of_session, find_session
from domain.reach import reach_only, reaching
from domain.secrets import SecretKind, read_secret
from graphql_schema.auth import count_wrong
from graphql_schema.errors import BAD_REQUEST, ApiError
from graphql_schema.presented import Known

if TYPE_CHECKING:
    from graphql_schema.context import Context
    from graphql_schema.cookies import SessionCookie


def expect_cookies(context: Context) -> SessionCookie:
    """The cookie, which the answer can carry. To be asked for before anything is changed.

    Raises ApiError over a websocket or for an answer of events: its headers are sent already.
    """
    if context.cookies is None:
        message = "Send this by POST and accept JSON: the answer carries a cookie."
        raise ApiError(BAD_REQUEST, message)
    return context.cookies


def count_wrong_link(context: Context) -> None:
    """Take note of a link that is nobody's. Raises ApiError where an address sent too many."""
    count_wrong(context.services, context.known.presented.ip)


async def enter(context: Context, secret: str) -> bool:
    """Hand over the session, and let the rest of the operation be the person's who began it.

    False where it selects what that person may not see: its scopes were checked for whoever asked.
    """
    context.set_cookie = expect_cookies(context).holding(secret)
    presented = read_secret(SecretKind.SESSION, 1, secret)
    session = None
    if presented is not None:
        session = await find_session(context.reader, presented.ids[0])
    if session is None:  # ended by somebody between the two statements
        return False
    asked = context.known.presented
    with reaching(None):
        member = await acting_member(context.reader, session, asked.asked)
    caller = caller_of_session(session, member, context.now, asked.ip)
    if caller is None or not context.needed <= caller.scopes:
        return False
    context.known = Known(caller, session=session, presented=asked)
    reach_only(caller.organization_id)
    return True


def leave(context: Context) -> None:
    """Make the browser forget the session."""
    context.set_cookie = expect_cookies(context).taken_away
