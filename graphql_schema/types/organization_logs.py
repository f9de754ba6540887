"""What is known of the past of an organization: its history, the log of SCIM requests."""

from __future__ import annotations

import strawberry

from domain.queries.audit import page_events
from domain.queries.audit_verification import get_chain
from domain.queries.organizations import OrganizationRow
from domain.queries.provisioning_requests import page_requests
from graphql_schema.connection import Connection
from graphql_schema.context import Info
from graphql_schema.enums import Scope
from graphql_schema.fields import resolved
from graphql_schema.policy import needs
from graphql_schema.types.audit_chain import AuditChain
from graphql_schema.types.inputs import (
    AuditEventFilter,
    ProvisioningRequestFilter,
    audit_words,
    request_words,
)
from graphql_schema.types.lists import Arguments, connect
from graphql_schema.types.references import EventType, RequestType


@strawberry.type
class OrganizationLogs:
    """A part of Organization."""

    row: strawberry.Private[OrganizationRow]

    @resolved(needs(Scope.AUDIT_READ), description="The history, newest first.")
    async def audit_events(
        self,
        info: Info,
        *,
        filter: AuditEventFilter | None = None,  # noqa: A002
        first: int | None = None,
        after: str | None = None,
        last: int | None = None,
        before: str | None = None,
    ) -> Connection[EventType]:
        id_, reader, wanted = self.row.id, info.context.reader, audit_words(filter)
        arguments = Arguments(
            id_, "auditEvents", wanted, first=first, after=after, last=last, before=before
        )
        return await connect(arguments, lambda window: page_events(reader, id_, window, wanted))

    @resolved(needs(Scope.AUDIT_READ))
    async def audit_chain(self, info: Info) -> AuditChain:
        return AuditChain(row=await get_chain(info.context.reader, self.row.id))

    @resolved(
        needs(Scope.PROVISIONING_READ), description="Calls of the identity provider, newest first."
    )
    async def provisioning_requests(
        self,
        info: Info,
        *,
        filter: ProvisioningRequestFilter | None = None,  # noqa: A002
        first: int | None = None,
        after: str | None = None,
        last: int | None = None,
        before: str | None = None,
    ) -> Connection[RequestType]:
        id_, reader, wanted = self.row.id, info.context.reader, request_words(filter)
        facts = (id_, "provisioningRequests", wanted)
        arguments = Arguments(*facts, first=first, after=after, last=last, before=before)
        return await connect(arguments, lambda window: page_requests(reader, id_, window, wanted))
