"""Members as an administrator looks for them: by filter, in an order, in pages, or of one group."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import func, literal_column, select

from domain.folding import fold
from domain.ids import UUID
from domain.queries.compiler import FieldColumn
from domain.queries.conditions import (
    AllOf,
    AnyOf,
    Column,
    Compare,
    Condition,
    Linked,
    OneOf,
    Op,
    Words,
)
from domain.queries.listing import Listing
from domain.queries.member_counts import member_counts
from domain.queries.members import QUERIED, member_row
from domain.queries.paging import Order, Page, Window
from domain.queries.ranges import Instants, within
from domain.queries.reader import Reader
from domain.queries.rows import MemberRow
from domain.queries.walks import Walk
from domain.store.group_rows import GROUP_MEMBERS
from domain.store.member_rows import MEMBERS
from domain.store.statement import INSTANT, INTEGER, UUID_TYPE, parameter
from domain.vocabulary import MemberRole, MemberStatus, ProvisioningSource, Stage

MEMBER_COLUMNS = [MEMBERS.c[name] for name in MemberRow.__dataclass_fields__ if name != "groups"]
_NAMES = MEMBERS.alias("names")


def _with_word(word: Any) -> Any:
    """The ids of the members in whose name a word begins with this, from the index of names."""
    name = _NAMES.c.display_name_key
    ids = select(_NAMES.c.id).where(
        _NAMES.c.organization_id == parameter("organization_id", UUID_TYPE),
        func.starts_with(name, word) | (func.strpos(name, func.concat(" ", word)) > 0),
    )
    return func.any(func.array(ids.scalar_subquery()))


MEMBERS_QUERIED = replace(
    QUERIED,
    fields={
        **QUERIED.fields,
        "revoked_at": FieldColumn(MEMBERS.c.revoked_at, INSTANT),
        "wrapped_key_version": FieldColumn(MEMBERS.c.wrapped_key_version, INTEGER),
        "name_word": FieldColumn(MEMBERS.c.id, folded=True, translated=_with_word),
    },
)
_ORDERS = (
    Order("CREATED_AT", MEMBERS.c.id),
    # Where all rows have one stage and none is revoked, the index on the status has them in order.
    Order("CREATED_AT_IN_STATUS", MEMBERS.c.id, lead=(MEMBERS.c.revoked_at,)),
    Order("UPDATED_AT", MEMBERS.c.id, key=MEMBERS.c.updated_at, key_type=datetime),
    Order("EMAIL", MEMBERS.c.id, key=MEMBERS.c.email_key, key_type=str, nullable=True),
    Order("ACCEPTED_AT", MEMBERS.c.id, key=MEMBERS.c.accepted_at, key_type=datetime, nullable=True),
)

MEMBER_LIST: Listing[MemberRow] = Listing(
    source=MEMBERS,
    columns=MEMBER_COLUMNS,
    organization=MEMBERS.c.organization_id,
    identity=MEMBERS.c.id,
    orders=_ORDERS,
    row=member_row,
    queried=MEMBERS_QUERIED,
)
# Aliased, since a condition on another group looks at the same table.
_OF_GROUP = GROUP_MEMBERS.alias("of_group")
GROUP_MEMBER_LIST: Listing[MemberRow] = Listing(
    source=_OF_GROUP.join(
        MEMBERS,
        (MEMBERS.c.organization_id == _OF_GROUP.c.organization_id)
        & (MEMBERS.c.id == _OF_GROUP.c.member_id),
    ),
    columns=MEMBER_COLUMNS,
    organization=_OF_GROUP.c.organization_id,
    identity=MEMBERS.c.id,
    # The order of the group's own rows, so that a page of a small group never walks all members.
    orders=(Order("CREATED_AT", _OF_GROUP.c.member_id),),
    row=member_row,
    queried=MEMBERS_QUERIED,
    parent=_OF_GROUP.c.group_id,
)


def some_members(always: Any, *orders: Order) -> Listing[MemberRow]:
    """Those for whom there is a partial index, whose condition `always` is, word for word."""
    return Listing(
        source=MEMBERS,
        columns=MEMBER_COLUMNS,
        organization=MEMBERS.c.organization_id,
        identity=MEMBERS.c.id,
        orders=orders,
        row=member_row,
        queried=MEMBERS_QUERIED,
        always=always & MEMBERS.c.revoked_at.is_(None),
    )


OWNER_LIST = some_members(
    (MEMBERS.c.role == literal_column("'OWNER'"))
    & (MEMBERS.c.stage == literal_column("'CONFIRMED'")),
    Order("CREATED_AT", MEMBERS.c.id),
)


@dataclass(frozen=True, slots=True)
class MemberFilter:
    """Meets the members that meet everything that is given; an empty tuple meets nothing."""

    search: str | None = None
    statuses: tuple[MemberStatus, ...] | None = None
    roles: tuple[MemberRole, ...] | None = None
    sources: tuple[ProvisioningSource, ...] | None = None
    group_id: UUID | None = None
    further_group_id: UUID | None = None
    external_ids: tuple[str, ...] | None = None
    has_external_id: bool | None = None
    created_at: Instants | None = None
    updated_at: Instants | None = None
    accepted_at: Instants | None = None

    def condition(self, *, by_index: bool = False) -> Condition:
        """The filter as a condition, for rows at hand or to find rows `by_index`."""
        terms: list[Condition] = []
        if self.search is not None and self.search.strip():
            terms.append(_searched(self.search.strip(), by_index=by_index))
        if self.statuses is not None:
            terms.append(AnyOf(tuple(_has_status(each) for each in dict.fromkeys(self.statuses))))
        for column, words in (("role", self.roles), ("source", self.sources)):
            if words is not None:
                terms.append(Words(Column(column), tuple(sorted({str(word) for word in words}))))
        if self.external_ids is not None:
            terms.append(OneOf(Column("external_id"), self.external_ids))
        groups = (self.group_id, self.further_group_id)
        terms.extend(Linked(group_id) for group_id in groups if group_id is not None)
        if self.has_external_id is not None:
            present = Op.NE if self.has_external_id else Op.EQ
            terms.append(Compare(Column("external_id"), present, None))
        terms.extend(within("created_at", self.created_at))
        terms.extend(within("updated_at", self.updated_at))
        terms.extend(within("accepted_at", self.accepted_at))
        return AllOf(tuple(terms))


EVERYONE = MemberFilter()
_WALK = Walk(2_000)


async def page_members(
    reader: Reader,
    organization_id: UUID,
    window: Window,
    wanted: MemberFilter = EVERYONE,
    *,
    order: str = "CREATED_AT",
    descending: bool = False,
) -> Page[MemberRow]:
    """Members of the organization, by the index that fits what is wanted of them."""
    if order == "CREATED_AT" and wanted == MemberFilter(group_id=wanted.group_id) != EVERYONE:
        return await GROUP_MEMBER_LIST.page(
            reader,
            organization_id,
            window,
            order=order,
            descending=descending,
            parent_id=wanted.group_id,
        )
    walk = None
    if wanted != EVERYONE:
        walk = replace(_WALK, sought=wanted.condition(by_index=True))
    if order == "CREATED_AT" and wanted.statuses is not None and len(wanted.statuses) == 1:
        (status,) = wanted.statuses
        if status is not MemberStatus.REVOKED:
            order = "CREATED_AT_IN_STATUS"
            wanted = replace(wanted, statuses=None)
            sought = wanted.condition(by_index=True)
            walk = replace(_WALK, within=_has_status(status), sought=sought)
    return await MEMBER_LIST.page(
        reader,
        organization_id,
        window,
        wanted.condition(),
        order=order,
        descending=descending,
        walk=walk,
    )


async def count_members_of(
    reader: Reader, organization_id: UUID, wanted: MemberFilter = EVERYONE
) -> int:
    """How many members meet the filter."""
    if wanted == MemberFilter(statuses=wanted.statuses):
        counts = await member_counts(reader, organization_id)
        return counts.total if wanted.statuses is None else counts.of(wanted.statuses)
    if wanted.group_id is not None:
        return await GROUP_MEMBER_LIST.count(
            reader,
            organization_id,
            replace(wanted, group_id=None).condition(),
            parent_id=wanted.group_id,
        )
    return await MEMBER_LIST.count(reader, organization_id, wanted.condition())


def _has_status(status: MemberStatus) -> Condition:
    revoked = Column("revoked_at")
    if status is MemberStatus.REVOKED:
        # Every stage is named, since the index on the status begins with it.
        return AllOf((Words(Column("stage"), tuple(Stage)), Compare(revoked, Op.NE, None)))
    return AllOf((Words(Column("stage"), (Stage(status).value,)), Compare(revoked, Op.EQ)))


def _searched(text: str, *, by_index: bool) -> Condition:
    """Prefix of the e-mail or user name, or every word begins a word of the display name."""
    named = words_of(Column("display_name"), text)
    if by_index:
        # The longest word is the rarest as a rule; the others are asked of those who have it.
        longest = max(fold(text).split(), key=len)
        named = AllOf((Compare(Column("name_word"), Op.EQ, longest), named))
    beginnings = [Compare(Column(name), Op.STARTS, text) for name in ("email", "user_name")]
    return AnyOf((*beginnings, named))


def words_of(name: Column, text: str) -> Condition:
    """Every word of `text` begins a word of the folded column `name`."""
    return AllOf(
        tuple(
            AnyOf((Compare(name, Op.STARTS, word), Compare(name, Op.CONTAINS, f" {word}")))
            for word in fold(text).split()
        )
    )


async def find_member(
    reader: Reader,
    organization_id: UUID,
    *,
    user_name: str | None = None,
    email: str | None = None,
    external_id: str | None = None,
) -> MemberRow | None:
    """The member with the one name that is given; an e-mail may be any of a member's."""
    for column, value in (
        ("user_name", user_name),
        ("email", email),
        ("external_id", external_id),
    ):
        if value is not None:
            page = await MEMBER_LIST.page(
                reader,
                organization_id,
                Window(1),
                Compare(Column(column), Op.EQ, value),
                order="CREATED_AT",
            )
            return page.rows[0] if page.rows else None
    return None
