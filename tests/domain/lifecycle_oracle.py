"""What must come of each action on a member, told again from the design and not from the code.

The oracle knows one organization. Each method says what an action comes to: it returns whether
anything changed, or raises `Refused` with the class of the error.
"""

from __future__ import annotations

from copy import deepcopy
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from domain.errors import (
    DomainError,
    Invalid,
    InvalidTransition,
    LastOwner,
    LinkVoid,
    SeatLimitReached,
    Taken,
)

if TYPE_CHECKING:
    from collections.abc import Callable

OPEN = "QUEUED"


class Refused(Exception):
    """The action must be refused with an error of this class."""

    def __init__(self, error: type[DomainError]) -> None:
        super().__init__(error.__name__)
        self.error = error


@dataclass
class Person:
    """One member as it must be.

    `mails` are the states of its invitations, oldest first; `account` is the address it has proven.
    """

    key: str
    email: str | None
    stage: str
    name: str
    revoked: bool = False
    role: str = "USER"
    version: int = 1
    mails: list[str] = field(default_factory=list)
    account: str | None = None

    @property
    def status(self) -> str:
        return "REVOKED" if self.revoked else self.stage

    @property
    def seated(self) -> bool:
        return self.status in {"INVITED", "ACCEPTED", "CONFIRMED"}

    @property
    def rules(self) -> bool:
        """Whether this is a confirmed owner."""
        return self.role == "OWNER" and self.status == "CONFIRMED"


@dataclass
class Oracle:
    """One organization as it must be."""

    seats: int | None = None
    people: dict[str, Person] = field(default_factory=dict)
    events: list[tuple[str, str]] = field(default_factory=list)

    def attempt(self, action: Callable[[Oracle], bool]) -> bool | type[DomainError]:
        """Do the action and say whether it changed anything; or say how it is refused."""
        before = deepcopy((self.seats, self.people, self.events))
        taken = self.taken
        try:
            changed = action(self)
        except Refused as refused:
            self.seats, self.people, self.events = before
            return refused.error
        if self.seats is not None and self.taken > max(taken, self.seats):
            self.seats, self.people, self.events = before
            return SeatLimitReached
        return changed

    @property
    def taken(self) -> int:
        """How many seats are taken."""
        return sum(person.seated for person in self.people.values())

    def _did(self, person: Person, *events: str) -> bool:
        person.version += len(events)
        self.events += [(person.key, f"member.{event}") for event in events]
        return True

    def _void(self, person: Person) -> None:
        person.mails = ["CANCELLED" if state == OPEN else state for state in person.mails]

    def _need_another_owner(self, person: Person) -> None:
        if person.rules and sum(each.rules for each in self.people.values()) == 1:
            raise Refused(LastOwner)

    def provision(
        self, key: str, email: str | None, name: str, *, active: bool, invite: bool
    ) -> bool:
        for other in self.people.values():
            if other.key == key or (email is not None and other.email == email):
                raise Refused(Taken)
        invited = active and invite and email is not None
        stage = "INVITED" if invited else "STAGED"
        person = Person(key, email, stage, name, revoked=not active)
        person.version = 0
        if invited:
            person.mails.append(OPEN)
        self.people[key] = person
        return self._did(person, "invited" if invited else "staged")

    def invite(self, key: str) -> bool:
        person = self.people[key]
        if person.status == "REVOKED":
            raise Refused(InvalidTransition)
        if person.status != "STAGED":
            return False
        if person.email is None:
            raise Refused(Invalid)
        person.stage = "INVITED"
        person.mails.append(OPEN)
        return self._did(person, "invited")

    def reinvite(self, key: str) -> bool:
        person = self.people[key]
        if person.status != "INVITED":
            raise Refused(InvalidTransition)
        self._void(person)
        person.mails.append(OPEN)
        return self._did(person, "reinvited")

    def accept(self, key: str, mail: int) -> bool:
        """Accept with the link of the member's `mail`-th invitation."""
        person = self.people[key]
        if person.mails[mail] != OPEN or person.status != "INVITED":
            raise Refused(LinkVoid)
        address = (person.email or "").casefold()
        if address in {each.account for each in self.people.values()}:
            raise Refused(Invalid)
        person.account = address
        person.stage = "ACCEPTED"
        person.mails[mail] = "ACCEPTED"
        self._void(person)
        return self._did(person, "accepted")

    def confirm(self, key: str) -> bool:
        person = self.people[key]
        if person.status == "CONFIRMED":
            return False
        if person.status != "ACCEPTED":
            raise Refused(InvalidTransition)
        person.stage = "CONFIRMED"
        return self._did(person, "confirmed")

    def revoke(self, key: str) -> bool:
        person = self.people[key]
        if person.revoked:
            return False
        self._need_another_owner(person)
        person.revoked = True
        self._void(person)
        return self._did(person, "revoked")

    def restore(self, key: str) -> bool:
        person = self.people[key]
        if not person.revoked:
            return False
        person.revoked = False
        if person.stage == "INVITED":
            person.mails.append(OPEN)
        return self._did(person, "restored")

    def remove(self, key: str) -> bool:
        person = self.people[key]
        self._need_another_owner(person)
        del self.people[key]
        return self._did(person, "removed")

    def change_role(self, key: str, role: str) -> bool:
        person = self.people[key]
        if person.role == role:
            return False
        if role != "OWNER":
            self._need_another_owner(person)
        person.role = role
        return self._did(person, "role_changed")

    def revise(
        self, key: str, email: str | None, name: str, *, active: bool | None, invite: bool
    ) -> bool:
        """What a provider sends: other attributes, access given or taken, one command."""
        person = self.people[key]
        had_email, was_revoked = person.email, person.revoked
        if active is False and not person.revoked:
            self._need_another_owner(person)  # told before a name that is taken
        if email is None and person.stage != "STAGED":
            email = person.email
        for other in self.people.values():
            if other is not person and email is not None and other.email == email:
                raise Refused(Taken)
        changed = False
        if (person.email, person.name) != (email, name):
            person.email, person.name = email, name
            changed = self._did(person, "updated")
        if active is False:
            return self.revoke(key) or changed
        if person.status == "INVITED" and email != had_email:
            changed = self.reinvite(key)
        if active is True:
            changed = self.restore(key) or changed
        arrived = was_revoked or had_email is None
        if invite and person.status == "STAGED" and person.email is not None and arrived:
            changed = self.invite(key) or changed
        return changed

    def limit(self, seats: int | None) -> bool:
        changed = self.seats != seats
        self.seats = seats
        return changed
