"""The provisioning endpoint: switch it, set it up, decide about what its guard holds."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import strawberry

from domain.application import Command
from domain.commands import (
    KEEP,
    DisableScim,
    EnableScim,
    IssuedCredential,
    ResolveDeprovisionGuard,
    UpdateScimConnection,
)
from domain.ids import UUID
from graphql_schema.context import Context, Info
from graphql_schema.enums import (
    GuardResolution,
    IdentityProvider,
    OmittedGroupMembers,
    OnProvision,
    PatchResponse,
    Rehire,
    Scope,
)
from graphql_schema.fields import resolved
from graphql_schema.mutations.change import change_within, once
from graphql_schema.policy import costs, needs
from graphql_schema.types.references import wrap_or_none
from graphql_schema.types.scim_connection import ScimConnection
from graphql_schema.types.user_errors import MutationPayload

SCIM = [needs(Scope.SCIM_ADMIN), costs(10)]


@strawberry.input
class EnableScimInput:
    organization_id: strawberry.ID


@strawberry.input
class DisableScimInput:
    organization_id: strawberry.ID


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
class UpdateScimConnectionPayload(MutationPayload):
    scim_connection: ScimConnection | None = None


async def connection_of(context: Context, organization_id: UUID) -> ScimConnection | None:
    """The organization's endpoint as it now is."""
    found: ScimConnection | None = wrap_or_none(await context.load.connection.load(organization_id))
    return found


async def run(
    info: Info,
    given: Any,
    payload: Any,
    make: Callable[[UUID], Command[Any]],
    *,
    key: str | None = None,
    shows: Callable[[UUID, Any], dict[str, Any]] = lambda _owner, _value: {},
    renamed: Mapping[str, str] | None = None,
) -> Any:
    """Run the command that `make` makes for the organization, and show the endpoint.

    `shows` makes further fields of the payload of the organization and the command's value.
    """
    context = info.context

    async def work(owner: UUID) -> Any:
        outcome = await context.execute(once(make(owner), key))
        return payload(
            scim_connection=await connection_of(context, owner),
            changed=outcome.changed,
            **shows(owner, outcome.value),
        )

    return await change_within(context, given, payload, work, renamed=renamed)


@strawberry.type
class ScimMutations:
    @resolved(
        *SCIM, description="Switches provisioning on; the first time this makes the first key."
    )
    async def enable_scim(self, info: Info, input: EnableScimInput) -> EnableScimPayload:  # noqa: A002
        def shows(_owner: UUID, issued: IssuedCredential) -> dict[str, Any]:
            return {"api_key": issued.secret}

        return await run(info, input, EnableScimPayload, EnableScim, shows=shows)

    @resolved(
        *SCIM, description="Switches provisioning off: every key stops working, none is lost."
    )
    async def disable_scim(self, info: Info, input: DisableScimInput) -> DisableScimPayload:  # noqa: A002
        return await run(info, input, DisableScimPayload, DisableScim)

    @resolved(*SCIM)
    async def update_scim_connection(
        self,
        info: Info,
        input: UpdateScimConnectionInput,  # noqa: A002
    ) -> UpdateScimConnectionPayload:
        return await run(
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
        *SCIM,
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
        return await run(
            info,
            input,
            UpdateScimConnectionPayload,
            lambda owner: ResolveDeprovisionGuard(owner, input.resolution),
        )


def _given(value: Any) -> Any:
    """What was said of a switch; nothing keeps it."""
    return KEEP if value is strawberry.UNSET else value
