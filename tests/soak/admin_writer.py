"""Writes as administrators and their scripts do: confirms, revokes, restores, invites again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID

from graphql_schema.ids import Kind, make_id
from tests.soak import steps
from tests.soak.ledger import Contradiction, MemberState, Tracked, Way
from tests.soak.scim_writer import ScimWriter
from tests.soak.wire import Answer, Came

if TYPE_CHECKING:
    import asyncio
    from random import Random

    from tests.soak.ledger import Step
    from tests.soak.wire import Wire

MOST_AT_ONCE = 8
ACCEPTED = Way(MemberState(stage="ACCEPTED"), (("member.invited", ""), ("member.accepted", "")))
"""Where people begin who wait to be confirmed."""


class AdminWriter(ScimWriter):
    """The only one to write to its members; it provisions some of them itself."""

    def __init__(
        self,
        number: str,
        wire: Wire,
        rng: Random,
        shared: list[str],
        *,
        organization_id: UUID,
        waiting: list[tuple[str, str]],
    ) -> None:
        super().__init__(number, wire, rng, shared)
        self._organization_id = organization_id
        self.members += [Tracked(name, id_, frozenset({ACCEPTED})) for name, id_ in waiting]

    async def run(self, stop: asyncio.Event) -> None:
        """Write until told to stop."""
        work = [self.create, self.confirm, self.change_access, self.change_many, self.reinvite]
        await self.repeat(stop, [*work, self.look, self.join], [3, 3, 4, 3, 2, 2, 1])

    async def confirm(self) -> bool:
        """`confirmMember`, or several at once."""
        waiting = self._fitting(lambda state: state.stage == "ACCEPTED" and not state.revoked)
        if not waiting:
            return True
        if self._rng.random() < 0.5:
            return await self._one("confirmMember", waiting[0], steps.confirmed)
        chosen = waiting[:MOST_AT_ONCE]
        items = [{"memberId": self._id(member)} for member in chosen]
        given = {"organizationId": self._org(), "members": items}
        return await self._many("bulkConfirmMembers", "BulkConfirm", given, chosen, steps.confirmed)

    async def change_access(self) -> bool:
        """`revokeMember` or `restoreMember`."""
        member = self.pick(self.members)
        if member is None or member.certain is None:
            return True
        if member.certain.revoked:
            return await self._one("restoreMember", member, steps.restored)
        return await self._one("revokeMember", member, steps.revoked)

    async def change_many(self) -> bool:
        """`bulkRevokeMembers` or `bulkRestoreMembers`."""
        revoke = self._rng.random() < 0.5
        chosen = self._fitting(lambda state: state.revoked is not revoke)
        self._rng.shuffle(chosen)
        chosen = chosen[: self._rng.randint(1, MOST_AT_ONCE)]
        if not chosen:
            return True
        given = {"organizationId": self._org(), "memberIds": [self._id(each) for each in chosen]}
        mutation = "bulkRevokeMembers" if revoke else "bulkRestoreMembers"
        step = steps.revoked if revoke else steps.restored
        return await self._many(mutation, "Bulk", given, chosen, step)

    async def reinvite(self) -> bool:
        """`reinviteMember` with a key, repeated until it is answered: it happens once."""
        invited = self._fitting(lambda state: state.stage == "INVITED" and not state.revoked)
        if not invited:
            return True
        member = self._rng.choice(invited)
        before = member.ways
        given = {"memberId": self._id(member), "idempotencyKey": self.word("reinvite")}
        answer = await self._mutate("reinviteMember", "ReinviteMember", given, "member { id }")
        self._settle_one(member, answer, steps.reinvited, "reinviteMember", "reinviteMember")
        if answer.came is not Came.UNKNOWN:
            return answer.came is Came.DONE
        again = await self._mutate("reinviteMember", "ReinviteMember", given, "member { id }")
        if again.came is Came.DONE and not again.body["data"]["reinviteMember"]["errors"]:
            # One of the two did it, and only one.
            member.ways = frozenset(map(steps.reinvited, before))
            member.writes.append("reinviteMember: acknowledged the second time")
        return again.came is Came.DONE

    async def _one(
        self, mutation: str, member: Tracked[MemberState], step: Step[MemberState]
    ) -> bool:
        name = f"{mutation[0].upper()}{mutation[1:]}"
        answer = await self._mutate(mutation, name, {"memberId": self._id(member)}, "member { id }")
        self._settle_one(member, answer, step, mutation, mutation)
        return answer.came is Came.DONE

    def _settle_one(
        self,
        member: Tracked[MemberState],
        answer: Answer,
        step: Step[MemberState],
        mutation: str,
        what: str,
    ) -> None:
        if answer.came is not Came.DONE:
            self.settle(member, answer, step, what)
            return
        errors = answer.body["data"][mutation]["errors"]
        self._settle_result(member, errors, step, what)

    async def _many(
        self,
        mutation: str,
        name: str,
        given: dict[str, Any],
        chosen: list[Tracked[MemberState]],
        step: Step[MemberState],
    ) -> bool:
        selection = "results { memberId changed errors { code message } }"
        answer = await self._mutate(mutation, f"{name}Members", given, selection)
        if answer.came is not Came.DONE:
            for member in chosen:
                self.settle(member, answer, step, mutation)
            return False
        for member, result in zip(chosen, answer.body["data"][mutation]["results"], strict=True):
            self._settle_result(member, result["errors"], step, mutation)
        return True

    def _settle_result(
        self, member: Tracked[MemberState], errors: list[Any], step: Step[MemberState], what: str
    ) -> None:
        if not errors:
            member.answered(step, what)
            return
        if member.is_open:  # an open state may be one that the rules refuse
            ways = frozenset(way for way in member.ways if step(way) == way)
            member.ways = ways or member.ways
            return
        raise Contradiction(f"{member.name}: {what} refused ({errors}), after {member.story()}")

    async def _mutate(
        self, mutation: str, name: str, given: dict[str, Any], selection: str
    ) -> Answer:
        query = (
            f"mutation ($input: {name}Input!) {{ {mutation}(input: $input)"
            f" {{ {selection} changed errors {{ code message }} }} }}"
        )
        return await self._wire.graphql(query, {"input": given})

    def _fitting(self, holds: Any) -> list[Tracked[MemberState]]:
        return [
            each
            for each in self.members
            if each.id
            and self.is_quiet(each)
            and all(way.state is not None and holds(way.state) for way in each.ways)
        ]

    def _id(self, member: Tracked[MemberState]) -> str:
        return make_id(Kind.MEMBER, self._organization_id, UUID(member.id))

    def _org(self) -> str:
        return make_id(Kind.ORGANIZATION, None, self._organization_id)
