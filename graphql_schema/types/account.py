"""A person as they see themselves: account, memberships, sessions. Nobody else sees any of it."""

from __future__ import annotations

from datetime import datetime

import strawberry

from domain.caller import scopes_of
from domain.ids import UUID
from domain.queries.accounts import (
    AccountRow,
    OwnMembershipRow,
    SessionRow,
    belongs_only,
    own_memberships,
)
from domain.vocabulary import MemberStatus
from graphql_schema.context import Info
from graphql_schema.enums import (
    KeyHandshake,
    KeyState,
    MemberRole,
    Scope,
    SignInMethod,
)
from graphql_schema.enums import (
    MemberStatus as Status,
)
from graphql_schema.fields import resolved, shown
from graphql_schema.ids import Kind, make_id
from graphql_schema.policy import costs, needs
from graphql_schema.scalars import JSON
from graphql_schema.types.node import Node
from graphql_schema.types.references import MemberType, shows, wrap


def _scopes(membership: Membership) -> list[Scope]:
    member = membership.row.member
    if member.status is not MemberStatus.CONFIRMED:
        return []
    held = scopes_of(member.role, (Scope(word) for word in member.permissions))
    return [scope for scope in Scope if scope in held]


@shows(OwnMembershipRow)
@strawberry.type(
    description=(
        "The caller's own membership of an organization. That person alone reads it, without any"
        " scope."
    )
)
class Membership:
    row: strawberry.Private[OwnMembershipRow]

    organization_id: strawberry.ID = shown(
        lambda self: make_id(Kind.ORGANIZATION, None, self.row.organization.id)
    )
    organization_uuid: UUID = shown("row.organization.id")
    organization_name: str = shown("row.organization.name")
    organization_slug: str = shown("row.organization.slug")
    member_id: strawberry.ID = shown(
        lambda self: make_id(Kind.MEMBER, self.row.organization.id, self.row.member.id)
    )
    member_uuid: UUID = shown("row.member.id")
    status: Status = shown("row.member.status")
    role: MemberRole = shown("row.member.role")
    scopes: list[Scope] = shown(_scopes)
    key_handshake: KeyHandshake = shown("row.organization.key_handshake")
    key_version: int = shown("row.organization.key_version")
    key_state: KeyState | None = shown("row.key_state")
    wrapped_organization_key: str | None = shown()

    @resolved(needs(Scope.MEMBERS_READ))
    async def member(self, info: Info) -> MemberType | None:
        # The scopes of this operation are those in one organization, and count in no other.
        seen = info.context.may_see(self.row.organization.id)
        return wrap(self.row.member) if seen else None


@shows(AccountRow)
@strawberry.type(
    description="A person who can sign in. Only that person sees more of it than its id."
)
class Account(Node):
    row: strawberry.Private[AccountRow]

    id: strawberry.ID = shown(lambda self: make_id(Kind.ACCOUNT, None, self.row.id))
    email: str = shown()
    name: str | None = shown("row.display_name")
    public_key: JSON | None = shown()

    @resolved()
    async def encrypted_private_key(self, info: Info) -> str | None:
        # Whoever runs a provider can make it name anybody: it opens the key of nobody who has not
        # accepted to be a member there, or who belongs to other organizations as well.
        within = info.context.caller.sso_organization_id
        if within is not None and not await belongs_only(info.context.reader, self.row.id, within):
            return None
        return self.row.encrypted_private_key

    @resolved(costs(5, 5))
    async def memberships(self, info: Info) -> list[Membership]:
        # An organization's provider vouches for the person in this organization alone.
        within = info.context.caller.sso_organization_id
        rows = await own_memberships(info.context.reader, self.row.id, within)
        return [Membership(row=row) for row in rows]


@shows(SessionRow)
@strawberry.type(description="A browser or program in which the caller is signed in.")
class Session:
    row: strawberry.Private[SessionRow]

    id: strawberry.ID = shown(lambda self: make_id(Kind.SESSION, None, self.row.id))
    created_at: datetime = shown()
    last_seen_at: datetime | None = shown()
    user_agent: str | None = shown()
    ip: str | None = shown()
    method: SignInMethod = shown()

    @resolved()
    def current(self, info: Info) -> bool:
        return self.row.id == info.context.caller.session_id
