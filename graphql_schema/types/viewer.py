"""Who is calling, and what they may do."""

from __future__ import annotations

from datetime import datetime

import strawberry

from graphql_schema.context import Info
from graphql_schema.enums import Scope
from graphql_schema.fields import resolved
from graphql_schema.types.references import ActorType, OrganizationType, wrap, wrap_or_none


@strawberry.type
class Viewer:
    @resolved()
    def actor(self, info: Info) -> ActorType:
        return wrap(info.context.token)

    @resolved(description="What the caller may do now.")
    def scopes(self, info: Info) -> list[Scope]:
        return [scope for scope in Scope if scope in info.context.caller.scopes]

    @resolved(description="`null` means the caller may see every organization.")
    async def organization(self, info: Info) -> OrganizationType | None:
        id_ = info.context.caller.organization_id
        return None if id_ is None else wrap_or_none(await info.context.load.organization.load(id_))

    @resolved()
    def token_expires_at(self, info: Info) -> datetime | None:
        return info.context.token.expires_at
