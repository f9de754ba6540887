"""Compares changes of group membership with Python's own sets, and the history with the state."""

from __future__ import annotations

from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from domain.commands import EditKind, MembershipEdit, ReviseGroup
from domain.ids import UUID, new_id
from domain.model.group import MembershipChange
from tests.support import factories
from tests.support.blocking import Blocking
from tests.support.factories import SYSTEM, Looks

KNOWN = 6
UNKNOWN = 2
Edits = list[tuple[EditKind, frozenset[int]]]

EDITS = st.lists(
    st.tuples(
        st.sampled_from(EditKind), st.frozensets(st.integers(0, KNOWN + UNKNOWN - 1), max_size=5)
    ),
    max_size=4,
)


def applied(present: frozenset[int], edits: Edits) -> frozenset[int]:
    """What the edits make of the members, one after the other."""
    for kind, ids in edits:
        match kind:
            case EditKind.ADD:
                present = present | ids
            case EditKind.REMOVE:
                present = present - ids
            case EditKind.REPLACE:
                present = ids
    return present


@given(present=st.frozensets(st.integers(0, 7)), edits=EDITS)
def test_folding_equals_one_edit_after_the_other(present: frozenset[int], edits: Edits) -> None:
    numbers = {number: UUID(int=number) for number in range(8)}
    steps = [MembershipEdit(kind, frozenset(numbers[n] for n in ids)) for kind, ids in edits]

    change = MembershipChange.fold(steps)

    start = frozenset() if change.replaces else frozenset(numbers[n] for n in present)
    assert (start | change.add) - change.remove == {numbers[n] for n in applied(present, edits)}
    assert not change.add & change.remove
    assert change.is_empty is (change == MembershipChange())


@dataclass
class ModelGroup:
    """A group as it must be; `changes` are the counts of each event."""

    members: frozenset[int] = frozenset()
    version: int = 1
    changes: list[tuple[set[UUID], set[UUID]]] = field(default_factory=list)
    states: list[frozenset[int]] = field(default_factory=list)


def described(ids: set[UUID]) -> str:
    """A set of members as the event tells it."""
    listed = ",".join(sorted(str(id_) for id_ in ids))
    return f"{len(ids)} sha256:{sha256(listed.encode()).hexdigest()}"


def check_events(rows: list[Any], model: ModelGroup) -> None:
    assert [row["changes"] for row in rows] == [
        [
            {"attribute": "membersAdded", "before": None, "after": described(added)},
            {"attribute": "membersRemoved", "before": None, "after": described(removed)},
        ]
        for added, removed in model.changes
    ]


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(commands=st.lists(EDITS, min_size=1, max_size=8))
def test_a_group_is_a_set(blocking_app: Blocking, commands: list[Edits]) -> None:
    blocking_app.run(compare(blocking_app, commands))


async def compare(blocking: Blocking, commands: list[Edits]) -> None:
    app = blocking.app
    organization_id = await factories.organization(app)
    looks = Looks(app.pool, organization_id)
    ids = [*await factories.members(app, organization_id, KNOWN), *(new_id() for _ in "ab")]
    group_id = await factories.group(app, organization_id)
    model = ModelGroup()
    known = frozenset(range(KNOWN))

    for edits in commands:
        before = await looks.rows(
            "SELECT updated_at FROM groups WHERE organization_id = $1 AND id = $2", group_id
        )
        steps = [
            MembershipEdit(kind, frozenset(ids[n] for n in numbers)) for kind, numbers in edits
        ]
        command = ReviseGroup(organization_id, group_id, memberships=tuple(steps))
        outcome = await app.execute(command, SYSTEM)

        wanted = applied(model.members, edits) & known
        added, removed = wanted - model.members, model.members - wanted
        if added or removed:
            model.version += 1
            model.changes.append(({ids[n] for n in added}, {ids[n] for n in removed}))
            model.states.append(wanted)
        model.members = wanted
        assert outcome.changed is bool(added or removed)
        assert outcome.value.version == model.version
        assert (outcome.value.added, outcome.value.removed) == (len(added), len(removed))
        asked = applied(frozenset(), edits) - known
        assert len(outcome.warnings) == bool(asked)
        assert all(str(ids[n]) in outcome.warnings[0].sentence for n in asked)
        row = (
            await looks.rows(
                "SELECT * FROM groups WHERE organization_id = $1 AND id = $2", group_id
            )
        )[0]
        assert row["version"] == model.version
        assert (row["updated_at"] == before[0]["updated_at"]) is not outcome.changed
        assert await looks.group_members(group_id) == {ids[n] for n in wanted}

    events = await looks.rows(
        "SELECT action, sequence, changes FROM audit_events WHERE organization_id = $1"
        " AND subject_id = $2 ORDER BY sequence",
        group_id,
    )
    assert [row["action"] for row in events] == [
        "group.created",
        *["group.members_changed"] * len(model.changes),
    ]
    check_events(events[1:], model)
    await check_history(looks, group_id, events[1:], model, ids)


async def check_history(
    looks: Looks, group_id: UUID, events: list[Any], model: ModelGroup, ids: list[UUID]
) -> None:
    """Membership as of each event follows from the last change of each member until then."""
    for event, state in zip(events, model.states, strict=True):
        rows = await looks.rows(
            "SELECT member_id FROM (SELECT DISTINCT ON (member_id) member_id, added"
            " FROM group_changes WHERE organization_id = $1 AND group_id = $2 AND sequence <= $3"
            " ORDER BY member_id, sequence DESC) AS latest WHERE added",
            group_id,
            event["sequence"],
        )
        assert {row["member_id"] for row in rows} == {ids[n] for n in state}
    assert await looks.replayed_members(group_id) == {ids[n] for n in model.members}
