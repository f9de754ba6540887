"""Groups by commands: names, ids that are no members, versions, and what history tells."""

from __future__ import annotations

from typing import Any

import pytest

from domain.application import Application
from domain.commands import (
    NESTED_GROUPS,
    UNKNOWN_MEMBERS,
    CreateGroup,
    DeleteGroup,
    EditKind,
    InviteMember,
    MembershipEdit,
    RemoveMember,
    ReviseGroup,
)
from domain.errors import Invalid, NotFound, Taken, VersionConflict
from domain.ids import UUID, new_id
from domain.vocabulary import ProvisioningSource
from tests.domain.membership import edit, version_of
from tests.support import factories
from tests.support.factories import SYSTEM, Looks, unique


async def test_creating_with_members_and_others(
    app: Application, organization_id: UUID, looks: Looks
) -> None:
    people = await factories.members(app, organization_id, 2)
    nested = await factories.group(app, organization_id)
    stranger = new_id()

    made = await app.execute(
        CreateGroup(
            organization_id, "Staff", "grp", member_ids=frozenset({*people, nested, stranger})
        ),
        SYSTEM,
    )

    assert (made.value.version, made.value.added) == (2, 2)
    assert [(notice.name, notice.sentence) for notice in made.warnings] == [
        (UNKNOWN_MEMBERS, f"Left out of the group, as no such member exists: {stranger}."),
        (
            NESTED_GROUPS,
            f"Left out of the group, as groups inside groups are not supported: {nested}.",
        ),
    ]
    assert [change.attribute for change in made.changes] == ["displayName", "externalId", "source"]
    assert await looks.group_members(made.value.group_id) == set(people)
    assert await looks.actions(made.value.group_id) == ["group.created", "group.members_changed"]


@pytest.mark.parametrize("kind", [EditKind.ADD, EditKind.REPLACE])
async def test_strict_groups_take_all_or_nothing(
    app: Application, organization_id: UUID, looks: Looks, kind: EditKind
) -> None:
    (person,) = await factories.members(app, organization_id, 1)
    group_id = await factories.group(app, organization_id)
    strangers = frozenset(new_id() for _ in range(12))
    step = MembershipEdit(kind, strangers | {person})
    before = await looks.actions()

    with pytest.raises(Invalid) as raised:
        await app.execute(
            ReviseGroup(
                organization_id, group_id, display_name="x", memberships=(step,), strict=True
            ),
            SYSTEM,
        )
    with pytest.raises(Invalid):
        await app.execute(
            CreateGroup(organization_id, "new", member_ids=strangers, strict=True), SYSTEM
        )

    listed = ", ".join(str(id_) for id_ in sorted(strangers)[:10])
    assert raised.value.why == f"contains ids that are no members: {listed} and 2 more"
    assert await looks.actions() == before
    assert await looks.group_members(group_id) == set()


async def test_removing_strangers_is_no_change(
    app: Application, organization_id: UUID, looks: Looks
) -> None:
    group_id = await factories.group(app, organization_id)

    outcome = await app.execute(edit(organization_id, group_id, EditKind.REMOVE, new_id()), SYSTEM)

    assert (outcome.changed, outcome.warnings) == (False, ())
    assert await version_of(looks, group_id) == 1


async def test_everything_in_one_command(
    app: Application, organization_id: UUID, looks: Looks
) -> None:
    people = await factories.members(app, organization_id, 2)
    group_id = await factories.group(app, organization_id, frozenset(people[:1]), "old")
    step = MembershipEdit(EditKind.REPLACE, frozenset(people[1:]))
    command = ReviseGroup(
        organization_id, group_id, display_name="new", external_id="x", memberships=(step,)
    )

    first, again = [await app.execute(command, SYSTEM) for _ in range(2)]

    assert (first.changed, first.value.added, first.value.removed) == (True, 1, 1)
    assert (again.changed, again.value.version) == (False, first.value.version)
    events = await looks.rows(
        "SELECT action, changes, correlation_id FROM audit_events WHERE organization_id = $1"
        " AND subject_id = $2 ORDER BY sequence DESC LIMIT 2",
        group_id,
    )
    assert [event["action"] for event in events] == ["group.members_changed", "group.updated"]
    assert events[1]["changes"] == [
        {"attribute": "displayName", "before": "old", "after": "new"},
        {"attribute": "externalId", "before": None, "after": "x"},
    ]
    cleared = await app.execute(ReviseGroup(organization_id, group_id, external_id=None), SYSTEM)
    assert cleared.changed
    assert await looks.group_members(group_id) == set(people[1:])


