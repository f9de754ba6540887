"""Walks members through random lives by real commands and compares all that is stored."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
)

from domain.application import Command
from domain.caller import Caller
from domain.commands import (
    AcceptInvitation,
    ChangeMemberRole,
    ConfirmMember,
    InviteStagedMember,
    Member,
    MemberAttributes,
    ProvisionMember,
    ReinviteMember,
    RemoveMember,
    RestoreMember,
    RevisedState,
    ReviseMember,
    RevokeMember,
    UpdateOrganization,
)
from domain.errors import Taken
from domain.ids import UUID
from domain.vocabulary import MemberRole, OnProvision
from tests.domain.lifecycle_oracle import Oracle, Person
from tests.domain.random_lives import step, walk
from tests.support import factories
from tests.support.blocking import Blocking
from tests.support.effort import how_many
from tests.support.factories import SYSTEM, Looks

NAMES = st.sampled_from(["ann", "bob", "cai", "dee"])
EMAILS = st.none() | st.sampled_from(["one@x.org", "two@x.org", "three@x.org", "four@x.org"])
SHOWN = st.sampled_from(["A. N.", "Somebody Else"])
ROLES = st.sampled_from([MemberRole.OWNER, MemberRole.OWNER, MemberRole.ADMIN, MemberRole.USER])


def on_provision(*, invite: bool) -> OnProvision:
    return OnProvision.INVITE if invite else OnProvision.STAGE


class Lives(RuleBasedStateMachine):
    """One organization, up to four people, every action in any order."""

    def __init__(self, blocking: Blocking) -> None:
        super().__init__()
        self.blocking = blocking
        self.oracle = Oracle()
        self.ids: dict[str, UUID] = {}
        self.updated: dict[str, tuple[int, datetime]] = {}

    @initialize(
        seats=st.sampled_from([None, None, 1, 2, 3]), roles=st.lists(ROLES, min_size=1, max_size=3)
    )
    def found(self, seats: int | None, roles: list[MemberRole]) -> None:
        """Some have arrived already, or hardly a walk would get far."""
        app = self.blocking.app
        self.organization_id = self.blocking.run(factories.organization(app, seats=seats))
        self.oracle.seats = seats
        self.looks = Looks(app.pool, self.organization_id)
        for name, role in zip(("ann", "bob", "cai"), roles, strict=False):
            self.provision(name, f"{name}@x.org", "A. N.", active=True, invite=True)
            if name in self.ids:
                self._accept(name, 0)
                self._confirm(name)
                self._change_role(name, role)

    def _perform(
        self, command: Command[Any], expected: Callable[[Oracle], bool], caller: Caller = SYSTEM
    ) -> Any:
        """Run both; they must agree on change or refusal. The value, or None when refused."""
        value, refusal = step(self.blocking, command, self.oracle.attempt(expected), caller)
        if isinstance(refusal, Taken):
            assert refusal.existing in self.ids.values()
        return value

    @rule(
        name=NAMES,
        email=EMAILS,
        shown=SHOWN,
        active=st.sampled_from([True, True, True, False]),
        invite=st.booleans(),
    )
    def provision(
        self, name: str, email: str | None, shown: str, active: bool, invite: bool
    ) -> None:
        attributes = MemberAttributes.of(user_name=name, email=email, display_name=shown)
        command = ProvisionMember(
            self.organization_id, attributes, active, on_provision(invite=invite)
        )
        value = self._perform(
            command, lambda o: o.provision(name, email, shown, active=active, invite=invite)
        )
        if value is not None:
            self.ids[name] = value.id

    def _known(self) -> bool:
        return bool(self.oracle.people)

    def _pick(self, data: st.DataObject) -> str:
        return data.draw(st.sampled_from(sorted(self.oracle.people)), label="who")

    @precondition(_known)
    @rule(data=st.data())
    def invite(self, data: st.DataObject) -> None:
        who = self._pick(data)
        command = InviteStagedMember(self.organization_id, self.ids[who])
        self._perform(command, lambda o: o.invite(who))

    @precondition(_known)
    @rule(data=st.data())
    def reinvite(self, data: st.DataObject) -> None:
        who = self._pick(data)
        command = ReinviteMember(self.organization_id, self.ids[who])
        self._perform(command, lambda o: o.reinvite(who))

    @precondition(lambda self: any(person.mails for person in self.oracle.people.values()))
    @rule(data=st.data(), newest=st.sampled_from([True, True, False]))
    def accept(self, data: st.DataObject, newest: bool) -> None:
        mailed = [key for key, person in self.oracle.people.items() if person.mails]
        who = data.draw(st.sampled_from(sorted(mailed)), label="who")
        count = len(self.oracle.people[who].mails)
        self._accept(who, count - 1 if newest else data.draw(st.integers(0, count - 1)))

    def _accept(self, who: str, mail: int) -> None:
        sql = (
            "SELECT id FROM invitations WHERE organization_id = $1 AND member_id = $2"
            " ORDER BY queued_at, id"
        )
        rows = self.blocking.run(self.looks.rows(sql, self.ids[who]))
        link = factories.link_of(self.organization_id, rows[mail]["id"])
        acceptor = self.blocking.run(factories.acceptor(self.blocking.app, link))
        self._perform(AcceptInvitation(link), lambda o: o.accept(who, mail), acceptor)

    @precondition(_known)
    @rule(data=st.data())
    def confirm(self, data: st.DataObject) -> None:
        self._confirm(self._pick(data))

    def _confirm(self, who: str) -> None:
        command = ConfirmMember(self.organization_id, self.ids[who])
        self._perform(command, lambda o: o.confirm(who))

    @precondition(_known)
    @rule(data=st.data())
    def revoke(self, data: st.DataObject) -> None:
        who = self._pick(data)
        command = RevokeMember(self.organization_id, self.ids[who])
        self._perform(command, lambda o: o.revoke(who))

    @precondition(_known)
    @rule(data=st.data())
    def restore(self, data: st.DataObject) -> None:
        who = self._pick(data)
        command = RestoreMember(self.organization_id, self.ids[who])
        self._perform(command, lambda o: o.restore(who))

    @precondition(_known)
    @rule(data=st.data())
    def remove(self, data: st.DataObject) -> None:
        who = self._pick(data)
        command = RemoveMember(self.organization_id, self.ids[who])
        if self._perform(command, lambda o: o.remove(who)) is not None:
            del self.ids[who]
            self.updated.pop(who, None)

    @precondition(_known)
    @rule(data=st.data(), role=ROLES)
    def change_role(self, data: st.DataObject, role: MemberRole) -> None:
        self._change_role(self._pick(data), role)

    def _change_role(self, who: str, role: MemberRole) -> None:
        command = ChangeMemberRole(self.organization_id, self.ids[who], None, role)
        self._perform(command, lambda o: o.change_role(who, role))

    @precondition(_known)
    @rule(
        data=st.data(),
        email=EMAILS,
        shown=SHOWN,
        active=st.sampled_from([None, True, False]),
        invite=st.booleans(),
        keeps_email=st.booleans(),
    )
    def revise(
        self,
        *,
        data: st.DataObject,
        email: str | None,
        shown: str,
        active: bool | None,
        invite: bool,
        keeps_email: bool,
    ) -> None:
        who = self._pick(data)
        wanted = self.oracle.people[who].email if keeps_email else email

        def edit(member: Member) -> RevisedState:
            changed = replace(member.attributes, display_name=shown, display_name_key=shown.lower())
            return RevisedState(changed.with_email(wanted), active)

        command = ReviseMember(
            self.organization_id, self.ids[who], edit, on_provision=on_provision(invite=invite)
        )
        self._perform(command, lambda o: o.revise(who, wanted, shown, active=active, invite=invite))

    @rule(seats=st.sampled_from([None, 0, 1, 2, 2, 3, 3, 4]))
    def limit_seats(self, seats: int | None) -> None:
        command = UpdateOrganization(
            self.organization_id, seats=seats, seats_unlimited=seats is None
        )
        self._perform(command, lambda o: o.limit(seats))

    @invariant()
    def all_that_is_stored_agrees(self) -> None:
        if hasattr(self, "looks"):
            self.blocking.run(self._compare())

    async def _compare(self) -> None:
        rows = await self.looks.rows("SELECT * FROM members WHERE organization_id = $1")
        found = {row["user_name"]: row for row in rows}
        assert found.keys() == self.oracle.people.keys()
        for key, person in self.oracle.people.items():
            await self._compare_person(person, found[key])
        counted, taken = await self.looks.seats()
        assert taken == self.oracle.taken
        assert counted == (None if self.oracle.seats is None else taken)
        names = {id_: key for key, id_ in self.ids.items()}
        events = await self.looks.rows(
            "SELECT action, subject_id FROM audit_events WHERE organization_id = $1"
            " AND subject_kind = 'MEMBER' ORDER BY sequence"
        )
        assert [row["action"] for row in events] == [action for _, action in self.oracle.events]
        for row, (key, _) in zip(events, self.oracle.events, strict=True):
            assert names.get(row["subject_id"], key) == key

    async def _compare_person(self, person: Person, row: Any) -> None:
        assert row["stage"] == person.stage
        assert (row["revoked_at"] is not None) is person.revoked
        assert row["email"] == person.email
        assert row["display_name"] == person.name
        assert row["role"] == person.role
        assert row["version"] == person.version
        assert await self.looks.invitations(row["id"]) == person.mails
        reached = ["STAGED", "INVITED", "ACCEPTED", "CONFIRMED"].index(person.stage)
        for index, column in ((2, "accepted_at"), (3, "confirmed_at")):
            assert (row[column] is not None) is (reached >= index)
        assert (row["account_id"] is not None) is (reached >= 2)
        version, updated_at = self.updated.get(person.key, (0, row["updated_at"]))
        assert (row["updated_at"] == updated_at) is (version in {0, person.version})
        self.updated[person.key] = (person.version, row["updated_at"])


def test_every_life_agrees_with_the_design(blocking_app: Blocking) -> None:
    walk(Lives, blocking_app, examples=how_many(20), steps=30)
