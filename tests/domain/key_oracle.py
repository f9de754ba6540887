"""Who must hold which key, told again from the design of the handshake and not from the code.

The oracle knows one organization. Each method returns whether anything changed, or raises `Refused`
with the class of the error.
"""

from __future__ import annotations

from copy import deepcopy
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from domain.errors import (
    DomainError,
    Forbidden,
    Invalid,
    InvalidTransition,
    KeyMismatch,
    KeyRequired,
    LinkVoid,
    PolicyViolation,
)
from tests.domain.lifecycle_oracle import Refused

if TYPE_CHECKING:
    from collections.abc import Callable

ALLOWED = "allowed.example"


@dataclass
class Somebody:
    """A person, and the member they are, if any; keys are known by their numbers.

    `version` is that of the organization's key which is wrapped for the keys of now, 0 for none.
    """

    name: str
    domain: str
    status: str | None = None
    revoked: bool = False
    by_sso: bool = False
    has_account: bool = False
    keys: int | None = None
    version: int = 0
    elsewhere: str | None = None

    @property
    def joined(self) -> bool:
        """Whether the account is that of the member."""
        return self.status in {"ACCEPTED", "CONFIRMED"}


@dataclass(frozen=True)
class Offer:
    """What is sent along to confirm: the key wrapped for `keys` or for another organization."""

    keys: int | None = None
    version: int = 0
    is_foreign: bool = False
    is_nonsense: bool = False
    thumbprint: int | None = None


@dataclass
class KeyOracle:
    """One organization, its key's version, switch and policies, and everybody around it."""

    version: int = 0
    required: bool = False
    allowed_domains: bool = False
    require_sso: bool = False
    single: bool = False
    people: dict[str, Somebody] = field(default_factory=dict)
    events: list[tuple[str, str]] = field(default_factory=list)

    def attempt(self, action: Callable[[KeyOracle], bool]) -> bool | type[DomainError]:
        """Do the action and say whether it changed anything; or say how it is refused."""
        before = deepcopy(self.__dict__)
        try:
            return action(self)
        except Refused as refused:
            self.__dict__.update(before)
            return refused.error

    def waits(self, person: Somebody) -> bool:
        """Whether an administrator has something to do for the member."""
        if person.revoked:
            return False
        outdated = self.required and person.status == "CONFIRMED" and person.version < self.version
        return person.status == "ACCEPTED" or outdated

    def _did(self, person: Somebody | None, event: str) -> bool:
        self.events.append((person.name if person else "", event))
        return True

    def _check_policies(self, person: Somebody, *, by_sso: bool) -> None:
        if self.allowed_domains and person.domain != ALLOWED:
            raise Refused(PolicyViolation)
        if self.require_sso and not by_sso:
            raise Refused(PolicyViolation)
        if self.single and person.elsewhere == "ACTIVE":
            raise Refused(PolicyViolation)

    def invite(self, name: str, domain: str) -> bool:
        person = self.people.setdefault(name, Somebody(name, domain))
        person.status, person.revoked, person.by_sso, person.version = "INVITED", False, False, 0
        return self._did(person, "member.invited")

    def accept(self, name: str, keys: int | None, *, by_sso: bool) -> bool:
        person = self.people[name]
        if person.status != "INVITED" or person.revoked:
            raise Refused(LinkVoid)
        if self.required and keys is None and person.keys is None:
            raise Refused(KeyRequired)
        self._check_policies(person, by_sso=by_sso and person.has_account)
        if keys is not None and person.keys is not None:
            raise Refused(Invalid)
        if keys is not None and by_sso and person.elsewhere is not None:
            raise Refused(Forbidden)
        person.keys = person.keys if keys is None else keys
        person.by_sso = by_sso and person.has_account
        person.has_account = True
        person.status = "ACCEPTED"
        return self._did(person, "member.accepted")

    def confirm(self, name: str, offer: Offer) -> bool:
        person = self.people[name]
        if person.revoked or not person.joined:
            if not self.required and (offer.keys is not None or offer.is_nonsense):
                raise Refused(Invalid)
            raise Refused(InvalidTransition)
        joins = person.status == "ACCEPTED"
        if not self.required:
            return self._approve(person, offer, joins=joins)
        is_sent = offer.keys is not None or offer.is_nonsense
        if not joins and person.version == self.version and not is_sent:
            return False
        if joins:
            self._check_policies(person, by_sso=person.by_sso)
        if person.keys is None or not is_sent:
            raise Refused(KeyRequired)
        if offer.is_nonsense:
            raise Refused(Invalid)
        is_right = offer.keys == person.keys and offer.version == self.version
        if offer.is_foreign or not is_right or offer.thumbprint not in {None, person.keys}:
            raise Refused(KeyMismatch)
        if not joins and person.version == self.version:
            return False
        person.version, person.status = self.version, "CONFIRMED"
        return self._did(person, "member.confirmed" if joins else "member.key_wrapped")

    def _approve(self, person: Somebody, offer: Offer, *, joins: bool) -> bool:
        if offer.keys is not None or offer.is_nonsense:
            raise Refused(Invalid)
        if not joins:
            return False
        self._check_policies(person, by_sso=person.by_sso)
        person.status = "CONFIRMED"
        return self._did(person, "member.confirmed")

    def set_keys(self, name: str, keys: int) -> bool:
        person = self.people[name]
        if person.keys == keys:
            return False
        person.keys = keys
        if person.joined:
            person.version = 0
            self._did(person, "member.key_replaced")
        return True

    def replace_key(self, name: str, version: int) -> bool:
        """The first key, or the next one, by the owner of that name."""
        person = self.people[name]
        if person.keys is None:
            raise Refused(KeyRequired)
        action = "organization.key_rotated" if self.version else "organization.key_created"
        self.version = version
        self._did(None, action)
        person.version = version
        return self._did(person, "member.key_wrapped")

    def switch(self, *, required: bool) -> bool:
        if required and self.version == 0:
            raise Refused(KeyRequired)
        changed = self.required != required
        self.required = required
        return changed and self._did(None, "organization.updated")

    def set_policies(self, *, domains: bool, sso: bool, single: bool) -> bool:
        before = (self.allowed_domains, self.require_sso, self.single)
        self.allowed_domains, self.require_sso, self.single = domains, sso, single
        return before != (domains, sso, single) and self._did(None, "organization.updated")

    def revoke(self, name: str) -> bool:
        person = self.people[name]
        if person.revoked:
            return False
        person.revoked = True
        return self._did(person, "member.revoked")

    def restore(self, name: str) -> bool:
        person = self.people[name]
        if not person.revoked:
            return False
        if person.joined:
            self._check_policies(person, by_sso=person.by_sso)
        elif self.allowed_domains and person.domain != ALLOWED:
            raise Refused(PolicyViolation)
        person.revoked = False
        return self._did(person, "member.restored")

    def remove(self, name: str) -> bool:
        person = self.people[name]
        person.status, person.revoked, person.version = None, False, 0
        return self._did(person, "member.removed")
