"""What the invited person asks for: to accept the invitation whose link they hold."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from sqlalchemy import select, update

from domain.application import Command, Outcome, handles
from domain.errors import Invalid
from domain.folding import fold
from domain.model.attributes import MAX_NAME
from domain.model.member import Member
from domain.secrets import read_secret
from domain.store.account_rows import ensure_account, link_member
from domain.store.member_writes import INVITATIONS, OPEN_STATES
from domain.store.statement import UUID_TYPE, Statement, parameter
from domain.store.unit_of_work import Isolation
from domain.text import check_text
from domain.vocabulary import InvitationState

if TYPE_CHECKING:
    from domain.store.unit_of_work import UnitOfWork

LINK_PREFIX = "inv"
_ORGANIZATION = parameter("organization_id", UUID_TYPE)
_INVITATION = Statement(
    select(INVITATIONS).where(
        INVITATIONS.c.organization_id == _ORGANIZATION,
        INVITATIONS.c.id == parameter("id", UUID_TYPE),
    )
)
_MARK_ACCEPTED = Statement(
    update(INVITATIONS)
    .where(
        INVITATIONS.c.organization_id == _ORGANIZATION,
        INVITATIONS.c.id == parameter("id", UUID_TYPE),
    )
    .values(state=InvitationState.ACCEPTED.value)
)


@dataclass(frozen=True, slots=True)
class AcceptInvitation(Command[Member]):
    """Accept with the token of the link (`inv_<organization>_<invitation>_<secret>`)."""

    token: str = field(repr=False)
    display_name: str | None = None


@handles(AcceptInvitation, Isolation.TRANSACTION)
async def accept_invitation(command: AcceptInvitation, unit: UnitOfWork) -> Outcome[Member]:
    """Raises Invalid when the link does not work, InvalidTransition."""
    check_text("name", command.display_name, MAX_NAME)
    presented = read_secret(LINK_PREFIX, 2, command.token)
    if presented is None:
        raise Invalid("token", "is not that of an invitation; copy the whole link")
    organization_id, invitation_id = presented.ids
    key = {"organization_id": organization_id, "id": invitation_id}
    glimpse = await _INVITATION.fetch_row(unit.connection, **key)
    if glimpse is None or not presented.matches(glimpse["token_hash"]):
        raise Invalid("token", "is not that of an invitation; copy the whole link")
    # Whatever voids a link holds the member's lock: what is read after it, holds.
    member = await unit.member(organization_id, glimpse["member_id"])
    invitation = await _INVITATION.fetch_row(unit.connection, **key)
    if (
        invitation is None
        or invitation["state"] not in OPEN_STATES
        or invitation["expires_at"] <= unit.now
    ):
        raise Invalid("token", "no longer works; ask for a new link")
    if fold(invitation["email"]) != member.attributes.email_key:
        raise Invalid("token", "was sent to an address that has changed since; ask for a new link")
    account_id = await ensure_account(
        unit.connection,
        email=invitation["email"],
        display_name=command.display_name or member.attributes.display_name,
        now=unit.now,
    )
    event = member.accept(account_id, unit.now)
    if event is None:
        return Outcome(member, changed=False)
    await _MARK_ACCEPTED.fetch(unit.connection, **key)
    await link_member(
        unit.connection,
        account_id,
        organization_id=organization_id,
        member_id=member.id,
        now=unit.now,
    )
    return Outcome(await unit.write_member(member, [event]), changed=True)
