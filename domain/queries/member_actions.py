"""What a caller may do with a member right now, and why not otherwise: for buttons and menus.

It reads the same table and the same ranks as the commands. What only a lock can decide, the last
seat and the last owner among others, a command may still refuse.
"""

from __future__ import annotations

from dataclasses import dataclass

from domain.caller import Caller
from domain.errors import (
    DomainError,
    Forbidden,
    InvalidTransition,
    KeyRequired,
    LastOwner,
    SelfAction,
)
from domain.ids import UUID
from domain.model.key_state import key_state
from domain.model.lifecycle import LIFECYCLE
from domain.queries.member_pages import OWNER_LIST
from domain.queries.organizations import OrganizationRow
from domain.queries.paging import Window
from domain.queries.reader import Reader
from domain.queries.rows import MemberRow
from domain.vocabulary import KeyHandshake, KeyState, MemberAction, MemberRole, MemberStatus, Scope

_NOT_TO_ONESELF = frozenset(
    {MemberAction.REVOKE, MemberAction.RESTORE, MemberAction.REMOVE, MemberAction.CHANGE_ROLE}
)
_NO_KEYS = "This person has no keys yet; they sign in and choose a passphrase first."
_COSTS_AN_OWNER = frozenset({MemberAction.REVOKE, MemberAction.REMOVE, MemberAction.CHANGE_ROLE})


@dataclass(frozen=True, slots=True)
class KeyFacts:
    """What of the key handshake decides whether a member can be confirmed.

    `state` is the member's key state, `has_keys` whether the person has a key pair.
    """

    handshake: KeyHandshake = KeyHandshake.OFF
    state: KeyState | None = None
    has_keys: bool = False

    @property
    def lacks_key(self) -> bool:
        """Whether a confirmed member needs the organization's key wrapped again."""
        return self.state in {KeyState.MISSING, KeyState.STALE}


NO_HANDSHAKE = KeyFacts()


def key_state_in(organization: OrganizationRow, member: MemberRow) -> KeyState | None:
    """Whether the member holds the organization's key of now; None where there is none to hold."""
    return key_state(
        organization.key_handshake,
        organization.key_version,
        member.status,
        has_key=member.wrapped_key_kid is not None,
        wrapped_key_version=member.wrapped_key_version,
    )


def is_confirmed_owner(member: MemberRow) -> bool:
    """Whether the member is one of those of whom the organization must keep one."""
    return member.role is MemberRole.OWNER and member.status is MemberStatus.CONFIRMED


async def has_one_owner(reader: Reader, organization_id: UUID) -> bool:
    """Whether the organization has but one confirmed owner."""
    page = await OWNER_LIST.page(reader, organization_id, Window(1), order="CREATED_AT")
    return not page.has_next


def refusal(
    member: MemberRow,
    action: MemberAction,
    caller: Caller,
    *,
    is_last_owner: bool = False,
    keys: KeyFacts = NO_HANDSHAKE,
) -> DomainError | None:
    """Why the caller cannot do that now; None when it can.

    An action with nothing to do, such as confirming the confirmed, counts as not possible; to wrap
    the organization's key again for a confirmed member is something to do.
    """
    scope = Scope.MEMBERS_CONFIRM if action is MemberAction.CONFIRM else Scope.MEMBERS_WRITE
    try:
        caller.require(scope)
        caller.require_rank_over(member.role)
    except Forbidden as error:
        return error
    if caller.member_id == member.id and action in _NOT_TO_ONESELF:
        return SelfAction()
    if action is MemberAction.CONFIRM and keys.lacks_key:
        return None if keys.has_keys else KeyRequired(_NO_KEYS)
    if member.status not in LIFECYCLE[action].allowed_from:
        return InvalidTransition(member.status, action)
    hands_over = action is MemberAction.CONFIRM and keys.handshake is KeyHandshake.REQUIRED
    if hands_over and not keys.has_keys:
        return KeyRequired(_NO_KEYS)
    if is_last_owner and action in _COSTS_AN_OWNER:
        return LastOwner()
    return None