async def test_names_are_taken_however_they_are_spelled(
    app: Application, organization_id: UUID, looks: Looks
) -> None:
    first = await factories.group(app, organization_id, name="Straße")
    second = (await app.execute(CreateGroup(organization_id, "B", "ext"), SYSTEM)).value.group_id
    third = await factories.group(app, organization_id)

    for given, attribute, existing in (
        ({"display_name": "STRASSE"}, "displayName", first),
        ({"external_id": "ext"}, "externalId", second),
    ):
        whole: dict[str, Any] = {"display_name": unique("new")} | given
        for command in (
            CreateGroup(organization_id, **whole),
            ReviseGroup(organization_id, third, **given),  # type: ignore[arg-type]
        ):
            with pytest.raises(Taken) as raised:
                await app.execute(command, SYSTEM)
            assert (raised.value.attribute, raised.value.kind) == (attribute, "group")
            assert raised.value.existing == existing
    assert await version_of(looks, third) == 1
    # Another spelling of its own name is a change, the same value of another case of id is free.
    assert (
        await app.execute(ReviseGroup(organization_id, first, display_name="STRASSE"), SYSTEM)
    ).changed
    assert (
        await app.execute(ReviseGroup(organization_id, third, external_id="EXT"), SYSTEM)
    ).changed


async def test_versions_are_checked_under_the_lock(
    app: Application, organization_id: UUID, looks: Looks
) -> None:
    (person,) = await factories.members(app, organization_id, 1)
    group_id = await factories.group(app, organization_id)
    step = MembershipEdit(EditKind.ADD, frozenset({person}))
    for command in (
        ReviseGroup(organization_id, group_id, memberships=(step,), expected_version=2),
        DeleteGroup(organization_id, group_id, expected_version=2),
    ):
        with pytest.raises(VersionConflict) as raised:
            await app.execute(command, SYSTEM)
        assert raised.value.current == 1

    right = ReviseGroup(organization_id, group_id, memberships=(step,), expected_version=1)
    assert (await app.execute(right, SYSTEM)).value.version == 2
    assert await looks.group_members(group_id) == {person}


async def test_deleting_tells_who_was_in_it_and_keeps_them(
    app: Application, organization_id: UUID, looks: Looks
) -> None:
    people = await factories.members(app, organization_id, 3)
    group_id = await factories.group(app, organization_id, frozenset(people))

    done = await app.execute(DeleteGroup(organization_id, group_id), SYSTEM)

    assert done.value.removed == 3
    assert await looks.replayed_members(group_id) == set()
    assert (await looks.actions(group_id))[-1] == "group.deleted"
    for id_ in people:
        row = await looks.member(id_)
        assert row is not None
        assert row["version"] == 1
    with pytest.raises(NotFound):
        await app.execute(DeleteGroup(organization_id, group_id), SYSTEM)


async def test_removing_a_member_changes_its_groups(
    app: Application, organization_id: UUID, looks: Looks
) -> None:
    one, two = await factories.members(app, organization_id, 2)
    groups = sorted(
        [
            await factories.group(app, organization_id, frozenset({one, two})),
            await factories.group(app, organization_id, frozenset({one})),
        ]
    )
    untouched = await factories.group(app, organization_id, frozenset({two}))

    await app.execute(RemoveMember(organization_id, one), SYSTEM)

    assert [await version_of(looks, id_) for id_ in (*groups, untouched)] == [3, 3, 2]
    assert await looks.replayed_members(groups[0]) == await looks.group_members(groups[0])
    (event,) = await looks.rows(
        "SELECT changes FROM audit_events WHERE organization_id = $1 AND action = 'member.removed'"
    )
    assert event["changes"][-1] == {
        "attribute": "groups",
        "before": "[" + ",".join(f'"{id_}"' for id_ in groups) + "]",
        "after": None,
    }


async def test_inviting_into_groups(app: Application, organization_id: UUID, looks: Looks) -> None:
    groups = [await factories.group(app, organization_id) for _ in range(2)]
    command = InviteMember(
        organization_id, "new@x.org", ProvisioningSource.ADMIN_API, group_ids=(*groups, groups[0])
    )

    made = await app.execute(command, SYSTEM)

    for group_id in groups:
        assert await looks.group_members(group_id) == {made.value.id}
        assert await version_of(looks, group_id) == 2
    with pytest.raises(Taken) as raised:
        await app.execute(command, SYSTEM)
    assert raised.value.existing == made.value.id
