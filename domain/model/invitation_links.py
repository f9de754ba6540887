"""Whether an invitation's link works, and in plain words why not. No I/O."""

from __future__ import annotations

from typing import TYPE_CHECKING

from domain.errors import LinkVoid
from domain.model.lifecycle import stage_at_least
from domain.vocabulary import InvitationState, LinkProblem, Stage

if TYPE_CHECKING:
    from datetime import datetime

_NO_INVITATION = "is not that of an invitation; copy the whole link"
_TAKEN_BACK = "opens nothing any more, since the invitation was taken back; ask an administrator"
_WHY = {
    LinkProblem.EXPIRED: "has expired; ask for a new link",
    LinkProblem.USED: "was used already; sign in instead",
    LinkProblem.REPLACED: "was replaced by a newer one; use the link in the newest mail",
    LinkProblem.REVOKED: "opens nothing, since access was withdrawn; ask an administrator",
    LinkProblem.ADDRESS_CHANGED: (
        "was sent to an address that has changed since; use the link in the mail to the new one"
    ),
    LinkProblem.WRONG_ACCOUNT: (
        "is for another address than that of the account you are signed in to; sign out first"
    ),
}


def problem_of(
    *,
    state: InvitationState,
    expires_at: datetime,
    sent_to_key: str,
    stage: Stage,
    is_revoked: bool,
    email_key: str | None,
    is_of_this_key: bool,
    now: datetime,
) -> LinkProblem | None:
    """Why the link of an invitation does not work, by its row and its member's; None if it does.

    `sent_to_key` and `email_key` are the folded addresses of the invitation and of the member;
    `is_of_this_key` says that the deployment's secret key has not changed since.
    """
    if state is InvitationState.ACCEPTED or stage_at_least(stage, Stage.ACCEPTED):
        return LinkProblem.USED
    if is_revoked:
        return LinkProblem.REVOKED
    if sent_to_key != email_key:
        return LinkProblem.ADDRESS_CHANGED
    if state is InvitationState.CANCELLED:
        return LinkProblem.REPLACED
    is_open = state in {InvitationState.QUEUED, InvitationState.SENT}
    works = is_open and is_of_this_key and expires_at > now
    return None if works else LinkProblem.EXPIRED


def link_void(problem: LinkProblem | None, *, was_one: bool = False) -> LinkVoid:
    """The refusal of a link that does not work; None says that it opens no invitation.

    `was_one` says that it did: the member was removed, and the invitation with them.
    """
    if problem is None:
        return LinkVoid(_TAKEN_BACK if was_one else _NO_INVITATION)
    return LinkVoid(_WHY[problem], problem)
