"""Reads groups: one by id, lists by condition, their members in pages."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import exists, func, literal_column, select

from domain.ids import UUID
from domain.queries.compiler import FieldColumn, Queried
from domain.queries.conditions import EVERYTHING, Condition
from domain.queries.reader import Reader, Shapes
from domain.queries.rows import GroupRow, MemberReference
from domain.queries.sorting import BY_ID, Position, Sort, after, ordering, sort_key
from domain.store.group_rows import GROUP_MEMBERS, GROUPS
from domain.store.member_rows import MEMBERS
from domain.store.statement import INSTANT, INTEGER, UUID_TYPE, UUIDS, Statement, parameter
from domain.vocabulary import ProvisioningSource

FIRST_ID = UUID(int=0)
_ORGANIZATION = parameter("organization_id", UUID_TYPE)
_OURS = GROUPS.c.organization_id == _ORGANIZATION
_COLUMNS = [GROUPS.c[name] for name in GroupRow.__dataclass_fields__]


def _has_member(member_id: Any | None) -> Any:
    rows: Any = select(literal_column("1")).where(
        GROUP_MEMBERS.c.organization_id == GROUPS.c.organization_id,
        GROUP_MEMBERS.c.group_id == GROUPS.c.id,
    )
    return exists(rows if member_id is None else rows.where(GROUP_MEMBERS.c.member_id == member_id))


QUERIED = Queried(
    fields={
        "id": FieldColumn(GROUPS.c.id, UUID_TYPE),
        "display_name": FieldColumn(GROUPS.c.display_name_key, folded=True),
        "external_id": FieldColumn(GROUPS.c.external_id),
        "source": FieldColumn(GROUPS.c.source),
        "created_at": FieldColumn(GROUPS.c.created_at, INSTANT),
        "updated_at": FieldColumn(GROUPS.c.updated_at, INSTANT),
        "version": FieldColumn(GROUPS.c.version, GROUPS.c.version.type),
    },
    profile=literal_column("'{}'::jsonb"),
    linked=_has_member,
)
_SHAPES = Shapes(QUERIED)
_BY_ID = Statement(select(*_COLUMNS).where(_OURS, GROUPS.c.id == parameter("id", UUID_TYPE)))
# Looked up by key for each row: a join would be free to begin with all members there are.
_SHOWN_NAME = (
    select(MEMBERS.c.display_name)
    .where(MEMBERS.c.organization_id == _ORGANIZATION, MEMBERS.c.id == GROUP_MEMBERS.c.member_id)
    .correlate(GROUP_MEMBERS)
    .scalar_subquery()
    .label("display")
)
_MEMBERS_AFTER = Statement(
    select(GROUP_MEMBERS.c.member_id.label("id"), _SHOWN_NAME)
    .where(
        GROUP_MEMBERS.c.organization_id == _ORGANIZATION,
        GROUP_MEMBERS.c.group_id == parameter("group_id", UUID_TYPE),
        GROUP_MEMBERS.c.member_id > parameter("after", UUID_TYPE),
    )
    .order_by(GROUP_MEMBERS.c.member_id)
    .limit(parameter("limit", INTEGER))
)
_MEMBERS_OF = Statement(
    select(GROUP_MEMBERS.c.group_id, GROUP_MEMBERS.c.member_id.label("id"), _SHOWN_NAME)
    .where(
        GROUP_MEMBERS.c.organization_id == _ORGANIZATION,
        GROUP_MEMBERS.c.group_id == func.any(parameter("ids", UUIDS)),
    )
    .order_by(GROUP_MEMBERS.c.group_id, GROUP_MEMBERS.c.member_id)
    .limit(parameter("limit", INTEGER))
)


def group_row(record: Mapping[str, Any]) -> GroupRow:
    """The row that a record of the group columns holds."""
    return GroupRow(
        organization_id=record["organization_id"],
        id=record["id"],
        display_name=record["display_name"],
        external_id=record["external_id"],
        source=ProvisioningSource(record["source"]),
        created_at=record["created_at"],
        updated_at=record["updated_at"],
        version=record["version"],
    )


async def get_group(reader: Reader, organization_id: UUID, group_id: UUID) -> GroupRow | None:
    """One group, or None."""
    record = await reader.fetch_row(_BY_ID, organization_id=organization_id, id=group_id)
    return None if record is None else group_row(record)


async def count_groups(
    reader: Reader, organization_id: UUID, condition: Condition = EVERYTHING
) -> int:
    """How many groups meet the condition."""
    statement, parameters = _SHAPES.statement(
        "count",
        condition,
        lambda where: select(func.count()).select_from(GROUPS).where(_OURS, where),
    )
    count: int = await reader.fetch_value(statement, organization_id=organization_id, **parameters)
    return count


async def list_groups(
    reader: Reader,
    organization_id: UUID,
    condition: Condition = EVERYTHING,
    *,
    offset: int = 0,
    limit: int,
    sort: Sort = BY_ID,
    backwards: bool = False,
) -> Sequence[GroupRow]:
    """Groups in the order asked for; see `list_members`."""

    def build(where: Any) -> Any:
        key = sort_key(sort, QUERIED)
        return (
            select(*_COLUMNS)
            .where(_OURS, where)
            .order_by(*ordering(sort, key, GROUPS.c.id, backwards=backwards))
            .limit(parameter("limit", INTEGER))
            .offset(parameter("offset", INTEGER))
        )

    statement, parameters = _SHAPES.statement(("list", sort, backwards), condition, build)
    records = await reader.fetch(
        statement, organization_id=organization_id, limit=limit, offset=offset, **parameters
    )
    rows = [group_row(record) for record in records]
    if backwards:
        rows.reverse()
    return rows


async def groups_after(
    reader: Reader,
    organization_id: UUID,
    condition: Condition = EVERYTHING,
    *,
    position: Position | None,
    limit: int,
    sort: Sort = BY_ID,
) -> list[tuple[GroupRow, Position]]:
    """The next `limit` groups behind a position; see `members_after`."""
    keyed = position is not None and position.value is not None

    def build(where: Any) -> Any:
        key = sort_key(sort, QUERIED)
        value = literal_column("NULL") if key is None else key[0]
        rows = select(*_COLUMNS, value.label("sort_value")).where(_OURS, where)
        if position is not None:
            rows = rows.where(after(sort, key, GROUPS.c.id, keyed=keyed))
        return rows.order_by(*ordering(sort, key, GROUPS.c.id)).limit(parameter("limit", INTEGER))

    kind = ("after", sort, position is not None, keyed)
    statement, parameters = _SHAPES.statement(kind, condition, build)
    if position is not None:
        parameters |= {"position_value": position.value, "position_id": position.id}
    records = await reader.fetch(
        statement, organization_id=organization_id, limit=limit, **parameters
    )
    return [(group_row(record), Position(record["sort_value"], record["id"])) for record in records]


async def group_members_after(
    reader: Reader,
    organization_id: UUID,
    group_id: UUID,
    *,
    after: UUID = FIRST_ID,
    limit: int,
) -> list[MemberReference]:
    """The next `limit` members of a group in the order of their ids."""
    records = await reader.fetch(
        _MEMBERS_AFTER,
        organization_id=organization_id,
        group_id=group_id,
        after=after,
        limit=limit,
    )
    return [MemberReference(record["id"], record["display"]) for record in records]


async def all_group_members(
    reader: Reader, organization_id: UUID, group_id: UUID, *, page: int = 1000
) -> AsyncIterator[list[MemberReference]]:
    """Every member of a group, a page of at most `page` at a time."""
    after = FIRST_ID
    while True:
        members = await group_members_after(
            reader, organization_id, group_id, after=after, limit=page
        )
        yield members
        if len(members) < page:
            return
        after = members[-1].id


async def first_members_of_groups(
    reader: Reader, organization_id: UUID, group_ids: Iterable[UUID], *, limit: int
) -> dict[UUID, list[MemberReference]]:
    """The members of the groups, group by group, `limit` in all, in one statement.

    Fewer than `limit` in sum means that they are complete.
    """
    ids = list(group_ids)
    members: dict[UUID, list[MemberReference]] = {id_: [] for id_ in ids}
    for record in await reader.fetch(
        _MEMBERS_OF, organization_id=organization_id, ids=ids, limit=limit
    ):
        members[record["group_id"]].append(MemberReference(record["id"], record["display"]))
    return members
