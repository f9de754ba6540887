"""What an access token lets its bearer do now: it ends, or shrinks, with the right of its maker."""

from __future__ import annotations

from typing import TYPE_CHECKING

from domain.caller import Actor, Caller, scopes_of
from domain.queries.access_tokens import find_access_token
from domain.queries.members import get_member
from domain.vocabulary import ActorKind, MemberRole, MemberStatus, Origin, Scope

if TYPE_CHECKING:
    from datetime import datetime

    from domain.ids import UUID
    from domain.queries.reader import Reader
    from domain.queries.rows import AccessTokenRow, MemberRow

TokenAndMaker = tuple["AccessTokenRow | None", "MemberRow | None"]


async def find_token_and_maker(reader: Reader, token_id: UUID) -> TokenAndMaker:
    """The token, whatever its state, and the member who made it, where a member did."""
    token = await find_access_token(reader, token_id)
    maker = None
    if (
        token is not None
        and token.created_by_kind == ActorKind.MEMBER
        and token.created_by_id is not None
        and token.organization_id is not None
    ):
        maker = await get_member(reader, token.organization_id, token.created_by_id)
    return token, maker


def caller_of_token(
    token: AccessTokenRow, maker: MemberRow | None, now: datetime, ip: str | None = None
) -> Caller | None:
    """A token acts as an owner, or with the rank of the member who made it, while it has one.

    None when the token has ended.
    """
    if token.revoked_at is not None or (token.expires_at is not None and token.expires_at <= now):
        return None
    scopes = frozenset(Scope(word) for word in token.scopes)
    role, member_id = MemberRole.OWNER, None
    if token.created_by_kind == ActorKind.MEMBER:
        if maker is None or maker.status is not MemberStatus.CONFIRMED:
            return None
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
