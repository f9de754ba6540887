"""The organization's key: made once, and replaced; the server never sees it."""

from __future__ import annotations

import strawberry

from domain.commands import CreateOrganizationKey, RotateOrganizationKey
from domain.ids import UUID
from graphql_schema.context import Info
from graphql_schema.enums import Scope
from graphql_schema.fields import resolved
from graphql_schema.mutations.change import change_within
from graphql_schema.mutations.organizations import UpdateOrganizationPayload
from graphql_schema.policy import costs, needs
from graphql_schema.types.references import wrap_or_none

_WRITE = [needs(Scope.ORGANIZATION_WRITE), costs(10)]
_NAMES = {"expectedVersion": "expectedKeyVersion"}


@strawberry.input(
    description=(
        "`wrappedOrganizationKey` is the new key wrapped for the caller, who must be an owner with"
        " keys of their own; `expectedKeyVersion` is the version that it replaces."
    )
)
class CreateOrganizationKeyInput:
    organization_id: strawberry.ID
    wrapped_organization_key: str
    expected_key_version: int


async def _give_key(
    info: Info,
    given: CreateOrganizationKeyInput,
    kind: type[CreateOrganizationKey | RotateOrganizationKey],
) -> UpdateOrganizationPayload:
    context = info.context

    async def work(id_: UUID) -> UpdateOrganizationPayload:
        command = kind(id_, given.wrapped_organization_key, given.expected_key_version)
        outcome = await context.execute(command)
        return UpdateOrganizationPayload(
            organization=wrap_or_none(await context.load.organization.load(id_)),
            changed=outcome.changed,
        )

    return await change_within(context, given, UpdateOrganizationPayload, work, renamed=_NAMES)


@strawberry.type
class OrganizationKeyMutations:
    @resolved(
        *_WRITE,
        description=(
            "Gives the organization its first key, in place of version 0, and stores it wrapped for"
            " the caller. Only then can keyHandshake be set to REQUIRED."
        ),
    )
    async def create_organization_key(
        self,
        info: Info,
        input: CreateOrganizationKeyInput,  # noqa: A002
    ) -> UpdateOrganizationPayload:
        return await _give_key(info, input, CreateOrganizationKey)

    @resolved(
        *_WRITE,
        description=(
            "Replaces the organization's key and stores the new one wrapped for the caller. All"
            " other confirmed members stay confirmed and wait to have it wrapped too (REWRAP)."
        ),
    )
    async def rotate_organization_key(
        self,
        info: Info,
        input: CreateOrganizationKeyInput,  # noqa: A002
    ) -> UpdateOrganizationPayload:
        return await _give_key(info, input, RotateOrganizationKey)
