"""Loads and writes a group's own row, inside a transaction, with the fact that goes with it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import asyncpg
from sqlalchemy import delete, func, literal, select, true
from sqlalchemy.dialects.postgresql import insert

from domain.errors import NotFound, Taken
from domain.store.audit_writer import (
    AUDIT_EVENTS,
    AuditEntry,
    insert_events,
    numbered_values,
    shared_values,
)
from domain.store.group_rows import (
    DELETE_GROUP,
    GROUP_CHANGES,
    GROUP_MEMBERS,
    INSERT_GROUP,
    LOCK_GROUP,
    ORGANIZATION,
    SAME_GROUP_NAMES,
    UPDATE_GROUP,
    group_of,
    group_values,
)
from domain.store.isolation import Isolation, Outdated
from domain.store.released_names import (
    INSERT_RELEASED,
    RELEASED_NAMES,
    insert_released,
    names_of_group,
    released,
    released_values,
)
from domain.store.statement import UUID_TYPE, Statement, parameter
from domain.vocabulary import SubjectKind

if TYPE_CHECKING:
    from domain.ids import UUID
    from domain.model.group import Group, GroupAttributes, GroupEvent
    from domain.store.unit_of_work import UnitOfWork

_GROUP = parameter("group_id", UUID_TYPE)


def _emptied_statement() -> Statement:
    gone = (
        delete(GROUP_MEMBERS)
        .where(GROUP_MEMBERS.c.organization_id == ORGANIZATION, GROUP_MEMBERS.c.group_id == _GROUP)
        .returning(GROUP_MEMBERS.c.member_id)
        .cte("gone")
    )
    recorded = insert_events(1).returning(AUDIT_EVENTS.c.sequence).cte("recorded")
    history = insert(GROUP_CHANGES).from_select(
        ("organization_id", "member_id", "group_id", "sequence", "added"),
        select(
            ORGANIZATION, gone.c.member_id, _GROUP, recorded.c.sequence, literal(False)
        ).select_from(gone.join(recorded, true())),
    )
    written = history.returning(GROUP_CHANGES.c.member_id).cte("history")
    released = insert_released().returning(RELEASED_NAMES.c.key).cte("released")
    return Statement(select(func.count()).select_from(written).add_cte(released))


_EMPTY_GROUP = _emptied_statement()


async def load_group(unit: UnitOfWork, organization_id: UUID, group_id: UUID) -> Group:
    """The group under its lock. Raises NotFound."""
    row = await LOCK_GROUP.fetch_row(unit.connection, organization_id=organization_id, id=group_id)
    if row is None:
        raise NotFound("group")
    return group_of(row)


async def insert_group(unit: UnitOfWork, event: GroupEvent) -> None:
    """Insert a new group and the fact. Raises Taken, NotFound for the organization."""
    group = event.group
    try:
        row = await INSERT_GROUP.fetch_row(unit.connection, **group_values(group))
    except asyncpg.ForeignKeyViolationError as error:
        raise NotFound("organization") from error
    if row is None:
        raise await _taken(unit, group)
    await unit.record(group.organization_id, [_entry(event)])


async def update_group(unit: UnitOfWork, event: GroupEvent, before: GroupAttributes) -> None:
    """Update the locked group and write the fact. Raises Taken."""
    group = event.group
    attributes = group.attributes
    rows = await _same_names(unit, group)
    if rows:
        raise _first_taken(group, rows)
    try:
        await UPDATE_GROUP.fetch(
            unit.connection,
            organization_id=group.organization_id,
            id=group.id,
            display_name=attributes.display_name,
            display_name_key=attributes.display_name_key,
            external_id=attributes.external_id,
            updated_at=group.updated_at,
            version=group.version,
        )
    except asyncpg.UniqueViolationError as error:
        # Another group took the name since the look; the next look will find it.
        raise Outdated(Isolation.TRANSACTION) from error
    entry = _entry(event)
    await unit.record(group.organization_id, [entry])
    over = released(names_of_group(before), names_of_group(attributes))
    if over:
        values = released_values(over, entry.id, group.id)
        await INSERT_RELEASED.fetch(
            unit.connection, organization_id=group.organization_id, **values
        )


async def delete_group(unit: UnitOfWork, event: GroupEvent) -> int:
    """Delete the locked group, its membership first; returns how many members it had."""
    group = event.group
    values = shared_values(unit.caller, group.organization_id, unit.now)
    entry = _entry(event)
    values |= numbered_values([entry])
    values |= released_values(names_of_group(group.attributes), entry.id, group.id)
    removed: int = await _EMPTY_GROUP.fetch_value(
        unit.connection,
        **values,
        organization_id=group.organization_id,
        group_id=group.id,
    )
    await DELETE_GROUP.fetch(unit.connection, organization_id=group.organization_id, id=group.id)
    return removed


def _entry(event: GroupEvent) -> AuditEntry:
    group = event.group
    return AuditEntry(
        event.action, SubjectKind.GROUP, group.id, group.attributes.display_name, event.changes
    )


async def _same_names(unit: UnitOfWork, group: Group) -> list[asyncpg.Record]:
    rows = await SAME_GROUP_NAMES.fetch(
        unit.connection,
        organization_id=group.organization_id,
        display_name_key=group.attributes.display_name_key,
        external_id=group.attributes.external_id,
    )
    return [row for row in rows if row["id"] != group.id]


async def _taken(unit: UnitOfWork, group: Group) -> Exception:
    rows = await _same_names(unit, group)
    return _first_taken(group, rows) if rows else Taken("displayName", "group")


def _first_taken(group: Group, rows: list[asyncpg.Record]) -> Taken:
    for row in rows:
        if row["display_name_key"] == group.attributes.display_name_key:
            return Taken("displayName", "group", row["id"])
    return Taken("externalId", "group", rows[0]["id"])
