"""What can be asked of groups: create, rename, change members, delete."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from domain.application import Command, Outcome, Remark, handles
from domain.commands.expected_version import check_version
from domain.commands.keep import KEEP, Keep
from domain.errors import Invalid, UnknownMembers, listed
from domain.ids import UUID, new_id
from domain.model.group import (
    ADMINISTRATORS,
    Group,
    GroupAttributes,
    GroupEvent,
    MembershipChange,
    MembershipEdit,
)
from domain.store.group_rows import GROUPS_AMONG
from domain.store.group_writes import delete_group, insert_group, load_group, update_group
from domain.store.isolation import Isolation
from domain.store.membership import MembershipResult, change_membership
from domain.vocabulary import ProvisioningSource, Scope

if TYPE_CHECKING:
    from domain.store.unit_of_work import UnitOfWork

MAX_EDIT = 100_000
UNKNOWN_MEMBERS = "unknown_members"
NESTED_GROUPS = "nested_groups"
"""Names of what a change of members may leave out."""


@dataclass(frozen=True, slots=True)
class GroupResult:
    """A group's version after a command, and how many members came and went."""

    group_id: UUID
    version: int
    added: int = 0
    removed: int = 0


@dataclass(frozen=True, slots=True)
class CreateGroup(Command[GroupResult]):
    """A new group, with those of the members who are known."""

    organization_id: UUID
    display_name: str
    external_id: str | None = None
    member_ids: frozenset[UUID] = frozenset()
    source: ProvisioningSource = ProvisioningSource.SCIM
    strict: bool = False


@dataclass(frozen=True, slots=True)
class ReviseGroup(Command[GroupResult]):
    """Other attributes and members. `strict` refuses ids that are no members."""

    organization_id: UUID
    group_id: UUID
    display_name: str | Keep = KEEP
    external_id: str | Keep | None = KEEP
    memberships: tuple[MembershipEdit, ...] = ()
    expected_version: int | None = None
    strict: bool = False


@dataclass(frozen=True, slots=True)
class DeleteGroup(Command[GroupResult]):
    """The end of a group; its members stay members of the organization."""

    organization_id: UUID
    group_id: UUID
    expected_version: int | None = None


@handles(CreateGroup, Isolation.TRANSACTION)
async def create_group(command: CreateGroup, unit: UnitOfWork) -> Outcome[GroupResult]:
    """Raises Taken, Invalid."""
    unit.caller.require(Scope.GROUPS_WRITE)
    event = Group.create(
        organization_id=command.organization_id,
        group_id=new_id(),
        attributes=GroupAttributes.of(
            display_name=command.display_name, external_id=command.external_id
        ),
        source=command.source,
        now=unit.now,
    )
    await insert_group(unit, event)
    group = event.group
    if not command.member_ids:
        return Outcome(GroupResult(group.id, group.version), changed=True, changes=event.changes)
    change = MembershipChange(add=command.member_ids)
    result, warnings = await _apply(unit, command, group.id, change)
    value = GroupResult(group.id, result.version, result.added)
    return Outcome(value, changed=True, warnings=warnings, changes=event.changes)


@handles(ReviseGroup)
async def revise_group(command: ReviseGroup, unit: UnitOfWork) -> Outcome[GroupResult]:
    """Raises NotFound, Taken, Invalid, VersionConflict, ManagedByIdp."""
    unit.caller.require(Scope.GROUPS_WRITE)
    change = MembershipChange.fold(command.memberships)
    members_only = (command.display_name, command.external_id) == (KEEP, KEEP)
    origin = unit.caller.origin
    if (
        members_only
        and command.expected_version is None
        and origin not in ADMINISTRATORS
        and change.commutes
        and not (change.is_empty or command.strict)
    ):
        result, warnings = await _apply(unit, command, command.group_id, change)
        return _outcome(command.group_id, result, warnings)

    unit.need(Isolation.TRANSACTION)
    group = await load_group(unit, command.organization_id, command.group_id)
    check_version(command.expected_version, group.version)
    event = group.update(_attributes(command, group), unit.now)
    if event is not None or not change.is_empty:
        group.require_editable(origin)
    if event is not None:
        await update_group(unit, event, group.attributes)
        group = event.group
    if change.is_empty:
        value, changes = GroupResult(group.id, group.version), event.changes if event else ()
        return Outcome(value, changed=event is not None, changes=changes)
    result, warnings = await _apply(unit, command, group.id, change)
    return _outcome(group.id, result, warnings, event)


@handles(DeleteGroup, Isolation.TRANSACTION)
async def delete_group_handler(command: DeleteGroup, unit: UnitOfWork) -> Outcome[GroupResult]:
    """Raises NotFound, VersionConflict."""
    unit.caller.require(Scope.GROUPS_WRITE)
    group = await load_group(unit, command.organization_id, command.group_id)
    check_version(command.expected_version, group.version)
    removed = await delete_group(unit, group.delete())
    return Outcome(GroupResult(group.id, group.version, removed=removed), changed=True)


def _attributes(command: ReviseGroup, group: Group) -> GroupAttributes:
    name, external_id = command.display_name, command.external_id
    return GroupAttributes.of(
        display_name=group.attributes.display_name if isinstance(name, Keep) else name,
        external_id=(
            group.attributes.external_id if isinstance(external_id, Keep) else external_id
        ),
    )


def _outcome(
    group_id: UUID,
    result: MembershipResult,
    warnings: tuple[Remark, ...],
    event: GroupEvent | None = None,
) -> Outcome[GroupResult]:
    value = GroupResult(group_id, result.version, result.added, result.removed)
    if event is None:
        return Outcome(value, changed=result.changed, warnings=warnings)
    return Outcome(value, changed=True, warnings=warnings, changes=event.changes)


async def _apply(
    unit: UnitOfWork,
    command: CreateGroup | ReviseGroup,
    group_id: UUID,
    change: MembershipChange,
) -> tuple[MembershipResult, tuple[Remark, ...]]:
    """Change the membership; say, or with `strict` refuse, what is no member."""
    if len(change.add) + len(change.remove) > MAX_EDIT:
        raise Invalid("members", f"can change by at most {MAX_EDIT} in one request")
    result = await change_membership(unit, command.organization_id, group_id, change)
    unknown = sorted(change.add - result.known)
    if not unknown:
        return result, ()
    rows = await GROUPS_AMONG.fetch(
        unit.connection, organization_id=command.organization_id, ids=unknown
    )
    groups = {row["id"] for row in rows}
    nested = [id_ for id_ in unknown if id_ in groups]
    strangers = [id_ for id_ in unknown if id_ not in groups]
    if command.strict:
        raise UnknownMembers("members", unknown)
    warnings = []
    if strangers:
        told = f"Left out of the group, as no such member exists: {listed(strangers)}."
        warnings.append(Remark(UNKNOWN_MEMBERS, told))
    if nested:
        told = "Left out of the group, as groups inside groups are not supported"
        warnings.append(Remark(NESTED_GROUPS, f"{told}: {listed(nested)}."))
    return result, tuple(warnings)
