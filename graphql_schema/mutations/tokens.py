"""Access tokens: make one, end one."""

from __future__ import annotations

from datetime import datetime

import strawberry

from domain.commands import CreateAccessToken, IssuedToken, RevokeAccessToken
from domain.errors import NotFound
from domain.ids import UUID
from graphql_schema.context import Context, Info
from graphql_schema.enums import Scope
from graphql_schema.fields import resolved
from graphql_schema.ids import Kind, expect_id
from graphql_schema.mutations.change import change, change_within, once
from graphql_schema.policy import costs, needs
from graphql_schema.types.access_token import AccessToken
from graphql_schema.types.references import wrap_or_none
from graphql_schema.types.user_errors import MutationPayload

_TOKENS = [needs(Scope.TOKENS_ADMIN), costs(10)]


@strawberry.input
class CreateAccessTokenInput:
    organization_id: strawberry.ID
    name: str
    scopes: list[Scope] = strawberry.field(description="At most what the caller holds.")
    expires_at: datetime | None = strawberry.field(
        default=None, description="90 days from now unless said otherwise."
    )
    idempotency_key: str | None = None


@strawberry.input
class RevokeAccessTokenInput:
    access_token_id: strawberry.ID


@strawberry.type
class CreateAccessTokenPayload(MutationPayload):
    access_token: AccessToken | None = None
    secret: str | None = strawberry.field(
        default=None, description="Shown once: a repetition with the same key answers null."
    )


@strawberry.type
class RevokeAccessTokenPayload(MutationPayload):
    access_token: AccessToken | None = None


async def _token(context: Context, id_: UUID | None) -> AccessToken | None:
    if id_ is None:
        return None
    found: AccessToken | None = wrap_or_none(await context.load.access_token.load(id_))
    return found


@strawberry.type
class TokenMutations:
    @resolved(*_TOKENS)
    async def create_access_token(
        self,
        info: Info,
        input: CreateAccessTokenInput,  # noqa: A002
    ) -> CreateAccessTokenPayload:
        context = info.context

        async def work(owner: UUID) -> CreateAccessTokenPayload:
            command = CreateAccessToken(
                owner, input.name, frozenset(input.scopes), input.expires_at
            )
            outcome = await context.execute(once(command, input.idempotency_key))
            secret = outcome.value.secret if isinstance(outcome.value, IssuedToken) else None
            return CreateAccessTokenPayload(
                access_token=await _token(context, outcome.value.id),
                secret=secret,
                changed=outcome.changed,
            )

        return await change_within(context, input, CreateAccessTokenPayload, work)

    @resolved(*_TOKENS, description="Ends a token at once.")
    async def revoke_access_token(
        self,
        info: Info,
        input: RevokeAccessTokenInput,  # noqa: A002
    ) -> RevokeAccessTokenPayload:
        context = info.context

        async def work() -> RevokeAccessTokenPayload:
            token = expect_id(Kind.ACCESS_TOKEN, input.access_token_id, "accessTokenId")
            known = await context.load.access_token.load(token.id)
            if known is None or known.organization_id != token.organization_id:
                raise NotFound("access token")
            outcome = await context.execute(RevokeAccessToken(token.id))
            return RevokeAccessTokenPayload(
                access_token=await _token(context, token.id), changed=outcome.changed
            )

        return await change(
            context,
            input,
            RevokeAccessTokenPayload,
            work,
            subject="accessTokenId",
            kind=Kind.ACCESS_TOKEN,
        )
