"""One group changed by many at once."""

from __future__ import annotations

from itertools import permutations

import pytest

from domain.application import Application
from domain.commands import (
    CreateGroup,
    DeleteGroup,
    EditKind,
    ReviseGroup,
)
from domain.errors import NotFound, Taken
from domain.ids import UUID
from tests.domain.membership import edit, orphans, version_of
from tests.support import factories
from tests.support.factories import SYSTEM, Looks
from tests.support.racing import race


async def test_160_adds_to_one_group(app: Application, organization_id: UUID, looks: Looks) -> None:
    people = await factories.members(app, organization_id, 160)
    group_id = await factories.group(app, organization_id)

    results = await race(
        [app.execute(edit(organization_id, group_id, EditKind.ADD, id_), SYSTEM) for id_ in people]
    )

    assert sorted(outcome.value.version for outcome in results.done) == list(range(2, 162))
    assert await looks.group_members(group_id) == set(people)
    assert await looks.replayed_members(group_id) == set(people)
    assert await version_of(looks, group_id) == 161
    assert (await looks.actions(group_id)).count("group.members_changed") == 160


async def test_adding_the_same_member_sixteen_times(
    app: Application, organization_id: UUID, looks: Looks
) -> None:
    (only,) = await factories.members(app, organization_id, 1)
    group_id = await factories.group(app, organization_id)

    results = await race(
        [app.execute(edit(organization_id, group_id, EditKind.ADD, only), SYSTEM) for _ in "a" * 16]
    )

    assert sum(outcome.changed for outcome in results.done) == 1
    assert {outcome.value.version for outcome in results.done} == {2}
    assert await looks.replayed_members(group_id) == {only}


async def test_adds_and_removes_of_one_member_leave_a_true_history(
    app: Application, organization_id: UUID, looks: Looks
) -> None:
    people = await factories.members(app, organization_id, 3)
    group_id = await factories.group(app, organization_id)

    results = await race(
        [
            app.execute(edit(organization_id, group_id, kind, id_), SYSTEM)
            for _ in range(10)
            for kind in (EditKind.ADD, EditKind.REMOVE)
            for id_ in people
        ]
    )

    changes = sum(outcome.changed for outcome in results.done)
    assert await version_of(looks, group_id) == 1 + changes
    assert await looks.replayed_members(group_id) == await looks.group_members(group_id)


@pytest.mark.parametrize("second", [EditKind.REPLACE, EditKind.ADD, EditKind.REMOVE])
async def test_concurrent_replacements_have_a_serial_order(
    app: Application, organization_id: UUID, looks: Looks, second: EditKind
) -> None:
    a, b, c, d, e = await factories.members(app, organization_id, 5)
    start, first, other, third = {a, b, e}, {b, c}, {c, d, e}, {a, d}
    for _ in range(6):
        group_id = await factories.group(app, organization_id, frozenset(start))
        steps = [(EditKind.REPLACE, first), (second, other), (EditKind.REPLACE, third)]

        await race(
            [
                app.execute(edit(organization_id, group_id, kind, *ids), SYSTEM)
                for kind, ids in steps
            ]
        )

        possible = []
        for order in permutations(steps):
            present = set(start)
            for kind, ids in order:
                if kind is EditKind.REPLACE:
                    present = set(ids)
                else:
                    present = present | ids if kind is EditKind.ADD else present - ids
            possible.append(present)
        found = await looks.group_members(group_id)
        assert found in possible
        assert await looks.replayed_members(group_id) == found


async def test_deleting_a_group_against_adding_to_it(
    app: Application, organization_id: UUID, looks: Looks
) -> None:
    people = await factories.members(app, organization_id, 8)
    group_id = await factories.group(app, organization_id)

    results = await race(
        [
            *(
                app.execute(edit(organization_id, group_id, EditKind.ADD, id_), SYSTEM)
                for id_ in people[:4]
            ),
            app.execute(DeleteGroup(organization_id, group_id), SYSTEM),
            app.execute(DeleteGroup(organization_id, group_id), SYSTEM),
            *(
                app.execute(edit(organization_id, group_id, EditKind.ADD, id_), SYSTEM)
                for id_ in people[4:]
            ),
        ]
    )

    assert {type(error) for error in results.refused} == {NotFound}
    assert (await looks.actions(group_id)).count("group.deleted") == 1
    assert await orphans(looks) == 0
    assert await looks.replayed_members(group_id) == set()


async def test_sixteen_groups_of_one_name(app: Application, organization_id: UUID) -> None:
    results = await race(
        [app.execute(CreateGroup(organization_id, "Straße"), SYSTEM) for _ in range(8)]
        + [app.execute(CreateGroup(organization_id, "STRASSE"), SYSTEM) for _ in range(8)]
    )

    assert len(results.done) == 1
    assert len(results.refused) == 15
    for error in results.refused:
        assert isinstance(error, Taken)
        assert (error.attribute, error.existing) == ("displayName", results.done[0].value.group_id)


async def test_groups_that_want_one_name(app: Application, organization_id: UUID) -> None:
    groups = [await factories.group(app, organization_id) for _ in range(16)]

    results = await race(
        [
            app.execute(ReviseGroup(organization_id, each, display_name="wanted"), SYSTEM)
            for each in groups
        ]
    )

    (winner,) = results.done
    assert {error.existing for error in results.refused if isinstance(error, Taken)} == {
        winner.value.group_id
    }
    assert len(results.refused) == 15
