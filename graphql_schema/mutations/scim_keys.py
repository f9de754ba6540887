"""Keys of the provisioning endpoint: make, rotate and end them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import strawberry

from domain.application import Command
from domain.client_ids import client_id_of
from domain.commands import (
    CreateScimCredential,
    CreateWorkloadIdentity,
    IssuedCredential,
    RevokeScimCredential,
    RotateScimApiKey,
)
from domain.errors import Invalid
from domain.ids import UUID
from graphql_schema.context import Info
from graphql_schema.enums import CredentialKind
from graphql_schema.fields import resolved
from graphql_schema.ids import Kind
from graphql_schema.mutations.change import change, target_of
from graphql_schema.mutations.scim import SCIM, connection_of, run
from graphql_schema.types.scim_connection import ScimConnection
from graphql_schema.types.user_errors import MutationPayload
from graphql_schema.types.workload_identity import WorkloadIdentityInput

_IDENTITY = ("issuer", "subject", "audience", "jwksUrl", "jwks")
_OF_IDENTITY = {name: f"workloadIdentity.{name}" for name in _IDENTITY}


@strawberry.input
class CreateScimApiKeyInput:
    organization_id: strawberry.ID
    kind: CredentialKind = CredentialKind.API_KEY
    workload_identity: WorkloadIdentityInput | None = strawberry.field(
        default=None, description="With the kind WORKLOAD_IDENTITY, and only then."
    )
    name: str | None = None
    expires_at: datetime | None = None
    idempotency_key: str


@strawberry.input
class RotateScimApiKeyInput:
    organization_id: strawberry.ID
    overlap_seconds: int = strawberry.field(
        default=86_400,
        description="All other active keys end then; 0 cuts them at once; at most 604800.",
    )
    name: str | None = None
    idempotency_key: str


@strawberry.input
class RevokeScimApiKeyInput:
    scim_api_key_id: strawberry.ID


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
class RevokeScimApiKeyPayload(MutationPayload):
    scim_connection: ScimConnection | None = None


def _create(owner: UUID, given: CreateScimApiKeyInput) -> Command[IssuedCredential]:
    if given.workload_identity is None:
        return CreateScimCredential(owner, given.kind, given.expires_at, given.name)
    if given.kind is not CredentialKind.WORKLOAD_IDENTITY:
        raise Invalid("kind", "must be WORKLOAD_IDENTITY where workloadIdentity is given")
    identity = given.workload_identity.identity()
    return CreateWorkloadIdentity(owner, identity, given.expires_at, given.name)


def _shown(owner: UUID, issued: Any, kind: CredentialKind) -> dict[str, Any]:
    if not isinstance(issued, IssuedCredential):
        return {}  # what was made is shown once
    shown: dict[str, Any] = {
        "api_key": issued.secret,
        "previous_key_expires_at": issued.previous_ends_at,
    }
    if issued.credential_id is not None and kind is not CredentialKind.API_KEY:
        shown["client_id"] = client_id_of(owner, issued.credential_id)
    return shown


@strawberry.type
class ScimKeyMutations:
    @resolved(
        *SCIM,
        description="A further API key or OAuth client, shown once; the others keep working.",
    )
    async def create_scim_api_key(
        self,
        info: Info,
        input: CreateScimApiKeyInput,  # noqa: A002
    ) -> RotateScimApiKeyPayload:
        return await run(
            info,
            input,
            RotateScimApiKeyPayload,
            lambda owner: _create(owner, input),
            key=input.idempotency_key,
            shows=lambda owner, issued: _shown(owner, issued, input.kind),
            renamed=_OF_IDENTITY,
        )

    @resolved(
        *SCIM,
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
        return await run(
            info,
            input,
            RotateScimApiKeyPayload,
            lambda owner: RotateScimApiKey(owner, input.overlap_seconds, input.name),
            key=input.idempotency_key,
            shows=lambda owner, issued: _shown(owner, issued, CredentialKind.API_KEY),
        )

    @resolved(*SCIM, description="Ends one key at once.")
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
                scim_connection=await connection_of(context, key.organization_id),
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
