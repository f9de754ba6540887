"""One line of the confirm work list."""

from __future__ import annotations

from datetime import datetime

import strawberry

from domain.queries.rows import MemberRow
from graphql_schema.context import Info
from graphql_schema.enums import ConfirmationReason, Scope
from graphql_schema.fields import resolved, shown
from graphql_schema.policy import needs
from graphql_schema.types.references import MemberType, RequestType, wrap, wrap_or_none


@strawberry.type(description="One line of the confirm work list.")
class PendingConfirmation:
    row: strawberry.Private[MemberRow]

    member: MemberType = shown(lambda self: wrap(self.row))
    reason: ConfirmationReason = shown(lambda _: ConfirmationReason.ACCEPTED)
    accepted_at: datetime = shown()

    @resolved(
        needs(Scope.PROVISIONING_READ),
        description="Request that provisioned the member, if the identity provider did.",
    )
    async def provisioned_by(self, info: Info) -> RequestType | None:
        key = (self.row.organization_id, self.row.id)
        return wrap_or_none(await info.context.load.creating_request.load(key))
