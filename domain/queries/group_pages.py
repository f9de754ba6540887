"""Groups as an administrator looks for them: by filter, in an order, in pages, or of one member."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from domain.ids import UUID
from domain.queries.conditions import AllOf, Column, Compare, Condition, Linked, OneOf, Op
from domain.queries.groups import QUERIED, group_row
from domain.queries.listing import Listing
from domain.queries.member_pages import words_of
from domain.queries.paging import Order, Page, Window
from domain.queries.reader import Reader
from domain.queries.rows import GroupRow
from domain.store.group_rows import GROUP_MEMBERS, GROUPS
from domain.vocabulary import ProvisioningSource

_COLUMNS = [GROUPS.c[name] for name in GroupRow.__dataclass_fields__]

GROUP_LIST: Listing[GroupRow] = Listing(
    source=GROUPS,
    columns=_COLUMNS,
    organization=GROUPS.c.organization_id,
    identity=GROUPS.c.id,
    orders=(
        Order("CREATED_AT", GROUPS.c.id),
        Order("UPDATED_AT", GROUPS.c.id, key=GROUPS.c.updated_at, key_type=datetime),
        Order("DISPLAY_NAME", GROUPS.c.id, key=GROUPS.c.display_name_key, key_type=str),
    ),
    row=group_row,
    queried=QUERIED,
)
# Aliased, since a condition on another member looks at the same table.
_OF_MEMBER = GROUP_MEMBERS.alias("of_member")
MEMBER_GROUP_LIST: Listing[GroupRow] = Listing(
    source=_OF_MEMBER.join(
        GROUPS,
        (GROUPS.c.organization_id == _OF_MEMBER.c.organization_id)
        & (GROUPS.c.id == _OF_MEMBER.c.group_id),
    ),
    columns=_COLUMNS,
    organization=_OF_MEMBER.c.organization_id,
    identity=GROUPS.c.id,
    orders=(Order("CREATED_AT", _OF_MEMBER.c.group_id),),
    row=group_row,
    queried=QUERIED,
    parent=_OF_MEMBER.c.member_id,
)


@dataclass(frozen=True, slots=True)
class GroupFilter:
    """Meets the groups that meet everything that is given."""

    search: str | None = None
    sources: tuple[ProvisioningSource, ...] | None = None
    member_id: UUID | None = None
    has_external_id: bool | None = None

    def condition(self) -> Condition:
        """The filter as a condition."""
        terms: list[Condition] = []
        if self.search is not None and self.search.strip():
            terms.append(words_of(Column("display_name"), self.search))
        if self.sources is not None:
            terms.append(OneOf(Column("source"), tuple(str(word) for word in self.sources)))
        if self.member_id is not None:
            terms.append(Linked(self.member_id))
        if self.has_external_id is not None:
            present = Op.NE if self.has_external_id else Op.EQ
            terms.append(Compare(Column("external_id"), present, None))
        return AllOf(tuple(terms))


EVERY_GROUP = GroupFilter()


async def page_groups(
    reader: Reader,
    organization_id: UUID,
    window: Window,
    wanted: GroupFilter = EVERY_GROUP,
    *,
    order: str = "DISPLAY_NAME",
    descending: bool = False,
) -> Page[GroupRow]:
    """Groups of the organization, by the index that fits what is wanted of them."""
    if order == "CREATED_AT" and wanted.member_id is not None:
        return await MEMBER_GROUP_LIST.page(
            reader,
            organization_id,
            window,
            replace(wanted, member_id=None).condition(),
            order=order,
            descending=descending,
            parent_id=wanted.member_id,
        )
    return await GROUP_LIST.page(
        reader, organization_id, window, wanted.condition(), order=order, descending=descending
    )


async def count_groups_of(
    reader: Reader, organization_id: UUID, wanted: GroupFilter = EVERY_GROUP
) -> int:
    """How many groups meet the filter."""
    if wanted.member_id is not None:
        return await MEMBER_GROUP_LIST.count(
            reader,
            organization_id,
            replace(wanted, member_id=None).condition(),
            parent_id=wanted.member_id,
        )
    return await GROUP_LIST.count(reader, organization_id, wanted.condition())


async def find_group(
    reader: Reader,
    organization_id: UUID,
    *,
    external_id: str | None = None,
    display_name: str | None = None,
) -> GroupRow | None:
    """The group with the one name that is given."""
    column, value = ("external_id", external_id)
    if value is None:
        column, value = ("display_name", display_name)
    if value is None:
        return None
    condition = Compare(Column(column), Op.EQ, value)
    page = await GROUP_LIST.page(reader, organization_id, Window(1), condition, order="CREATED_AT")
    return page.rows[0] if page.rows else None
