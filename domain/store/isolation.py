"""How strictly a command is isolated, and what makes it run again more strictly."""

from __future__ import annotations

from enum import IntEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from domain.ids import UUID
    from domain.model.member import Member


class Isolation(IntEnum):
    """How a command runs; each step locks more than the one before."""

    OPTIMISTIC = 0
    TRANSACTION = 1
    ORGANIZATION_LOCKED = 2


class Outdated(Exception):
    """What was read has changed since, or needs a lock: run again, isolated at least so.

    `groups` are those to lock the next time whether or not they still seem to need it; `guarded`
    says that the deprovision guard is to be locked, and `account` which account, before everything
    else. `member` is one that was read and will do: whoever writes it finds out if it has changed.
    """

    def __init__(
        self,
        needs: Isolation,
        groups: Iterable[UUID] = (),
        *,
        guarded: bool = False,
        account: UUID | None = None,
        member: Member | None = None,
    ) -> None:
        super().__init__(needs)
        self.needs = needs
        self.groups = frozenset(groups)
        self.guarded = guarded
        self.account = account
        self.member = member


class Collision(Exception):
    """A unique constraint refused an update of this member."""

    def __init__(self, member: Member) -> None:
        super().__init__(member.id)
        self.member = member
