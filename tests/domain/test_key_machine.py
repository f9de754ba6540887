"""Walks people and an organization's key through random lives, and compares who holds what."""

from __future__ import annotations

import secrets
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
)

from domain.commands import (
    AcceptInvitation,
    ConfirmMember,
    CreateOrganizationKey,
    RemoveMember,
    RestoreMember,
    RevokeMember,
    RotateOrganizationKey,
    SetAccountKeys,
    UpdateOrganization,
)
from domain.errors import PolicyViolation
from domain.ids import new_id
from domain.keys.organization_key import OrganizationKey, wrap
from domain.queries.reader import Reader
from domain.vocabulary import KeyHandshake
from tests.domain.key_looks import KeyLooks
from tests.domain.key_oracle import ALLOWED, KeyOracle, Offer
from tests.domain.random_lives import step, walk
from tests.support import factories
from tests.support.effort import how_many
from tests.support.factories import SYSTEM
from tests.support.key_pairs import keys
from tests.support.keyed import owner_with_keys, person

if TYPE_CHECKING:
    from collections.abc import Callable

    from domain.application import Command
    from domain.caller import Caller
    from domain.ids import UUID
    from domain.model.member import Member
    from tests.support.blocking import Blocking

NAMES = st.sampled_from(["ann", "bob", "cai"])
DOMAINS = st.sampled_from([ALLOWED, ALLOWED, "other.example"])
PAIRS = st.integers(0, 2)
MAYBE_PAIR = st.sampled_from([None, 0, 1, 2, 2])
OFTEN = st.sampled_from([True, True, True, False])
SELDOM = st.sampled_from([False, False, False, True])
OWNER = "olga"


