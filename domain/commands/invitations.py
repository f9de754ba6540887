"""What the invited person asks for: to accept, or to get a new link in place of an expired one."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from domain.application import Command, Outcome, handles
from domain.caller import Actor
from domain.commands.sessions import open_session
from domain.errors import Invalid, KeyRequired, LinkVoid, NotFound, SignInRequired
from domain.ids import UUID
from domain.keys.account_keys import check_key_pair
from domain.model.attributes import MAX_NAME
from domain.model.invitation_links import link_void
from domain.model.member import Member
from domain.store.account_rows import (
    AccountKeys,
    KnownAccount,
    create_account,
    find_account,
    give_keys,
    link_member,
    memberships_of,
)
from domain.store.invitation_rows import (
    NEWEST_INVITATION,
    FoundInvitation,
    find_invitation,
    mark_accepted,
    was_invitation,
)
from domain.store.isolation import Isolation, Outdated
from domain.store.persons import check_person, hold_account, keys_may_change
from domain.text import check_text
from domain.vocabulary import (
    ActorKind,
    KeyHandshake,
    LinkProblem,
    MemberStatus,
    Origin,
    SignInMethod,
)

if TYPE_CHECKING:
    from domain.store.unit_of_work import UnitOfWork

__all__ = ["AcceptInvitation", "Accepted", "RequestNewInvitationLink"]

_LINK_HOLDER = Actor(ActorKind.SYSTEM_PROCESS, None, "expired invitation link")
NEW_LINKS_APART = timedelta(minutes=10)
"""A member gets no new link by asking while the last one is younger."""


@dataclass(frozen=True, slots=True)
class Accepted:
    """What became of it; `session` is the secret of the session that a new account begins with."""

    member: Member
    account_id: UUID
    session: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class AcceptInvitation(Command[Accepted]):
    """Accept with the token of the link (`inv_<organization>_<invitation>_<secret>`).

    Whose address has no account gets one, with the key pair that is sent along, and a session.
    Whose address has one must be signed in to it, and keeps its keys.
    """

    finds_its_organization = True

    token: str = field(repr=False)
    display_name: str | None = None
    public_key: Any = None
    encrypted_private_key: str | None = field(default=None, repr=False)
    user_agent: str | None = None


@dataclass(frozen=True, slots=True)
class RequestNewInvitationLink(Command[None]):
    """Invite again whoever holds a link that has expired; whether that was done is told to nobody.

    Nothing happens for any other link, and within ten minutes of the last invitation.
    """

    finds_its_organization = True

    token: str = field(repr=False)


@handles(AcceptInvitation, Isolation.TRANSACTION)
async def accept_invitation(command: AcceptInvitation, unit: UnitOfWork) -> Outcome[Accepted]:
    """Raises LinkVoid, SignInRequired, PolicyViolation, KeyRequired; Invalid for name and keys.

    Locks the account, where there is one, and then the member.
    """
    check_text("name", command.display_name, MAX_NAME)
    keys = _keys_of(command)
    glimpse = await _working(unit, command.token)
    account = await _account_for(command, unit, glimpse)
    # Whatever voids a link holds the member's lock: what is read after it, holds.
    member = await _member_of(unit, glimpse)
    invitation = await _working(unit, command.token)
    has_keys = keys is not None or (account is not None and account.has_keys)
    organization = await unit.organization(invitation.organization_id)
    if organization.key_handshake is KeyHandshake.REQUIRED and not has_keys:
        raise KeyRequired(
            "The organization hands its key to new members; send a key pair of your own.",
            "publicKey",
        )
    if account is None:
        account_id = await _new_account(command, unit, invitation, member, keys)
    else:
        account_id = account.id
        await _join(unit, account, member, keys)
    _act_as(unit, account_id, invitation.email)
    accepted = await _accept(unit, member, invitation, account_id)
    session = None
    if account is None:
        session = await open_session(
            unit, account_id, SignInMethod.INVITATION, user_agent=command.user_agent
        )
    return Outcome(Accepted(accepted, account_id, session), changed=True)


@handles(RequestNewInvitationLink, Isolation.TRANSACTION)
async def request_new_invitation_link(
    command: RequestNewInvitationLink, unit: UnitOfWork
) -> Outcome[None]:
    """Raises nothing that tells one link from another."""
    glimpse = await find_invitation(unit.connection, unit.invitations, command.token)
    if glimpse is None:
        return Outcome(None, changed=False)
    try:
        member = await _member_of(unit, glimpse)
    except LinkVoid:
        return Outcome(None, changed=False)
    invitation = await find_invitation(unit.connection, unit.invitations, command.token)
    newest = await NEWEST_INVITATION.fetch_value(
        unit.connection, organization_id=member.organization_id, member_id=member.id
    )
    if (
        invitation is None
        or invitation.problem(unit.now) is not LinkProblem.EXPIRED
        or member.status is not MemberStatus.INVITED
        or newest > unit.now - NEW_LINKS_APART
    ):
        return Outcome(None, changed=False)
    # Whoever holds an expired link has proven nothing.
    unit.caller = replace(unit.caller, actor=_LINK_HOLDER, origin=Origin.SYSTEM)
    await unit.write_member(member, [member.reinvite(unit.now)])
    return Outcome(None, changed=True)


def _keys_of(command: AcceptInvitation) -> AccountKeys | None:
    """The key pair that was sent along. Raises Invalid."""
    public, locked = command.public_key, command.encrypted_private_key
    if public is None and locked is None:
        return None
    if public is None:
        raise Invalid("publicKey", "is missing; it belongs to encryptedPrivateKey")
    if locked is None:
        raise Invalid("encryptedPrivateKey", "is missing; it belongs to publicKey")
    return AccountKeys(check_key_pair(public, locked), locked)


async def _working(unit: UnitOfWork, token: str) -> FoundInvitation:
    """The invitation of a link that works. Raises LinkVoid."""
    found = await find_invitation(unit.connection, unit.invitations, token)
    if found is None:
        raise link_void(None, was_one=was_invitation(unit.invitations, token))
    problem = found.problem(unit.now)
    if problem is not None:
        raise link_void(problem)
    return found


async def _member_of(unit: UnitOfWork, invitation: FoundInvitation) -> Member:
    """The member, locked. Raises LinkVoid when it was removed this moment."""
    try:
        return await unit.member(invitation.organization_id, invitation.member_id)
    except NotFound as gone:
        raise link_void(None, was_one=True) from gone


async def _account_for(
    command: AcceptInvitation, unit: UnitOfWork, invitation: FoundInvitation
) -> KnownAccount | None:
    """The account of the address, held, if it is the caller's; None where there is none.

    Raises SignInRequired; LinkVoid for who is signed in to another account.
    """
    caller_account = unit.caller.account_id
    account = await find_account(unit.connection, invitation.email)
    if caller_account is not None and (account is None or account.id != caller_account):
        raise link_void(LinkProblem.WRONG_ACCOUNT)
    if account is None:
        return None
    if caller_account is None:
        # Made by this very link since it was looked at, perhaps.
        await _working(unit, command.token)
        raise SignInRequired
    hold_account(unit, account.id)
    return account


async def _new_account(
    command: AcceptInvitation,
    unit: UnitOfWork,
    invitation: FoundInvitation,
    member: Member,
    keys: AccountKeys | None,
) -> UUID:
    """An account for an address that has none. Raises PolicyViolation."""
    policies = (await unit.organization(member.organization_id)).policies
    policies.check_email(invitation.email)
    policies.check_sign_on(came_by_sso=False)
    created = await create_account(
        unit.connection,
        email=invitation.email,
        display_name=command.display_name or member.attributes.display_name,
        keys=keys,
        now=unit.now,
    )
    if created is None:  # somebody has made it since it was looked for
        raise Outdated(Isolation.TRANSACTION)
    return created


async def _join(
    unit: UnitOfWork, account: KnownAccount, member: Member, keys: AccountKeys | None
) -> None:
    """Let an account join the organization. Raises PolicyViolation, Invalid."""
    for membership in await memberships_of(unit.connection, account.id):
        if membership.organization_id == member.organization_id:
            raise Invalid(
                "token",
                "cannot be used: your account is another member of this organization already, by an"
                " earlier address; ask an administrator to remove one of the two",
            )
    await check_person(unit, member.organization_id, account.id)
    if keys is not None:
        if account.has_keys:
            raise Invalid("publicKey", "is not taken: your account has keys already, leave it out")
        await keys_may_change(unit, account.id)
        await give_keys(unit.connection, account.id, keys, unit.now)


async def _accept(
    unit: UnitOfWork, member: Member, invitation: FoundInvitation, account_id: UUID
) -> Member:
    event = member.accept(account_id, unit.now)
    if event is None:  # a link of an accepted member is USED
        raise link_void(LinkProblem.USED)
    await mark_accepted(unit.connection, member, invitation.id)
    by_sso = unit.caller.sso_organization_id == member.organization_id
    await link_member(
        unit.connection,
        account_id,
        organization_id=member.organization_id,
        member_id=member.id,
        now=unit.now,
        sso_at=unit.now if by_sso else None,
    )
    return await unit.write_member(member, [event])


def _act_as(unit: UnitOfWork, account_id: UUID, email: str) -> None:
    """Have the history name the person, not the member they may be in another organization."""
    if unit.caller.actor.kind is not ActorKind.SYSTEM_PROCESS:
        actor = Actor(ActorKind.ACCOUNT, account_id, email)
        unit.caller = replace(unit.caller, actor=actor, account_id=account_id)
