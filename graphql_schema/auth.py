"""Who is calling: access tokens, found by id and compared in constant time."""

from __future__ import annotations

from time import monotonic
from typing import TYPE_CHECKING

from domain.clock import utc_now
from domain.queries.token_callers import TokenAndMaker, caller_of_token, find_token_and_maker
from domain.secrets import read_secret
from graphql_schema.errors import ApiError, rate_limited, unauthenticated

if TYPE_CHECKING:
    from domain.caller import Caller
    from domain.ids import UUID
    from domain.queries.rows import AccessTokenRow
    from graphql_schema.services import GraphqlServices

TOKEN_PREFIX = "adm"  # noqa: S105 - what a token begins with
CACHE_S = 0.8
"""A revoked token, or one whose maker lost the right to act, ends within a second everywhere."""
MAX_CACHED = 10_000


class Authenticator:
    """Turns Authorization headers into callers; remembers rows for less than a second."""

    __slots__ = ("_cache", "_services")

    def __init__(self, services: GraphqlServices) -> None:
        self._services = services
        self._cache: dict[UUID, tuple[float, TokenAndMaker]] = {}

    async def authenticate(
        self, authorization: str | None, ip: str | None
    ) -> tuple[Caller, AccessTokenRow]:
        """The caller and its token; one and the same ApiError whatever is wrong.

        Who sends too many wrong tokens hears to wait. A right one is let in even then: whoever
        shares an address with somebody who guesses cannot be locked out.
        """
        try:
            return await self._authenticated(authorization, ip)
        except ApiError:
            wait_s = self._services.wrong_token(ip) if authorization else None
            if wait_s is not None:
                raise rate_limited(wait_s, "Too many wrong tokens") from None
            raise

    async def _authenticated(
        self, authorization: str | None, ip: str | None
    ) -> tuple[Caller, AccessTokenRow]:
        scheme, _, text = (authorization or "").strip().partition(" ")
        presented = read_secret(TOKEN_PREFIX, 1, text.strip())
        if presented is None or scheme.lower() != "bearer":
            raise unauthenticated()
        token, maker = await self._find(presented.ids[0])
        # Compared even when there is no such token, so that the time tells nothing.
        matches = presented.matches(token.secret_hash if token is not None else bytes(32))
        if token is None or not matches:
            raise unauthenticated()
        caller = caller_of_token(token, maker, utc_now(), ip)
        if caller is None:
            raise unauthenticated()
        self._services.token_used(token.id)
        return caller, token

    async def _find(self, token_id: UUID) -> TokenAndMaker:
        now = monotonic()
        known = self._cache.get(token_id)
        if known is not None and known[0] > now:
            return known[1]
        found = await find_token_and_maker(self._services.reader, token_id)
        if len(self._cache) >= MAX_CACHED:
            self._cache.clear()
        self._cache[token_id] = (now + CACHE_S, found)
        return found
