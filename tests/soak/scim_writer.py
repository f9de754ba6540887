"""Writes as an identity provider does: people come and go, change, and move between groups."""

from __future__ import annotations

import asyncio
from time import monotonic
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from tests.soak import steps
from tests.soak.ledger import Contradiction, GroupState, MemberState, Tracked
from tests.soak.wire import Came

if TYPE_CHECKING:
    from random import Random

    from tests.soak.ledger import Step
    from tests.soak.wire import Answer, Wire

USER = "urn:ietf:params:scim:schemas:core:2.0:User"
GROUP = "urn:ietf:params:scim:schemas:core:2.0:Group"
PATCH_OP = "urn:ietf:params:scim:api:messages:2.0:PatchOp"
SETTLED_S = 7.0
"""A statement that nobody waits for any more has ended by then: it may take 5 s."""
PAUSE_S = 0.05
MOST_MEMBERS = 120


class ScimWriter:
    """The only one to write to its members and groups."""

    def __init__(self, number: str, wire: Wire, rng: Random, shared: list[str]) -> None:
        self.number = number
        self.members: list[Tracked[MemberState]] = []
        self.groups: list[Tracked[GroupState]] = []
        self.contradictions: list[str] = []
        self._wire = wire
        self._rng = rng
        self._shared = shared
        self._drawn = 0

    async def run(self, stop: asyncio.Event) -> None:
        """Write until told to stop; what is under way is finished."""
        work = [self.create, self.retitle, self.switch, self.join, self.leave, self.look]
        weights = [6, 8, 6, 6, 3, 2]
        work += [self.make_group, self.rename_group, self.delete_group, self.remove]
        weights += [1, 1, 1, 1]
        await self.repeat(stop, work, weights)

    async def repeat(self, stop: asyncio.Event, work: list[Any], weights: list[int]) -> None:
        """Draw one kind of work after the other."""
        while not stop.is_set():
            (todo,) = self._rng.choices(work, weights)
            try:
                done = await todo()
            except Contradiction as contradiction:
                self.contradictions.append(str(contradiction))
                done = True
            if not done:
                await asyncio.sleep(PAUSE_S)

    # Members

    async def create(self) -> bool:
        """A person who is new, or whose creation was never answered."""
        if len(self.members) >= MOST_MEMBERS:
            return True
        name = self.word("p")
        member: Tracked[MemberState] = Tracked(f"{name}@soak.example")
        self.members.append(member)
        return await self.post_member(member)

    async def post_member(self, member: Tracked[MemberState]) -> bool:
        """POST /Users."""
        body = {
            "schemas": [USER],
            "userName": member.name,
            "displayName": member.name,
            "emails": [{"value": member.name, "type": "work", "primary": True}],
        }
        answer = await self._wire.scim("POST", "/Users", body)
        self.settle(member, answer, steps.created, "create")
        if answer.came is Came.DONE:
            member.id = answer.body["id"]
        return answer.came is Came.DONE

    async def retitle(self) -> bool:
        """PATCH of one attribute."""
        title = self.word("title")
        operation = {"op": "replace", "path": "title", "value": title}
        return await self.patch_member(operation, steps.titled(title), f"title {title}")

    async def switch(self) -> bool:
        """PATCH active, either way."""
        member = self.pick(self.members)
        if member is None:
            return True
        revoke = member.certain is not None and not member.certain.revoked
        operation = {"op": "replace", "path": "active", "value": not revoke}
        step = steps.revoked if revoke else steps.restored
        return await self.patch_member(operation, step, f"active {not revoke}", member)

    async def patch_member(
        self,
        operation: dict[str, Any],
        step: Step[MemberState],
        what: str,
        member: Tracked[MemberState] | None = None,
    ) -> bool:
        """PATCH /Users/{id}."""
        member = member or self.pick(self.members)
        if member is None:
            return True
        body = {"schemas": [PATCH_OP], "Operations": [operation]}
        answer = await self._wire.scim("PATCH", f"/Users/{member.id}", body)
        self.settle(member, answer, step, what)
        return answer.came is Came.DONE

    async def remove(self) -> bool:
        """DELETE /Users/{id}."""
        member = self.pick(self.members)
        if member is None:
            return True
        answer = await self._wire.scim("DELETE", f"/Users/{member.id}")
        self.settle(member, answer, steps.removed, "delete")
        return answer.came is Came.DONE

    async def look(self) -> bool:
        """GET: finds out what became of unanswered writes, and whether answered ones are there."""
        open_ones = [each for each in self.members if each.is_open and self.is_quiet(each)]
        member = open_ones[0] if open_ones else self.pick(self.members)
        if member is None:
            return True
        if not member.id:
            return await self._find(member)
        answer = await self._wire.scim("GET", f"/Users/{member.id}")
        if answer.came is Came.REFUSED and answer.status == 404:
            member.seen(lambda state: state is None, "not found")
        elif answer.came is Came.DONE:
            self._shown(member, answer.body)
        return answer.came is Came.DONE

    async def _find(self, member: Tracked[MemberState]) -> bool:
        """A person whose creation was not answered is searched for, and created if missing."""
        path = "/Users?filter=" + quote(f'userName eq "{member.name}"')
        answer = await self._wire.scim("GET", path)
        if answer.came is not Came.DONE:
            return False
        found = answer.body["Resources"]
        if not found:
            member.seen(lambda state: state is None, "not found")
            return await self.post_member(member)
        member.id = found[0]["id"]
        self._shown(member, found[0])
        return True

    def _shown(self, member: Tracked[MemberState], body: dict[str, Any]) -> None:
        title, active = body.get("title"), body["active"]
        groups = frozenset(group["value"] for group in body.get("groups", ()))

        def holds(state: MemberState | None) -> bool:
            return state is not None and (state.title, not state.revoked, state.groups) == (
                title, active, groups
            )  # fmt: skip

        member.seen(holds, f"shown with title {title}, active {active}, in {sorted(groups)}")

    # Groups

    async def join(self) -> bool:
        """PATCH add of one member, to a group that all writers share or to one's own."""
        member, group = self.pick(self.members), self._any_group()
        if member is None or group is None:
            return True
        operation = {"op": "add", "path": "members", "value": [{"value": member.id}]}
        return await self._edit(member, group, operation, steps.joined(group), "join")

    async def leave(self) -> bool:
        """PATCH remove of one member."""
        member = self.pick(self.members)
        if member is None or member.certain is None or not member.certain.groups:
            return True
        group = self._rng.choice(sorted(member.certain.groups))
        if any(each.id == group and not self.is_quiet(each) for each in self.groups):
            return True
        operation = {"op": "remove", "path": f'members[value eq "{member.id}"]'}
        return await self._edit(member, group, operation, steps.left(group), "leave")

    async def _edit(
        self,
        member: Tracked[MemberState],
        group: str,
        operation: dict[str, Any],
        step: Step[MemberState],
        what: str,
    ) -> bool:
        body = {"schemas": [PATCH_OP], "Operations": [operation]}
        answer = await self._wire.scim("PATCH", f"/Groups/{group}", body)
        own = next((each for each in self.groups if each.id == group), None)
        if own is not None and answer.came is Came.REFUSED and answer.status == 404:
            self._was_deleted(own, member)
        else:
            self.settle(member, answer, step, f"{what} {group}")
        return answer.came is Came.DONE

    def _was_deleted(self, group: Tracked[GroupState], member: Tracked[MemberState]) -> None:
        """Its deletion had no answer, and happened. Raises Contradiction if nobody deleted it."""
        group.seen(lambda state: state is None, "not found")
        member.seen(
            lambda state: state is not None and group.id not in state.groups,
            f"group {group.id} not found",
        )

    async def make_group(self) -> bool:
        """POST /Groups."""
        name = self.word("group")
        group: Tracked[GroupState] = Tracked(name)
        self.groups.append(group)
        answer = await self._wire.scim("POST", "/Groups", {"schemas": [GROUP], "displayName": name})
        self.settle(group, answer, steps.group_created(name), "create")
        if answer.came is Came.DONE:
            group.id = answer.body["id"]
        return answer.came is Came.DONE

    async def rename_group(self) -> bool:
        """PATCH displayName."""
        group = self.pick(self.groups)
        if group is None:
            return True
        name = self.word("group")
        operation = {"op": "replace", "path": "displayName", "value": name}
        body = {"schemas": [PATCH_OP], "Operations": [operation]}
        answer = await self._wire.scim("PATCH", f"/Groups/{group.id}", body)
        self.settle(group, answer, steps.renamed(name), f"rename to {name}")
        return answer.came is Came.DONE

    async def delete_group(self) -> bool:
        """DELETE /Groups/{id}: its members leave it."""
        group = self.pick(self.groups)
        if group is None:
            return True
        answer = await self._wire.scim("DELETE", f"/Groups/{group.id}")
        self.settle(group, answer, steps.group_deleted, "delete")
        for member in self.members:
            if any(way.state is not None and group.id in way.state.groups for way in member.ways):
                self.settle(member, answer, steps.left(group.id), f"group {group.id} deleted")
        return answer.came is Came.DONE

    # What all have in common

    def settle(self, tracked: Tracked[Any], answer: Answer, step: Step[Any], what: str) -> None:
        """Note what the answer means. Raises Contradiction for a refusal that nothing explains."""
        if answer.came is Came.DONE:
            tracked.answered(step, what)
        elif answer.came is Came.UNKNOWN:
            tracked.unanswered(step, what)
            tracked.quiet_until = monotonic() + SETTLED_S
        elif answer.came is Came.REFUSED:
            tracked.seen(lambda state: state is None, f"{what} refused ({answer.why})")

    def pick(self, among: list[Tracked[Any]]) -> Tracked[Any] | None:
        """One that exists for sure, as far as that can be said, and that may be written to."""
        fitting = [
            each
            for each in among
            if each.id and self.is_quiet(each) and None not in {way.state for way in each.ways}
        ]
        return self._rng.choice(fitting) if fitting else None

    def is_quiet(self, tracked: Tracked[Any]) -> bool:
        """Whether no earlier write to it can still be going on."""
        return tracked.quiet_until < monotonic()

    def word(self, kind: str) -> str:
        """A word that nothing else has."""
        self._drawn += 1
        return f"{kind}-{self.number}-{self._drawn}"

    def _any_group(self) -> str | None:
        own = self.pick(self.groups)
        return own.id if own is not None and self._rng.random() < 0.3 else (
            self._rng.choice(self._shared)
        )  # fmt: skip
