"""Groups over the admin API: what administrators make is theirs, what a provider made is not."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest

from domain.application import Application
from domain.commands import CreateGroup, RemoveMember
from domain.ids import new_id
from domain.vocabulary import ProvisioningSource, Scope
from graphql_schema.ids import Kind, make_id
from tests.support import factories
from tests.support.factories import Looks
from tests.support.graphql import SYSTEM, Api

GROUP = "group { id scimId displayName externalId source version memberCount }"


async def own(
    app: Application, caller: Api, *member_ids: UUID, name: str | None = None
) -> tuple[UUID, str]:
    """A group that an administrator made."""
    command = CreateGroup(
        caller.organization_id,
        name or factories.unique("group"),
        member_ids=frozenset(member_ids),
        source=ProvisioningSource.ADMIN_API,
    )
    id_ = (await app.execute(command, SYSTEM)).value.group_id
    return id_, caller.group_id(id_)


def looks(app: Application, caller: Api) -> Looks:
    return Looks(app.pool, caller.organization_id)


def error(payload: Any) -> tuple[str, list[str]]:
    (found,) = payload["errors"]
    return found["code"], found["path"]


async def test_create(app: Application, caller: Api) -> None:
    ids = await factories.members(app, caller.organization_id, 2)

    done = await caller.change(
        "createGroup",
        GROUP,
        organizationId=caller.org,
        displayName="Engineers",
        externalId="e-1",
        memberIds=[caller.member_id(id_) for id_ in (*ids, ids[0])],
    )

    assert (done["changed"], done["errors"]) == (True, [])
    made = done["group"]
    id_ = UUID(made["scimId"])
    assert made["id"] == caller.group_id(id_)
    assert (made["displayName"], made["externalId"]) == ("Engineers", "e-1")
    assert (made["source"], made["memberCount"]) == ("ADMIN_API", 2)
    assert await looks(app, caller).group_members(id_) == set(ids)
    assert await looks(app, caller).actions(id_) == ["group.created", "group.members_changed"]


@pytest.mark.parametrize(
    ("given", "code", "path"),
    [
        ({"displayName": " "}, "INVALID", ["input", "displayName"]),
        ({"displayName": "x" * 257}, "INVALID", ["input", "displayName"]),
        ({"externalId": "x" * 301}, "INVALID", ["input", "externalId"]),
        ({"displayName": "TAKEN"}, "TAKEN", ["input", "displayName"]),
        ({"organizationId": "grp_x"}, "INVALID", ["input", "organizationId"]),
        ({"memberIds": ["mbr_x"]}, "INVALID", ["input", "memberIds"]),
    ],
)
async def test_create_refuses(
    app: Application, caller: Api, given: dict[str, Any], code: str, path: list[str]
) -> None:
    await own(app, caller, name="taken")
    valid = {"organizationId": caller.org, "displayName": "new"}

    refused = await caller.change("createGroup", "group { id }", **(valid | given))

    assert error(refused) == (code, path)
    assert (refused["changed"], refused["group"]) == (False, None)
    rows = await looks(app, caller).rows("SELECT 1 FROM groups WHERE organization_id = $1")
    assert len(rows) == 1


async def test_a_taken_name_names_the_group_that_has_it(app: Application, caller: Api) -> None:
    _, existing = await own(app, caller, name="Engineers")

    refused = await caller.change(
        "createGroup",
        "errors { ... on TakenError { existing { id } } }",
        organizationId=caller.org,
        displayName="ENGINEERS",
    )

    assert refused["errors"][0]["existing"] == {"id": existing}


async def test_a_member_who_is_gone_is_named_and_nothing_is_made(
    app: Application, caller: Api
) -> None:
    kept, gone = await factories.members(app, caller.organization_id, 2)
    await app.execute(RemoveMember(caller.organization_id, gone), SYSTEM)

    refused = await caller.change(
        "createGroup",
        "group { id }",
        organizationId=caller.org,
        displayName="new",
        memberIds=[caller.member_id(kept), caller.member_id(gone)],
    )

    assert error(refused) == ("INVALID", ["input", "memberIds"])
    assert caller.member_id(gone) in refused["errors"][0]["message"]
    assert await looks(app, caller).rows("SELECT 1 FROM groups WHERE organization_id = $1") == []


async def test_update_and_repeat(app: Application, caller: Api) -> None:
    id_, group = await own(app, caller, name="old")

    done = await caller.change(
        "updateGroup", GROUP, groupId=group, displayName="new", externalId="e-1"
    )
    again = await caller.change("updateGroup", GROUP, groupId=group, displayName="new")
    cleared = await caller.change(
        "updateGroup", GROUP, groupId=group, externalId=None, expectedVersion=2
    )
    stale = await caller.change(
        "updateGroup",
        "errors { ... on VersionConflictError { currentVersion } }",
        groupId=group,
        displayName="newer",
        expectedVersion=2,
    )

    assert (done["changed"], done["group"]["displayName"]) == (True, "new")
    assert (done["group"]["externalId"], done["group"]["version"]) == ("e-1", 2)
    assert (again["changed"], again["group"]) == (False, done["group"])
    assert cleared["group"] == done["group"] | {"externalId": None, "version": 3}
    assert error(stale)[0] == "VERSION_CONFLICT"
    assert stale["errors"][0]["currentVersion"] == 3
    actions = await looks(app, caller).actions(id_)
    assert actions == ["group.created", "group.updated", "group.updated"]


async def test_members_are_added_and_removed_as_sets(app: Application, caller: Api) -> None:
    first, second, third = await factories.members(app, caller.organization_id, 3)
    id_, group = await own(app, caller, first, second)
    given = {
        "groupId": group,
        "add": [caller.member_id(third), caller.member_id(first)],
        "remove": [caller.member_id(second), caller.member_id(third)],
    }

    done = await caller.change("changeGroupMembers", f"added removed {GROUP}", **given)
    again = await caller.change("changeGroupMembers", f"added removed {GROUP}", **given)
    nothing = await caller.change("changeGroupMembers", "added removed", groupId=group)

    assert (done["changed"], done["added"], done["removed"]) == (True, 0, 1)
    assert done["group"]["memberCount"] == 1
    assert (again["changed"], again["added"], again["removed"]) == (False, 0, 0)
    assert again["group"] == done["group"]
    assert (nothing["changed"], nothing["errors"]) == (False, [])
    assert await looks(app, caller).group_members(id_) == {first}
    assert await looks(app, caller).replayed_members(id_) == {first}


async def test_members_of_others_and_too_many_are_refused(app: Application, caller: Api) -> None:
    other = await caller.elsewhere()
    (stranger,) = await factories.members(app, other.organization_id, 1)
    id_, group = await own(app, caller)

    foreign = await caller.change(
        "changeGroupMembers", "", groupId=group, add=[other.member_id(stranger)]
    )
    disguised = await caller.change(
        "changeGroupMembers", "", groupId=group, add=[caller.member_id(stranger)]
    )
    many = [caller.member_id(new_id()) for _ in range(500)]
    too_many = await caller.change(
        "changeGroupMembers", "", groupId=group, add=many, remove=many[:1]
    )

    assert error(foreign) == ("INVALID", ["input", "add"])
    assert error(disguised) == ("INVALID", ["input", "add"])
    assert error(too_many)[0] == "TOO_MANY"
    assert await looks(app, caller).group_members(id_) == set()
    assert await looks(app, caller).actions(id_) == ["group.created"]


async def test_five_hundred_at_once_are_fine(app: Application, caller: Api) -> None:
    (known,) = await factories.members(app, caller.organization_id, 1)
    _, group = await own(app, caller, known)
    strangers = [caller.member_id(new_id()) for _ in range(499)]

    done = await caller.change(
        "changeGroupMembers",
        "removed",
        groupId=group,
        remove=[caller.member_id(known), *strangers],
    )

    assert (done["removed"], done["errors"]) == (1, [])


async def test_delete_and_repeat(app: Application, caller: Api) -> None:
    (member,) = await factories.members(app, caller.organization_id, 1)
    id_, group = await own(app, caller, member)
    _, other = await own(app, caller)

    stale = await caller.change("deleteGroup", "", groupId=group, expectedVersion=9)
    done = await caller.change("deleteGroup", "deletedGroupId", groupId=group)
    again = await caller.change("deleteGroup", "deletedGroupId", groupId=group)
    unknown = await caller.change("deleteGroup", "", groupId=caller.group_id(new_id()))

    assert error(stale)[0] == "VERSION_CONFLICT"
    assert (done["changed"], done["deletedGroupId"]) == (True, group)
    assert again == done | {"changed": False}
    assert error(unknown) == ("NOT_FOUND", ["input", "groupId"])
    assert await looks(app, caller).member(member) is not None
    left = await caller.ask_here("groups { nodes { id } }")
    assert left["groups"]["nodes"] == [{"id": other}]
    assert (await looks(app, caller).actions(id_))[-1] == "group.deleted"


async def test_what_the_provider_made_is_its_own(app: Application, caller: Api) -> None:
    (member,) = await factories.members(app, caller.organization_id, 1)
    id_ = await factories.group(app, caller.organization_id, name="pushed")
    group = caller.group_id(id_)

    refused = [
        await caller.change("updateGroup", "", groupId=group, displayName="mine"),
        await caller.change("updateGroup", "", groupId=group, externalId="mine"),
        await caller.change(
            "changeGroupMembers", "", groupId=group, add=[caller.member_id(member)]
        ),
    ]
    same = await caller.change("updateGroup", "", groupId=group, displayName="pushed")

    assert [error(payload)[0] for payload in refused] == ["MANAGED_BY_IDP"] * 3
    assert (same["changed"], same["errors"]) == (False, [])
    assert await looks(app, caller).group_members(id_) == set()
    assert await looks(app, caller).actions(id_) == ["group.created"]
    # A group that its provider has forgotten can still be cleared away.
    assert (await caller.change("deleteGroup", "", groupId=group))["changed"] is True


@pytest.mark.parametrize(
    ("mutation", "given"),
    [
        ("updateGroup", {"displayName": "mine"}),
        ("changeGroupMembers", {"add": []}),
        ("deleteGroup", {}),
    ],
)
async def test_groups_of_others_are_not_found(
    app: Application, caller: Api, mutation: str, given: dict[str, Any]
) -> None:
    other = await caller.elsewhere()
    id_, group = await own(app, other, name="theirs")
    disguised = make_id(Kind.GROUP, caller.organization_id, id_)

    for named in (group, disguised):
        refused = await caller.change(mutation, "", groupId=named, **given)
        assert error(refused) == ("NOT_FOUND", ["input", "groupId"])

    assert await looks(app, other).actions(id_) == ["group.created"]


async def test_creating_in_another_organization_is_not_found(caller: Api) -> None:
    other = await caller.elsewhere()

    refused = await caller.change("createGroup", "", organizationId=other.org, displayName="x")

    assert error(refused) == ("NOT_FOUND", ["input", "organizationId"])


async def test_reading_groups_does_not_allow_changing_them(app: Application, caller: Api) -> None:
    reader = await caller.with_scopes(Scope.GROUPS_READ, Scope.MEMBERS_WRITE)
    id_, group = await own(app, caller)

    codes = await reader.codes(
        "mutation ($id: ID!) { deleteGroup(input: {groupId: $id}) { changed } }", id=group
    )

    assert codes == ["FORBIDDEN"]
    assert await looks(app, caller).actions(id_) == ["group.created"]
