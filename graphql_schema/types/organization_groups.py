"""The groups of an organization."""

from __future__ import annotations

from datetime import datetime

import strawberry

from domain.queries.group_pages import count_groups_of, find_group, page_groups
from domain.queries.organizations import OrganizationRow
from graphql_schema.connection import CountedConnection
from graphql_schema.context import Info
from graphql_schema.enums import OrderDirection, Scope
from graphql_schema.fields import resolved
from graphql_schema.ids import Kind
from graphql_schema.policy import needs
from graphql_schema.types.inputs import (
    BY_DISPLAY_NAME,
    GroupFilter,
    GroupOrder,
    GroupRef,
    group_words,
    own_id,
)
from graphql_schema.types.lists import Arguments, connect_counted
from graphql_schema.types.past import group_then, is_past
from graphql_schema.types.references import GroupType, wrap_or_none


@strawberry.type
class OrganizationGroups:
    """A part of Organization."""

    row: strawberry.Private[OrganizationRow]

    @resolved(needs(Scope.GROUPS_READ))
    async def group(
        self, info: Info, by: GroupRef, as_of: datetime | None = None
    ) -> GroupType | None:
        organization_id = self.row.id
        if as_of is not None and is_past(info.context, as_of):
            return wrap_or_none(await group_then(info.context, organization_id, by, as_of))
        if by.id or by.scim_id:
            id_ = by.scim_id or own_id(Kind.GROUP, by.id, organization_id)
            row = id_ and await info.context.load.group.load((organization_id, id_))
        else:
            row = await find_group(
                info.context.reader,
                organization_id,
                external_id=by.external_id or None,
                display_name=by.display_name or None,
            )
        return wrap_or_none(row or None)

    @resolved(needs(Scope.GROUPS_READ))
    async def groups(
        self,
        info: Info,
        *,
        filter: GroupFilter | None = None,  # noqa: A002
        order_by: GroupOrder = BY_DISPLAY_NAME,
        first: int | None = None,
        after: str | None = None,
        last: int | None = None,
        before: str | None = None,
    ) -> CountedConnection[GroupType]:
        id_, reader, wanted = self.row.id, info.context.reader, group_words(filter)
        if filter is not None and filter.member_id is not None:
            info.context.caller.require(Scope.MEMBERS_READ)
        facts = (id_, "groups", wanted, order_by.field, order_by.direction)
        arguments = Arguments(*facts, first=first, after=after, last=last, before=before)
        return await connect_counted(
            arguments,
            lambda window: page_groups(
                reader,
                id_,
                window,
                wanted,
                order=order_by.field.value,
                descending=order_by.direction is OrderDirection.DESC,
            ),
            lambda: count_groups_of(reader, id_, wanted),
        )
