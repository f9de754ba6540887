"""The group as the admin API shows it."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import strawberry

from domain.ids import UUID
from domain.queries.audit import SUBJECT_EVENT_LIST
from domain.queries.member_pages import EVERYONE, count_members_of, page_members
from domain.queries.rows import GroupRow, PastGroup
from graphql_schema.connection import Connection, CountedConnection
from graphql_schema.context import Info
from graphql_schema.enums import ProvisioningSource, Scope
from graphql_schema.fields import resolved, shown
from graphql_schema.ids import Kind, make_id
from graphql_schema.policy import costs, needs
from graphql_schema.types.inputs import MemberFilter, member_words
from graphql_schema.types.lists import (
    Arguments,
    connect_counted,
    connect_counted_first,
    connect_first,
)
from graphql_schema.types.node import Node, Versioned
from graphql_schema.types.past import events_then, is_past, members_then, then
from graphql_schema.types.references import EventType, MemberType, OrganizationType, shows, wrap


@shows(PastGroup)
@shows(GroupRow)
@strawberry.type(directives=[needs(Scope.GROUPS_READ)])
class Group(Node, Versioned):
    row: strawberry.Private[GroupRow]

    id: strawberry.ID = shown(
        lambda self: make_id(Kind.GROUP, self.row.organization_id, self.row.id)
    )
    scim_id: UUID = shown("row.id", description="Id in SCIM URLs.")
    version: int = shown()
    created_at: datetime = shown()
    updated_at: datetime = shown()
    display_name: str = shown()
    external_id: str | None = shown()
    source: ProvisioningSource = shown()

    @resolved()
    async def organization(self, info: Info) -> OrganizationType:
        return wrap(await info.context.load.organization.load(self.row.organization_id))

    @resolved(costs(2))
    async def member_count(self, info: Info) -> int:
        if isinstance(self.row, PastGroup):
            return await info.context.load.past.member_count.load(self.row)
        return await info.context.load.member_count.load((self.row.organization_id, self.row.id))

    @resolved(description="In the order in which they became members of the organization.")
    async def members(
        self,
        info: Info,
        *,
        filter: MemberFilter | None = None,  # noqa: A002
        as_of: datetime | None = None,
        first: int | None = None,
        after: str | None = None,
        last: int | None = None,
        before: str | None = None,
    ) -> CountedConnection[MemberType]:
        reader, key = info.context.reader, (self.row.organization_id, self.row.id)
        wanted = member_words(filter)
        if is_past(info.context, as_of) or (as_of is None and isinstance(self.row, PastGroup)):
            window = {"first": first, "after": after, "last": last, "before": before}
            filtered = wanted != EVERYONE
            return await members_then(info.context, self.row, as_of, filtered=filtered, **window)
        arguments = Arguments(
            key, "members", wanted, first=first, after=after, last=last, before=before
        )
        if wanted == EVERYONE:
            everyone = replace(wanted, group_id=key[1])
            return await connect_counted_first(
                arguments,
                info.context.load.members_of_group,
                key,
                lambda window: page_members(reader, key[0], window, everyone),
                lambda: info.context.load.member_count.load(key),
            )
        if wanted.group_id not in {None, key[1]}:
            # Members of two groups: the second one as a condition on those of the first.
            wanted = replace(wanted, further_group_id=wanted.group_id)
        wanted = replace(wanted, group_id=key[1])
        return await connect_counted(
            arguments,
            lambda window: page_members(reader, key[0], window, wanted),
            lambda: count_members_of(reader, key[0], wanted),
        )

    @resolved(needs(Scope.AUDIT_READ), description="Events about the group, newest first.")
    async def audit_events(
        self,
        info: Info,
        *,
        first: int | None = None,
        after: str | None = None,
        last: int | None = None,
        before: str | None = None,
    ) -> Connection[EventType]:
        reader, key = info.context.reader, (self.row.organization_id, self.row.id)
        facts = (key, "auditEvents", *then(self.row))
        arguments = Arguments(*facts, first=first, after=after, last=last, before=before)
        if isinstance(self.row, PastGroup):
            return await events_then(info.context, self.row, arguments)
        return await connect_first(
            arguments,
            info.context.load.events_of_subject,
            key,
            lambda window: SUBJECT_EVENT_LIST.page(
                reader, key[0], window, order="POSITION", descending=True, parent_id=key[1]
            ),
        )
