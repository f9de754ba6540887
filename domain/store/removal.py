"""Takes a member out of the organization: group rows, the member's row, the fact, the mail."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import asyncpg
from sqlalchemy import delete, func, literal, select, true, update
from sqlalchemy.dialects.postgresql import insert

from domain.store.account_rows import unlink_member
from domain.store.audit_writer import (
    AUDIT_EVENTS,
    AuditEntry,
    insert_events,
    numbered_values,
    shared_values,
)
from domain.store.group_rows import (
    GROUP_CHANGES,
    GROUP_IDS_OF_MEMBER,
    GROUP_MEMBERS,
    GROUPS,
    LOCK_GROUPS,
    ORGANIZATION,
)
from domain.store.isolation import Isolation, Outdated
from domain.store.member_rows import MEMBERS
from domain.store.notices import notice_values, queue_notice, take_back_notices
from domain.store.released_names import (
    RELEASED_NAMES,
    insert_released,
    names_of_member,
    released_values,
)
from domain.store.statement import INSTANT, UUID_TYPE, UUIDS, Statement, parameter
from domain.vocabulary import SubjectKind

if TYPE_CHECKING:
    from domain.ids import UUID
    from domain.model.member import MemberEvent
    from domain.store.unit_of_work import UnitOfWork

_MEMBER = parameter("member_id", UUID_TYPE)
_GROUPS = parameter("group_ids", UUIDS)


def _delete_statement(*, notifies: bool) -> Statement:
    gone = (
        delete(GROUP_MEMBERS)
        .where(
            GROUP_MEMBERS.c.organization_id == ORGANIZATION,
            GROUP_MEMBERS.c.member_id == _MEMBER,
            GROUP_MEMBERS.c.group_id == func.any(_GROUPS),
        )
        .returning(GROUP_MEMBERS.c.group_id)
        .cte("gone")
    )
    bumped = (
        update(GROUPS)
        .where(GROUPS.c.organization_id == ORGANIZATION, GROUPS.c.id == gone.c.group_id)
        .values(version=GROUPS.c.version + 1, updated_at=parameter("audit_recorded_at", INSTANT))
        .returning(GROUPS.c.id)
        .cte("bumped")
    )
    recorded = insert_events(1).returning(AUDIT_EVENTS.c.sequence).cte("recorded")
    history = (
        insert(GROUP_CHANGES)
        .from_select(
            ("organization_id", "member_id", "group_id", "sequence", "added"),
            select(
                ORGANIZATION, _MEMBER, gone.c.group_id, recorded.c.sequence, literal(False)
            ).select_from(gone.join(recorded, true())),
        )
        .returning(GROUP_CHANGES.c.sequence)
        .cte("history")
    )
    released = insert_released().returning(RELEASED_NAMES.c.key).cte("released")
    parts = [bumped, history, released, take_back_notices(recorded)]
    if notifies:
        parts.append(queue_notice(recorded))
    return Statement(select(recorded.c.sequence).add_cte(*parts))


# By whether the member is told.
_DELETE_GROUP_ROWS = {notifies: _delete_statement(notifies=notifies) for notifies in (False, True)}
_DELETE_MEMBER = Statement(
    delete(MEMBERS).where(MEMBERS.c.organization_id == ORGANIZATION, MEMBERS.c.id == _MEMBER)
)


async def lock_groups_of(
    unit: UnitOfWork, organization_id: UUID, member_id: UUID
) -> tuple[UUID, ...]:
    """Lock the member's groups, in the order of their ids, and return them.

    Also locks those that an earlier attempt saw: a member that many groups take and drop while it
    is removed would else slip away again and again. Raises Outdated when it has slipped away.
    """
    key = {"organization_id": organization_id, "member_id": member_id}
    before = {row[0] for row in await GROUP_IDS_OF_MEMBER.fetch(unit.connection, **key)}
    wanted = before | unit.groups_seen
    if not wanted:
        return ()
    await LOCK_GROUPS.fetch(
        unit.connection, organization_id=organization_id, group_ids=sorted(wanted)
    )
    # The event names these groups: what was seen before the locks may be over.
    held = {row[0] for row in await GROUP_IDS_OF_MEMBER.fetch(unit.connection, **key)}
    if not held <= wanted:
        raise Outdated(Isolation.TRANSACTION, wanted | held)
    return tuple(sorted(held))


async def delete_member(unit: UnitOfWork, event: MemberEvent, group_ids: tuple[UUID, ...]) -> None:
    """Delete the locked member, after its rows in the locked groups; write the fact.

    Raises Outdated when a group took the member between the look at its groups and the lock.
    """
    member = event.member
    values: dict[str, Any] = shared_values(unit.caller, member.organization_id, unit.now)
    entry = AuditEntry(event.action, SubjectKind.MEMBER, member.id, member.label, event.changes)
    values |= numbered_values([entry])
    values |= released_values(names_of_member(member.attributes), entry.id, member.id)
    key = {"organization_id": member.organization_id, "member_id": member.id}
    grace = unit.invitations.grace
    values |= notice_values(member, event.notice, event.void, now=unit.now, grace=grace)
    delete_rows = _DELETE_GROUP_ROWS[event.notice is not None]
    await delete_rows.fetch(unit.connection, **values, **key, group_ids=list(group_ids))
    try:
        await _DELETE_MEMBER.fetch(unit.connection, **key)
    except asyncpg.ForeignKeyViolationError as error:
        raise Outdated(Isolation.TRANSACTION, unit.groups_seen.union(group_ids)) from error
    if member.account_id is not None:
        await unlink_member(unit.connection, member.account_id, **key)
