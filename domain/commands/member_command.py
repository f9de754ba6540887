"""What commands about one member share: how it is loaded, and how the outcome is written."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from domain.application import Command, Outcome
from domain.commands.expected_version import check_version
from domain.ids import UUID
from domain.model.member import Member, MemberEvent

if TYPE_CHECKING:
    from domain.store.unit_of_work import UnitOfWork
    from domain.vocabulary import Scope


@dataclass(frozen=True, slots=True)
class MemberCommand(Command[Member]):
    """A command that acts on one member; refused when its version is not the expected one."""

    organization_id: UUID
    member_id: UUID
    expected_version: int | None = None


async def load_member(command: MemberCommand, unit: UnitOfWork, scope: Scope) -> Member:
    """The member, once it is sure that the caller may act on it.

    Raises MissingScope, NotFound, Forbidden, VersionConflict.
    """
    unit.caller.require(scope)
    member = await unit.member(command.organization_id, command.member_id)
    unit.caller.require_rank_over(member.role)
    check_version(command.expected_version, member.version)
    return member


async def finish(unit: UnitOfWork, before: Member, event: MemberEvent | None) -> Outcome[Member]:
    """Write what was decided; None changes nothing."""
    if event is None:
        return Outcome(before, changed=False)
    return Outcome(await unit.write_member(before, [event]), changed=True)
