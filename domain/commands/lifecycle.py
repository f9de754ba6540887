"""What administrators do with members: invite, revoke, restore, remove, change roles."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from domain.application import Command, Outcome, handles
from domain.commands.member_command import MemberCommand, finish, load_member
from domain.errors import Invalid, SelfAction
from domain.ids import UUID, new_id
from domain.model.attributes import MemberAttributes
from domain.model.deprovision_guard import DeprovisionLimit
from domain.model.group import EditKind, MembershipChange, MembershipEdit
from domain.model.member import Member
from domain.store.connection_rows import SELECT_CONNECTION, connection_of
from domain.store.deprovision_guard import admit, lock_guard
from domain.store.group_writes import load_group
from domain.store.isolation import Isolation
from domain.store.membership import change_membership
from domain.store.persons import check_restored
from domain.store.removal import delete_member, lock_groups_of
from domain.text import check_text
from domain.vocabulary import (
    MemberAction,
    MemberRole,
    OnProvision,
    ProvisioningSource,
    Scope,
    Stage,
)

if TYPE_CHECKING:
    from domain.store.unit_of_work import UnitOfWork

MAX_REASON = 500


@dataclass(frozen=True, slots=True)
class InviteMember(Command[Member]):
    """Invite a person by e-mail; a staged or earlier member of that address is not repeated."""

    organization_id: UUID
    email: str
    source: ProvisioningSource
    display_name: str | None = None
    external_id: str | None = None
    role: MemberRole = MemberRole.USER
    group_ids: tuple[UUID, ...] = ()


@dataclass(frozen=True, slots=True)
class InviteStagedMember(MemberCommand):
    """Invite a member who was provisioned without an invitation."""


@dataclass(frozen=True, slots=True)
class ReinviteMember(MemberCommand):
    """Send a new link; older ones stop working."""


@dataclass(frozen=True, slots=True)
class RevokeMember(MemberCommand):
    """Withdraw access."""

    reason: str | None = None


@dataclass(frozen=True, slots=True)
class RestoreMember(MemberCommand):
    """Give access back, to the stage before."""


@dataclass(frozen=True, slots=True)
class RemoveMember(MemberCommand):
    """End the membership; with a `limit` it counts against it, and is held beyond it."""

    limit: DeprovisionLimit | None = None


@dataclass(frozen=True, slots=True)
class ChangeMemberRole(MemberCommand):
    """Give another role, and for CUSTOM a set of permissions."""

    role: MemberRole = MemberRole.USER
    permissions: frozenset[Scope] = frozenset()


def _not_self(member: Member, unit: UnitOfWork) -> None:
    if unit.caller.member_id == member.id:
        raise SelfAction


@handles(InviteMember)
async def invite_member(command: InviteMember, unit: UnitOfWork) -> Outcome[Member]:
    """Raises Taken, SeatLimitReached, Forbidden; NotFound and ManagedByIdp for a group."""
    unit.caller.require(Scope.MEMBERS_WRITE)
    unit.caller.require_grantable(command.role)
    if command.role is MemberRole.CUSTOM:
        raise Invalid("role", "CUSTOM needs permissions; invite as USER and change the role")
    event = Member.invite_new(
        organization_id=command.organization_id,
        member_id=new_id(),
        attributes=MemberAttributes.of(
            user_name=command.email,
            email=command.email,
            display_name=command.display_name,
            external_id=command.external_id,
        ),
        source=command.source,
        now=unit.now,
        role=command.role,
    )
    if command.group_ids:
        unit.caller.require(Scope.GROUPS_WRITE)
        unit.need(Isolation.TRANSACTION)
        await unit.hold_seats(command.organization_id)
    group_ids = sorted(set(command.group_ids))
    for group_id in group_ids:
        group = await load_group(unit, command.organization_id, group_id)
        group.require_editable(unit.caller.origin)
    member = await unit.write_member(None, [event])
    addition = MembershipChange.fold([MembershipEdit(EditKind.ADD, frozenset({member.id}))])
    for group_id in group_ids:
        await change_membership(unit, command.organization_id, group_id, addition)
    return Outcome(member, changed=True)


@handles(InviteStagedMember)
async def invite_staged_member(command: InviteStagedMember, unit: UnitOfWork) -> Outcome[Member]:
    """Raises InvalidTransition, Invalid without an e-mail, SeatLimitReached."""
    member = await load_member(command, unit, Scope.MEMBERS_WRITE)
    return await finish(unit, member, member.invite(unit.now))


@handles(ReinviteMember)
async def reinvite_member(command: ReinviteMember, unit: UnitOfWork) -> Outcome[Member]:
    """Raises InvalidTransition."""
    member = await load_member(command, unit, Scope.MEMBERS_WRITE)
    return await finish(unit, member, member.reinvite(unit.now))


@handles(RevokeMember)
async def revoke_member(command: RevokeMember, unit: UnitOfWork) -> Outcome[Member]:
    """Raises LastOwner, SelfAction."""
    check_text("reason", command.reason, MAX_REASON)
    member = await load_member(command, unit, Scope.MEMBERS_WRITE)
    _not_self(member, unit)
    event = member.revoke(unit.now, command.reason or None)
    if event is not None:
        await unit.keep_an_owner(member)
    return await finish(unit, member, event)


@handles(RestoreMember)
async def restore_member(command: RestoreMember, unit: UnitOfWork) -> Outcome[Member]:
    """Raises SeatLimitReached, SelfAction, PolicyViolation.

    A staged member who can be written to is invited as well, where the connection says INVITE.
    """
    member = await load_member(command, unit, Scope.MEMBERS_WRITE)
    _not_self(member, unit)
    restored = member.restore(unit.now)
    if restored is None:
        return Outcome(member, changed=False)
    await check_restored(unit, member, member)
    events = [restored]
    if member.stage is Stage.STAGED and member.attributes.email is not None:
        row = await SELECT_CONNECTION.fetch_row(
            unit.connection, organization_id=command.organization_id
        )
        if row is not None and connection_of(row).settings.on_provision is OnProvision.INVITE:
            invited = restored.member.invite(unit.now)
            events.extend([invited] if invited is not None else [])
    return Outcome(await unit.write_member(member, events), changed=True)


@handles(ChangeMemberRole)
async def change_member_role(command: ChangeMemberRole, unit: UnitOfWork) -> Outcome[Member]:
    """Raises LastOwner, SelfAction, Forbidden when more would be granted than is held."""
    member = await load_member(command, unit, Scope.MEMBERS_WRITE)
    event = member.change_role(command.role, command.permissions, unit.now)
    if event is not None:
        _not_self(member, unit)
        unit.caller.require_grantable(command.role, command.permissions)
        if command.role is not MemberRole.OWNER:
            await unit.keep_an_owner(member)
    return await finish(unit, member, event)


@handles(RemoveMember, Isolation.TRANSACTION)
async def remove_member(command: RemoveMember, unit: UnitOfWork) -> Outcome[Member]:
    """Raises NotFound, LastOwner, SelfAction, DeprovisionHeld.

    The value is the member as it was.
    """
    guard = None
    if command.limit is not None:
        guard = await lock_guard(unit, command.organization_id, command.member_id)
    await unit.hold_seats(command.organization_id)
    group_ids = await lock_groups_of(unit, command.organization_id, command.member_id)
    member = await load_member(command, unit, Scope.MEMBERS_WRITE)
    _not_self(member, unit)
    await unit.keep_an_owner(member)
    if command.limit is not None and guard is not None:
        held = await admit(unit, command.limit, guard, member, MemberAction.REMOVE)
        if held is not None:
            return Outcome(member, changed=True, refusal=held)
    await unit.free_seat_of(member)
    await delete_member(unit, member.remove(group_ids), group_ids)
    return Outcome(member, changed=True)
