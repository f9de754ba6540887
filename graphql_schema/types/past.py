"""How the types show the past: objects by the names they had at an instant, their lists then."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from domain.errors import Invalid
from domain.ids import UUID
from domain.queries.audit import SUBJECT_EVENT_LIST
from domain.queries.conditions import Column, Compare, Op
from domain.queries.invitations import MEMBER_INVITATION_LIST
from domain.queries.listing import Listing
from domain.queries.moments import Moment
from domain.queries.paging import Page, Window, page_of
from domain.queries.past_groups import find_group_as_of
from domain.queries.past_members import find_member_as_of
from domain.queries.provisioning_requests import SUBJECT_REQUEST_LIST
from domain.queries.rows import PastGroup, PastMember
from domain.queries.timeline import TIMELINE
from graphql_schema.ids import Kind
from graphql_schema.types.inputs import GroupRef, MemberRef, own_id
from graphql_schema.types.lists import Arguments, Fetch, connect, connect_counted

if TYPE_CHECKING:
    from domain.queries.rows import GroupRow, MemberRow
    from graphql_schema.context import Context


def is_past(context: Context, as_of: datetime | None) -> bool:
    """Whether something else than the present is asked for."""
    return as_of is not None and as_of < context.now


def then(row: MemberRow | GroupRow) -> tuple[object, ...]:
    """What tells a list of the past from that of the present, for `Arguments`."""
    return (row.moment,) if isinstance(row, PastMember | PastGroup) else ()


def _moment(row: PastMember | PastGroup) -> Moment:
    return Moment(row.position, row.moment)


async def member_then(
    context: Context, organization_id: UUID, by: MemberRef, as_of: datetime
) -> PastMember | None:
    """The member that the reference meant at that instant."""
    moment = await context.load.past.moment.load((organization_id, as_of))
    if by.id or by.scim_id:
        id_ = by.scim_id or own_id(Kind.MEMBER, by.id, organization_id)
        return await context.load.past.member.load((organization_id, id_, moment)) if id_ else None
    return await find_member_as_of(
        context.reader,
        organization_id,
        moment,
        user_name=by.user_name or None,
        email=by.email or None,
        external_id=by.external_id or None,
    )


async def group_then(
    context: Context, organization_id: UUID, by: GroupRef, as_of: datetime
) -> PastGroup | None:
    """The group that the reference meant at that instant."""
    moment = await context.load.past.moment.load((organization_id, as_of))
    if by.id or by.scim_id:
        id_ = by.scim_id or own_id(Kind.GROUP, by.id, organization_id)
        return await context.load.past.group.load((organization_id, id_, moment)) if id_ else None
    return await find_group_as_of(
        context.reader,
        organization_id,
        moment,
        external_id=by.external_id or None,
        display_name=by.display_name or None,
    )


async def members_then(
    context: Context,
    row: GroupRow,
    as_of: datetime | None,
    *,
    filtered: bool,
    **window: Any,
) -> Any:
    """The members of the group at an instant, its own where it is one of the past."""
    if filtered:
        raise Invalid("filter", "cannot be combined with asOf")
    group: PastGroup | None
    if as_of is not None:
        moment = await context.load.past.moment.load((row.organization_id, as_of))
        group = await context.load.past.group.load((row.organization_id, row.id, moment))
    else:
        group = row if isinstance(row, PastGroup) else None
    instant = group.moment if group is not None else as_of
    arguments = Arguments(row.organization_id, row.id, "membersAsOf", instant, **window)

    async def fetch(window: Window) -> Page[PastMember]:
        if group is None:
            return Page()
        return await context.load.past.members.load((group, window))

    async def count() -> int:
        return 0 if group is None else await context.load.past.member_count.load(group)

    return await connect_counted(arguments, fetch, count)


async def groups_then(context: Context, member: PastMember, arguments: Arguments) -> Any:
    """The groups of a member of the past, as they were."""
    owner, moment = member.organization_id, _moment(member)
    ids = await context.load.past.group_ids.load((owner, member.id, moment))

    async def fetch(window: Window) -> Page[PastGroup]:
        found = [
            id_
            for id_ in ids
            if (window.after is None or id_ > _id_of("after", window.after))
            and (window.before is None or id_ < _id_of("before", window.before))
        ]
        if window.backwards:
            found.reverse()
        wanted = found[: window.limit + 1]
        rows = await context.load.past.group.load_many([(owner, id_, moment) for id_ in wanted])
        return page_of(window, [(row, (None, row.id)) for row in rows if row is not None])

    async def count() -> int:
        return len(ids)

    return await connect_counted(arguments, fetch, count)


def _id_of(name: str, position: tuple[object, object]) -> UUID:
    if not isinstance(position[1], UUID):
        raise Invalid(name, "is not a position in this list")
    return position[1]


def _log_until(
    context: Context, row: PastMember | PastGroup, log: Listing[Any], until: Compare
) -> Fetch:
    """Pages of what a log holds about the subject, the newest first."""
    return lambda window: log.page(
        context.reader,
        row.organization_id,
        window,
        until,
        order="POSITION",
        descending=True,
        parent_id=row.id,
    )


async def events_then(context: Context, row: PastMember | PastGroup, arguments: Arguments) -> Any:
    """The events about a subject of the past, until then."""
    until = Compare(Column("position"), Op.LE, row.position)
    return await connect(arguments, _log_until(context, row, SUBJECT_EVENT_LIST, until))


async def invitations_then(context: Context, member: PastMember, arguments: Arguments) -> Any:
    """The invitations that had been made by then."""
    until = Compare(Column("queued_at"), Op.LE, member.moment)
    place = (context.reader, member.organization_id)
    return await connect_counted(
        arguments,
        lambda window: MEMBER_INVITATION_LIST.page(
            *place, window, until, order="QUEUED_AT", descending=True, parent_id=member.id
        ),
        lambda: MEMBER_INVITATION_LIST.count(*place, until, parent_id=member.id),
    )


async def requests_then(context: Context, member: PastMember, arguments: Arguments) -> Any:
    """The requests about the member that had come by then."""
    until = Compare(Column("received_at"), Op.LE, member.moment)
    return await connect(arguments, _log_until(context, member, SUBJECT_REQUEST_LIST, until))


async def timeline_then(context: Context, row: PastMember, arguments: Arguments) -> Any:
    """The timeline of a member of the past, until then."""
    return await connect(
        arguments,
        lambda window: TIMELINE.page(
            context.reader, row.organization_id, window, parent_id=row.id, until=row.moment
        ),
    )
