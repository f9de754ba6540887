"""Who is calling, and what they may do."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import strawberry

from domain.queries.accounts import get_account, open_sessions
from graphql_schema.context import Context, Info
from graphql_schema.enums import Scope
from graphql_schema.fields import resolved
from graphql_schema.policy import costs
from graphql_schema.types.account import Account, Session
from graphql_schema.types.references import ActorType, OrganizationType, wrap, wrap_or_none


async def _account(context: Context) -> Account | None:
    id_ = context.caller.account_id
    found: Account | None = wrap_or_none(
        None if id_ is None else await get_account(context.reader, id_)
    )
    return found


@strawberry.type
class Viewer:
    @resolved()
    async def actor(self, info: Info) -> ActorType:
        context, caller = info.context, info.context.caller
        found: Any = context.token
        if caller.account_id is not None:
            found = await get_account(context.reader, caller.account_id)
            if caller.member_id is not None and caller.organization_id is not None:
                key = (caller.organization_id, caller.member_id)
                found = await context.load.member.load(key)
        return wrap(found)

    @resolved(description="How the caller is called in histories; needs no scope.")
    def label(self, info: Info) -> str:
        return info.context.caller.actor.label

    @resolved(description="What the caller may do now.")
    def scopes(self, info: Info) -> list[Scope]:
        return [scope for scope in Scope if scope in info.context.caller.scopes]

    @resolved(
        description=(
            "The organization in which the caller acts. `null` for a token that reaches every"
            " organization, and for a person who acts in none: a confirmed member of several names"
            " one with the header `X-Rollcall-Organization`, by id or slug."
        )
    )
    async def organization(self, info: Info) -> OrganizationType | None:
        id_ = info.context.caller.organization_id
        return None if id_ is None else wrap_or_none(await info.context.load.organization.load(id_))

    @resolved()
    def token_expires_at(self, info: Info) -> datetime | None:
        token = info.context.token
        return None if token is None else token.expires_at

    @resolved(description="The caller's own account; `null` for an access token.")
    async def account(self, info: Info) -> Account | None:
        return await _account(info.context)

    @resolved(
        costs(5, 5),
        description="Where the caller is signed in, newest first; empty for an access token.",
    )
    async def sessions(self, info: Info) -> list[Session]:
        context, id_ = info.context, info.context.caller.account_id
        if id_ is None:
            return []
        rows = await open_sessions(context.reader, id_, context.now)
        within = context.caller.sso_organization_id
        return [Session(row=row) for row in rows if within in {None, row.sso_organization_id}]
