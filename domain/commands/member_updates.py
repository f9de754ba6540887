"""What administrators change about a member: display name, e-mail, external id."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from domain.application import Outcome, handles
from domain.commands.keep import KEEP, Keep
from domain.commands.member_command import MemberCommand, load_member
from domain.errors import Invalid, ManagedByIdp
from domain.model.attributes import MemberAttributes
from domain.model.lifecycle import stage_at_least
from domain.model.member import Member
from domain.vocabulary import ProvisioningSource, Scope, Stage

if TYPE_CHECKING:
    from domain.store.unit_of_work import UnitOfWork


@dataclass(frozen=True, slots=True)
class UpdateMember(MemberCommand):
    """Other attributes; None clears one, KEEP leaves it.

    A userName that was the e-mail follows it. Members that an identity provider made are its own.
    """

    display_name: str | Keep | None = KEEP
    email: str | Keep | None = KEEP
    external_id: str | Keep | None = KEEP


@handles(UpdateMember)
async def update_member(command: UpdateMember, unit: UnitOfWork) -> Outcome[Member]:
    """Raises NotFound, VersionConflict, ManagedByIdp, Taken, Invalid."""
    before = await load_member(command, unit, Scope.MEMBERS_WRITE)
    event = before.update(_attributes(command, before), unit.now)
    if event is None:
        return Outcome(before, changed=False)
    if before.source is ProvisioningSource.SCIM:
        raise ManagedByIdp(
            "The identity provider owns this member's attributes; change them there."
        )
    events = [event]
    if event.member.link_belongs_elsewhere(before):
        events.append(event.member.reinvite(unit.now))
    return Outcome(await unit.write_member(before, events), changed=True)


def _attributes(command: UpdateMember, member: Member) -> MemberAttributes:
    old = member.attributes
    email = old.email if isinstance(command.email, Keep) else command.email or None
    if email is None and stage_at_least(member.stage, Stage.INVITED):
        raise Invalid("email", "cannot be taken away from a member who was invited")
    follows = old.email is not None and old.user_name == old.email and email is not None
    name, external_id = command.display_name, command.external_id
    addresses = [
        entry["value"]
        for entry in old.profile.get("emails") or ()
        if isinstance(entry, dict) and isinstance(entry.get("value"), str)
    ]
    return MemberAttributes.of(
        user_name=email if follows and email is not None else old.user_name,
        email=email,
        external_id=old.external_id if isinstance(external_id, Keep) else external_id or None,
        display_name=old.display_name if isinstance(name, Keep) else name or None,
        given_name=old.given_name,
        family_name=old.family_name,
        profile=old.profile,
        further_emails=tuple(address for address in addresses if address != email),
    )
