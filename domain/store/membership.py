"""Set-based membership: one statement applies any change of a group's members.

It locks the group, locks those of the ids that are members of the organization, inserts and deletes
the difference, bumps the group's version only when there is one, and writes the event with its
member list. Nothing of it depends on how many members the group has.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import (
    Text,
    cast,
    delete,
    false,
    func,
    literal_column,
    or_,
    select,
    true,
    union_all,
    update,
)
from sqlalchemy.dialects.postgresql import aggregate_order_by, insert

from domain.errors import NotFound
from domain.ids import UUID, new_id
from domain.store.audit_writer import AUDIT_EVENTS, shared_values
from domain.store.group_rows import GROUP_CHANGES, GROUP_MEMBERS, GROUPS, ORGANIZATION
from domain.store.member_rows import MEMBERS
from domain.store.statement import INSTANT, KEY, TEXT, UUID_TYPE, UUIDS, Statement, parameter
from domain.vocabulary import SubjectKind

if TYPE_CHECKING:
    from datetime import datetime

    from domain.caller import Caller
    from domain.model.group import MembershipChange
    from domain.store.unit_of_work import UnitOfWork

_GROUP = parameter("group_id", UUID_TYPE)
_ADD = parameter("add", UUIDS)
_REMOVE = parameter("remove", UUIDS)
_NOW = parameter("audit_recorded_at", INSTANT)


@dataclass(frozen=True, slots=True)
class MembershipResult:
    """What a membership change did; `known` are those ids to add that are members."""

    added: int
    removed: int
    known: frozenset[UUID]
    version: int

    @property
    def changed(self) -> bool:
        """Whether the group has other members now."""
        return bool(self.added or self.removed)


def _statement(*, replaces: bool) -> Statement:
    """The statement; only a replacing one looks at the members that are not named."""
    target = (
        select(GROUPS.c["id", "display_name", "version"])
        .where(GROUPS.c.organization_id == ORGANIZATION, GROUPS.c.id == _GROUP)
        .with_for_update(key_share=True)
        .cte("target")
    )
    known = (
        select(MEMBERS.c.id)
        .select_from(MEMBERS.join(target, true()))
        .where(MEMBERS.c.organization_id == ORGANIZATION, MEMBERS.c.id == func.any(_ADD))
        .order_by(MEMBERS.c.id)
        .with_for_update(read=True, key_share=True, of=MEMBERS)
        .cte("known")
    )
    added = (
        insert(GROUP_MEMBERS)
        .from_select(
            ("organization_id", "group_id", "member_id"),
            select(ORGANIZATION, _GROUP, known.c.id),
        )
        .on_conflict_do_nothing()
        .returning(GROUP_MEMBERS.c.member_id)
        .cte("added")
    )
    gone = GROUP_MEMBERS.c.member_id == func.any(_REMOVE)
    if replaces:
        gone = or_(gone, GROUP_MEMBERS.c.member_id != func.all(_ADD))
    removed = (
        delete(GROUP_MEMBERS)
        .where(
            GROUP_MEMBERS.c.organization_id == ORGANIZATION,
            GROUP_MEMBERS.c.group_id == select(target.c.id).scalar_subquery(),
            gone,
        )
        .returning(GROUP_MEMBERS.c.member_id)
        .cte("removed")
    )
    counts = select(
        select(func.count()).select_from(added).scalar_subquery().label("added"),
        select(func.count()).select_from(removed).scalar_subquery().label("removed"),
    ).cte("counts")
    bumped = (
        update(GROUPS)
        .where(
            GROUPS.c.organization_id == ORGANIZATION,
            GROUPS.c.id == _GROUP,
            counts.c.added + counts.c.removed > 0,
        )
        .values(version=GROUPS.c.version + 1, updated_at=_NOW)
        .returning(GROUPS.c["id", "display_name", "version"])
        .cte("bumped")
    )
    recorded = _recorded(bumped, added, removed).cte("recorded")
    rows = union_all(
        select(added.c.member_id, true().label("added")),
        select(removed.c.member_id, false()),
    ).subquery("rows")
    history = (
        insert(GROUP_CHANGES)
        .from_select(
            ("organization_id", "group_id", "sequence", "member_id", "added"),
            select(
                ORGANIZATION, _GROUP, recorded.c.sequence, rows.c.member_id, rows.c.added
            ).select_from(recorded.join(rows, true())),
        )
        .returning(GROUP_CHANGES.c.sequence)
        .cte("history")
    )
    return Statement(
        select(
            target.c.id,
            counts.c.added,
            counts.c.removed,
            func.coalesce(select(bumped.c.version).scalar_subquery(), target.c.version).label(
                "version"
            ),
            func.array(select(known.c.id).scalar_subquery()).label("known"),
        )
        .select_from(target.join(counts, true()))
        .add_cte(history)
    )


def _recorded(bumped: Any, added: Any, removed: Any) -> Any:
    """The event: counts and a hash of the sorted ids, the ids themselves are in the history."""
    shared = ("recorded_at", "origin", "actor_kind", "actor_id", "actor_label", "actor_ip")
    columns = [
        "organization_id",
        *shared,
        "correlation_id",
        "request_id",
        "id",
        "action",
        "subject_kind",
        "subject_id",
        "subject_label",
        "changes",
    ]
    changes = func.jsonb_build_array(
        _set_change("membersAdded", added), _set_change("membersRemoved", removed)
    )
    source = select(
        *(
            parameter(f"audit_{name}", AUDIT_EVENTS.c[name].type)
            for name in ("organization_id", *shared, "correlation_id", "request_id")
        ),
        parameter("event_id", UUID_TYPE),
        parameter("action", KEY),
        parameter("subject_kind", TEXT),
        bumped.c.id,
        bumped.c.display_name,
        changes,
    ).select_from(bumped)
    return insert(AUDIT_EVENTS).from_select(columns, source).returning(AUDIT_EVENTS.c.sequence)


def _set_change(attribute: str, members: Any) -> Any:
    """{"attribute", "before": null, "after": "<count> sha256:<hash of the sorted ids>"}."""
    ordered: Any = aggregate_order_by(literal_column("','"), members.c.member_id)
    listed = select(func.string_agg(cast(members.c.member_id, Text()), ordered))
    digest = func.encode(
        func.sha256(
            func.convert_to(func.coalesce(listed.scalar_subquery(), ""), literal_column("'UTF8'"))
        ),
        literal_column("'hex'"),
    )
    count = select(func.count()).select_from(members).scalar_subquery()
    return func.jsonb_build_object(
        literal_column("'attribute'"),
        literal_column(f"'{attribute}'"),
        literal_column("'before'"),
        literal_column("NULL::text"),
        literal_column("'after'"),
        func.concat(count, literal_column("' sha256:'"), digest),
    )


_CHANGE = _statement(replaces=False)
_REPLACE = _statement(replaces=True)


async def change_membership(
    unit: UnitOfWork, organization_id: UUID, group_id: UUID, change: MembershipChange
) -> MembershipResult:
    """Apply the change and record it. Raises NotFound when there is no such group.

    Ids that are no members of the organization are left out; see `MembershipResult.known`.
    """
    unit.writes_once()
    text, arguments = membership_statement(unit.caller, organization_id, group_id, change, unit.now)
    rows = await unit.connection.fetch(text, *arguments)
    row = rows[0] if rows else None
    if row is None:
        raise NotFound("group")
    return MembershipResult(row["added"], row["removed"], frozenset(row["known"]), row["version"])


def membership_statement(
    caller: Caller, organization_id: UUID, group_id: UUID, change: MembershipChange, now: datetime
) -> tuple[str, list[Any]]:
    """The statement that applies the change, and its arguments."""
    statement = _REPLACE if change.replaces else _CHANGE
    values = shared_values(caller, organization_id, now)
    values |= {
        "organization_id": organization_id,
        "group_id": group_id,
        "add": sorted(change.add),
        "remove": sorted(change.remove),
        "event_id": new_id(),
        "action": "group.members_changed",
        "subject_kind": SubjectKind.GROUP,
    }
    return statement.text, statement.arguments(values)
