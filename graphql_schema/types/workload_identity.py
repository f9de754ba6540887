"""A workload identity as the admin API shows and takes it."""

from __future__ import annotations

import strawberry

from domain import commands
from domain.errors import Invalid
from domain.queries.scim_connections import ScimKeyRow
from graphql_schema.fields import shown
from graphql_schema.scalars import JSON


@strawberry.type(
    description="Whose signed assertions prove an OAuth client that has no secret (RFC 7523)."
)
class WorkloadIdentity:
    row: strawberry.Private[ScimKeyRow]

    issuer: str = shown()
    subject: str = shown()
    audience: str | None = shown(
        description="`null` means the address of the token endpoint, or of this server."
    )
    jwks_url: str | None = shown(description="`null` where the keys themselves were given.")


@strawberry.input(description="Either `jwksUrl` or `jwks`, which has public keys only.")
class WorkloadIdentityInput:
    issuer: str = strawberry.field(description="The assertions' `iss`.")
    subject: str = strawberry.field(description="The assertions' `sub`.")
    audience: str | None = strawberry.field(
        default=None, description="The assertions' `aud`; by default the token endpoint's address."
    )
    jwks_url: str | None = strawberry.field(
        default=None, description="Address of the issuer's keys; `https`."
    )
    jwks: JSON | None = strawberry.field(
        default=None, description="The issuer's keys, where they have no address."
    )

    def identity(self) -> commands.WorkloadIdentity:
        """The identity in the domain's words. Raises Invalid."""
        if self.jwks is not None and not isinstance(self.jwks, dict):
            raise Invalid("jwks", "must be a JSON object")
        return commands.WorkloadIdentity(
            self.issuer, self.subject, self.audience, self.jwks_url, self.jwks
        )
