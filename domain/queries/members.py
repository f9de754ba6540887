"""Reads members: one by id, lists by condition, pages by index."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import exists, func, literal_column, select

from domain.ids import UUID
from domain.queries.compiler import FieldColumn, Queried
from domain.queries.conditions import EVERYTHING, Condition
from domain.queries.member_counts import member_counts
from domain.queries.reader import Reader, Shapes
from domain.queries.rows import MemberRow, twin_of
from domain.queries.sorting import BY_ID, Position, Sort, after, ordering, sort_key
from domain.store.group_rows import GROUP_MEMBERS
from domain.store.member_rows import (
    GROUPS_OF_MEMBER,
    MEMBER_EMAILS,
    MEMBERS,
    GroupReference,
    groups_of,
)
from domain.store.statement import BOOLEAN, INSTANT, INTEGER, UUID_TYPE, Statement, parameter
from domain.vocabulary import MemberRole, ProvisioningSource, Stage

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from domain.model.member import Member

_ORGANIZATION = parameter("organization_id", UUID_TYPE)
_OURS = MEMBERS.c.organization_id == _ORGANIZATION
# True of every id. It makes the primary key the best index for a list that has no other condition:
# before there are statistics any index of the organization seems as good, and then needs sorting.
_BY_KEY = MEMBERS.c.id > literal_column(f"'{UUID(int=0)}'::uuid")

_COLUMNS = [MEMBERS.c[name] for name in MemberRow.__dataclass_fields__ if name != "groups"]


def _in_group(group_id: Any | None) -> Any:
    rows: Any = select(literal_column("1")).where(
        GROUP_MEMBERS.c.organization_id == MEMBERS.c.organization_id,
        GROUP_MEMBERS.c.member_id == MEMBERS.c.id,
    )
    return exists(rows if group_id is None else rows.where(GROUP_MEMBERS.c.group_id == group_id))


def _has_email(key: Any) -> Any:
    # An array, not IN: only so does the planner look both up by index, beside `email_key = key`.
    ids = select(MEMBER_EMAILS.c.member_id).where(
        MEMBER_EMAILS.c.organization_id == _ORGANIZATION, MEMBER_EMAILS.c.email_key == key
    )
    return MEMBERS.c.id == func.any(func.array(ids.scalar_subquery()))


QUERIED = Queried(
    fields={
        "id": FieldColumn(MEMBERS.c.id, UUID_TYPE),
        "user_name": FieldColumn(MEMBERS.c.user_name_key, folded=True),
        "email": FieldColumn(MEMBERS.c.email_key, folded=True, elsewhere=_has_email),
        "external_id": FieldColumn(MEMBERS.c.external_id),
        "display_name": FieldColumn(MEMBERS.c.display_name_key, folded=True),
        "given_name": FieldColumn(MEMBERS.c.given_name, lowered=True),
        "family_name": FieldColumn(MEMBERS.c.family_name, lowered=True),
        "active": FieldColumn(MEMBERS.c.revoked_at.is_(None), BOOLEAN),
        "role": FieldColumn(MEMBERS.c.role),
        "stage": FieldColumn(MEMBERS.c.stage),
        "source": FieldColumn(MEMBERS.c.source),
        "created_at": FieldColumn(MEMBERS.c.created_at, INSTANT),
        "updated_at": FieldColumn(MEMBERS.c.updated_at, INSTANT),
        "invited_at": FieldColumn(MEMBERS.c.invited_at, INSTANT),
        "accepted_at": FieldColumn(MEMBERS.c.accepted_at, INSTANT),
        "confirmed_at": FieldColumn(MEMBERS.c.confirmed_at, INSTANT),
        "version": FieldColumn(MEMBERS.c.version, MEMBERS.c.version.type),
    },
    profile=MEMBERS.c.profile,
    linked=_in_group,
)
_SHAPES = Shapes(QUERIED)


def _columns(*, with_groups: bool) -> list[Any]:
    return [*_COLUMNS, GROUPS_OF_MEMBER] if with_groups else list(_COLUMNS)


_BY_ID = {
    with_groups: Statement(
        select(*_columns(with_groups=with_groups)).where(
            _OURS, MEMBERS.c.id == parameter("id", UUID_TYPE)
        )
    )
    for with_groups in (False, True)
}


# By their words: a look-up costs a fifth of calling the enum.
_ROLES = {role.value: role for role in MemberRole}
_STAGES = {stage.value: stage for stage in Stage}
_UNFROZEN = twin_of(MemberRow)
_SOURCES = {source.value: source for source in ProvisioningSource}


def member_row(record: Mapping[str, Any], *, with_groups: bool = False) -> MemberRow:
    """The row that a record of the member columns holds."""
    row = _UNFROZEN(
        organization_id=record["organization_id"],
        id=record["id"],
        user_name=record["user_name"],
        email=record["email"],
        external_id=record["external_id"],
        display_name=record["display_name"],
        given_name=record["given_name"],
        family_name=record["family_name"],
        profile=record["profile"],
        role=_ROLES[record["role"]],
        permissions=tuple(record["permissions"]),
        stage=_STAGES[record["stage"]],
        revoked_at=record["revoked_at"],
        revocation_reason=record["revocation_reason"],
        account_id=record["account_id"],
        source=_SOURCES[record["source"]],
        created_at=record["created_at"],
        updated_at=record["updated_at"],
        invited_at=record["invited_at"],
        accepted_at=record["accepted_at"],
        confirmed_at=record["confirmed_at"],
        wrapped_key_version=record["wrapped_key_version"],
        wrapped_key_kid=record["wrapped_key_kid"],
        version=record["version"],
        groups=groups_of(record) if with_groups else None,
    )
    row.__class__ = MemberRow
    made: MemberRow = row
    return made


def row_of_member(member: Member, groups: tuple[GroupReference, ...] | None = None) -> MemberRow:
    """The row of a member as a command left it, without reading it again."""
    attributes = member.attributes
    return MemberRow(
        organization_id=member.organization_id,
        id=member.id,
        user_name=attributes.user_name,
        email=attributes.email,
        external_id=attributes.external_id,
        display_name=attributes.display_name,
        given_name=attributes.given_name,
        family_name=attributes.family_name,
        profile=dict(attributes.profile),
        role=member.role,
        permissions=tuple(sorted(member.permissions)),
        stage=member.stage,
        revoked_at=member.revoked_at,
        revocation_reason=member.revocation_reason,
        account_id=member.account_id,
        source=member.source,
        created_at=member.created_at,
        updated_at=member.updated_at,
        invited_at=member.invited_at,
        accepted_at=member.accepted_at,
        confirmed_at=member.confirmed_at,
        wrapped_key_version=member.wrapped_key_version,
        wrapped_key_kid=member.wrapped_key_kid,
        version=member.version,
        groups=groups,
    )


async def get_member(
    reader: Reader, organization_id: UUID, member_id: UUID, *, with_groups: bool = False
) -> MemberRow | None:
    """One member, or None."""
    record = await reader.fetch_row(
        _BY_ID[with_groups], organization_id=organization_id, id=member_id
    )
    return None if record is None else member_row(record, with_groups=with_groups)


async def count_members(
    reader: Reader, organization_id: UUID, condition: Condition = EVERYTHING
) -> int:
    """How many members meet the condition."""
    if condition == EVERYTHING:
        return (await member_counts(reader, organization_id)).total
    statement, parameters = _SHAPES.statement(
        "count",
        condition,
        lambda where: select(func.count()).select_from(MEMBERS).where(_OURS, where),
    )
    count: int = await reader.fetch_value(statement, organization_id=organization_id, **parameters)
    return count


def list_statement(
    condition: Condition,
    *,
    sort: Sort = BY_ID,
    backwards: bool = False,
    with_groups: bool = False,
    deep: bool = False,
) -> tuple[Statement, dict[str, Any]]:
    """The statement of a list and the parameters of its condition.

    A `deep` one passes over rows by their ids alone, and looks nothing up for them.
    """

    def build(where: Any) -> Any:
        key = sort_key(sort, QUERIED)
        if condition == EVERYTHING and key is None:
            where = _BY_KEY
        order = ordering(sort, key, MEMBERS.c.id, backwards=backwards)

        def page_of(*columns: Any) -> Any:
            return (
                select(*columns)
                .where(_OURS, where)
                .order_by(*order)
                .limit(parameter("limit", INTEGER))
                .offset(parameter("offset", INTEGER))
            )

        columns = _columns(with_groups=with_groups)
        if not deep:
            return page_of(*columns)
        page = page_of(MEMBERS.c.id).subquery("page")
        return select(*columns).where(_OURS, MEMBERS.c.id == page.c.id).order_by(*order)

    return _SHAPES.statement(("list", sort, backwards, with_groups, deep), condition, build)


async def list_members(
    reader: Reader,
    organization_id: UUID,
    condition: Condition = EVERYTHING,
    *,
    offset: int = 0,
    limit: int,
    sort: Sort = BY_ID,
    backwards: bool = False,
    with_groups: bool = False,
) -> Sequence[MemberRow]:
    """Members in the order asked for, `limit` of them after the first `offset`.

    `backwards` counts the offset from the end, and still returns them in order. `with_groups` looks
    the groups up row by row, in the same statement.
    """
    statement, parameters = list_statement(
        condition, sort=sort, backwards=backwards, with_groups=with_groups, deep=offset > 0
    )
    records = await reader.fetch(
        statement, organization_id=organization_id, limit=limit, offset=offset, **parameters
    )
    rows = [member_row(record, with_groups=with_groups) for record in records]
    if backwards:
        rows.reverse()
    return rows


async def members_after(
    reader: Reader,
    organization_id: UUID,
    condition: Condition = EVERYTHING,
    *,
    position: Position | None,
    limit: int,
    sort: Sort = BY_ID,
    with_groups: bool = False,
) -> list[tuple[MemberRow, Position]]:
    """The next `limit` members behind a position, each with its own; None begins at the start."""
    keyed = position is not None and position.value is not None

    def build(where: Any) -> Any:
        key = sort_key(sort, QUERIED)
        value = literal_column("NULL") if key is None else key[0]
        rows = select(*_columns(with_groups=with_groups), value.label("sort_value")).where(
            _OURS, where
        )
        if position is not None:
            rows = rows.where(after(sort, key, MEMBERS.c.id, keyed=keyed))
        return rows.order_by(*ordering(sort, key, MEMBERS.c.id)).limit(parameter("limit", INTEGER))

    kind = ("after", sort, position is not None, keyed, with_groups)
    statement, parameters = _SHAPES.statement(kind, condition, build)
    if position is not None:
        parameters |= {"position_value": position.value, "position_id": position.id}
    records = await reader.fetch(
        statement, organization_id=organization_id, limit=limit, **parameters
    )
    return [
        (
            member_row(record, with_groups=with_groups),
            Position(record["sort_value"], record["id"]),
        )
        for record in records
    ]
