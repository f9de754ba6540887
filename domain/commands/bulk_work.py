"""What the worker does of a bulk operation: one member at a time, and the end of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from domain.application import Command, Outcome, handler_of, handles
from domain.commands.bulk_operations import ENDED, record_operation
from domain.commands.confirmation import ConfirmMember
from domain.commands.lifecycle import (
    InviteStagedMember,
    ReinviteMember,
    RemoveMember,
    RestoreMember,
    RevokeMember,
)
from domain.errors import DomainError, NotFound
from domain.ids import UUID
from domain.model.changes import Change
from domain.store.bulk_rows import (
    ANY_OPEN_ITEM,
    CLAIM_ITEM,
    COUNT_ITEMS,
    LOCK_OPERATION_ALONE,
    MARK_ITEM,
    SET_STATE,
    SETTLE,
)
from domain.store.isolation import Isolation
from domain.vocabulary import BulkOperationState, BulkOutcome, MemberAction

if TYPE_CHECKING:
    from domain.store.unit_of_work import UnitOfWork

_COMMANDS: dict[MemberAction, Any] = {
    MemberAction.INVITE: InviteStagedMember,
    MemberAction.CONFIRM: ConfirmMember,
    MemberAction.REINVITE: ReinviteMember,
    MemberAction.REVOKE: RevokeMember,
    MemberAction.RESTORE: RestoreMember,
    MemberAction.REMOVE: RemoveMember,
}
_ENDS = {
    BulkOperationState.FINISHED: "bulk_operation.finished",
    BulkOperationState.FAILED: "bulk_operation.failed",
}


@dataclass(frozen=True, slots=True)
class _ItemCommand(Command[BulkOutcome | None]):
    organization_id: UUID
    operation_id: UUID
    member_id: UUID


@dataclass(frozen=True, slots=True)
class CarryOutBulkItem(_ItemCommand):
    """Do to the member what the operation is about, in the name of who started it.

    The value is what came of it; None where another worker is at it or was before, and where the
    operation has ended.
    """


@dataclass(frozen=True, slots=True)
class FailBulkItem(_ItemCommand):
    """Write down that it cannot be done."""

    code: str
    message: str


@dataclass(frozen=True, slots=True)
class SettleBulkOperation(Command[BulkOperationState | None]):
    """End an operation of which nothing is under way any more; with a `reason` it has failed.

    The value is the state it ended in; None while members wait.
    """

    organization_id: UUID
    operation_id: UUID
    reason: str | None = None


@handles(CarryOutBulkItem, Isolation.TRANSACTION)
async def carry_out_bulk_item(
    command: CarryOutBulkItem, unit: UnitOfWork
) -> Outcome[BulkOutcome | None]:
    """The change and the mark on the item are one transaction: it happens once or not at all."""
    action = await CLAIM_ITEM.fetch_value(unit.connection, **_key_of(command))
    if action is None:
        return Outcome(None, changed=False)
    of_member = _COMMANDS[MemberAction(action)](command.organization_id, command.member_id)
    refusal: DomainError | None = None
    changed = False
    try:
        changed = (await handler_of(of_member)(of_member, unit)).changed
    except NotFound as error:
        # Somebody removed the member meanwhile, which is all that a removal wants.
        refusal = None if isinstance(of_member, RemoveMember) else error
    except DomainError as error:
        # Raised before anything was written: the transaction goes on.
        refusal = error
    return await _mark(command, unit, refusal, changed=changed)


async def _mark(
    command: CarryOutBulkItem, unit: UnitOfWork, refusal: DomainError | None, *, changed: bool
) -> Outcome[BulkOutcome | None]:
    outcome = BulkOutcome.CHANGED if changed else BulkOutcome.UNCHANGED
    if refusal is not None:
        outcome = BulkOutcome.FAILED
    await MARK_ITEM.fetch(
        unit.connection,
        **_key_of(command),
        outcome=outcome,
        code=refusal and refusal.code,
        message=refusal and refusal.message,
    )
    return Outcome(outcome, changed=changed)


@handles(FailBulkItem, Isolation.TRANSACTION)
async def fail_bulk_item(command: FailBulkItem, unit: UnitOfWork) -> Outcome[BulkOutcome | None]:
    """Nothing happens where another worker was there before."""
    key = _key_of(command)
    if await CLAIM_ITEM.fetch_value(unit.connection, **key) is None:
        return Outcome(None, changed=False)
    outcome = BulkOutcome.FAILED
    await MARK_ITEM.fetch(
        unit.connection, **key, outcome=outcome, code=command.code, message=command.message
    )
    return Outcome(outcome, changed=False)


@handles(SettleBulkOperation, Isolation.TRANSACTION)
async def settle_bulk_operation(
    command: SettleBulkOperation, unit: UnitOfWork
) -> Outcome[BulkOperationState | None]:
    """Counts what came of it, once no member is under way."""
    key = {"organization_id": command.organization_id, "operation_id": command.operation_id}
    row = await LOCK_OPERATION_ALONE.fetch_row(unit.connection, **key)
    if row is None or row["settled_at"] is not None:
        return Outcome(None, changed=False)
    state = before = BulkOperationState(row["state"])
    if before not in ENDED:
        if command.reason is not None:
            state = BulkOperationState.FAILED
        elif await ANY_OPEN_ITEM.fetch_value(unit.connection, **key):
            return Outcome(None, changed=False)
        else:
            state = BulkOperationState.FINISHED
    numbers = dict(await COUNT_ITEMS.fetch_row(unit.connection, **key) or {})
    await SETTLE.fetch(unit.connection, **key, **numbers, now=unit.now)
    if state is before:  # cancelled, which was written down then
        return Outcome(state, changed=False)
    await SET_STATE.fetch(unit.connection, **key, state=state, reason=command.reason, now=unit.now)
    changes = [Change("state", before, state)]
    changes.extend(Change(name, None, number) for name, number in numbers.items())
    if command.reason is not None:
        changes.append(Change("reason", None, command.reason))
    await record_operation(unit, row, _ENDS[state], tuple(changes))
    return Outcome(state, changed=True)


def _key_of(command: _ItemCommand) -> dict[str, UUID]:
    return {
        "organization_id": command.organization_id,
        "operation_id": command.operation_id,
        "member_id": command.member_id,
    }
