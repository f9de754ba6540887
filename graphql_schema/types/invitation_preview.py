"""An invitation as the holder of its link sees it."""

from __future__ import annotations

from datetime import datetime

import strawberry

from domain.queries.invitation_previews import InvitationPreviewRow
from graphql_schema.enums import InvitationState, KeyHandshake, LinkProblem
from graphql_schema.fields import shown
from graphql_schema.ids import Kind, make_id
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
    expires_at: datetime = shown()
    account_exists: bool = shown()
    account_has_keys: bool = shown()
    key_handshake: KeyHandshake = shown("row.organization.key_handshake")
    require_sso: bool = shown(lambda self: bool(self.row.organization.policies.get("requireSso")))
