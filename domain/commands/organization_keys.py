"""The organization's key as the server knows it: a version, and what each member holds of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from sqlalchemy import select, update

from domain.application import Command, Outcome, handles
from domain.errors import Forbidden, Invalid, KeyRequired, KeyVersionConflict
from domain.ids import UUID
from domain.keys.organization_key import check_wrapped_key
from domain.model.changes import Change
from domain.model.member_keys import WrappedKey, wrap_again
from domain.store.audit_writer import AuditEntry
from domain.store.isolation import Isolation
from domain.store.member_rows import MEMBERS
from domain.store.organization_rows import LOCK_ALONE, ORGANIZATIONS
from domain.store.persons import hold_account, read_person
from domain.store.statement import INSTANT, INTEGER, UUID_TYPE, Statement, parameter
from domain.vocabulary import Scope, SubjectKind

if TYPE_CHECKING:
    from domain.model.member import Member
    from domain.store.unit_of_work import UnitOfWork

_SET_KEY_VERSION = Statement(
    update(ORGANIZATIONS)
    .where(ORGANIZATIONS.c.id == parameter("id", UUID_TYPE))
    .values(
        key_version=parameter("key_version", INTEGER),
        version=ORGANIZATIONS.c.version + 1,
        updated_at=parameter("now", INSTANT),
    )
)
_HELD = Statement(
    select(MEMBERS.c.wrapped_organization_key).where(
        MEMBERS.c.organization_id == parameter("organization_id", UUID_TYPE),
        MEMBERS.c.id == parameter("id", UUID_TYPE),
    )
)


@dataclass(frozen=True, slots=True)
class _KeyCommand(Command[UUID]):
    """`wrapped_organization_key` is the new key for the caller, an owner with keys of their own.

    `expected_key_version` is the version that it replaces.
    """

    organization_id: UUID
    wrapped_organization_key: str = field(repr=False)
    expected_key_version: int


@dataclass(frozen=True, slots=True)
class CreateOrganizationKey(_KeyCommand):
    """Give the organization its first key, in place of version 0."""


@dataclass(frozen=True, slots=True)
class RotateOrganizationKey(_KeyCommand):
    """Replace the organization's key; what other members hold becomes STALE by comparison."""


@handles(CreateOrganizationKey)
async def create_organization_key(
    command: CreateOrganizationKey, unit: UnitOfWork
) -> Outcome[UUID]:
    """Raises Forbidden, Invalid, KeyRequired, KeyMismatch, KeyVersionConflict, NotFound."""
    if command.expected_key_version != 0:
        why = "must be 0, since there is no key yet; rotateOrganizationKey replaces one"
        raise Invalid("expectedKeyVersion", why)
    return await _replace(command, unit, "organization.key_created")


@handles(RotateOrganizationKey)
async def rotate_organization_key(
    command: RotateOrganizationKey, unit: UnitOfWork
) -> Outcome[UUID]:
    """Raises Forbidden, Invalid, KeyRequired, KeyMismatch, KeyVersionConflict, NotFound."""
    if command.expected_key_version < 1:
        why = "must be the version that is replaced; createOrganizationKey makes the first key"
        raise Invalid("expectedKeyVersion", why)
    return await _replace(command, unit, "organization.key_rotated")


async def _replace(command: _KeyCommand, unit: UnitOfWork, action: str) -> Outcome[UUID]:
    unit.caller.require(Scope.ORGANIZATION_WRITE)
    id_ = command.organization_id
    if unit.isolation is not Isolation.OPTIMISTIC:
        # Waits for whoever hands over the key of the version that ends, see `confirm_member`.
        await unit.organization(id_, LOCK_ALONE)
    organization = await unit.organization(id_)
    owner, account_id = await _owner(command, unit)
    hold_account(unit, account_id)
    version = command.expected_key_version + 1
    if organization.key_version == version and await _holds(command, unit, owner):
        return Outcome(id_, changed=False)
    if organization.key_version != command.expected_key_version:
        raise KeyVersionConflict(organization.key_version)
    kid = (await read_person(unit, account_id)).kid
    if kid is None:
        raise KeyRequired("You have no keys yet; set them with setAccountKeys first.")
    text = command.wrapped_organization_key
    check_wrapped_key(text, member_kid=kid, organization_id=id_, key_version=version)
    await _SET_KEY_VERSION.fetch(unit.connection, id=id_, key_version=version, now=unit.now)
    changes = [Change("keyVersion", organization.key_version, version)]
    entry = AuditEntry(action, SubjectKind.ORGANIZATION, id_, organization.name, changes)
    await unit.record(id_, [entry])
    event = wrap_again(owner, WrappedKey(text, kid, version), unit.now)
    if event is not None:
        await unit.write_member(owner, [event])
    return Outcome(id_, changed=True)


async def _owner(command: _KeyCommand, unit: UnitOfWork) -> tuple[Member, UUID]:
    """The caller as a confirmed owner, and their account. Raises Forbidden."""
    member_id = unit.caller.member_id
    if member_id is not None:
        member = await unit.member(command.organization_id, member_id)
        if member.is_confirmed_owner and member.account_id is not None:
            return member, member.account_id
    raise Forbidden("Only an owner, for whom it is wrapped, can give the organization a key.")


async def _holds(command: _KeyCommand, unit: UnitOfWork, owner: Member) -> bool:
    """Whether the owner holds this very key already: the command is repeated."""
    held = await _HELD.fetch_value(
        unit.connection, organization_id=command.organization_id, id=owner.id
    )
    return bool(held == command.wrapped_organization_key)
