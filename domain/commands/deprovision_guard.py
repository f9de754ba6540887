"""What a person decides about held deprovisionings, and how what was released is carried out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from domain.application import Command, Outcome, handler_of, handles
from domain.commands.lifecycle import RemoveMember, RevokeMember
from domain.errors import DomainError, NotFound, ScimDisabled
from domain.ids import UUID
from domain.model.changes import Change
from domain.store.connection_rows import SELECT_CONNECTION
from domain.store.deprovision_guard import (
    REFUSED,
    RELEASED,
    lock_head,
    record_drop,
    record_guard,
    set_state,
)
from domain.store.guard_rows import (
    CLAIM_RELEASED,
    DROP_RELEASED,
    FORGET_COUNTED,
    REFUSE_OPEN,
    RELEASE_OPEN,
)
from domain.store.isolation import Isolation
from domain.vocabulary import GuardResolution, GuardState, MemberAction, Scope

if TYPE_CHECKING:
    from domain.store.unit_of_work import UnitOfWork


@dataclass(frozen=True, slots=True)
class ResolveDeprovisionGuard(Command[int]):
    """RELEASE has all that is held carried out, REFUSE drops it; the value is how much that is.

    After a release counting begins anew. After a refusal the hour goes on: what the provider sends
    again is held again.
    """

    organization_id: UUID
    resolution: GuardResolution


@dataclass(frozen=True, slots=True)
class CarryOutReleased(Command[None]):
    """Do what was held and is released, for the server's own worker.

    Nothing happens where another worker is at it or was before.
    """

    organization_id: UUID
    held_id: UUID


@handles(ResolveDeprovisionGuard, Isolation.TRANSACTION)
async def resolve_deprovision_guard(
    command: ResolveDeprovisionGuard, unit: UnitOfWork
) -> Outcome[int]:
    """Raises ScimDisabled when provisioning was never on, NotFound."""
    unit.caller.require(Scope.SCIM_ADMIN)
    key = {"organization_id": command.organization_id}
    guard = await lock_head(unit, command.organization_id, make=False)
    connection = await SELECT_CONNECTION.fetch_row(unit.connection, **key)
    if connection is None:
        await unit.organization(command.organization_id)
        raise ScimDisabled
    if guard is None or guard["state"] != GuardState.HOLDING:
        return Outcome(0, changed=False)
    await unit.take_time()
    match command.resolution:
        case GuardResolution.RELEASE:
            what, rows = RELEASED, await _release(unit, command.organization_id)
        case GuardResolution.REFUSE:
            what, rows = REFUSED, await REFUSE_OPEN.fetch(unit.connection, **key)
    await set_state(unit, command.organization_id, GuardState.WATCHING)
    amounts = {row["action"]: row["amount"] for row in rows}
    changes = (
        Change("state", GuardState.HOLDING, GuardState.WATCHING),
        Change("revocations", amounts.get(MemberAction.REVOKE, 0), None),
        Change("removals", amounts.get(MemberAction.REMOVE, 0), None),
    )
    await record_guard(unit, command.organization_id, connection["id"], what, changes)
    return Outcome(sum(amounts.values()), changed=True)


async def _release(unit: UnitOfWork, organization_id: UUID) -> list[Any]:
    caller = unit.caller
    rows: list[Any] = await RELEASE_OPEN.fetch(
        unit.connection,
        organization_id=organization_id,
        now=unit.now,
        release_id=caller.correlation_id,
        kind=caller.actor.kind,
        actor_id=caller.actor.id,
        label=caller.actor.label,
        origin=caller.origin,
    )
    await FORGET_COUNTED.fetch(unit.connection, organization_id=organization_id)
    return rows


@handles(CarryOutReleased, Isolation.TRANSACTION)
async def carry_out_released(command: CarryOutReleased, unit: UnitOfWork) -> Outcome[None]:
    """The change and the end of the item are one transaction: it happens once or not at all.

    The item is locked before the member, as the guard does. What a rule refuses now is dropped.
    """
    key = {"organization_id": command.organization_id, "id": command.held_id}
    item = await CLAIM_RELEASED.fetch_row(unit.connection, **key)
    if item is None:
        return Outcome(None, changed=False)
    action, member_id = MemberAction(item["action"]), item["member_id"]
    kind = RemoveMember if action is MemberAction.REMOVE else RevokeMember
    deprovision = kind(command.organization_id, member_id)
    changed = False
    try:
        changed = (await handler_of(deprovision)(deprovision, unit)).changed
    except NotFound:
        pass  # somebody removed the member meanwhile
    except DomainError as refusal:
        # Raised before anything was written: the transaction goes on.
        member = await unit.member(command.organization_id, member_id)
        await record_drop(unit, member, action, refusal.message)
        changed = True
    await DROP_RELEASED.fetch(unit.connection, **key)
    return Outcome(None, changed=changed)
