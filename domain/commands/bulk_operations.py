"""One action over every member that a filter selects: started and cancelled here, worked elsewhere.

Who is selected is written down when it starts: nobody is done twice, and who comes later is not
touched.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any

from domain.application import Command, Outcome, handles
from domain.errors import Invalid, KeyRequired, LimitExceeded, NotFound
from domain.ids import UUID, new_id
from domain.model.changes import Change
from domain.queries.member_pages import MEMBERS_QUERIED, MemberFilter
from domain.queries.reader import Shapes
from domain.store.audit_writer import AuditEntry
from domain.store.bulk_rows import (
    COUNT_UNSETTLED,
    INSERT_OPERATION,
    LOCK_OPERATION,
    SET_STATE,
    insert_items,
)
from domain.store.isolation import Isolation
from domain.store.member_rows import MEMBERS
from domain.vocabulary import BulkOperationState, KeyHandshake, MemberAction, Scope, SubjectKind

if TYPE_CHECKING:
    from domain.store.unit_of_work import UnitOfWork

MOST_AT_ONCE = 20
"""Operations of one organization that have not ended: each is a list of members."""
SCOPES = {
    MemberAction.INVITE: Scope.MEMBERS_WRITE,
    MemberAction.CONFIRM: Scope.MEMBERS_CONFIRM,
    MemberAction.REINVITE: Scope.MEMBERS_WRITE,
    MemberAction.REVOKE: Scope.MEMBERS_WRITE,
    MemberAction.RESTORE: Scope.MEMBERS_WRITE,
    MemberAction.REMOVE: Scope.MEMBERS_WRITE,
}
"""What can be done to a crowd, and the scope that it needs."""
ENDED = frozenset(
    {BulkOperationState.FINISHED, BulkOperationState.CANCELLED, BulkOperationState.FAILED}
)

_SHAPES = Shapes(MEMBERS_QUERIED)


@dataclass(frozen=True, slots=True)
class StartedBulkOperation:
    """An operation that now waits for a worker."""

    id: UUID


@dataclass(frozen=True, slots=True)
class StartBulkOperation(Command[StartedBulkOperation]):
    """Do `action` to all members that `wanted` selects, if they are `expected_count`."""

    organization_id: UUID
    action: MemberAction
    wanted: MemberFilter
    expected_count: int


@dataclass(frozen=True, slots=True)
class CancelBulkOperation(Command[UUID]):
    """Let the members at hand be the last; what is done stays done."""

    organization_id: UUID
    operation_id: UUID


def label_of(action: MemberAction, total: int) -> str:
    """What the history calls an operation."""
    return f"{action} of {total} {'member' if total == 1 else 'members'}"


async def record_operation(
    unit: UnitOfWork, row: Any, action: str, changes: tuple[Change, ...]
) -> None:
    """Write down what became of the operation in that row."""
    label = label_of(MemberAction(row["action"]), row["total"])
    entry = AuditEntry(action, SubjectKind.BULK_OPERATION, row["id"], label, changes)
    await unit.record(row["organization_id"], [entry])


@handles(StartBulkOperation, Isolation.TRANSACTION)
async def start_bulk_operation(
    command: StartBulkOperation, unit: UnitOfWork
) -> Outcome[StartedBulkOperation]:
    """Raises Invalid, KeyRequired, LimitExceeded, NotFound; MissingScope of the action's scope."""
    scope = SCOPES.get(command.action)
    if scope is None:
        raise Invalid("action", f"must be one of {', '.join(SCOPES)}")
    unit.caller.require(scope)
    organization = await unit.organization(command.organization_id)
    if (
        command.action is MemberAction.CONFIRM
        and organization.key_handshake is KeyHandshake.REQUIRED
    ):
        raise KeyRequired(
            "The organization hands its key to new members; confirm them one by one, with the key"
            " wrapped for each."
        )
    key = {"organization_id": command.organization_id}
    if await COUNT_UNSETTLED.fetch_value(unit.connection, **key) >= MOST_AT_ONCE:
        raise LimitExceeded(
            f"{MOST_AT_ONCE} bulk operations of this organization have not ended; wait for one."
        )
    await unit.take_time()
    operation_id = new_id()
    await _select_members(command, unit, operation_id)
    caller = unit.caller
    row = key | {
        "id": operation_id,
        "action": command.action,
        "state": BulkOperationState.QUEUED,
        "total": command.expected_count,
        "started_by_kind": caller.actor.kind,
        "started_by_id": caller.actor.id,
        "started_by_label": caller.actor.label,
        "started_by_ip": caller.ip,
        "started_origin": caller.origin,
        "request_id": caller.request_id,
        "correlation_id": caller.correlation_id,
        "started_at": unit.now,
    }
    await INSERT_OPERATION.fetch(unit.connection, **row)
    changes = (
        Change("action", None, command.action),
        Change("total", None, command.expected_count),
        Change("filter", None, _told(command.wanted)),
    )
    await record_operation(unit, row, "bulk_operation.started", changes)
    return Outcome(StartedBulkOperation(operation_id), changed=True)


async def _select_members(
    command: StartBulkOperation, unit: UnitOfWork, operation_id: UUID
) -> None:
    """Write down who is selected. Raises Invalid when they are another number."""
    statement, values = _SHAPES.statement(
        "bulk", command.wanted.condition(), lambda where: insert_items(MEMBERS, where)
    )
    # Another number is never stored, so one that the column cannot hold may stand for it.
    expected = command.expected_count if 0 <= command.expected_count < 2**31 else -1
    found = await statement.fetch_value(
        unit.connection,
        organization_id=command.organization_id,
        operation_id=operation_id,
        expected=expected,
        **values,
    )
    if found != command.expected_count:
        selected = "1 member" if found == 1 else f"{found} members"
        why = f"is {command.expected_count}, but the filter selects {selected}; nothing was started"
        raise Invalid("expectedCount", why)


def _told(wanted: MemberFilter) -> dict[str, Any]:
    """The filter as the history keeps it: what was given of it."""
    given = ((field.name, getattr(wanted, field.name)) for field in fields(wanted))
    return {name: _plain(value) for name, value in given if value is not None}


def _plain(value: Any) -> Any:
    match value:
        case tuple():
            return [str(each) for each in value]
        case bool():
            return value
        case str():
            return value
        case UUID():
            return str(value)
        case _:  # an interval
            return {
                "from": value.start and value.start.isoformat(),
                "to": value.end and value.end.isoformat(),
            }


@handles(CancelBulkOperation, Isolation.TRANSACTION)
async def cancel_bulk_operation(command: CancelBulkOperation, unit: UnitOfWork) -> Outcome[UUID]:
    """Raises NotFound. An operation that has ended stays as it is."""
    unit.caller.require(Scope.MEMBERS_WRITE)
    key = {"organization_id": command.organization_id, "operation_id": command.operation_id}
    row = await LOCK_OPERATION.fetch_row(unit.connection, **key)
    if row is None:
        raise NotFound("bulk operation")
    before = BulkOperationState(row["state"])
    if before in ENDED:
        return Outcome(command.operation_id, changed=False)
    state = BulkOperationState.CANCELLED
    await SET_STATE.fetch(unit.connection, **key, state=state, reason=None, now=unit.now)
    changes = (Change("state", before, state),)
    await record_operation(unit, row, "bulk_operation.cancelled", changes)
    return Outcome(command.operation_id, changed=True)
