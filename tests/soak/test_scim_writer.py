"""What a writer of the fault checker takes from refusals."""

from __future__ import annotations

from random import Random
from typing import Any

import pytest

from tests.soak import steps
from tests.soak.ledger import Contradiction, GroupState, MemberState, Tracked
from tests.soak.scim_writer import ScimWriter
from tests.soak.wire import Answer, Came


class Refusing:
    """Finds nothing."""

    async def scim(self, _method: str, _path: str, _body: Any = None) -> Answer:
        return Answer(Came.REFUSED, 404, why="no such group")


def writer() -> tuple[ScimWriter, Tracked[MemberState], Tracked[GroupState]]:
    made = ScimWriter("1", Refusing(), Random(1), [])  # type: ignore[arg-type]
    member: Tracked[MemberState] = Tracked("ada", "m1")
    group: Tracked[GroupState] = Tracked("weavers", "g1")
    member.answered(steps.created, "create")
    group.answered(steps.group_created("weavers"), "create")
    member.answered(steps.joined("g1"), "join g1")
    made.members, made.groups = [member], [group]
    return made, member, group


async def leave(made: ScimWriter, member: Tracked[MemberState]) -> None:
    await made._edit(member, "g1", {}, steps.left("g1"), "leave")


async def test_a_group_whose_deletion_had_no_answer_may_be_gone() -> None:
    made, member, group = writer()
    group.unanswered(steps.group_deleted, "delete")
    member.unanswered(steps.left("g1"), "group g1 deleted")

    await leave(made, member)

    assert {way.state for way in member.ways} == {MemberState()}
    assert {way.state for way in group.ways} == {None}


async def test_a_group_that_nobody_deleted_must_be_there() -> None:
    made, member, _ = writer()

    with pytest.raises(Contradiction, match="weavers: not found"):
        await leave(made, member)
