"""What a session lets a person do now, in the organization in which they act."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import func, select

from domain.caller import NO_ORGANIZATION, Actor, Caller, scopes_of
from domain.ids import UUID
from domain.queries.members import get_member
from domain.store.account_rows import ACCOUNT_MEMBERSHIPS, ACCOUNTS
from domain.store.organization_rows import ORGANIZATIONS
from domain.store.session_rows import SESSIONS
from domain.store.statement import UUID_TYPE, Statement, parameter
from domain.vocabulary import ActorKind, MemberRole, MemberStatus, Origin, Scope

if TYPE_CHECKING:
    from domain.queries.reader import Reader
    from domain.queries.rows import MemberRow


def _memberships() -> Any:
    pair = func.jsonb_build_array(
        ACCOUNT_MEMBERSHIPS.c.organization_id, ACCOUNT_MEMBERSHIPS.c.member_id, ORGANIZATIONS.c.slug
    )
    rows = select(func.jsonb_agg(pair)).select_from(
        ACCOUNT_MEMBERSHIPS.join(
            ORGANIZATIONS, ORGANIZATIONS.c.id == ACCOUNT_MEMBERSHIPS.c.organization_id
        )
    )
    # For whom one organization's provider vouches is that person in this organization alone:
    # whoever runs a provider can make it say anything.
    within = SESSIONS.c.sso_organization_id
    ours = rows.where(
        ACCOUNT_MEMBERSHIPS.c.account_id == SESSIONS.c.account_id,
        within.is_(None) | (within == ACCOUNT_MEMBERSHIPS.c.organization_id),
    )
    return ours.correlate(SESSIONS).scalar_subquery().label("memberships")


_COLUMNS = ["id", "account_id", "secret_hash", "sso_organization_id", "expires_at", "ended_at"]
_SESSION = Statement(
    select(SESSIONS.c[*_COLUMNS], ACCOUNTS.c.email, _memberships())
    .select_from(SESSIONS.join(ACCOUNTS, ACCOUNTS.c.id == SESSIONS.c.account_id))
    .where(SESSIONS.c.id == parameter("id", UUID_TYPE))
)


@dataclass(frozen=True, slots=True)
class OwnMembership:
    """A person's way to one of their organizations."""

    organization_id: UUID
    member_id: UUID
    slug: str


@dataclass(frozen=True, slots=True)
class SessionAndAccount:
    """A session, whatever its state, with whom it is of and where that person is a member.

    Of a session that an organization's provider vouched for, that organization alone counts.
    """

    id: UUID
    account_id: UUID
    secret_hash: bytes = field(repr=False)
    sso_organization_id: UUID | None
    expires_at: datetime
    ended_at: datetime | None
    email: str
    memberships: tuple[OwnMembership, ...]


async def find_session(reader: Reader, session_id: UUID) -> SessionAndAccount | None:
    """The session, whatever its state, or None; one statement."""
    record = await reader.fetch_row(_SESSION, id=session_id)
    if record is None:
        return None
    memberships = tuple(
        OwnMembership(UUID(organization), UUID(member), slug)
        for organization, member, slug in sorted(record["memberships"] or ())
    )
    values = {name: record[name] for name in (*_COLUMNS, "email")}
    return SessionAndAccount(**values, memberships=memberships)


async def acting_member(
    reader: Reader, session: SessionAndAccount, organization: UUID | str | None
) -> MemberRow | None:
    """The confirmed member as whom the person acts, or None.

    `organization` is the id or the slug of the organization that was asked for. With None it is
    the only one in which the person is confirmed.
    """
    chosen = None
    for membership in session.memberships:
        if organization not in (None, membership.organization_id, membership.slug):
            continue
        member = await get_member(reader, membership.organization_id, membership.member_id)
        if (
            member is None
            or member.status is not MemberStatus.CONFIRMED
            or member.account_id != session.account_id
        ):
            continue
        if chosen is not None:
            return None
        chosen = member
    return chosen


def caller_of_session(
    session: SessionAndAccount, member: MemberRow | None, now: datetime, ip: str | None = None
) -> Caller | None:
    """A person acts as the member they are; without one they have no right in any organization.

    None when the session has ended.
    """
    if session.ended_at is not None or session.expires_at <= now:
        return None
    if member is None:
        actor = Actor(ActorKind.ACCOUNT, session.account_id, session.email)
        reach, scopes, role = NO_ORGANIZATION, frozenset[Scope](), MemberRole.USER
    else:
        actor = Actor(ActorKind.MEMBER, member.id, member.email or member.user_name)
        reach, role = member.organization_id, member.role
        scopes = scopes_of(role, (Scope(word) for word in member.permissions))
    return Caller(
        actor=actor,
        origin=Origin.CONSOLE,
        organization_id=reach,
        scopes=scopes,
        role=role,
        member_id=None if member is None else member.id,
        account_id=session.account_id,
        session_id=session.id,
        sso_organization_id=session.sso_organization_id,
        ip=ip,
    )
