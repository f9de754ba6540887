"""Walks an organization through random commands; each of its states must be told again later."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    precondition,
    rule,
)

from domain.application import Command
from domain.caller import Caller
from domain.commands import (
    KEEP,
    AcceptInvitation,
    ChangeMemberRole,
    ConfirmMember,
    CreateGroup,
    DeleteGroup,
    EditKind,
    InviteMember,
    InviteStagedMember,
    Member,
    MemberAttributes,
    MembershipEdit,
    ProvisionMember,
    ReinviteMember,
    RemoveMember,
    RestoreMember,
    RevisedState,
    ReviseGroup,
    ReviseMember,
    RevokeMember,
    UpdateMember,
)
from domain.errors import DomainError
from domain.ids import UUID
from domain.vocabulary import MemberRole, OnProvision, ProvisioningSource, Rehire, Scope
from tests.domain.past import Picture, compare, compare_names, picture
from tests.domain.random_lives import walk
from tests.support import factories
from tests.support.blocking import Blocking
from tests.support.effort import how_many
from tests.support.factories import SYSTEM

NAMES = ["ann", "Ann", "bob", "cai"]
EMAILS = ["one@x.org", "ONE@x.org", "two@x.org", "three@x.org"]
EXTERNAL = ["e1", "e2", "true"]
GROUPS = ["Sales", "sales", "Staff"]
NAMED = {
    "user_name": {*NAMES, *EMAILS},
    "email": set(EMAILS),
    "external_id": set(EXTERNAL),
    "group_display_name": set(GROUPS),
    "group_external_id": set(EXTERNAL),
}
# Among them texts that look like other JSON values, and the values that they look like.
TITLES = st.sampled_from(
    ["Head", "true", True, "12", 12, "null", '"x"', "[1]", [1], " {}", {"a": None}, 1.5, "", "t"]
)
PROFILES = st.dictionaries(st.sampled_from(["title", "active", "urn:x:User"]), TITLES, max_size=2)
PEOPLE = st.fixed_dictionaries(
    {
        "user_name": st.sampled_from(NAMES),
        "email": st.none() | st.sampled_from(EMAILS),
        "external_id": st.none() | st.sampled_from(EXTERNAL),
        "display_name": st.sampled_from([None, "A. N.", "Zoë"]),
        "given_name": st.sampled_from([None, "Ann"]),
        "family_name": st.sampled_from([None, "Ng"]),
        "profile": PROFILES,
    }
)
WAYS = st.sampled_from(OnProvision)
EDITS = st.lists(
    st.tuples(st.sampled_from(EditKind), st.sets(st.integers(0, 5), max_size=3)), max_size=2
)
PICK = st.integers(0, 5)


class Walk(RuleBasedStateMachine):
    """One organization; refusals are as good as changes, they must leave no trace."""

    def __init__(self, blocking: Blocking) -> None:
        super().__init__()
        self.blocking = blocking
        self.pictures: list[Picture] = []

    @initialize(people=st.lists(PEOPLE, max_size=4))
    def found(self, people: list[dict[str, Any]]) -> None:
        """Some are there already, or hardly a walk would get far."""
        self.organization_id = self.blocking.run(factories.organization(self.blocking.app))
        self._look()
        for person in people:
            self.provision(person, active=True, way=OnProvision.INVITE, rehire=Rehire.CONFLICT)

    def _look(self) -> None:
        before = self.pictures[-1] if self.pictures else None
        work = picture(self.blocking.app, self.organization_id, before)
        self.pictures.append(self.blocking.run(work))

    def _do(self, command: Command[Any], who: Caller = SYSTEM) -> None:
        with suppress(DomainError):
            self.blocking.run(self.blocking.app.execute(command, who))
        self._look()

    @property
    def now(self) -> Picture:
        return self.pictures[-1]

    def _some_member(self) -> bool:
        return bool(self.pictures) and bool(self.now.members)

    def _some_group(self) -> bool:
        return bool(self.pictures) and bool(self.now.groups)

    def _member(self, pick: int) -> UUID:
        ids = sorted(self.now.members)
        return ids[pick % len(ids)]

    def _group(self, pick: int) -> UUID:
        ids = sorted(self.now.groups)
        return ids[pick % len(ids)]

    def _edits(self, edits: list[tuple[EditKind, set[int]]]) -> tuple[MembershipEdit, ...]:
        if not self.now.members:
            return ()
        return tuple(
            MembershipEdit(kind, frozenset(self._member(pick) for pick in picks))
            for kind, picks in edits
        )

    @rule(
        person=PEOPLE,
        active=st.sampled_from([True, True, False]),
        way=WAYS,
        rehire=st.sampled_from(Rehire),
    )
    def provision(
        self, person: dict[str, Any], active: bool, way: OnProvision, rehire: Rehire
    ) -> None:
        made = MemberAttributes.of(**person)
        self._do(ProvisionMember(self.organization_id, made, active, way, rehire=rehire))

    @rule(email=st.sampled_from(EMAILS), role=st.sampled_from([MemberRole.USER, MemberRole.ADMIN]))
    def invite_by_mail(self, email: str, role: MemberRole) -> None:
        groups = tuple(sorted(self.now.groups)[:1])
        source = ProvisioningSource.ADMIN_API
        self._do(InviteMember(self.organization_id, email, source, role=role, group_ids=groups))

    @precondition(_some_member)
    @rule(
        pick=PICK,
        kind=st.sampled_from(
            [
                InviteStagedMember,
                ConfirmMember,
                RevokeMember,
                RestoreMember,
                RestoreMember,
                RemoveMember,
            ]
        ),
    )
    def step(self, pick: int, kind: Callable[..., Command[Any]]) -> None:
        self._do(kind(self.organization_id, self._member(pick)))

    @precondition(_some_member)
    @rule(pick=PICK)
    def reinvite(self, pick: int) -> None:
        self._do(ReinviteMember(self.organization_id, self._member(pick)))

    @precondition(_some_member)
    @rule(pick=PICK)
    def revoke_with_reason(self, pick: int) -> None:
        self._do(RevokeMember(self.organization_id, self._member(pick), reason="left us"))

    @precondition(_some_member)
    @rule(pick=PICK)
    def accept(self, pick: int) -> None:
        rows = self.blocking.run(
            self.blocking.app.pool.fetch(
                "SELECT id FROM invitations WHERE organization_id = $1 AND member_id = $2"
                " ORDER BY id DESC LIMIT 1",
                self.organization_id,
                self._member(pick),
            )
        )
        if rows:
            link = factories.link_of(self.organization_id, rows[0]["id"])
            who = self.blocking.run(factories.acceptor(self.blocking.app, link))
            self._do(AcceptInvitation(link), who)

    @precondition(_some_member)
    @rule(
        pick=PICK,
        role=st.sampled_from(MemberRole),
        permissions=st.sets(st.sampled_from(Scope), max_size=2),
    )
    def change_role(self, pick: int, role: MemberRole, permissions: set[Scope]) -> None:
        member = self._member(pick)
        wanted = frozenset(permissions)
        self._do(ChangeMemberRole(self.organization_id, member, None, role, wanted))

    @precondition(_some_member)
    @rule(pick=PICK, person=PEOPLE, active=st.sampled_from([None, True, False]), way=WAYS)
    def revise(
        self, pick: int, person: dict[str, Any], active: bool | None, way: OnProvision
    ) -> None:
        def edit(member: Member) -> RevisedState:
            # As PUT does: what the client does not send is kept or over, as the facade decides.
            kept = {"display_name": member.attributes.display_name}
            return RevisedState(MemberAttributes.of(**kept | person), active)

        member = self._member(pick)
        self._do(ReviseMember(self.organization_id, member, edit, on_provision=way))

    @precondition(_some_member)
    @rule(pick=PICK, profile=PROFILES)
    def revise_profile(self, pick: int, profile: dict[str, Any]) -> None:
        def edit(member: Member) -> RevisedState:
            return RevisedState(replace(member.attributes, profile=profile), None)

        self._do(ReviseMember(self.organization_id, self._member(pick), edit))

    @precondition(_some_member)
    @rule(
        pick=PICK,
        email=st.sampled_from([KEEP, *EMAILS]),
        external_id=st.sampled_from([KEEP, None, *EXTERNAL]),
    )
    def update(self, pick: int, email: Any, external_id: Any) -> None:
        member_id = self._member(pick)
        self._do(
            UpdateMember(self.organization_id, member_id, email=email, external_id=external_id)
        )

    @rule(
        name=st.sampled_from(GROUPS),
        external_id=st.none() | st.sampled_from(EXTERNAL),
        picks=st.sets(PICK, max_size=3),
    )
    def create_group(self, name: str, external_id: str | None, picks: set[int]) -> None:
        ids = frozenset(self._member(pick) for pick in picks) if self.now.members else frozenset()
        self._do(CreateGroup(self.organization_id, name, external_id, ids))

    @precondition(_some_group)
    @rule(
        pick=PICK,
        name=st.sampled_from([KEEP, KEEP, *GROUPS]),
        external_id=st.sampled_from([KEEP, KEEP, None, *EXTERNAL]),
        edits=EDITS,
    )
    def revise_group(
        self, pick: int, name: Any, external_id: Any, edits: list[tuple[EditKind, set[int]]]
    ) -> None:
        group = self._group(pick)
        change = self._edits(edits)
        self._do(ReviseGroup(self.organization_id, group, name, external_id, change))

    @precondition(_some_group)
    @rule(pick=PICK)
    def delete_group(self, pick: int) -> None:
        self._do(DeleteGroup(self.organization_id, self._group(pick)))

    def teardown(self) -> None:
        """Every state that was seen is what the history tells of that position."""
        everybody = {id_ for seen in self.pictures for id_ in (*seen.members, *seen.groups)}
        for then in self.pictures:
            self.blocking.run(compare(self.blocking.app, self.organization_id, then, everybody))
            self.blocking.run(compare_names(self.blocking.app, self.organization_id, then, NAMED))


def test_every_state_is_told_again(blocking_app: Blocking) -> None:
    walk(Walk, blocking_app, examples=how_many(12), steps=35)
