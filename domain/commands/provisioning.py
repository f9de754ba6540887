"""What an identity provider asks for: a person is to be here, and to be like this."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from domain.application import Command, Outcome, handles
from domain.commands.expected_version import check_version
from domain.errors import Taken
from domain.ids import UUID, new_id
from domain.model.attributes import MemberAttributes
from domain.model.changes import Change
from domain.model.deprovision_guard import DeprovisionLimit
from domain.model.member import Member, MemberEvent
from domain.store.deprovision_guard import admit, is_watched, lock_guard, take_back
from domain.store.isolation import Isolation, Outdated
from domain.store.member_rows import GroupReference
from domain.store.namesakes import find_namesakes
from domain.store.persons import check_restored
from domain.vocabulary import (
    MemberAction,
    OnProvision,
    ProvisioningSource,
    Rehire,
    Scope,
    Stage,
)

if TYPE_CHECKING:
    from domain.store.unit_of_work import UnitOfWork


@dataclass(frozen=True, slots=True)
class RevisedState:
    """How a member is to be: `active` None leaves access as it is."""

    attributes: MemberAttributes
    active: bool | None = None


class MemberEdit(Protocol):
    """A pure function from what a member is to what it is to be; may be called more than once."""

    def __call__(self, member: Member) -> RevisedState:
        """The state to reach from `member`; raises to refuse."""


@dataclass(frozen=True, slots=True)
class ProvisionMember(Command[Member]):
    """A new member: invited or staged, or revoked and staged when `active` is false.

    Without an e-mail the member is staged whatever `on_provision` says. With RESTORE in `rehire` a
    revoked member of the same userName, else of the same external id, is updated and restored.
    """

    organization_id: UUID
    attributes: MemberAttributes
    active: bool = True
    on_provision: OnProvision = OnProvision.INVITE
    rehire: Rehire = Rehire.CONFLICT
    source: ProvisioningSource = ProvisioningSource.SCIM


@dataclass(frozen=True, slots=True)
class RevisedMember:
    """A member as a command left it, with its groups where they were asked for."""

    member: Member
    groups: tuple[GroupReference, ...] | None


@dataclass(frozen=True, slots=True)
class ReviseMember(Command[RevisedMember]):
    """Bring a member to the state that `edit` makes of the present one.

    `on_provision` says whether a staged member is invited once an address is known. With a `limit`
    a revocation counts against it, and is held beyond it; to be told that the member is active
    drops what is held.
    """

    organization_id: UUID
    member_id: UUID
    edit: MemberEdit
    expected_version: int | None = None
    on_provision: OnProvision = OnProvision.INVITE
    with_groups: bool = False
    limit: DeprovisionLimit | None = None


@handles(ProvisionMember)
async def provision_member(command: ProvisionMember, unit: UnitOfWork) -> Outcome[Member]:
    """Raises Taken, SeatLimitReached; PolicyViolation for a revoked member."""
    unit.caller.require(Scope.MEMBERS_WRITE)
    rehires = command.active and command.rehire is Rehire.RESTORE
    if rehires and unit.isolation is not Isolation.OPTIMISTIC:
        rehired = await _rehire(command, unit)
        if rehired is not None:
            return rehired
    try:
        return await _written(unit, None, [_beginning(command, unit)])
    except Taken as taken:
        if rehires and unit.isolation is Isolation.OPTIMISTIC:
            raise Outdated(Isolation.TRANSACTION) from taken
        raise


def _beginning(command: ProvisionMember, unit: UnitOfWork) -> MemberEvent:
    invites = (
        command.active
        and command.on_provision is OnProvision.INVITE
        and command.attributes.email is not None
    )
    if invites:
        return Member.invite_new(
            organization_id=command.organization_id,
            member_id=new_id(),
            attributes=command.attributes,
            source=command.source,
            now=unit.now,
        )
    return Member.stage_new(
        organization_id=command.organization_id,
        member_id=new_id(),
        attributes=command.attributes,
        source=command.source,
        now=unit.now,
        revoked=not command.active,
    )


async def _written(
    unit: UnitOfWork, before: Member | None, events: list[MemberEvent]
) -> Outcome[Member]:
    member = await unit.write_member(before, events)
    return Outcome(member, changed=True, changes=_told_by(events))


def _told_by(events: list[MemberEvent]) -> tuple[Change, ...]:
    return tuple(change for event in events for change in event.changes)


async def _rehire(command: ProvisionMember, unit: UnitOfWork) -> Outcome[Member] | None:
    """The revoked member who is meant, updated and restored; None when there is none.

    Raises Taken when userName and external id name two different members, or one who is not
    revoked.
    """
    by_name, by_external_id = await find_namesakes(
        unit.connection, command.organization_id, command.attributes
    )
    found = by_name or by_external_id
    if found is None:
        return None
    if by_name is not None and by_external_id not in {None, by_name}:
        raise Taken("externalId", "member", by_external_id)
    before = await unit.member(command.organization_id, found)
    if before.revoked_at is None:
        return None
    state = RevisedState(command.attributes, active=True)
    events = _events_towards(state, before, command.on_provision, unit)
    await check_restored(unit, events[-1].member, before)
    return await _written(unit, before, events)


@handles(ReviseMember)
async def revise_member(command: ReviseMember, unit: UnitOfWork) -> Outcome[RevisedMember]:
    """Raises NotFound, VersionConflict, Taken, SeatLimitReached, LastOwner, DeprovisionHeld.

    PolicyViolation too, when it would restore.
    """
    unit.caller.require(Scope.MEMBERS_WRITE)
    guard = None
    if command.limit is not None and unit.guarded:
        guard = await lock_guard(unit, command.organization_id, command.member_id)
    before, groups, is_held = await _present(command, unit)
    check_version(command.expected_version, before.version)
    state = command.edit(before)
    events = _events_towards(state, before, command.on_provision, unit)
    if events and state.active is False:
        await unit.keep_an_owner(before)
    if state.active is True and before.revoked_at is not None:
        await check_restored(unit, events[-1].member)
    took_back = False
    if command.limit is not None and _concerns_the_guard(state, before, unit, is_held=is_held):
        if guard is None:
            raise Outdated(Isolation.TRANSACTION, guarded=True)
        if state.active is True:
            took_back = await take_back(unit, guard, before)
        else:
            held = await admit(unit, command.limit, guard, before, MemberAction.REVOKE)
            if held is not None:
                return Outcome(RevisedMember(before, groups), changed=True, refusal=held)
    if not events:
        return Outcome(RevisedMember(before, groups), changed=took_back)
    member = await unit.write_member(before, events)
    return Outcome(RevisedMember(member, groups), changed=True, changes=_told_by(events))


async def _present(
    command: ReviseMember, unit: UnitOfWork
) -> tuple[Member, tuple[GroupReference, ...] | None, bool]:
    """The member, its groups where they are asked for, whether a call about it is held."""
    key = (command.organization_id, command.member_id)
    if command.limit is not None:
        return await unit.member_with_held(*key, groups=command.with_groups)
    if command.with_groups:
        return *await unit.member_with_groups(*key), False
    return await unit.member(*key), None, False


def _concerns_the_guard(
    state: RevisedState, before: Member, unit: UnitOfWork, *, is_held: bool
) -> bool:
    """Whether the member is about to lose access, or to keep it after all."""
    if state.active is False:
        return before.revoked_at is None and is_watched(unit, before)
    return state.active is True and is_held


def _events_towards(
    state: RevisedState, before: Member, on_provision: OnProvision, unit: UnitOfWork
) -> list[MemberEvent]:
    """What has to happen, in order: other attributes, access, and the invitations they ask for."""
    events: list[MemberEvent] = []
    member = before

    def happened(event: MemberEvent | None) -> None:
        nonlocal member
        if event is not None:
            events.append(event)
            member = event.member

    happened(member.update(state.attributes, unit.now))
    if state.active is False:
        happened(member.revoke(unit.now))
        return events
    if member.link_belongs_elsewhere(before):
        happened(member.reinvite(unit.now))
    if state.active is True:
        happened(member.restore(unit.now))
    asked_for = member.revoked_at is None and (
        before.revoked_at is not None or before.attributes.email is None
    )
    if (
        asked_for
        and on_provision is OnProvision.INVITE
        and member.stage is Stage.STAGED
        and member.attributes.email is not None
    ):
        happened(member.invite(unit.now))
    return events
