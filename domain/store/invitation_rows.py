"""Invitations as rows: one is found by its link, and marked as accepted."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import func, select, update

from domain.folding import fold
from domain.ids import UUID
from domain.model.invitation import InvitationTable
from domain.model.invitation_links import problem_of
from domain.secrets import SecretKind, read_secret
from domain.store.invitation_links import InvitationPolicy
from domain.store.member_rows import MEMBERS
from domain.store.statement import UUID_TYPE, Statement, parameter
from domain.vocabulary import InvitationState, LinkProblem, Stage

if TYPE_CHECKING:
    from domain.model.member import Member

INVITATIONS: Any = InvitationTable.__table__  # type: ignore[attr-defined]

_KEY = (
    INVITATIONS.c.organization_id == parameter("organization_id", UUID_TYPE),
    INVITATIONS.c.id == parameter("id", UUID_TYPE),
)
_COLUMNS = ("organization_id", "id", "member_id", "email", "state", "expires_at")
_NAMES = ("display_name", "given_name", "family_name")
_FIND = Statement(
    select(
        *INVITATIONS.c[_COLUMNS],
        INVITATIONS.c.token_hash,
        MEMBERS.c.stage,
        MEMBERS.c.revoked_at,
        MEMBERS.c.email_key,
        *MEMBERS.c[_NAMES],
    )
    .join(
        MEMBERS,
        (MEMBERS.c.organization_id == INVITATIONS.c.organization_id)
        & (MEMBERS.c.id == INVITATIONS.c.member_id),
    )
    .where(*_KEY)
)
_MARK_ACCEPTED = Statement(
    update(INVITATIONS).where(*_KEY).values(state=InvitationState.ACCEPTED.value)
)
NEWEST_INVITATION = Statement(
    select(func.max(INVITATIONS.c.queued_at)).where(
        INVITATIONS.c.organization_id == parameter("organization_id", UUID_TYPE),
        INVITATIONS.c.member_id == parameter("member_id", UUID_TYPE),
    )
)


@dataclass(frozen=True, slots=True)
class FoundInvitation:
    """The invitation of a link, with what of its member decides whether the link works."""

    organization_id: UUID
    id: UUID
    member_id: UUID
    email: str
    state: InvitationState
    expires_at: datetime
    stage: Stage
    is_revoked: bool
    email_key: str | None
    is_of_this_key: bool
    display_name: str | None
    given_name: str | None
    family_name: str | None

    @property
    def name(self) -> str | None:
        """What the organization calls the person, as far as it knows."""
        whole = " ".join(part for part in (self.given_name, self.family_name) if part)
        return self.display_name or whole or None

    def problem(self, now: datetime) -> LinkProblem | None:
        """Why the link does not work, whoever opens it."""
        return problem_of(
            state=self.state,
            expires_at=self.expires_at,
            sent_to_key=fold(self.email),
            stage=self.stage,
            is_revoked=self.is_revoked,
            email_key=self.email_key,
            is_of_this_key=self.is_of_this_key,
            now=now,
        )


async def find_invitation(
    connection: Any, policy: InvitationPolicy, token: str
) -> FoundInvitation | None:
    """The invitation that the token opens, whatever became of it; None when it opens none.

    What the key of now makes opens without the hash that was kept, so that a mail that waited
    while the key was changed has a link that works. What an earlier key made is known by that
    hash, and has expired.
    """
    presented = read_secret(SecretKind.INVITATION, 2, token)
    if presented is None:
        return None
    organization_id, invitation_id = presented.ids
    row = await _FIND.fetch_row(connection, organization_id=organization_id, id=invitation_id)
    is_of_this_key = policy.made(presented)
    # In constant time: ids are no secret.
    if row is None or not (is_of_this_key or presented.matches(row["token_hash"])):
        return None
    return FoundInvitation(
        **{name: row[name] for name in _COLUMNS if name != "state"},
        state=InvitationState(row["state"]),
        stage=Stage(row["stage"]),
        is_revoked=row["revoked_at"] is not None,
        email_key=row["email_key"],
        is_of_this_key=is_of_this_key,
        **{name: row[name] for name in _NAMES},
    )


def was_invitation(policy: InvitationPolicy, token: str) -> bool:
    """Whether the token is one that is made for invitations, and for nothing else."""
    presented = read_secret(SecretKind.INVITATION, 2, token)
    return presented is not None and policy.made(presented)


async def mark_accepted(connection: Any, member: Member, invitation_id: UUID) -> None:
    """The invitation has done what it was for."""
    key = {"organization_id": member.organization_id, "id": invitation_id}
    await _MARK_ACCEPTED.fetch(connection, **key)
