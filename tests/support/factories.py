"""Makes organizations, members in every status, groups and callers through the real commands."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, replace
from typing import Any

import asyncpg

from domain.application import Application
from domain.caller import ALL_SCOPES, NO_ORGANIZATION, Actor, Caller, system_caller
from domain.commands import (
    AcceptInvitation,
    ChangeMemberRole,
    ConfirmMember,
    CreateGroup,
    CreateOrganization,
    Member,
    MemberAttributes,
    ProvisionMember,
    RevokeMember,
)
from domain.errors import KeyRequired
from domain.folding import fold
from domain.ids import UUID
from domain.secrets import SecretKind, read_secret
from domain.store.invitation_links import InvitationPolicy
from domain.store.pool import open_pool
from domain.vocabulary import (
    ActorKind,
    MemberRole,
    MemberStatus,
    OnProvision,
    Origin,
    Scope,
)
from tests.support.database import ROW_SECURITY
from tests.support.key_pairs import keys

POLICY = InvitationPolicy(secret_key=b"a key for tests, and for tests only")
SYSTEM = system_caller("tests")

_OPEN = (
    "SELECT id FROM invitations WHERE organization_id = $1 AND member_id = $2"
    " AND state IN ('QUEUED', 'SENT') ORDER BY id DESC LIMIT 1"
)


async def application(url: str, *, size: int = 16) -> Application:
    """An application with a pool of its own; close it with `application.pool.close()`."""
    return Application(await open_pool(url, size=size, row_security=ROW_SECURITY), POLICY)


def unique(word: str) -> str:
    """`word` with a random end, so that tests do not meet in the global tables."""
    return f"{word}-{secrets.token_hex(8)}"


def caller(
    role: MemberRole = MemberRole.OWNER,
    scopes: frozenset[Scope] = ALL_SCOPES,
    *,
    member_id: UUID | None = None,
    organization_id: UUID | None = None,
) -> Caller:
    """A caller of that rank and those scopes; `member_id` makes it a member itself."""
    return Caller(
        actor=Actor(ActorKind.MEMBER, member_id, "a caller"),
        origin=Origin.ADMIN_API,
        organization_id=organization_id,
        scopes=scopes,
        role=role,
        member_id=member_id,
    )


async def organization(
    app: Application,
    name: str = "organization",
    *,
    seats: int | None = None,
) -> UUID:
    """An organization without members."""
    made = await app.execute(CreateOrganization(unique(name), seats=seats), SYSTEM)
    return made.value


def attributes(name: str | None = None, **given: Any) -> MemberAttributes:
    """Attributes of a person called `name`, with an e-mail unless `email` says otherwise."""
    name = name or unique("person")
    return MemberAttributes.of(
        **({"user_name": name, "email": f"{name}@example.com", "display_name": name} | given)
    )


async def member(
    app: Application,
    organization_id: UUID,
    status: MemberStatus = MemberStatus.INVITED,
    *,
    role: MemberRole = MemberRole.USER,
    permissions: frozenset[Scope] = frozenset(),
    **given: Any,
) -> Member:
    """A member brought to `status` step by step; REVOKED is one who was confirmed before.

    `given` are the attributes of `MemberAttributes.of`.
    """
    staged = status is MemberStatus.STAGED
    made = await app.execute(
        ProvisionMember(
            organization_id,
            attributes(given.pop("name", None), **given),
            on_provision=OnProvision.STAGE if staged else OnProvision.INVITE,
        ),
        SYSTEM,
    )
    found = made.value
    if status in {MemberStatus.ACCEPTED, MemberStatus.CONFIRMED, MemberStatus.REVOKED}:
        found = await accepted(app, found)
    if status in {MemberStatus.CONFIRMED, MemberStatus.REVOKED}:
        found = (await app.execute(ConfirmMember(organization_id, found.id), SYSTEM)).value
    if role is not MemberRole.USER:
        change = ChangeMemberRole(organization_id, found.id, None, role, permissions)
        found = (await app.execute(change, SYSTEM)).value
    if status is MemberStatus.REVOKED:
        found = (await app.execute(RevokeMember(organization_id, found.id), SYSTEM)).value
    return found


async def accepted(app: Application, invited: Member, **given: Any) -> Member:
    """The member once it has accepted, with a key pair where the organization asks for one."""
    link = await invitation_link(app, invited)
    who = await acceptor(app, link)
    try:
        outcome = await app.execute(AcceptInvitation(link, **given), who)
    except KeyRequired:
        held = keys()
        command = AcceptInvitation(
            link, public_key=held.public, encrypted_private_key=held.locked, **given
        )
        outcome = await app.execute(command, who)
    if outcome.value.session is not None:
        # Nobody uses it, and tests count the sessions that they open themselves.
        session_id = UUID(hex=outcome.value.session.split("_")[1])
        await app.pool.execute("DELETE FROM sessions WHERE id = $1", session_id)
    return outcome.value.member


async def acceptor(app: Application, link: str) -> Caller:
    """Who can accept with that link: the owner of the address's account, signed in, or anybody."""
    presented = read_secret(SecretKind.INVITATION, 2, link)
    if presented is None:
        return SYSTEM
    sql = "SELECT email FROM invitations WHERE organization_id = $1 AND id = $2"
    email = await app.pool.fetchval(sql, *presented.ids)
    account_id = await app.pool.fetchval(
        "SELECT id FROM accounts WHERE email_key = $1", fold(email or "")
    )
    # In whatever order tests come: the history names the same actor either way.
    return SYSTEM if account_id is None else replace(SYSTEM, account_id=account_id)


