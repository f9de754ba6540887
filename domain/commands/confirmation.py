"""Confirming: an approval, and where the organization asks for it the hand-over of its key."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from domain.application import Outcome, handles
from domain.commands.member_command import MemberCommand, finish, load_member
from domain.errors import Invalid, KeyMismatch, KeyRequired
from domain.keys.organization_key import check_wrapped_key
from domain.model.member import Member
from domain.model.member_keys import WrappedKey, hand_over
from domain.store.isolation import Isolation
from domain.store.organization_rows import HOLD_ORGANIZATION
from domain.store.persons import check_person, hold_account, read_person
from domain.vocabulary import KeyHandshake, Scope

if TYPE_CHECKING:
    from domain.model.organization import Organization
    from domain.store.unit_of_work import UnitOfWork

_NO_KEYS = (
    "This person has no keys yet that the organization's key could be wrapped for; they sign in and"
    " choose a passphrase first."
)
_NONE_SENT = "The organization hands its key to new members; send it wrapped for this member."


@dataclass(frozen=True, slots=True)
class ConfirmMember(MemberCommand):
    """Make an accepted member a full one, and hand the organization's key to them.

    Of a confirmed member whose wrapped key is not the current one, it is replaced.
    """

    wrapped_organization_key: str | None = field(default=None, repr=False)
    public_key_thumbprint: str | None = None


@handles(ConfirmMember)
async def confirm_member(command: ConfirmMember, unit: UnitOfWork) -> Outcome[Member]:
    """Raises InvalidTransition, KeyRequired, KeyMismatch, PolicyViolation; Invalid for a key.

    Where a key is handed over the account and the version of the organization's key are held, so
    that neither changes before the wrapped key is stored for them.
    """
    if unit.isolation is not Isolation.OPTIMISTIC:
        await unit.organization(command.organization_id, HOLD_ORGANIZATION)
    member = await load_member(command, unit, Scope.MEMBERS_CONFIRM)
    organization = await unit.organization(command.organization_id)
    if organization.key_handshake is KeyHandshake.OFF:
        return await _approve(command, unit, member)
    return await _hand_over(command, unit, member, organization)


async def _approve(command: ConfirmMember, unit: UnitOfWork, member: Member) -> Outcome[Member]:
    for name, given in (
        ("wrappedOrganizationKey", command.wrapped_organization_key),
        ("publicKeyThumbprint", command.public_key_thumbprint),
    ):
        if given is not None:
            raise Invalid(name, "is not taken while keyHandshake is OFF; leave it out")
    event = member.confirm(unit.now)
    if event is not None and member.account_id is not None:
        await check_person(unit, member.organization_id, member.account_id)
    return await finish(unit, member, event)


async def _hand_over(
    command: ConfirmMember, unit: UnitOfWork, member: Member, organization: Organization
) -> Outcome[Member]:
    joins = member.confirm(unit.now) is not None
    is_current = not joins and member.wrapped_key_version == organization.key_version
    if is_current and command.wrapped_organization_key is None:
        return Outcome(member, changed=False)
    if member.account_id is None:
        raise KeyRequired(_NO_KEYS, "memberId")
    hold_account(unit, member.account_id, member)
    if joins:
        person = await check_person(unit, organization.id, member.account_id)
    else:
        person = await read_person(unit, member.account_id)
    if person.kid is None:
        raise KeyRequired(_NO_KEYS, "memberId")
    wrapped = _checked(command, organization, person.kid)
    return await finish(unit, member, hand_over(member, wrapped, unit.now))


def _checked(command: ConfirmMember, organization: Organization, kid: str) -> WrappedKey:
    """The key that was sent, wrapped for `kid`. Raises KeyRequired, Invalid, KeyMismatch."""
    text = command.wrapped_organization_key
    if text is None:
        raise KeyRequired(_NONE_SENT, "wrappedOrganizationKey")
    check_wrapped_key(
        text,
        member_kid=kid,
        organization_id=organization.id,
        key_version=organization.key_version,
    )
    if command.public_key_thumbprint not in {None, kid}:
        raise KeyMismatch(
            "publicKeyThumbprint is that of another key than the member has now; read the member's"
            " public key again.",
            "publicKeyThumbprint",
        )
    return WrappedKey(text, kid, organization.key_version)
