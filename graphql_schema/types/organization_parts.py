"""The smaller objects that an organization is made of."""

from __future__ import annotations

import strawberry

from domain.queries.organizations import OrganizationRow, occupied_seats
from graphql_schema.context import Info
from graphql_schema.fields import resolved, shown
from graphql_schema.policy import costs


@strawberry.type(description="Occupied and allowed seats; `limit` null means unlimited.")
class Seats:
    row: strawberry.Private[OrganizationRow]

    @resolved(costs(2))
    async def occupied(self, info: Info) -> int:
        return await occupied_seats(info.context.reader, self.row)

    limit: int | None = shown("row.seats")


@strawberry.type
class OrganizationPolicies:
    policies: strawberry.Private[dict[str, object]]

    allowed_email_domains: list[str] = shown(
        lambda self: self.policies.get("allowedEmailDomains", [])
    )
    require_sso: bool = shown(lambda self: bool(self.policies.get("requireSso")))
    single_organization: bool = shown(lambda self: bool(self.policies.get("singleOrganization")))


@strawberry.type
class MemberCounts:
    total: int
    staged: int
    invited: int
    accepted: int
    confirmed: int
    revoked: int
