"""Who is calling: by an access token or by a session, found by id and compared in constant time."""

from __future__ import annotations

from time import monotonic
from typing import TYPE_CHECKING, Any

from domain.caller import nobody
from domain.clock import utc_now
from domain.queries.session_callers import acting_member, caller_of_session, find_session
from domain.queries.token_callers import TokenAndMaker, caller_of_token, find_token_and_maker
from domain.reach import reach_only, reaching
from domain.secrets import SecretKind, read_secret
from graphql_schema.errors import ApiError, rate_limited, unauthenticated
from graphql_schema.presented import Known, Presented

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Hashable

    from domain.ids import UUID
    from domain.queries.rows import MemberRow
    from domain.queries.session_callers import SessionAndAccount
    from graphql_schema.services import GraphqlServices

CACHE_S = 0.8
"""A revoked token, or one whose maker lost the right to act, ends within a second everywhere."""
MAX_CACHED = 10_000

SessionAndMember = tuple["SessionAndAccount | None", "MemberRow | None"]


def count_wrong(services: GraphqlServices, ip: str | None) -> None:
    """Take note of a secret that is nobody's. Raises ApiError where an address sent too many."""
    wait_s = services.wrong_token(ip)
    if wait_s is not None:
        raise rate_limited(wait_s, "Too many wrong tokens") from None


class Authenticator:
    """Turns what requests present into callers; remembers rows for less than a second."""

    __slots__ = ("_cache", "_services")

    def __init__(self, services: GraphqlServices) -> None:
        self._services = services
        self._cache: dict[Hashable, tuple[float, Any]] = {}

    async def authenticate(self, presented: Presented) -> Known:
        """The caller: of the access token where one is sent, else of the session, else nobody.

        Raises one and the same ApiError whatever is wrong with a token. A session that does not
        work is as good as none: its browser could not get rid of it to sign in anew. Who sends too
        much that is wrong hears to wait. What is right is let in even then: whoever shares an
        address with somebody who guesses cannot be locked out.
        """
        with reaching(None):  # who calls is found by a secret, wherever it is of
            known = await self._authenticated(presented)
        reach_only(known.caller.organization_id)
        return known

    async def _authenticated(self, presented: Presented) -> Known:
        if presented.authorization:
            try:
                return await self._of_token(presented)
            except ApiError:
                count_wrong(self._services, presented.ip)
                raise
        if presented.session is not None:
            found = await self._of_session(presented, presented.session)
            if found is not None:
                return found
        is_stale = presented.session is not None
        return Known(nobody(presented.ip), presented=presented, is_stale=is_stale)

    async def _of_token(self, presented: Presented) -> Known:
        scheme, _, text = (presented.authorization or "").strip().partition(" ")
        secret = read_secret(SecretKind.ACCESS_TOKEN, 1, text.strip())
        if secret is None or scheme.lower() != "bearer":
            raise unauthenticated()
        token, maker = await self._token_of(secret.ids[0])
        # Compared even when there is no such token, so that the time tells nothing.
        matches = secret.matches(token.secret_hash if token is not None else bytes(32))
        if token is None or not matches:
            raise unauthenticated()
        caller = caller_of_token(token, maker, utc_now(), presented.ip)
        if caller is None:
            raise unauthenticated()
        self._services.token_used(token.id)
        return Known(caller, token=token, presented=presented)

    async def _of_session(self, presented: Presented, text: str) -> Known | None:
        """The person who holds the session; None when it does not work. Raises ApiError."""
        secret = read_secret(SecretKind.SESSION, 1, text)
        if secret is None:
            return None
        session, member = await self._session_of(secret.ids[0], presented.asked)
        matches = secret.matches(session.secret_hash if session is not None else bytes(32))
        if session is None or not matches:
            count_wrong(self._services, presented.ip)
            return None
        caller = caller_of_session(session, member, utc_now(), presented.ip)
        if caller is None:
            return None
        self._services.session_used(session.id)
        return Known(caller, session=session, presented=presented)

    async def _token_of(self, token_id: UUID) -> TokenAndMaker:
        reader = self._services.reader
        found: TokenAndMaker = await self._remembered(
            token_id, lambda: find_token_and_maker(reader, token_id)
        )
        return found

    async def _session_of(self, session_id: UUID, asked: UUID | str | None) -> SessionAndMember:
        reader = self._services.reader

        async def find() -> SessionAndMember:
            session = await find_session(reader, session_id)
            if session is None:
                return None, None
            return session, await acting_member(reader, session, asked)

        found: SessionAndMember = await self._remembered((session_id, asked), find)
        return found

    async def _remembered(self, key: Hashable, find: Callable[[], Awaitable[Any]]) -> Any:
        # The moment of the look, not of its end: what was read may be as old as the look.
        now = monotonic()
        known = self._cache.get(key)
        if known is not None and known[0] > now:
            return known[1]
        found = await find()
        if len(self._cache) >= MAX_CACHED:
            self._cache.clear()
        self._cache[key] = (now + CACHE_S, found)
        return found
