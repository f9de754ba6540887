"""The invitation: one mail with an accept link."""

from __future__ import annotations

from datetime import datetime

import strawberry

from domain.queries.invitations import InvitationRow
from graphql_schema.context import Info
from graphql_schema.enums import InvitationState, Scope
from graphql_schema.fields import resolved, shown
from graphql_schema.ids import Kind, make_id
from graphql_schema.policy import needs
from graphql_schema.types.node import Node
from graphql_schema.types.references import MemberType, shows, wrap


@shows(InvitationRow)
@strawberry.type(directives=[needs(Scope.MEMBERS_READ)])
class Invitation(Node):
    row: strawberry.Private[InvitationRow]

    id: strawberry.ID = shown(
        lambda self: make_id(Kind.INVITATION, self.row.organization_id, self.row.id)
    )
    sent_to: str = shown("row.email")
    state: InvitationState = shown()
    attempt: int = shown("row.attempts", description="How often the mail was tried to be sent.")
    queued_at: datetime = shown()
    sent_at: datetime | None = shown()
    expires_at: datetime = shown()
    last_error: str | None = shown()

    @resolved()
    async def member(self, info: Info) -> MemberType:
        key = (self.row.organization_id, self.row.member_id)
        return wrap(await info.context.load.member.load(key))
