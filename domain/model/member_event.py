"""What a rule of the member decided: the new state, the fact to write down, and what is mailed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from domain.model.lifecycle import stage_at_least
from domain.vocabulary import NoticeKind, Stage

if TYPE_CHECKING:
    from domain.model.changes import Change
    from domain.model.member import Member

NEWS = (NoticeKind.CONFIRMED, NoticeKind.CONFIRMABLE, NoticeKind.REMINDER)
"""Notices that are of no use to whose access has ended."""


@dataclass(frozen=True, slots=True)
class MemberEvent:
    """What a rule of `Member` decided: the new state and the fact to write down.

    `cancels_invitations` voids every open link, `invites` queues a new one; the command that
    collects events obeys the last word. `notice` is what the member is told by mail, `void` are the
    notices that are not sent any more if they still wait.
    """

    member: Member
    action: str
    changes: tuple[Change, ...] = ()
    cancels_invitations: bool = False
    invites: bool = False
    notice: NoticeKind | None = None
    void: tuple[NoticeKind, ...] = ()


def farewell_of(member: Member) -> NoticeKind | None:
    """What is told at the end of a membership, to whoever has accepted it."""
    had_access = member.revoked_at is None and stage_at_least(member.stage, Stage.ACCEPTED)
    return NoticeKind.ACCESS_REVOKED if had_access else None
