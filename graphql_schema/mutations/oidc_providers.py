"""OpenID providers of an organization: make, change and delete one."""

from __future__ import annotations

import strawberry

from domain.commands import CreateOidcProvider, DeleteOidcProvider, UpdateOidcProvider
from domain.errors import NotFound
from domain.ids import UUID
from domain.queries.oidc_providers import was_deleted
from graphql_schema.context import Context, Info
from graphql_schema.enums import Scope
from graphql_schema.fields import resolved
from graphql_schema.ids import Kind, make_id
from graphql_schema.mutations.change import Target, change, change_within, target_of
from graphql_schema.policy import costs, needs
from graphql_schema.types.oidc_provider import OidcProvider
from graphql_schema.types.references import wrap_or_none
from graphql_schema.types.user_errors import MutationPayload

_PROVIDERS = [needs(Scope.ORGANIZATION_WRITE), costs(10)]


@strawberry.input
class CreateOidcProviderInput:
    organization_id: strawberry.ID
    name: str
    issuer: str
    client_id: str
    client_secret: str
    trust_email: bool = False


@strawberry.input(
    description=(
        "What is left out stays. The issuer cannot be changed: its client secret would go to"
        " somebody else. A `clientSecret` counts as a change, whatever it is."
    )
)
class UpdateOidcProviderInput:
    oidc_provider_id: strawberry.ID
    name: str | None = None
    client_id: str | None = None
    client_secret: str | None = None
    trust_email: bool | None = None
    expected_version: int | None = None


@strawberry.input
class DeleteOidcProviderInput:
    oidc_provider_id: strawberry.ID


@strawberry.type
class CreateOidcProviderPayload(MutationPayload):
    oidc_provider: OidcProvider | None = None


@strawberry.type
class UpdateOidcProviderPayload(MutationPayload):
    oidc_provider: OidcProvider | None = None


@strawberry.type
class DeleteOidcProviderPayload(MutationPayload):
    deleted_oidc_provider_id: strawberry.ID | None = None


async def _provider(context: Context, target: Target) -> OidcProvider | None:
    row = await context.load.oidc_provider.load((target.organization_id, target.id))
    found: OidcProvider | None = wrap_or_none(row)
    return found


@strawberry.type
class OidcProviderMutations:
    @resolved(
        *_PROVIDERS,
        description="Lets people of an organization sign in with an OpenID provider of its own.",
    )
    async def create_oidc_provider(
        self,
        info: Info,
        input: CreateOidcProviderInput,  # noqa: A002
    ) -> CreateOidcProviderPayload:
        context = info.context

        async def work(owner: UUID) -> CreateOidcProviderPayload:
            command = CreateOidcProvider(
                organization_id=owner,
                name=input.name,
                issuer=input.issuer,
                client_id=input.client_id,
                client_secret=input.client_secret,
                trust_email=input.trust_email,
            )
            outcome = await context.execute(command)
            return CreateOidcProviderPayload(
                oidc_provider=await _provider(context, Target(owner, outcome.value)),
                changed=outcome.changed,
            )

        return await change_within(context, input, CreateOidcProviderPayload, work)

    @resolved(*_PROVIDERS, description="Changes an OpenID provider; sessions go on.")
    async def update_oidc_provider(
        self,
        info: Info,
        input: UpdateOidcProviderInput,  # noqa: A002
    ) -> UpdateOidcProviderPayload:
        context = info.context

        async def work() -> UpdateOidcProviderPayload:
            target = _target(context, input.oidc_provider_id)
            command = UpdateOidcProvider(
                organization_id=target.organization_id,
                provider_id=target.id,
                name=input.name,
                client_id=input.client_id,
                client_secret=input.client_secret,
                trust_email=input.trust_email,
                expected_version=input.expected_version,
            )
            outcome = await context.execute(command)
            return UpdateOidcProviderPayload(
                oidc_provider=await _provider(context, target), changed=outcome.changed
            )

        return await change(
            context,
            input,
            UpdateOidcProviderPayload,
            work,
            subject="oidcProviderId",
            kind=Kind.OIDC_PROVIDER,
        )

    @resolved(
        *_PROVIDERS,
        description="Nobody signs in with it any more; sessions that began by it go on.",
    )
    async def delete_oidc_provider(
        self,
        info: Info,
        input: DeleteOidcProviderInput,  # noqa: A002
    ) -> DeleteOidcProviderPayload:
        context = info.context

        async def work() -> DeleteOidcProviderPayload:
            target = _target(context, input.oidc_provider_id)
            owner, id_ = target.organization_id, target.id
            try:
                changed = (await context.execute(DeleteOidcProvider(owner, id_))).changed
            except NotFound:
                if not await was_deleted(context.reader, owner, id_):
                    raise
                changed = False
            return DeleteOidcProviderPayload(
                deleted_oidc_provider_id=make_id(Kind.OIDC_PROVIDER, owner, id_), changed=changed
            )

        return await change(
            context,
            input,
            DeleteOidcProviderPayload,
            work,
            subject="oidcProviderId",
            kind=Kind.OIDC_PROVIDER,
        )


def _target(context: Context, text: str) -> Target:
    return target_of(context, Kind.OIDC_PROVIDER, text, "oidcProviderId")
