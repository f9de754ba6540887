"""An invitation as the holder of its link sees it."""

from __future__ import annotations

from datetime import datetime

import strawberry

from domain.queries.invitation_previews import InvitationPreviewRow
from domain.queries.oidc_providers import sign_in_providers_of
from graphql_schema.context import Info
from graphql_schema.enums import InvitationState, KeyHandshake, LinkProblem
from graphql_schema.fields import resolved, shown
from graphql_schema.ids import Kind, make_id
from graphql_schema.policy import costs
from graphql_schema.types.oidc_provider import SignInProvider
from graphql_schema.types.references import shows


@shows(InvitationPreviewRow)
@strawberry.type(description="What an accept page must know of the link that was opened.")
class InvitationPreview:
    row: strawberry.Private[InvitationPreviewRow]

    state: InvitationState = shown()
    problem: LinkProblem | None = shown()
    organization_id: strawberry.ID = shown(
        lambda self: make_id(Kind.ORGANIZATION, None, self.row.organization.id)
    )
    organization_name: str = shown("row.organization.name")
    organization_slug: str = shown("row.organization.slug")
    email: str = shown()
    name: str | None = shown()
    expires_at: datetime = shown()
    account_exists: bool = shown()
    account_has_keys: bool = shown()
    key_handshake: KeyHandshake = shown("row.organization.key_handshake")
    require_sso: bool = shown(lambda self: bool(self.row.organization.policies.get("requireSso")))

    @resolved(costs(2, 5), description="Ways of single sign-on of the organization; often none.")
    async def sign_in_providers(self, info: Info) -> list[SignInProvider]:
        rows = await sign_in_providers_of(info.context.reader, self.row.organization.id)
        return [SignInProvider(row=row) for row in rows]