class KeyLives(RuleBasedStateMachine):
    """One organization, its owner, three people, and another organization that they can join."""

    def __init__(self, blocking: Blocking) -> None:
        super().__init__()
        self.blocking = blocking
        self.oracle = KeyOracle()
        self.end = secrets.token_hex(6)
        self.members: dict[str, Member] = {}
        self.accounts: dict[str, UUID] = {}
        self.others: dict[str, Member] = {}
        self.made: list[OrganizationKey] = []

    @initialize()
    def found(self) -> None:
        app, run = self.blocking.app, self.blocking.run
        self.organization_id = run(factories.organization(app))
        self.other_id = run(factories.organization(app))
        owner = run(owner_with_keys(app, self.organization_id, keys(0)))
        self.oracle.invite(OWNER, ALLOWED)
        self.oracle.people[OWNER].status = "CONFIRMED"
        self.oracle.people[OWNER].has_account = True
        self.oracle.people[OWNER].keys = 0
        self.oracle.events.clear()
        self.members[OWNER] = owner
        assert owner.account_id is not None
        self.accounts[OWNER] = owner.account_id
        self.looks = KeyLooks(Reader(app.pool), self.organization_id)
        self.began = run(self.looks.last_sequence())
        self.replace_key()
        self.switch(required=True)

    def _address(self, name: str) -> str:
        return f"{name}-{self.end}@{self.oracle.people[name].domain}"

    def _perform(
        self,
        command: Command[Any],
        expected: Callable[[KeyOracle], bool],
        caller: Caller = SYSTEM,
    ) -> Any:
        """Run both; they must agree on change or refusal. The value, or None when refused."""
        value, _ = step(self.blocking, command, self.oracle.attempt(expected), caller)
        return value

    def _is_there(self, name: str) -> bool:
        found = self.oracle.people.get(name)
        return found is not None and found.status is not None

    @rule(name=NAMES, domain=DOMAINS)
    def invite(self, name: str, domain: str) -> None:
        if self._is_there(name):
            return
        self.oracle.invite(name, domain)
        made = factories.member(
            self.blocking.app, self.organization_id, email=self._address(name), name=name
        )
        self.members[name] = self.blocking.run(made)

    @rule(name=NAMES, pair=MAYBE_PAIR, by_sso=st.booleans())
    def accept(self, name: str, pair: int | None, by_sso: bool) -> None:
        if not self._is_there(name):
            return
        who = SYSTEM
        account = self.accounts.get(name)
        if account is not None:
            within = self.organization_id if by_sso else None
            who = factories.person(account, sso_organization_id=within)
        link = factories.link_of(
            self.organization_id, self.blocking.run(self.looks.newest(self.members[name].id))
        )
        given: dict[str, Any] = {}
        if pair is not None:
            held = keys(pair)
            given = {"public_key": held.public, "encrypted_private_key": held.locked}
        value = self._perform(
            AcceptInvitation(link, **given), lambda o: o.accept(name, pair, by_sso=by_sso), who
        )
        if value is not None:
            self.members[name] = value.member
            self.accounts[name] = value.account_id

    @rule(
        name=st.sampled_from(["ann", "bob", "cai", OWNER]),
        is_right=OFTEN,
        pair=MAYBE_PAIR,
        behind=st.sampled_from([0, 0, 0, 1, -1]),
        is_foreign=SELDOM,
        is_nonsense=SELDOM,
        thumbprint=st.sampled_from([None, None, 0, 1]),
    )
    def confirm(
        self,
        *,
        name: str,
        is_right: bool,
        pair: int | None,
        behind: int,
        is_foreign: bool,
        is_nonsense: bool,
        thumbprint: int | None,
    ) -> None:
        if not self._is_there(name):
            return
        somebody = self.oracle.people[name]
        if is_right:
            offer = Offer(keys=somebody.keys, version=self.oracle.version)
        else:
            version = max(1, self.oracle.version - behind)
            offer = Offer(pair, version, is_foreign, is_nonsense, thumbprint)
        if offer.keys is None:
            offer = replace(offer, thumbprint=None)
        command = ConfirmMember(
            self.organization_id,
            self.members[name].id,
            wrapped_organization_key=self._text(offer),
            public_key_thumbprint=self._thumbprint(offer),
        )
        self._perform(command, lambda o: o.confirm(name, offer))

    def _text(self, offer: Offer) -> str | None:
        if offer.is_nonsense:
            return "a.b.c.d.e"
        if offer.keys is None:
            return None
        of = new_id() if offer.is_foreign else self.organization_id
        secret = bytes(32)
        if 0 < offer.version <= len(self.made):
            secret = self.made[offer.version - 1].secret
        return wrap(OrganizationKey(of, offer.version, secret), keys(offer.keys).pair)

    def _thumbprint(self, offer: Offer) -> str | None:
        return None if offer.thumbprint is None else keys(offer.thumbprint).kid

    @rule(name=st.sampled_from(["ann", "bob", "cai", OWNER]), pair=PAIRS)
    def set_keys(self, name: str, pair: int) -> None:
        if name not in self.accounts:
            return
        held = keys(pair)
        self._perform(
            SetAccountKeys(held.public, held.locked),
            lambda o: o.set_keys(name, pair),
            factories.person(self.accounts[name]),
        )

    @rule()
    def replace_key(self) -> None:
        """The owner makes the first key, or rotates."""
        before = self.oracle.version
        key = OrganizationKey(self.organization_id, before + 1, secrets.token_bytes(32))
        held = keys(self.oracle.people[OWNER].keys or 0)
        kind = RotateOrganizationKey if before else CreateOrganizationKey
        command = kind(self.organization_id, wrap(key, held.pair), before)
        self._perform(
            command, lambda o: o.replace_key(OWNER, before + 1), person(self.members[OWNER])
        )
        self.made.append(key)

    @rule(required=OFTEN)
    def switch(self, required: bool) -> None:
        handshake = KeyHandshake.REQUIRED if required else KeyHandshake.OFF
        command = UpdateOrganization(self.organization_id, key_handshake=handshake)
        self._perform(command, lambda o: o.switch(required=required))

    @rule(domains=SELDOM, sso=SELDOM, single=st.booleans())
    def set_policies(self, domains: bool, sso: bool, single: bool) -> None:
        command = UpdateOrganization(
            self.organization_id,
            allowed_email_domains=(ALLOWED,) if domains else (),
            require_sso=sso,
            single_organization=single,
        )
        self._perform(command, lambda o: o.set_policies(domains=domains, sso=sso, single=single))

    @precondition(lambda self: len(self.members) > 1)
    @rule(name=NAMES, kind=st.sampled_from([RevokeMember, RestoreMember, RemoveMember]))
    def move(self, name: str, kind: Any) -> None:
        if not self._is_there(name):
            return
        action = {
            RevokeMember: KeyOracle.revoke,
            RestoreMember: KeyOracle.restore,
            RemoveMember: KeyOracle.remove,
        }[kind]
        self._perform(kind(self.organization_id, self.members[name].id), lambda o: action(o, name))

    @rule(name=NAMES)
    def belong_elsewhere(self, name: str) -> None:
        """The person joins the other organization, leaves it, comes back."""
        if name not in self.accounts:
            return
        somebody = self.oracle.people[name]
        app, run = self.blocking.app, self.blocking.run
        if somebody.elsewhere == "ACTIVE":
            run(app.execute(RevokeMember(self.other_id, self.others[name].id), SYSTEM))
            somebody.elsewhere = "LEFT"
            return
        if somebody.elsewhere is None and name not in self.others:
            made = factories.member(app, self.other_id, email=self._address(name), name=name)
            self.others[name] = run(made)
        claimed = self.oracle.single and somebody.joined and not somebody.revoked
        other = self.others[name]
        if somebody.elsewhere is None:
            link = run(factories.invitation_link(app, other))
            work: Any = app.execute(AcceptInvitation(link), factories.person(self.accounts[name]))
        else:
            work = app.execute(RestoreMember(self.other_id, other.id), SYSTEM)
        if claimed:
            with pytest.raises(PolicyViolation):
                run(work)
        else:
            run(work)
            somebody.elsewhere = "ACTIVE"

    @invariant()
    def all_that_is_stored_agrees(self) -> None:
        if hasattr(self, "began"):
            ids = {name: member.id for name, member in self.members.items()}
            self.blocking.run(self.looks.compare(self.oracle, ids, self.made, self.began))


def test_every_life_of_keys_agrees_with_the_design(blocking_app: Blocking) -> None:
    walk(KeyLives, blocking_app, examples=how_many(20), steps=30)
