"""Who is calling: access tokens, found by id and compared in constant time."""

from __future__ import annotations

from time import monotonic
from typing import TYPE_CHECKING

from domain.caller import Actor, Caller, scopes_of
from domain.clock import utc_now
from domain.queries.credentials import find_access_token
from domain.queries.members import get_member
from domain.secrets import read_secret
from domain.vocabulary import ActorKind, MemberRole, MemberStatus, Origin, Scope
from graphql_schema.errors import ApiError, rate_limited, unauthenticated

if TYPE_CHECKING:
    from domain.ids import UUID
    from domain.queries.rows import AccessTokenRow, MemberRow
    from graphql_schema.services import GraphqlServices

TOKEN_PREFIX = "adm"  # noqa: S105 - what a token begins with
CACHE_S = 0.8
"""A revoked token, or one whose maker lost the right to act, ends within a second everywhere."""
MAX_CACHED = 10_000

Known = tuple["AccessTokenRow | None", "MemberRow | None"]


class Authenticator:
    """Turns Authorization headers into callers; remembers rows for less than a second."""

    __slots__ = ("_cache", "_services")

    def __init__(self, services: GraphqlServices) -> None:
        self._services = services
        self._cache: dict[UUID, tuple[float, Known]] = {}

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
        if token is None or not matches or not _is_live(token):
            raise unauthenticated()
        caller = _caller(token, maker, ip)
        self._services.token_used(token.id)
        return caller, token

    async def _find(self, token_id: UUID) -> Known:
        now = monotonic()
        known = self._cache.get(token_id)
        if known is not None and known[0] > now:
            return known[1]
        reader = self._services.reader
        token = await find_access_token(reader, token_id)
        maker = None
        if (
            token is not None
            and token.created_by_kind == ActorKind.MEMBER
            and token.created_by_id is not None
            and token.organization_id is not None
        ):
            maker = await get_member(reader, token.organization_id, token.created_by_id)
        if len(self._cache) >= MAX_CACHED:
            self._cache.clear()
        self._cache[token_id] = (now + CACHE_S, (token, maker))
        return token, maker


def _is_live(token: AccessTokenRow) -> bool:
    return token.revoked_at is None and (token.expires_at is None or token.expires_at > utc_now())


def _caller(token: AccessTokenRow, maker: MemberRow | None, ip: str | None) -> Caller:
    """A token acts as an owner, or with the rank of the member who made it, while it has one."""
    scopes = frozenset(Scope(word) for word in token.scopes)
    role, member_id = MemberRole.OWNER, None
    if token.created_by_kind == ActorKind.MEMBER:
        if maker is None or maker.status is not MemberStatus.CONFIRMED:
            raise unauthenticated()
        role, member_id = maker.role, maker.id
        scopes &= scopes_of(role, (Scope(word) for word in maker.permissions))
    return Caller(
        actor=Actor(ActorKind.ACCESS_TOKEN, token.id, token.name),
        origin=Origin.ADMIN_API,
        organization_id=token.organization_id,
        scopes=scopes,
        role=role,
        member_id=member_id,
        ip=ip,
    )
