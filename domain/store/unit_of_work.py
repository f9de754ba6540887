"""The unit of work of one command: how a handler reads aggregates and writes what it decided.

Commands run optimistically first: read, decide, write one statement that checks the version it was
decided on. That statement is the transaction. Where it finds the world changed, or where a rule
needs a lock, the command runs again inside a transaction that locks what it reads, in the order
organization, groups by id, members by id. All locks are FOR NO KEY UPDATE.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from enum import IntEnum
from hashlib import sha256
from hmac import digest
from typing import TYPE_CHECKING, Any

import asyncpg
from sqlalchemy import select, update

from domain.errors import LastOwner, NotFound, Taken
from domain.ids import UUID, new_id
from domain.model.organization import Organization
from domain.store.audit_writer import AuditEntry, numbered_values, shared_values, write_events
from domain.store.member_rows import MEMBERS, SELECT_MEMBER, GroupReference, groups_of, member_of
from domain.store.member_writes import (
    OPEN_STATES,
    ORGANIZATIONS,
    MemberWrite,
    write_member_statement,
    write_values,
)
from domain.store.statement import INTEGER, KEY, UUID_TYPE, Statement, parameter
from domain.vocabulary import InvitationState, KeyHandshake, MemberRole, Stage, SubjectKind

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from domain.caller import Caller
    from domain.model.member import Member, MemberEvent

_ORGANIZATION = select(ORGANIZATIONS).where(ORGANIZATIONS.c.id == parameter("id", UUID_TYPE))
_SELECT_ORGANIZATION = Statement(_ORGANIZATION)
_LOCK_ORGANIZATION = Statement(_ORGANIZATION.with_for_update(key_share=True))
_SET_OCCUPIED = Statement(
    update(ORGANIZATIONS)
    .where(ORGANIZATIONS.c.id == parameter("id", UUID_TYPE))
    .values(seats_occupied=parameter("occupied", INTEGER))
)
_HOLD_UNLIMITED = Statement(
    select(ORGANIZATIONS.c.id)
    .where(ORGANIZATIONS.c.id == parameter("id", UUID_TYPE), ORGANIZATIONS.c.seats.is_(None))
    .with_for_update(read=True, key_share=True)
)
_OTHER_OWNER = Statement(
    select(MEMBERS.c.id)
    .where(
        MEMBERS.c.organization_id == parameter("organization_id", UUID_TYPE),
        MEMBERS.c.id != parameter("id", UUID_TYPE),
        MEMBERS.c.role == MemberRole.OWNER.value,
        MEMBERS.c.stage == Stage.CONFIRMED.value,
        MEMBERS.c.revoked_at.is_(None),
    )
    .limit(1)
)
_SAME_NAMES = Statement(
    select(MEMBERS.c["id", "user_name_key", "email_key", "external_id"]).where(
        MEMBERS.c.organization_id == parameter("organization_id", UUID_TYPE),
        (MEMBERS.c.user_name_key == parameter("user_name_key", KEY))
        | (MEMBERS.c.email_key == parameter("email_key", KEY))
        | (MEMBERS.c.external_id == parameter("external_id", KEY)),
    )
)


class Isolation(IntEnum):
    """How a command runs; each step locks more than the one before."""

    OPTIMISTIC = 0
    TRANSACTION = 1
    ORGANIZATION_LOCKED = 2


class Outdated(Exception):
    """What was read has changed since, or needs a lock: run again, isolated at least so."""

    def __init__(self, needs: Isolation) -> None:
        super().__init__(needs)
        self.needs = needs


@dataclass(frozen=True, slots=True)
class InvitationPolicy:
    """How links are made: their secret is derived, so that no table ever holds one."""

    secret_key: bytes
    grace: timedelta = timedelta(seconds=10)
    lifetime: timedelta = timedelta(hours=120)

    def secret_of(self, organization_id: UUID, invitation_id: UUID) -> bytes:
        """The 256-bit secret of an invitation's link."""
        message = b"rollcall-invitation-1" + organization_id.bytes + invitation_id.bytes
        return digest(self.secret_key, message, "sha256")


