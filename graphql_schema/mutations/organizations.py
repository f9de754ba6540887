"""The organization's own settings."""

from __future__ import annotations

import strawberry

from domain.commands import UpdateOrganization
from domain.ids import UUID
from graphql_schema.context import Info
from graphql_schema.enums import KeyHandshake, Scope
from graphql_schema.fields import resolved
from graphql_schema.mutations.change import change_within
from graphql_schema.policy import costs, needs
from graphql_schema.types.organization import Organization
from graphql_schema.types.references import wrap_or_none
from graphql_schema.types.user_errors import MutationPayload


@strawberry.input(
    description=(
        "What is left out, or null, stays. Policies are checked when a person accepts, is confirmed"
        " or is restored; setting one puts nobody out."
    )
)
class OrganizationPoliciesInput:
    allowed_email_domains: list[str] | None = None
    require_sso: bool | None = None
    single_organization: bool | None = None


@strawberry.input(
    description=(
        "What is left out stays. `seatLimit: null` takes the limit away; any other null leaves what"
        " is. A limit below what is occupied puts nobody out: it refuses further seats."
    )
)
class UpdateOrganizationInput:
    organization_id: strawberry.ID
    name: str | None = None
    seat_limit: int | None = strawberry.UNSET
    key_handshake: KeyHandshake | None = None
    policies: OrganizationPoliciesInput | None = None
    expected_version: int | None = None


@strawberry.type
class UpdateOrganizationPayload(MutationPayload):
    organization: Organization | None = None


@strawberry.type
class OrganizationMutations:
    @resolved(needs(Scope.ORGANIZATION_WRITE), costs(10))
    async def update_organization(
        self,
        info: Info,
        input: UpdateOrganizationInput,  # noqa: A002
    ) -> UpdateOrganizationPayload:
        context = info.context

        async def work(owner: UUID) -> UpdateOrganizationPayload:
            seats = input.seat_limit
            policies = input.policies or OrganizationPoliciesInput()
            domains = policies.allowed_email_domains
            command = UpdateOrganization(
                organization_id=owner,
                name=input.name,
                seats=None if seats is strawberry.UNSET else seats,
                seats_unlimited=seats is None,
                key_handshake=input.key_handshake,
                allowed_email_domains=None if domains is None else tuple(domains),
                require_sso=policies.require_sso,
                single_organization=policies.single_organization,
                expected_version=input.expected_version,
            )
            outcome = await context.execute(command)
            return UpdateOrganizationPayload(
                organization=wrap_or_none(await context.load.organization.load(owner)),
                changed=outcome.changed,
            )

        return await change_within(
            context,
            input,
            UpdateOrganizationPayload,
            work,
            renamed={"allowedEmailDomains": "policies.allowedEmailDomains"},
        )
