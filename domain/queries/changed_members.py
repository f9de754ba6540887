"""The members that a group's event added or removed, from the rows that were written with it."""

from __future__ import annotations

from sqlalchemy import BigInteger

from domain.queries.audit import AuditEventRow
from domain.queries.compiler import FieldColumn, Queried
from domain.queries.conditions import Column, Compare, Op
from domain.queries.listing import Listing, no_link
from domain.queries.member_pages import MEMBER_COLUMNS
from domain.queries.members import member_row
from domain.queries.paging import Order, Page, Window
from domain.queries.reader import Reader
from domain.queries.rows import MemberRow
from domain.store.group_rows import GROUP_CHANGES
from domain.store.member_rows import MEMBERS
from domain.vocabulary import SubjectKind

_CHANGED = GROUP_CHANGES.join(
    MEMBERS,
    (MEMBERS.c.organization_id == GROUP_CHANGES.c.organization_id)
    & (MEMBERS.c.id == GROUP_CHANGES.c.member_id),
)
_CHANGED_MEMBERS = {
    added: Listing(
        source=_CHANGED,
        columns=MEMBER_COLUMNS,
        organization=GROUP_CHANGES.c.organization_id,
        identity=MEMBERS.c.id,
        orders=(Order("CREATED_AT", GROUP_CHANGES.c.member_id),),
        row=member_row,
        queried=Queried(
            fields={"sequence": FieldColumn(GROUP_CHANGES.c.sequence, BigInteger())},
            profile=None,
            linked=no_link,
        ),
        parent=GROUP_CHANGES.c.group_id,
        always=GROUP_CHANGES.c.added if added else ~GROUP_CHANGES.c.added,
    )
    for added in (True, False)
}


async def page_changed_members(
    reader: Reader, event: AuditEventRow, window: Window, *, added: bool
) -> Page[MemberRow]:
    """Those whom a group's event added or removed and who still are members."""
    if event.subject_kind is not SubjectKind.GROUP:
        return Page()
    return await _CHANGED_MEMBERS[added].page(
        reader,
        event.organization_id,
        window,
        Compare(Column("sequence"), Op.EQ, event.sequence),
        order="CREATED_AT",
        parent_id=event.subject_id,
    )


async def count_changed_members(reader: Reader, event: AuditEventRow, *, added: bool) -> int:
    """How many `page_changed_members` has in all."""
    if event.subject_kind is not SubjectKind.GROUP:
        return 0
    return await _CHANGED_MEMBERS[added].count(
        reader,
        event.organization_id,
        Compare(Column("sequence"), Op.EQ, event.sequence),
        parent_id=event.subject_id,
    )
