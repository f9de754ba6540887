"""The first owner of an organization: confirmed from the start, by whoever operates the server."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from domain.ids import UUID, new_id
from domain.model.attributes import MemberAttributes
from domain.model.member import Member, MemberEvent
from domain.store.account_rows import ensure_account, link_member
from domain.vocabulary import MemberRole, ProvisioningSource

if TYPE_CHECKING:
    from domain.store.unit_of_work import UnitOfWork


async def found_owner(
    unit: UnitOfWork, organization_id: UUID, email: str, source: ProvisioningSource
) -> Member:
    """Write the owner with an account and all three events; no mail goes out. Raises Invalid.

    Nobody proves the address: the operator gives it, and hands over the link to sign in with.
    """
    invited = Member.invite_new(
        organization_id=organization_id,
        member_id=new_id(),
        attributes=MemberAttributes.of(user_name=email, email=email),
        source=source,
        now=unit.now,
        role=MemberRole.OWNER,
    )
    member = await unit.write_member(None, [_quiet(invited)])
    account_id = await ensure_account(
        unit.connection, email=member.label, display_name=None, now=unit.now
    )
    events = [accepted := _happened(member.accept(account_id, unit.now))]
    events.append(_happened(accepted.member.confirm(unit.now)))
    owner = await unit.write_member(member, events)
    await link_member(
        unit.connection,
        account_id,
        organization_id=organization_id,
        member_id=owner.id,
        now=unit.now,
    )
    return owner


def _happened(event: MemberEvent | None) -> MemberEvent:
    if event is None:  # pragma: no cover - of a member who was made this moment
        raise RuntimeError("a new member was accepted or confirmed before")
    return _quiet(event)


def _quiet(event: MemberEvent) -> MemberEvent:
    return replace(event, invites=False, notice=None)
