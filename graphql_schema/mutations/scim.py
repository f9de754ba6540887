"""The provisioning endpoint: switch it, set it up, make and end its keys."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import strawberry

from domain.application import Command
from domain.client_ids import client_id_of
from domain.commands import (
    KEEP,
    CreateScimCredential,
    CreateWorkloadIdentity,
    DisableScim,
    EnableScim,
    IssuedCredential,
    ResolveDeprovisionGuard,
    RevokeScimCredential,
    RotateScimApiKey,
    UpdateScimConnection,
)
from domain.errors import Invalid
from domain.ids import UUID
from graphql_schema.context import Context, Info
from graphql_schema.enums import (
    CredentialKind,
    GuardResolution,
    IdentityProvider,
    OmittedGroupMembers,
    OnProvision,
    PatchResponse,
    Rehire,
    Scope,
)
from graphql_schema.fields import resolved
from graphql_schema.ids import Kind
from graphql_schema.mutations.change import change, once, target_of
from graphql_schema.policy import costs, needs
from graphql_schema.types.references import wrap_or_none
from graphql_schema.types.scim_connection import ScimConnection
from graphql_schema.types.user_errors import MutationPayload
from graphql_schema.types.workload_identity import WorkloadIdentityInput

_IDENTITY = ("issuer", "subject", "audience", "jwksUrl", "jwks")
_OF_IDENTITY = dict.fromkeys(_IDENTITY, "workloadIdentity")
_SCIM = [needs(Scope.SCIM_ADMIN), costs(10)]


@strawberry.input
class EnableScimInput:
    organization_id: strawberry.ID


@strawberry.input
class DisableScimInput:
    organization_id: strawberry.ID


@strawberry.input
class CreateScimApiKeyInput:
    organization_id: strawberry.ID
    kind: CredentialKind = CredentialKind.API_KEY
    workload_identity: WorkloadIdentityInput | None = strawberry.field(
        default=None, description="With the kind WORKLOAD_IDENTITY, and only then."
    )
    expires_at: datetime | None = None
    idempotency_key: str


@strawberry.input
class RotateScimApiKeyInput:
    organization_id: strawberry.ID
    overlap_seconds: int = strawberry.field(
        default=86_400,
        description="All other active keys end then; 0 cuts them at once; at most 604800.",
    )
    idempotency_key: str


@strawberry.input
class RevokeScimApiKeyInput:
    scim_api_key_id: strawberry.ID


@strawberry.input(
    description=(
        "What is left out stays; `null` gives a switch back to the provider's defaults. Another"
        " provider, or none, brings its own defaults for all that is not said but the guard."
    )
)
class UpdateScimConnectionInput:
    organization_id: strawberry.ID
    provider: IdentityProvider | None = strawberry.UNSET
    on_provision: OnProvision | None = strawberry.UNSET
    rehire: Rehire | None = strawberry.UNSET
    omitted_group_members: OmittedGroupMembers | None = strawberry.UNSET
    patch_response: PatchResponse | None = strawberry.UNSET
    strict_member_ids: bool | None = strawberry.UNSET
    content_type: str | None = strawberry.UNSET
    guard_enabled: bool | None = strawberry.UNSET
    guard_max_members: int | None = strawberry.UNSET
    guard_max_percent: int | None = strawberry.UNSET
    expected_version: int | None = None


@strawberry.input
class ResolveDeprovisionGuardInput:
    organization_id: strawberry.ID
    resolution: GuardResolution


@strawberry.type
class EnableScimPayload(MutationPayload):
    scim_connection: ScimConnection | None = None
    api_key: str | None = strawberry.field(
        default=None, description="Present on first enablement only; shown once."
    )


@strawberry.type
class DisableScimPayload(MutationPayload):
    scim_connection: ScimConnection | None = None


@strawberry.type
class RotateScimApiKeyPayload(MutationPayload):
    scim_connection: ScimConnection | None = None
    api_key: str | None = strawberry.field(
        default=None,
        description=(
            "The key, or an OAuth client's secret. Shown once: a repetition with the same"
            " idempotency key answers null. A workload identity has none."
        ),
    )
    client_id: str | None = strawberry.field(
        default=None, description="Of an OAuth client that was just made."
    )
    previous_key_expires_at: datetime | None = None


@strawberry.type
class UpdateScimConnectionPayload(MutationPayload):
    scim_connection: ScimConnection | None = None


@strawberry.type
class RevokeScimApiKeyPayload(MutationPayload):
    scim_connection: ScimConnection | None = None


async def _connection(context: Context, organization_id: UUID) -> ScimConnection | None:
    found: ScimConnection | None = wrap_or_none(await context.load.connection.load(organization_id))
    return found


def _create(owner: UUID, given: CreateScimApiKeyInput) -> Command[IssuedCredential]:
    if given.workload_identity is None:
        return CreateScimCredential(owner, given.kind, given.expires_at)
    if given.kind is not CredentialKind.WORKLOAD_IDENTITY:
        raise Invalid("kind", "must be WORKLOAD_IDENTITY where workloadIdentity is given")
    return CreateWorkloadIdentity(owner, given.workload_identity.identity(), given.expires_at)


async def _run(info: Info, given: Any, payload: Any, make: Any, key: str | None = None) -> Any:
    """Run the command that `make` makes for the organization, and show the endpoint."""
    context = info.context

    async def work() -> Any:
        owner = target_of(context, Kind.ORGANIZATION, given.organization_id, "organizationId").id
        outcome = await context.execute(once(make(owner), key))
        value = outcome.value
        shown: dict[str, Any] = {}
        if isinstance(value, IssuedCredential):
            if payload in {EnableScimPayload, RotateScimApiKeyPayload}:
                shown["api_key"] = value.secret
            if payload is RotateScimApiKeyPayload:
                shown["previous_key_expires_at"] = value.previous_ends_at
            kind = getattr(given, "kind", CredentialKind.API_KEY)
            if value.credential_id is not None and kind is not CredentialKind.API_KEY:
                shown["client_id"] = client_id_of(owner, value.credential_id)
        return payload(
            scim_connection=await _connection(context, owner), changed=outcome.changed, **shown
        )

    return await change(
        context,
        given,
        payload,
        work,
        subject="organizationId",
        kind=Kind.ORGANIZATION,
        renamed=_OF_IDENTITY,
    )


@strawberry.type
class ScimMutations:
    @resolved(
        *_SCIM, description="Switches provisioning on; the first time this makes the first key."
    )
    async def enable_scim(self, info: Info, input: EnableScimInput) -> EnableScimPayload:  # noqa: A002
        return await _run(info, input, EnableScimPayload, EnableScim)

    @resolved(
        *_SCIM, description="Switches provisioning off: every key stops working, none is lost."
    )
    async def disable_scim(self, info: Info, input: DisableScimInput) -> DisableScimPayload:  # noqa: A002
        return await _run(info, input, DisableScimPayload, DisableScim)

    @resolved(
        *_SCIM,
        description="A further API key or OAuth client, shown once; the others keep working.",
    )
    async def create_scim_api_key(
        self,
        info: Info,
        input: CreateScimApiKeyInput,  # noqa: A002
    ) -> RotateScimApiKeyPayload:
        return await _run(
            info,
            input,
            RotateScimApiKeyPayload,
            lambda owner: _create(owner, input),
            input.idempotency_key,
        )

    @resolved(
        *_SCIM,
        description=(
            "A new API key, shown once. The old ones keep working until `previousKeyExpiresAt`;"
            " OAuth clients are left as they are."
        ),
    )
    async def rotate_scim_api_key(
        self,
        info: Info,
        input: RotateScimApiKeyInput,  # noqa: A002
    ) -> RotateScimApiKeyPayload:
        return await _run(
            info,
            input,
            RotateScimApiKeyPayload,
            lambda owner: RotateScimApiKey(owner, input.overlap_seconds),
            input.idempotency_key,
        )

    @resolved(*_SCIM, description="Ends one key at once.")
    async def revoke_scim_api_key(
        self,
        info: Info,
        input: RevokeScimApiKeyInput,  # noqa: A002
    ) -> RevokeScimApiKeyPayload:
        context = info.context

        async def work() -> RevokeScimApiKeyPayload:
            key = target_of(context, Kind.SCIM_API_KEY, input.scim_api_key_id, "scimApiKeyId")
            outcome = await context.execute(RevokeScimCredential(key.organization_id, key.id))
            return RevokeScimApiKeyPayload(
                scim_connection=await _connection(context, key.organization_id),
                changed=outcome.changed,
            )

        return await change(
            context,
            input,
            RevokeScimApiKeyPayload,
            work,
            subject="scimApiKeyId",
            kind=Kind.SCIM_API_KEY,
        )

    @resolved(*_SCIM)
    async def update_scim_connection(
        self,
        info: Info,
        input: UpdateScimConnectionInput,  # noqa: A002
    ) -> UpdateScimConnectionPayload:
        return await _run(
            info,
            input,
            UpdateScimConnectionPayload,
            lambda owner: UpdateScimConnection(
                organization_id=owner,
                provider=_given(input.provider),
                on_provision=_given(input.on_provision),
                rehire=_given(input.rehire),
                omitted_group_members=_given(input.omitted_group_members),
                patch_response=_given(input.patch_response),
                strict_member_ids=_given(input.strict_member_ids),
                content_type=_given(input.content_type),
                guard_enabled=_given(input.guard_enabled),
                guard_max_members=_given(input.guard_max_members),
                guard_max_percent=_given(input.guard_max_percent),
                expected_version=input.expected_version,
            ),
        )

    @resolved(
        *_SCIM,
        description=(
            "Decides about what the deprovision guard holds. What is released is carried out at"
            " once, in the background, in the name of the caller."
        ),
    )
    async def resolve_deprovision_guard(
        self,
        info: Info,
        input: ResolveDeprovisionGuardInput,  # noqa: A002
    ) -> UpdateScimConnectionPayload:
        return await _run(
            info,
            input,
            UpdateScimConnectionPayload,
            lambda owner: ResolveDeprovisionGuard(owner, input.resolution),
        )


def _given(value: Any) -> Any:
    """What was said of a switch; nothing keeps it."""
    return KEEP if value is strawberry.UNSET else value
