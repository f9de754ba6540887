"""The unit of work of one command: how a handler reads aggregates and writes what it decided.

Commands run optimistically first: read, decide, write one statement that checks the version it was
decided on. That statement is the transaction. Where it finds the world changed, or where a rule
needs a lock, the command runs again inside a transaction that locks what it reads, in the order
account, organization, groups by id, members by id. All locks are FOR NO KEY UPDATE.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import asyncpg

from domain.errors import LastOwner, NotFound
from domain.store.audit_writer import AuditEntry, numbered_values, shared_values, write_events
from domain.store.invitation_links import InvitationPolicy
from domain.store.isolation import Collision, Isolation, Outdated
from domain.store.member_differences import emails_differ, key_columns, names_differ
from domain.store.member_rows import SELECT_MEMBER, GroupReference, groups_of, member_of
from domain.store.member_writes import (
    OPEN_STATES,
    MemberWrite,
    write_member_statement,
    write_values,
)
from domain.store.namesakes import find_taken
from domain.store.notices import notice_values
from domain.store.organization_rows import (
    HOLD_UNLIMITED,
    LOCK_ORGANIZATION,
    OTHER_OWNER,
    SELECT_ORGANIZATION,
    SET_OCCUPIED,
    organization_of,
)
from domain.store.released_names import Names, names_of_member, released, released_values
from domain.store.sign_in_links import SignInPolicy
from domain.vocabulary import SubjectKind

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from domain.caller import Caller
    from domain.ids import UUID
    from domain.model.member import Member, MemberEvent
    from domain.model.organization import Organization
    from domain.store.statement import Statement


class UnitOfWork:
    """What a handler works with; made and ended by `Application.execute` alone."""

    __slots__ = (
        "_organization",
        "_wrote",
        "account_held",
        "caller",
        "connection",
        "domain_asked",
        "groups_seen",
        "guarded",
        "invitations",
        "isolation",
        "member_seen",
        "now",
        "sign_in",
    )

    def __init__(
        self,
        connection: Any,
        caller: Caller,
        *,
        now: datetime,
        isolation: Isolation,
        invitations: InvitationPolicy,
        sign_in: SignInPolicy,
        groups_seen: frozenset[UUID] = frozenset(),
        guarded: bool = False,
        account_held: UUID | None = None,
        member_seen: Member | None = None,
    ) -> None:
        self.connection = connection
        self.caller = caller
        self.now = now
        self.isolation = isolation
        self.invitations = invitations
        self.sign_in = sign_in
        self.groups_seen = groups_seen
        self.guarded = guarded
        self.account_held = account_held
        self.member_seen = member_seen
        self._organization: Organization | None = None
        self.domain_asked: str | None = None
        self._wrote = False

    def need(self, isolation: Isolation) -> None:
        """Go on only when isolated at least so; otherwise the command starts again."""
        if self.isolation < isolation:
            raise Outdated(isolation)

    async def take_time(self) -> None:
        """Let the statements of this transaction run longer: about 100,000 takes seconds."""
        await self.connection.execute("SET LOCAL statement_timeout = '15s'")

    async def organization(
        self, organization_id: UUID, statement: Statement | None = None
    ) -> Organization:
        """The organization, locked where the command is isolated so. Raises NotFound.

        `statement` is one that locks in another way, the first time that it is asked for.
        """
        if self._organization is not None:
            return self._organization
        if statement is None:
            locked = self.isolation is Isolation.ORGANIZATION_LOCKED
            statement = LOCK_ORGANIZATION if locked else SELECT_ORGANIZATION
        row = await statement.fetch_row(self.connection, id=organization_id)
        if row is None:
            raise NotFound("organization")
        self._organization = organization_of(row)
        return self._organization

    async def member(self, organization_id: UUID, member_id: UUID) -> Member:
        """The member, locked where the command runs in a transaction. Raises NotFound.

        One that an earlier attempt has read is not read again to be locked.
        """
        seen = self.member_seen
        if seen is not None and seen.id == member_id and self.isolation is Isolation.TRANSACTION:
            return seen
        return member_of(await self._member_record(organization_id, member_id))

    async def member_with_groups(
        self, organization_id: UUID, member_id: UUID
    ) -> tuple[Member, tuple[GroupReference, ...]]:
        """The member likewise, and its groups in the same statement."""
        record = await self._member_record(organization_id, member_id, groups=True)
        return member_of(record), groups_of(record)

    async def member_with_held(
        self, organization_id: UUID, member_id: UUID, *, groups: bool
    ) -> tuple[Member, tuple[GroupReference, ...] | None, bool]:
        """The member likewise, its groups if asked for, and whether the guard holds a call."""
        record = await self._member_record(organization_id, member_id, groups=groups, held=True)
        return member_of(record), groups_of(record) if groups else None, record["is_held"]

    async def _member_record(
        self, organization_id: UUID, member_id: UUID, *, groups: bool = False, held: bool = False
    ) -> asyncpg.Record:
        if self.isolation is Isolation.ORGANIZATION_LOCKED:
            await self.organization(organization_id)
        statement = SELECT_MEMBER[self.isolation is not Isolation.OPTIMISTIC, groups, held]
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
        other = await OTHER_OWNER.fetch_value(
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
        over: Names = {}
        if before is not None and names_differ(before, member):
            # Looked for first: two members who want each other's names would wait for each other
            # in the index until the database finds the deadlock.
            taken = await find_taken(self.connection, member)
            if taken is not None:
                raise taken
            over = released(names_of_member(before.attributes), names_of_member(member.attributes))
        if before is None or before.occupies_seat != member.occupies_seat:
            counted = await self._take_seat(before, member)
        else:
            counted = True
        attributes = before is None or before.attributes != member.attributes
        invites = events[-1].invites or (
            any(event.invites for event in events) and member.revoked_at is None
        )
        notice = next((event.notice for event in reversed(events) if event.notice), None)
        void = tuple(kind for event in events for kind in event.void)
        shape = MemberWrite(
            creates=before is None,
            attributes=attributes,
            life=before is None or any(event.action != "member.updated" for event in events),
            emails=attributes
            and (bool(member.attributes.further_email_keys) or emails_differ(before, member)),
            unlimited_seats=not counted,
            allowed_domain=self.domain_asked is not None,
            cancels_invitations=before is not None
            and any(event.cancels_invitations for event in events),
            invites=invites,
            notifies=notice is not None,
            takes_back=bool(void),
            releases=bool(over),
            keys=key_columns(before, member),
            events=len(events),
        )
        values = write_values(member, before.version if before is not None else 0)
        values |= shared_values(self.caller, member.organization_id, self.now)
        entries = [
            AuditEntry(
                event.action, SubjectKind.MEMBER, member.id, event.member.label, event.changes
            )
            for event in events
        ]
        values |= numbered_values(entries)
        if over:
            # Names end with the first event: whatever else happens follows from it.
            values |= released_values(over, entries[0].id, member.id)
        values |= {"open_states": OPEN_STATES, "domain": self.domain_asked}
        if notice is not None or void:
            values |= notice_values(
                member, notice, void, now=self.now, grace=self.invitations.grace
            )
        if invites:
            values |= self.invitations.new_row(member.organization_id, self.now)
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
            await SET_OCCUPIED.fetch(
                self.connection, id=organization_id, occupied=after.seats_occupied
            )

    async def hold_seats(self, organization_id: UUID) -> None:
        """Keep the seat limit from being set until the transaction ends, or lock where one is."""
        if self.isolation is Isolation.ORGANIZATION_LOCKED:
            await self.organization(organization_id)
        elif await HOLD_UNLIMITED.fetch_value(self.connection, id=organization_id) is None:
            self.need(Isolation.ORGANIZATION_LOCKED)

    async def free_seat_of(self, member: Member) -> None:
        """Give back the seat of a member who is about to go; after `hold_seats`."""
        if member.occupies_seat and self.isolation is Isolation.ORGANIZATION_LOCKED:
            await self._occupy(member.organization_id, -1)

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
        except asyncpg.ForeignKeyViolationError as error:
            raise NotFound("organization") from error
        if rows:
            return
        if before is None:
            taken = await find_taken(self.connection, member)
            if taken is not None:
                raise taken
        asks = shape.unlimited_seats or shape.allowed_domain
        raise Outdated(Isolation.ORGANIZATION_LOCKED if asks else Isolation.TRANSACTION)

    def writes_once(self) -> None:
        """Outside a transaction a command may write one statement only."""
        if self.isolation is Isolation.OPTIMISTIC and self._wrote:
            raise RuntimeError("an optimistic command wrote twice; it must need a transaction")
        self._wrote = True

    async def record(self, organization_id: UUID, entries: Sequence[AuditEntry]) -> None:
        """Write audit events inside the transaction, after the aggregate's lock."""
        self.need(Isolation.TRANSACTION)
        await write_events(self.connection, self.caller, organization_id, self.now, entries)