class UnitOfWork:
    """What a handler works with; made and ended by `Application.execute` alone."""

    __slots__ = (
        "_organization",
        "_wrote",
        "caller",
        "connection",
        "invitations",
        "isolation",
        "now",
    )

    def __init__(
        self,
        connection: Any,
        caller: Caller,
        now: datetime,
        isolation: Isolation,
        invitations: InvitationPolicy,
    ) -> None:
        self.connection = connection
        self.caller = caller
        self.now = now
        self.isolation = isolation
        self.invitations = invitations
        self._organization: Organization | None = None
        self._wrote = False

    def need(self, isolation: Isolation) -> None:
        """Go on only when isolated at least so; otherwise the command starts again."""
        if self.isolation < isolation:
            raise Outdated(isolation)

    async def organization(self, organization_id: UUID) -> Organization:
        """The organization, locked where the command is isolated so. Raises NotFound."""
        if self._organization is not None:
            return self._organization
        locked = self.isolation is Isolation.ORGANIZATION_LOCKED
        statement = _LOCK_ORGANIZATION if locked else _SELECT_ORGANIZATION
        row = await statement.fetch_row(self.connection, id=organization_id)
        if row is None:
            raise NotFound("organization")
        self._organization = Organization(
            id=row["id"],
            name=row["name"],
            slug=row["slug"],
            seats=row["seats"],
            seats_occupied=row["seats_occupied"],
            key_handshake=KeyHandshake(row["key_handshake"]),
            key_version=row["key_version"],
            version=row["version"],
        )
        return self._organization

    async def member(self, organization_id: UUID, member_id: UUID) -> Member:
        """The member, locked where the command runs in a transaction. Raises NotFound."""
        return member_of(await self._member_record(organization_id, member_id, groups=False))

    async def member_with_groups(
        self, organization_id: UUID, member_id: UUID
    ) -> tuple[Member, tuple[GroupReference, ...]]:
        """The member likewise, and its groups in the same statement."""
        record = await self._member_record(organization_id, member_id, groups=True)
        return member_of(record), groups_of(record)

    async def _member_record(
        self, organization_id: UUID, member_id: UUID, *, groups: bool
    ) -> asyncpg.Record:
        if self.isolation is Isolation.ORGANIZATION_LOCKED:
            await self.organization(organization_id)
        statement = SELECT_MEMBER[self.isolation is not Isolation.OPTIMISTIC, groups]
        record = await statement.fetch_row(
            self.connection, organization_id=organization_id, id=member_id
        )
        if record is None:
            raise NotFound("member")
        return record

    async def keep_an_owner(self, member: Member) -> None:
        """Raise LastOwner when the organization has no other confirmed owner than `member`."""
        if not member.is_confirmed_owner:
            return
        self.need(Isolation.ORGANIZATION_LOCKED)
        other = await _OTHER_OWNER.fetch_value(
            self.connection, organization_id=member.organization_id, id=member.id
        )
        if other is None:
            raise LastOwner

    async def write_member(self, before: Member | None, events: Sequence[MemberEvent]) -> Member:
        """Write the member as the last event left it, with all events; `before` None creates.

        Raises Taken when another member has its name, address or external id.
        """
        if not events:
            raise ValueError("a write needs at least one event")
        member = events[-1].member
        if before is not None and _names_differ(before, member):
            # Looked for first: two members who want each other's names would wait for each other
            # in the index until the database finds the deadlock.
            taken = await self.taken(member)
            if taken is not None:
                raise taken
        if before is None or before.occupies_seat != member.occupies_seat:
            counted = await self._take_seat(before, member)
        else:
            counted = True
        attributes = before is None or before.attributes != member.attributes
        invites = events[-1].invites or (
            any(event.invites for event in events) and member.revoked_at is None
        )
        shape = MemberWrite(
            creates=before is None,
            attributes=attributes,
            life=before is None or any(event.action != "member.updated" for event in events),
            emails=attributes
            and (bool(member.attributes.further_email_keys) or _emails_differ(before, member)),
            unlimited_seats=not counted,
            cancels_invitations=before is not None
            and any(event.cancels_invitations for event in events),
            invites=invites,
            events=len(events),
        )
        values = write_values(member, before.version if before is not None else 0)
        values |= shared_values(self.caller, member.organization_id, self.now)
        values |= numbered_values(
            [
                AuditEntry(
                    event.action, SubjectKind.MEMBER, member.id, event.member.label, event.changes
                )
                for event in events
            ]
        )
        values["open_states"] = OPEN_STATES
        if invites:
            values |= self._invitation(member)
        await self._run_write(shape, values, before, member)
        return member

    async def _take_seat(self, before: Member | None, member: Member) -> bool:
        """Whether seats are accounted for; if not, the statement itself must find none limited."""
        delta = member.occupies_seat - (before is not None and before.occupies_seat)
        if delta == 0:
            return True
        if self.isolation is not Isolation.ORGANIZATION_LOCKED:
            return False
        await self._occupy(member.organization_id, delta)
        return True

    async def _occupy(self, organization_id: UUID, delta: int) -> None:
        """Count seats under the organization's lock. Raises SeatLimitReached."""
        organization = await self.organization(organization_id)
        self._organization = after = organization.occupy(delta)
        if after.seats_occupied is not None:
            await _SET_OCCUPIED.fetch(
                self.connection, id=organization_id, occupied=after.seats_occupied
            )

    async def hold_seats(self, organization_id: UUID) -> None:
        """Keep the seat limit from being set until the transaction ends, or lock where one is."""
        if self.isolation is Isolation.ORGANIZATION_LOCKED:
            await self.organization(organization_id)
        elif await _HOLD_UNLIMITED.fetch_value(self.connection, id=organization_id) is None:
            self.need(Isolation.ORGANIZATION_LOCKED)

    async def free_seat_of(self, member: Member) -> None:
        """Give back the seat of a member who is about to go; after `hold_seats`."""
        if member.occupies_seat and self.isolation is Isolation.ORGANIZATION_LOCKED:
            await self._occupy(member.organization_id, -1)

    def _invitation(self, member: Member) -> dict[str, Any]:
        invitation_id = new_id()
        secret = self.invitations.secret_of(member.organization_id, invitation_id)
        return {
            "invitation_id": invitation_id,
            "token_hash": sha256(secret).digest(),
            "due_at": self.now + self.invitations.grace,
            "expires_at": self.now + self.invitations.lifetime,
            "queued_state": InvitationState.QUEUED.value,
        }

    async def _run_write(
        self, shape: MemberWrite, values: dict[str, Any], before: Member | None, member: Member
    ) -> None:
        statement = write_member_statement(shape)
        self.writes_once()
        try:
            rows = await self.connection.fetch(statement.text, *statement.arguments(values))
        except asyncpg.UniqueViolationError as error:
            # The row is looked for outside the failed transaction, by `Application.execute`.
            raise Collision(member) from error
        if rows:
            return
        if before is None:
            taken = await self.taken(member)
            if taken is not None:
                raise taken
        needs = Isolation.ORGANIZATION_LOCKED if shape.unlimited_seats else Isolation.TRANSACTION
        raise Outdated(needs)

    def writes_once(self) -> None:
        """Outside a transaction a command may write one statement only."""
        if self.isolation is Isolation.OPTIMISTIC and self._wrote:
            raise RuntimeError("an optimistic command wrote twice; it must need a transaction")
        self._wrote = True

    async def taken(self, member: Member) -> Taken | None:
        """Which of the member's names another member has, if any."""
        attributes = member.attributes
        rows = await _SAME_NAMES.fetch(
            self.connection,
            organization_id=member.organization_id,
            user_name_key=attributes.user_name_key,
            email_key=attributes.email_key,
            external_id=attributes.external_id,
        )
        others = [row for row in rows if row["id"] != member.id]
        for column, public, value in (
            ("user_name_key", "userName", attributes.user_name_key),
            ("email_key", "email", attributes.email_key),
            ("external_id", "externalId", attributes.external_id),
        ):
            for row in others:
                if value is not None and row[column] == value:
                    return Taken(public, "member", row["id"])
        return None

    async def record(self, organization_id: UUID, entries: Sequence[AuditEntry]) -> None:
        """Write audit events inside the transaction, after the aggregate's lock."""
        self.need(Isolation.TRANSACTION)
        await write_events(self.connection, self.caller, organization_id, self.now, entries)


class Collision(Exception):
    """A unique constraint refused an update of this member."""

    def __init__(self, member: Member) -> None:
        super().__init__(member.id)
        self.member = member


def _names_differ(before: Member, member: Member) -> bool:
    """Whether the member is to have a name that must be its own and was not."""
    old, new = before.attributes, member.attributes
    return (old.user_name_key, old.email_key, old.external_id) != (
        new.user_name_key,
        new.email_key,
        new.external_id,
    )


def _emails_differ(before: Member | None, member: Member) -> bool:
    """Whether addresses to be found by may have changed."""
    if before is None:
        return False
    old, new = before.attributes, member.attributes
    return old.email_key != new.email_key or old.profile.get("emails") != new.profile.get("emails")