def person(account_id: UUID, *, sso_organization_id: UUID | None = None) -> Caller:
    """Somebody who is signed in to that account and acts in no organization."""
    return Caller(
        actor=Actor(ActorKind.ACCOUNT, account_id, "a person"),
        origin=Origin.CONSOLE,
        organization_id=NO_ORGANIZATION,
        scopes=frozenset(),
        role=MemberRole.USER,
        account_id=account_id,
        sso_organization_id=sso_organization_id,
    )


async def owner(app: Application, organization_id: UUID) -> Member:
    """A confirmed owner."""
    return await member(app, organization_id, MemberStatus.CONFIRMED, role=MemberRole.OWNER)


async def members(app: Application, organization_id: UUID, count: int) -> list[UUID]:
    """Ids, in order, of `count` invited members."""
    made = [await member(app, organization_id) for _ in range(count)]
    return [each.id for each in made]


async def group(
    app: Application,
    organization_id: UUID,
    member_ids: frozenset[UUID] = frozenset(),
    name: str | None = None,
) -> UUID:
    """A group with those members."""
    command = CreateGroup(organization_id, name or unique("group"), member_ids=member_ids)
    return (await app.execute(command, SYSTEM)).value.group_id


def link_of(organization_id: UUID, invitation_id: UUID) -> str:
    """The token of the invitation's link."""
    return POLICY.token_of(organization_id, invitation_id)


async def invitation_link(app: Application, invited: Member) -> str:
    """The token of the member's newest open invitation."""
    invitation_id = await app.pool.fetchval(_OPEN, invited.organization_id, invited.id)
    assert invitation_id is not None, "the member has no open invitation"
    return link_of(invited.organization_id, invitation_id)


@dataclass(frozen=True, slots=True)
class Looks:
    """Reads what the tables hold, by plain SQL that shares nothing with the code under test."""

    pool: asyncpg.Pool
    organization_id: UUID

    async def rows(self, sql: str, *values: Any) -> list[asyncpg.Record]:
        """Rows of a statement whose `$1` is the organization."""
        found: list[asyncpg.Record] = await self.pool.fetch(sql, self.organization_id, *values)
        return found

    async def member(self, member_id: UUID) -> asyncpg.Record | None:
        """The member's row."""
        sql = "SELECT * FROM members WHERE organization_id = $1 AND id = $2"
        return next(iter(await self.rows(sql, member_id)), None)

    async def actions(self, subject_id: UUID | None = None) -> list[str]:
        """Actions of the events, in order, of one subject or of all."""
        sql = (
            "SELECT action FROM audit_events WHERE organization_id = $1"
            " AND ($2::uuid IS NULL OR subject_id = $2) ORDER BY sequence"
        )
        return [row["action"] for row in await self.rows(sql, subject_id)]

    async def invitations(self, member_id: UUID) -> list[str]:
        """States of the member's invitations, oldest first."""
        sql = (
            "SELECT state FROM invitations WHERE organization_id = $1 AND member_id = $2"
            " ORDER BY queued_at, id"
        )
        return [row["state"] for row in await self.rows(sql, member_id)]

    async def group_members(self, group_id: UUID) -> set[UUID]:
        """Ids of the group's members."""
        sql = "SELECT member_id FROM group_members WHERE organization_id = $1 AND group_id = $2"
        return {row["member_id"] for row in await self.rows(sql, group_id)}

    async def replayed_members(self, group_id: UUID) -> set[UUID]:
        """The group's members as its history tells them; a contradiction fails."""
        sql = (
            "SELECT member_id, added FROM group_changes WHERE organization_id = $1"
            " AND group_id = $2 ORDER BY sequence"
        )
        present: set[UUID] = set()
        for row in await self.rows(sql, group_id):
            assert (row["member_id"] in present) is not row["added"], "added or removed twice"
            (present.add if row["added"] else present.remove)(row["member_id"])
        return present

    async def seats(self) -> tuple[int | None, int]:
        """What the organization counts, and how many seats really are taken."""
        sql = (
            "SELECT (SELECT seats_occupied FROM organizations WHERE id = $1) AS counted,"
            " count(*) AS taken FROM members WHERE organization_id = $1"
            " AND revoked_at IS NULL AND stage <> 'STAGED'"
        )
        row = (await self.rows(sql))[0]
        return row["counted"], row["taken"]
