"""The provisioning request: one call of the identity provider and what came of it."""

from __future__ import annotations

from datetime import datetime

import strawberry

from domain.queries.audit import CORRELATED_EVENT_LIST
from domain.queries.hints import ProvisioningHint as Hint
from domain.queries.hints import hints_for
from domain.queries.provisioning_requests import ProvisioningRequestRow
from graphql_schema.connection import Connection
from graphql_schema.context import Info
from graphql_schema.enums import (
    IdentityProvider,
    ProvisioningOutcome,
    ScimOperation,
    ScimResourceType,
    Scope,
)
from graphql_schema.fields import resolved, shown
from graphql_schema.ids import Kind, make_id
from graphql_schema.policy import needs
from graphql_schema.types.actors import subject_of
from graphql_schema.types.lists import Arguments, connect_first
from graphql_schema.types.node import Node
from graphql_schema.types.references import EventType, SubjectType, shows


@strawberry.type(description="What to do about a request, and where to read on.")
class ProvisioningHint:
    hint: strawberry.Private[Hint]

    text: str = shown("hint.text")
    docs_path: str = shown("hint.docs", description="A page of the documentation, below `docs/`.")


@shows(ProvisioningRequestRow)
@strawberry.type(
    description="One call of the identity provider, whatever its outcome.",
    directives=[needs(Scope.PROVISIONING_READ)],
)
class ProvisioningRequest(Node):
    row: strawberry.Private[ProvisioningRequestRow]

    id: strawberry.ID = shown(
        lambda self: make_id(Kind.PROVISIONING_REQUEST, self.row.organization_id, self.row.id)
    )
    received_at: datetime = shown()
    duration_ms: int = shown()
    method: str = shown()
    path: str = shown()
    operation: ScimOperation = shown()
    resource_type: ScimResourceType | None = shown()
    status_code: int = shown()
    outcome: ProvisioningOutcome = shown()
    scim_type: str | None = shown()
    detail: str | None = shown()
    provider: IdentityProvider | None = shown()
    user_agent: str | None = shown()
    remote_ip: str | None = shown()
    warnings: list[str] = shown(description="What was tolerated or left out, one sentence each.")
    changed_attributes: list[str] = shown(
        description=(
            "By SCIM's names, as `active` or `name.familyName`; of a group's members how many:"
            " `members (+3 −1)`. Empty where nothing changed, and for removals."
        )
    )
    hints: list[ProvisioningHint] = shown(
        lambda self: [ProvisioningHint(hint=hint) for hint in hints_for(self.row)],
        description="What to change in the provider, or here; also for requests of long ago.",
    )
    subject_label: str | None = shown(
        description="What it was about, by the name as of then; also of what is gone by now."
    )
    request_body: str | None = shown(
        description="Secrets removed, cut at 64 KiB.",
        directives=[needs(Scope.PROVISIONING_READ_BODIES)],
    )
    response_body: str | None = shown(directives=[needs(Scope.PROVISIONING_READ_BODIES)])

    @resolved(description="What the request was about, as far as it still exists.")
    async def subject(self, info: Info) -> SubjectType | None:
        row = self.row
        return await subject_of(info.context, row.organization_id, row.subject_kind, row.subject_id)

    @resolved(needs(Scope.AUDIT_READ), description="What the request changed, newest first.")
    async def audit_events(
        self,
        info: Info,
        *,
        first: int | None = None,
        after: str | None = None,
        last: int | None = None,
        before: str | None = None,
    ) -> Connection[EventType]:
        reader, key = info.context.reader, (self.row.organization_id, self.row.correlation_id)
        return await connect_first(
            Arguments(key, "auditEvents", first=first, after=after, last=last, before=before),
            info.context.load.correlated_events,
            key,
            lambda window: CORRELATED_EVENT_LIST.page(
                reader, key[0], window, order="POSITION", descending=True, parent_id=key[1]
            ),
        )
