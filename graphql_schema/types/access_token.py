"""The access token of an admin caller, never its secret."""

from __future__ import annotations

from datetime import datetime

import strawberry

from domain.queries.rows import AccessTokenRow
from domain.vocabulary import ActorKind
from graphql_schema.context import Info
from graphql_schema.enums import Scope
from graphql_schema.fields import resolved, shown
from graphql_schema.ids import Kind, make_id
from graphql_schema.policy import needs
from graphql_schema.types.actors import actor_of
from graphql_schema.types.node import Node
from graphql_schema.types.references import ActorType, OrganizationType, shows, wrap_or_none

# The rest may be seen as an actor of the history, too.
_ADMIN = [needs(Scope.TOKENS_ADMIN)]


@shows(AccessTokenRow)
@strawberry.type
class AccessToken(Node):
    row: strawberry.Private[AccessTokenRow]

    id: strawberry.ID = shown(
        lambda self: make_id(Kind.ACCESS_TOKEN, self.row.organization_id, self.row.id)
    )
    name: str = shown()
    hint: str = shown(
        directives=_ADMIN, description="First characters of the secret, for recognition."
    )
    scopes: list[Scope] = shown(
        lambda self: [Scope(word) for word in self.row.scopes], directives=_ADMIN
    )
    created_at: datetime = shown()
    expires_at: datetime | None = shown(directives=_ADMIN)
    last_used_at: datetime | None = shown(directives=_ADMIN)
    revoked_at: datetime | None = shown(directives=_ADMIN)

    @resolved(description="`null` of a token that reaches every organization.")
    async def organization(self, info: Info) -> OrganizationType | None:
        id_ = self.row.organization_id
        return None if id_ is None else wrap_or_none(await info.context.load.organization.load(id_))

    @resolved(*_ADMIN, description="A member's token ends with the member's right to act.")
    async def created_by(self, info: Info) -> ActorType | None:
        row = self.row
        return await actor_of(
            info.context,
            row.organization_id,
            ActorKind(row.created_by_kind),
            row.created_by_id,
            row.created_by_label,
        )
