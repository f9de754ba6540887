"""What a person sees of themselves: account, memberships in all organizations, open sessions."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import case, null, select

from domain.ids import UUID
from domain.model.key_state import key_state
from domain.queries.members import get_member
from domain.queries.organizations import OrganizationRow, organizations_by_id
from domain.queries.reader import Reader
from domain.queries.rows import MemberRow
from domain.reach import reaching
from domain.store.account_rows import ACCOUNTS, memberships_of, organizations_of
from domain.store.member_rows import MEMBERS
from domain.store.session_rows import SESSIONS
from domain.store.statement import INSTANT, UUID_TYPE, Statement, parameter
from domain.vocabulary import KeyState, SignInMethod


@dataclass(frozen=True, slots=True)
class AccountRow:
    """A person who can sign in; the private key is locked with a passphrase."""

    id: UUID
    email: str
    display_name: str | None
    public_key: dict[str, Any] | None
    encrypted_private_key: str | None = field(repr=False)


@dataclass(frozen=True, slots=True)
class OwnMembershipRow:
    """A person's own membership, with the organization key as wrapped for them."""

    organization: OrganizationRow
    member: MemberRow
    wrapped_organization_key: str | None = field(repr=False)
    wrapped_key_version: int

    @property
    def key_state(self) -> KeyState | None:
        """Whether the person holds the key as it now is; None where there is none to hold."""
        return key_state(
            self.organization.key_handshake,
            self.organization.key_version,
            self.member.status,
            has_key=self.wrapped_organization_key is not None,
            wrapped_key_version=self.wrapped_key_version,
        )


@dataclass(frozen=True, slots=True)
class SessionRow:
    """A session that is open."""

    id: UUID
    account_id: UUID
    method: SignInMethod
    sso_organization_id: UUID | None
    user_agent: str | None
    ip: str | None
    created_at: datetime
    last_seen_at: datetime | None


_ACCOUNT = Statement(
    select(*(ACCOUNTS.c[name] for name in AccountRow.__dataclass_fields__)).where(
        ACCOUNTS.c.id == parameter("id", UUID_TYPE)
    )
)
# Nobody whose access has ended is handed the key; a restore hands it out again.
_OWN_KEY = case((MEMBERS.c.revoked_at.is_(None), MEMBERS.c.wrapped_organization_key), else_=null())
_WRAPPED = Statement(
    select(_OWN_KEY, MEMBERS.c.wrapped_key_version).where(
        MEMBERS.c.organization_id == parameter("organization_id", UUID_TYPE),
        MEMBERS.c.id == parameter("id", UUID_TYPE),
    )
)
_SESSIONS = Statement(
    select(*(SESSIONS.c[name] for name in SessionRow.__dataclass_fields__))
    .where(
        SESSIONS.c.account_id == parameter("account_id", UUID_TYPE),
        SESSIONS.c.ended_at.is_(None),
        SESSIONS.c.expires_at > parameter("now", INSTANT),
    )
    .order_by(SESSIONS.c.id.desc())
)


async def get_account(reader: Reader, account_id: UUID) -> AccountRow | None:
    """The account of that id."""
    record = await reader.fetch_row(_ACCOUNT, id=account_id)
    return None if record is None else AccountRow(**record)


async def belongs_only(reader: Reader, account_id: UUID, organization_id: UUID) -> bool:
    """Whether the person belongs to that organization and to no other."""
    return await organizations_of(reader.source, account_id) == {organization_id}


async def own_memberships(
    reader: Reader, account_id: UUID, organization_id: UUID | None = None
) -> list[OwnMembershipRow]:
    """Where the person is a member, in the order of joining; of one organization where it is given.

    Two statements for each, since none joins two organizations. For that person's eyes alone.
    """
    ways = [
        way
        for way in await memberships_of(reader.source, account_id)
        if organization_id in (None, way.organization_id)
    ]
    organizations = await organizations_by_id(reader, [way.organization_id for way in ways])
    found = []
    for way in ways:
        key = {"organization_id": way.organization_id, "id": way.member_id}
        with reaching(way.organization_id):
            member = await get_member(reader, way.organization_id, way.member_id)
            record = await reader.fetch_row(_WRAPPED, **key)
        organization = organizations.get(way.organization_id)
        if member is None or organization is None or member.account_id != account_id:
            continue
        if record is not None:
            found.append(OwnMembershipRow(organization, member, *record))
    return found


async def open_sessions(reader: Reader, account_id: UUID, now: datetime) -> list[SessionRow]:
    """The person's sessions that work at that moment, newest first."""
    records = await reader.fetch(_SESSIONS, account_id=account_id, now=now)
    return [
        SessionRow(**{**record, "method": SignInMethod(record["method"])}) for record in records
    ]
