"""What the caller may do with a member right now."""

from __future__ import annotations

import strawberry

from domain.queries.member_actions import KeyFacts, refusal
from domain.queries.rows import MemberRow, PastMember
from graphql_schema.context import Context
from graphql_schema.enums import MemberAction, UserErrorCode
from graphql_schema.fields import shown


@strawberry.type
class ActionAvailability:
    allowed: bool
    reason: UserErrorCode | None = None


_ALLOWED = ActionAvailability(allowed=True)
_OVER = ActionAvailability(allowed=False)


@strawberry.type(
    description=(
        "What the caller may do right now, and why not otherwise. An action with nothing to do"
        " counts as not allowed; to wrap the organization's key again is something to do. The last"
        " seat and the policies are found out only by trying. With `asOf` nothing is allowed,"
        " without a reason: the past is over."
    )
)
class MemberActions:
    row: strawberry.Private[MemberRow]
    context: strawberry.Private[Context]
    last_owner: strawberry.Private[bool]
    keys: strawberry.Private[KeyFacts]

    def _of(self, action: MemberAction) -> ActionAvailability:
        if isinstance(self.row, PastMember):
            return _OVER
        error = refusal(
            self.row,
            action,
            self.context.caller,
            is_last_owner=self.last_owner,
            keys=self.keys,
        )
        if error is None:
            return _ALLOWED
        return ActionAvailability(allowed=False, reason=UserErrorCode(error.code))

    confirm: ActionAvailability = shown(lambda self: self._of(MemberAction.CONFIRM))
    reinvite: ActionAvailability = shown(lambda self: self._of(MemberAction.REINVITE))
    revoke: ActionAvailability = shown(lambda self: self._of(MemberAction.REVOKE))
    restore: ActionAvailability = shown(lambda self: self._of(MemberAction.RESTORE))
    remove: ActionAvailability = shown(lambda self: self._of(MemberAction.REMOVE))
    change_role: ActionAvailability = shown(lambda self: self._of(MemberAction.CHANGE_ROLE))
