"""The deprovision guard at work: it counts what a provider takes away, and holds what is too much.

Its lock comes before those of the organization, its groups and its members. It makes the
deprovisionings of one organization wait for each other: none slips through between counting and
writing.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import asyncpg

from domain.errors import DeprovisionHeld, NotFound
from domain.ids import UUID, new_id
from domain.model.changes import Change
from domain.model.deprovision_guard import WINDOW
from domain.store.audit_writer import AuditEntry
from domain.store.connection_rows import LABEL
from domain.store.guard_rows import (
    COUNT,
    DROP_HELD_OF_MEMBER,
    HOLD,
    LOCK_GUARD,
    LOCK_HELD_OF_MEMBER,
    LOOK_AT_WINDOW,
    MAKE_GUARD,
    REMEMBER_MEMBERS,
    SET_STATE,
)
from domain.store.isolation import Isolation
from domain.store.member_counts import member_counts
from domain.vocabulary import GuardState, MemberAction, SubjectKind

if TYPE_CHECKING:
    from domain.model.deprovision_guard import DeprovisionLimit
    from domain.model.member import Member
    from domain.store.unit_of_work import UnitOfWork

TRIPPED = "scim_connection.guard_tripped"
RELEASED = "scim_connection.guard_released"
REFUSED = "scim_connection.guard_refused"
DROPPED = "member.deprovisioning_dropped"


@dataclass(frozen=True, slots=True)
class LockedGuard:
    """The guard, locked until the transaction ends; `held` are actions held of the member."""

    state: GuardState
    passed: int
    last_ordinal: int
    members: int | None
    held: tuple[MemberAction, ...] = ()


async def lock_head(unit: UnitOfWork, organization_id: UUID, *, make: bool = True) -> Any:
    """The guard's row, locked; None where there is none and none is to be made."""
    unit.need(Isolation.TRANSACTION)
    row = await LOCK_GUARD.fetch_row(unit.connection, organization_id=organization_id)
    if row is None and make:
        try:
            await MAKE_GUARD.fetch(unit.connection, organization_id=organization_id)
        except asyncpg.ForeignKeyViolationError as error:
            raise NotFound("organization") from error
        row = await LOCK_GUARD.fetch_row(unit.connection, organization_id=organization_id)
    return row


async def lock_guard(unit: UnitOfWork, organization_id: UUID, member_id: UUID) -> LockedGuard:
    """Lock the guard and what is held of the member; to be done before any other lock."""
    row = await lock_head(unit, organization_id)
    held = await LOCK_HELD_OF_MEMBER.fetch(
        unit.connection, organization_id=organization_id, member_id=member_id
    )
    counted_at = row["members_counted_at"]
    is_fresh = counted_at is not None and counted_at > unit.now - WINDOW
    return LockedGuard(
        state=GuardState(row["state"]),
        passed=row["passed"],
        last_ordinal=row["last_ordinal"],
        members=row["members"] if is_fresh else None,
        held=tuple(MemberAction(item["action"]) for item in held),
    )


def is_watched(unit: UnitOfWork, member: Member) -> bool:
    """Whether losing the member counts; trying out a connection makes users and removes them."""
    return member.created_at <= unit.now - WINDOW


async def admit(
    unit: UnitOfWork,
    limit: DeprovisionLimit,
    guard: LockedGuard,
    member: Member,
    action: MemberAction,
) -> DeprovisionHeld | None:
    """Count that the member loses access; where it is too much, hold the call and say so.

    After None the caller goes on, in the same transaction; after a refusal it writes nothing.
    """
    if not is_watched(unit, member):
        return None
    if guard.state is GuardState.HOLDING:
        await _hold(unit, member, action)
        return DeprovisionHeld(guard.passed)
    organization_id, since = member.organization_id, unit.now - WINDOW
    key = {"organization_id": organization_id, "member_id": member.id, "since": since}
    row = await LOOK_AT_WINDOW.fetch_row(unit.connection, **key)
    assert row is not None  # noqa: S101 - a select without a table
    if row["is_counted"]:
        return None
    passed = 0 if row["first"] is None else guard.last_ordinal - row["first"] + 1
    if passed >= limit.max_members:
        members = guard.members or await _count_members(unit, organization_id, passed)
        if passed >= limit.allowed(members):
            await _hold(unit, member, action)
            await _trip(unit, limit, organization_id, passed, members)
            return DeprovisionHeld(passed)
    await COUNT.fetch(unit.connection, **key, now=unit.now)
    return None


async def take_back(unit: UnitOfWork, guard: LockedGuard, member: Member) -> bool:
    """Drop what is held of the member, for the provider wants it active again; whether it was."""
    if not guard.held:
        return False
    await DROP_HELD_OF_MEMBER.fetch(
        unit.connection, organization_id=member.organization_id, member_id=member.id
    )
    why = "the identity provider wants the member active again"
    await record_drop(unit, member, guard.held[-1], why)
    return True


async def record_drop(unit: UnitOfWork, member: Member, action: MemberAction, why: str) -> None:
    """Write down that what was held of the member will not be done, and why."""
    changes = (Change("action", action, None), Change("reason", None, why))
    entry = AuditEntry(DROPPED, SubjectKind.MEMBER, member.id, member.label, changes)
    await unit.record(member.organization_id, [entry])


async def _count_members(unit: UnitOfWork, organization_id: UUID, passed: int) -> int:
    """How many had access before those who passed lost it; remembered for as long as the window."""
    counts = await member_counts(unit.connection, organization_id)
    members = counts.total - counts.revoked + passed
    await REMEMBER_MEMBERS.fetch(
        unit.connection, organization_id=organization_id, members=members, now=unit.now
    )
    return members


async def _hold(unit: UnitOfWork, member: Member, action: MemberAction) -> None:
    await HOLD.fetch(
        unit.connection,
        organization_id=member.organization_id,
        id=new_id(),
        member_id=member.id,
        member_label=member.label,
        action=action,
        held_at=unit.now,
        request_id=unit.caller.request_id,
    )


async def _trip(
    unit: UnitOfWork, limit: DeprovisionLimit, organization_id: UUID, passed: int, members: int
) -> None:
    await set_state(unit, organization_id, GuardState.HOLDING, passed)
    changes = (
        Change("state", GuardState.WATCHING, GuardState.HOLDING),
        Change("passed", None, passed),
        Change("members", None, members),
    )
    await record_guard(unit, organization_id, limit.connection_id, TRIPPED, changes)


async def set_state(
    unit: UnitOfWork, organization_id: UUID, state: GuardState, passed: int = 0
) -> None:
    """Change the state of the locked guard."""
    await SET_STATE.fetch(
        unit.connection,
        organization_id=organization_id,
        state=state,
        passed=passed,
        now=unit.now if state is GuardState.HOLDING else None,
    )


async def record_guard(
    unit: UnitOfWork,
    organization_id: UUID,
    connection_id: UUID,
    action: str,
    changes: tuple[Change, ...],
) -> None:
    """Write down what became of the guard of a connection."""
    entry = AuditEntry(action, SubjectKind.SCIM_CONNECTION, connection_id, LABEL, changes)
    await unit.record(organization_id, [entry])
