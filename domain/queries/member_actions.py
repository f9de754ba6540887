"""What a caller may do with a member right now, and why not otherwise: for buttons and menus.

It reads the same table and the same ranks as the commands. What only a lock can decide, the last
seat and the last owner among others, a command may still refuse.
"""

from __future__ import annotations

from domain.caller import Caller
from domain.errors import DomainError, Forbidden, InvalidTransition, LastOwner, SelfAction
from domain.ids import UUID
from domain.model.lifecycle import LIFECYCLE
from domain.queries.member_pages import OWNER_LIST
from domain.queries.paging import Window
from domain.queries.reader import Reader
from domain.queries.rows import MemberRow
from domain.vocabulary import MemberAction, MemberRole, MemberStatus, Scope

_NOT_TO_ONESELF = frozenset(
    {MemberAction.REVOKE, MemberAction.RESTORE, MemberAction.REMOVE, MemberAction.CHANGE_ROLE}
)
_COSTS_AN_OWNER = frozenset({MemberAction.REVOKE, MemberAction.REMOVE, MemberAction.CHANGE_ROLE})


def is_confirmed_owner(member: MemberRow) -> bool:
    """Whether the member is one of those of whom the organization must keep one."""
    return member.role is MemberRole.OWNER and member.status is MemberStatus.CONFIRMED


async def has_one_owner(reader: Reader, organization_id: UUID) -> bool:
    """Whether the organization has but one confirmed owner."""
    page = await OWNER_LIST.page(reader, organization_id, Window(1), order="CREATED_AT")
    return not page.has_next


def refusal(
    member: MemberRow, action: MemberAction, caller: Caller, *, is_last_owner: bool = False
) -> DomainError | None:
    """Why the caller cannot do that now; None when it can.

    An action with nothing to do, such as confirming the confirmed, counts as not possible.
    """
    scope = Scope.MEMBERS_CONFIRM if action is MemberAction.CONFIRM else Scope.MEMBERS_WRITE
    try:
        caller.require(scope)
        caller.require_rank_over(member.role)
    except Forbidden as error:
        return error
    if caller.member_id == member.id and action in _NOT_TO_ONESELF:
        return SelfAction()
    if member.status not in LIFECYCLE[action].allowed_from:
        return InvalidTransition(member.status, action)
    if is_last_owner and action in _COSTS_AN_OWNER:
        return LastOwner()
    return None
