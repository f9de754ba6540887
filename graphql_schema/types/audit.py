"""Audit events as the admin API shows them, and the catalogue of their actions."""

from __future__ import annotations

from datetime import datetime

import strawberry

from domain.ids import UUID
from domain.queries.audit import AuditEventRow
from domain.queries.audit_actions import sentence_of
from domain.queries.changed_members import count_changed_members, page_changed_members
from graphql_schema.connection import CountedConnection
from graphql_schema.context import Info
from graphql_schema.enums import Origin, Scope
from graphql_schema.fields import resolved, shown
from graphql_schema.ids import Kind, make_id
from graphql_schema.policy import needs
from graphql_schema.types.actors import actor_of, subject_of
from graphql_schema.types.lists import Arguments, connect_counted
from graphql_schema.types.node import Node
from graphql_schema.types.references import (
    ActorType,
    MemberType,
    RequestType,
    SubjectType,
    shows,
    wrap_or_none,
)


@strawberry.type(description="Values are texts; JSON where the value is more than that.")
class AttributeChange:
    attribute: str
    before: str | None
    after: str | None


@strawberry.type
class AuditAction:
    action: str
    description: str
    subject: str


@shows(AuditEventRow)
@strawberry.type(
    description=(
        "An immutable fact. `action` is a dotted string from `auditActions`, so new facts are not"
        " breaking."
    ),
    directives=[needs(Scope.AUDIT_READ)],
)
class AuditEvent(Node):
    row: strawberry.Private[AuditEventRow]

    id: strawberry.ID = shown(
        lambda self: make_id(Kind.AUDIT_EVENT, self.row.organization_id, self.row.id)
    )
    position: int = shown(description="1, 2, 3 … in this organization, without gaps.")
    hash: str = shown(lambda self: self.row.hash.hex())
    occurred_at: datetime = shown()
    action: str = shown()
    summary: str = shown(
        lambda self: sentence_of(self.row.action, self.row.actor_label, self.row.subject_label),
        description="Readable sentence, with the names as of then.",
    )
    origin: Origin = shown()
    actor_label: str = shown()
    actor_ip: str | None = shown()
    subject_label: str = shown()
    changes: list[AttributeChange] = shown(
        lambda self: [AttributeChange(**change) for change in self.row.changes]
    )
    correlation_id: UUID = shown(description="Other events of the same command share it.")

    @resolved(description="`null` when it no longer exists; the label stays.")
    async def actor(self, info: Info) -> ActorType | None:
        row = self.row
        return await actor_of(
            info.context, row.organization_id, row.actor_kind, row.actor_id, row.actor_label
        )

    @resolved(description="`null` when it no longer exists; the label stays.")
    async def subject(self, info: Info) -> SubjectType | None:
        row = self.row
        return await subject_of(info.context, row.organization_id, row.subject_kind, row.subject_id)

    @resolved(needs(Scope.PROVISIONING_READ))
    async def provisioning_request(self, info: Info) -> RequestType | None:
        if self.row.origin is not Origin.SCIM:
            return None
        key = (self.row.organization_id, self.row.request_id)
        return wrap_or_none(await info.context.load.request.load(key))

    @resolved(
        needs(Scope.MEMBERS_READ),
        description="Of a group change: who was added and still is a member.",
    )
    async def members_added(
        self, info: Info, first: int | None = None, after: str | None = None
    ) -> CountedConnection[MemberType]:
        return await self._changed(info, added=True, first=first, after=after)

    @resolved(
        needs(Scope.MEMBERS_READ),
        description="Of a group change: who was removed and still is a member.",
    )
    async def members_removed(
        self, info: Info, first: int | None = None, after: str | None = None
    ) -> CountedConnection[MemberType]:
        return await self._changed(info, added=False, first=first, after=after)

    async def _changed(
        self, info: Info, *, added: bool, first: int | None, after: str | None
    ) -> CountedConnection[MemberType]:
        row, reader = self.row, info.context.reader
        return await connect_counted(
            Arguments(row.organization_id, row.id, added, first=first, after=after),
            lambda window: page_changed_members(reader, row, window, added=added),
            lambda: count_changed_members(reader, row, added=added),
        )
