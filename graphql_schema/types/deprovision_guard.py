"""The deprovision guard of a connection, and what it holds, as the admin API shows them."""

from __future__ import annotations

from datetime import datetime

import strawberry

from domain.queries.deprovision_guard import GuardRow, HeldRow, page_held
from domain.queries.scim_connections import ConnectionRow
from graphql_schema.connection import Connection
from graphql_schema.context import Info
from graphql_schema.enums import GuardState, MemberAction, Scope
from graphql_schema.fields import resolved, shown
from graphql_schema.policy import needs
from graphql_schema.types.lists import Arguments, connect
from graphql_schema.types.references import MemberType, shows, wrap_or_none


@shows(HeldRow)
@strawberry.type(description="A revocation or removal that waits for a decision.")
class HeldDeprovisioning:
    row: strawberry.Private[HeldRow]

    member_label: str = shown(
        description="The member's e-mail or user name as of then.",
        directives=[needs(Scope.MEMBERS_READ)],
    )
    action: MemberAction = shown(description="REVOKE or REMOVE.")
    held_at: datetime = shown()

    @resolved(needs(Scope.MEMBERS_READ), description="`null` when it is no member any more.")
    async def member(self, info: Info) -> MemberType | None:
        key = (self.row.organization_id, self.row.member_id)
        return wrap_or_none(await info.context.load.member.load(key))


@strawberry.type(
    description=(
        "Holds back unusually many revocations and removals until a person decides: within an hour"
        " as many pass as the greater of `maxMembers` and `maxPercent` of the organization."
    )
)
class DeprovisionGuard:
    connection: strawberry.Private[ConnectionRow]
    row: strawberry.Private[GuardRow]

    state: GuardState = shown()
    since: datetime | None = shown(description="When it began to hold.")
    held: int = shown(description="How many calls wait for a decision.")
    max_members: int = shown("connection.guard.max_members")
    max_percent: int = shown("connection.guard.max_percent")

    @resolved(description="Whether it counts: here, and in this deployment.")
    def enabled(self, info: Info) -> bool:
        return self.connection.guard.enabled and info.context.services.deprovision_guard

    @resolved(description="What waits for a decision, oldest first.")
    async def held_items(
        self, info: Info, first: int | None = None, after: str | None = None
    ) -> Connection[HeldDeprovisioning]:
        organization_id = self.connection.organization_id
        reader = info.context.reader
        made: Connection[HeldDeprovisioning] = await connect(
            Arguments("heldItems", organization_id, first=first, after=after),
            lambda window: page_held(reader, organization_id, window),
        )
        return made
