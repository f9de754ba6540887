"""Ids of another organization: 404 for every verb, and nothing of it is read or changed."""

from typing import Any

import pytest

from tests.support.scim import PATCH_OP, SEARCH, Served, World


def bodies(foreign: str) -> dict[str, dict[str, Any] | None]:
    """A body for each verb, good if the resource were there."""
    operations = [
        {"op": "replace", "path": "displayName", "value": "Mine"},
        {"op": "add", "path": "externalId", "value": "mine"},
    ]
    return {
        "GET": None,
        "HEAD": None,
        "PUT": {"userName": "mine", "displayName": "Mine", "members": [{"value": foreign}]},
        "PATCH": {"schemas": [PATCH_OP], "Operations": operations},
        "DELETE": None,
    }


@pytest.mark.parametrize("method", ["GET", "HEAD", "PUT", "PATCH", "DELETE"])
@pytest.mark.parametrize("endpoint", ["Users", "Groups"])
async def test_what_is_of_another_organization_does_not_exist(
    world: World, acme: Served, endpoint: str, method: str
) -> None:
    other = await world.organization()
    user = await other.user()
    group = await other.group(user.id)
    id_ = user.id if endpoint == "Users" else group.id
    before, own = await other.everything(), await acme.everything()

    for headers in ({}, {"if-match": "*"}, {"if-match": 'W/"1", W/"2"'}, {"if-none-match": "*"}):
        answer = await acme.request(method, f"/{endpoint}/{id_}", bodies(user.id)[method], headers)
        assert answer.error() == (404, None)

    assert await other.everything() == before
    assert await acme.everything() == own


async def test_members_of_another_organization_enter_no_group(world: World, acme: Served) -> None:
    other = await world.organization()
    stranger, strange_group = await other.user(), await other.group()
    before = await other.everything()

    group = await acme.group(stranger.id, strange_group.id)
    await acme.patch(
        f"/Groups/{group.id}", {"op": "add", "path": "members", "value": [{"value": stranger.id}]}
    )
    replaced = await acme.put(
        f"/Groups/{group.id}", {"displayName": "G", "members": [{"value": stranger.id}]}
    )

    assert replaced["members"] == []
    assert await other.everything() == before
    assert all(other.organization_id.hex not in str(entry) for entry in acme.log)


async def test_searches_see_their_own_organization_only(world: World, acme: Served) -> None:
    other = await world.organization()
    mine = await acme.user("ada", externalId="e-1", emails=[{"value": "ada@x.example"}])
    theirs = await other.user("ada", externalId="e-1", emails=[{"value": "ada@x.example"}])
    their_group = await other.group(theirs.id, name="G", externalId="g-1")
    my_group = await acme.group(mine.id, name="G", externalId="g-1")

    for text in (
        'userName eq "ada"',
        'externalId eq "e-1"',
        'emails.value eq "ada@x.example"',
        'emails[value eq "ada@x.example"]',
        f'id eq "{mine.id}" or id eq "{theirs.id}"',
        f'groups.value eq "{my_group.id}" or groups.value eq "{their_group.id}"',
        "userName pr",
    ):
        assert await acme.find("/Users", text) == [mine.id], text
    for text in (
        'displayName eq "G"',
        f'members eq "{mine.id}" or members eq "{theirs.id}"',
        f'id eq "{my_group.id}" or id eq "{their_group.id}"',
    ):
        assert await acme.find("/Groups", text) == [my_group.id], text
    searched = await acme.post("/Users/.search", {"schemas": [SEARCH], "count": 10})
    assert [user["id"] for user in searched["Resources"]] == [mine.id]


async def test_a_key_of_one_organization_does_nothing_in_another(
    world: World, acme: Served
) -> None:
    other = await world.organization()
    user = await other.user()
    thief = Served(world, other.organization_id, acme.key, acme.credential_id)
    before = await other.everything()

    for method, body in bodies(user.id).items():
        for path in ("/Users", f"/Users/{user.id}", "/Groups", "/Schemas", "/nothing"):
            assert (await thief.request(method, path, body)).status == 401
    assert (await thief.post("/Users", {"userName": "x"})).status == 401

    after = await other.everything()
    for table in ("members", "groups", "group_members", "invitations"):
        assert after[table] == before[table]
