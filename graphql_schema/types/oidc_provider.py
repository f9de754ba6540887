"""OpenID providers: as administrators see them, and as a way to sign in."""

from __future__ import annotations

from datetime import datetime

import strawberry

from domain.queries.oidc_providers import OidcProviderRow, SignInProviderRow
from graphql_schema.context import Info
from graphql_schema.enums import Scope
from graphql_schema.fields import resolved, shown
from graphql_schema.ids import Kind, make_id
from graphql_schema.policy import needs
from graphql_schema.types.node import Node, Versioned
from graphql_schema.types.references import shows

START_PATH = "/sign-in/oidc/"
"""Before the id of a provider: where a sign-in with it begins."""
CALLBACK_PATH = "/sign-in/oidc/callback"
"""Where every provider sends people back to."""


def _id_of(row: OidcProviderRow | SignInProviderRow) -> strawberry.ID:
    return make_id(Kind.OIDC_PROVIDER, row.organization_id, row.id)


@shows(OidcProviderRow)
@strawberry.type(
    description=(
        "An OpenID provider with which people of the organization sign in. Never its client secret."
    ),
    directives=[needs(Scope.ORGANIZATION_READ)],
)
class OidcProvider(Node, Versioned):
    row: strawberry.Private[OidcProviderRow]

    id: strawberry.ID = shown(lambda self: _id_of(self.row))
    version: int = shown()
    created_at: datetime = shown()
    updated_at: datetime = shown()
    name: str = shown()
    issuer: str = shown()
    client_id: str = shown()
    trust_email: bool = shown()

    @resolved(description="What the provider must know as the redirect URL of this client.")
    def redirect_url(self, info: Info) -> str:
        return f"{info.context.services.public_url}{CALLBACK_PATH}"


@strawberry.type(description="A way of single sign-on, as everybody may see it.")
class SignInProvider:
    row: strawberry.Private[SignInProviderRow]

    id: strawberry.ID = shown(lambda self: _id_of(self.row))
    name: str = shown()

    @resolved(description="Address to send the browser to; add `?then=/path` to come back there.")
    def start_url(self, info: Info) -> str:
        return f"{info.context.services.public_url}{START_PATH}{_id_of(self.row)}"
