"""/Groups: create, replace, patch, delete, and what each answers."""

from typing import Any

import pytest

from domain.ids import UUID
from domain.vocabulary import IdentityProvider, OmittedGroupMembers, PatchResponse
from tests.scim_facade.people import members, people
from tests.support.scim import GROUP, Served


async def test_a_created_group_comes_back_whole(acme: Served) -> None:
    user = await acme.user("ada@x.example", displayName="Ada")

    answer = await acme.group(user.id, name="Engines", externalId="g-1")

    body = answer.json
    meta, id_ = body.pop("meta"), body.pop("id")
    assert body == {
        "schemas": [GROUP],
        "externalId": "g-1",
        "displayName": "Engines",
        "members": [
            {
                "value": user.id,
                "$ref": f"{acme.base}/Users/{user.id}",
                "display": "Ada",
                "type": "User",
            }
        ],
    }
    assert meta["location"] == f"{acme.base}/Groups/{id_}" == answer.headers["location"]
    assert meta["created"] == meta["lastModified"]
    assert meta["resourceType"] == "Group"
    read = await acme.get(f"/Groups/{id_}")
    assert read.json == answer.json
    assert read.headers["etag"] == answer.headers["etag"] == meta["version"]


@pytest.mark.parametrize("given", [{}, {"members": []}, {"members": None}])
async def test_a_group_without_members_shows_an_empty_list(
    acme: Served, given: dict[str, Any]
) -> None:
    answer = await acme.post("/Groups", {"displayName": "Empty"} | given)

    assert answer.status == 201
    assert answer["members"] == []
    assert await acme.looks.actions(UUID(answer.id)) == ["group.created"]


@pytest.mark.parametrize("name", [None, "", "  "])
async def test_a_group_needs_a_name(acme: Served, name: Any) -> None:
    assert (await acme.post("/Groups", {"displayName": name})).error() == (400, "invalidValue")
    assert (await acme.get("/Groups"))["totalResults"] == 0


@pytest.mark.parametrize(
    "second", [{"displayName": "ENGINES"}, {"displayName": "Other", "externalId": "g-1"}]
)
async def test_a_second_group_of_a_name_names_the_first(
    acme: Served, second: dict[str, Any]
) -> None:
    first = await acme.group(name="Engines", externalId="g-1")
    before = await acme.everything()

    answer = await acme.post("/Groups", second)

    assert answer.error() == (409, "uniqueness")
    assert first.id in answer["detail"]
    assert await acme.everything() == before


@pytest.mark.parametrize(
    ("settings", "given", "stays"),
    [
        ({}, {}, True),
        ({}, {"members": None}, False),
        ({}, {"members": []}, False),
        ({"omitted_group_members": OmittedGroupMembers.CLEAR}, {}, False),
        ({"provider": IdentityProvider.KEYCLOAK}, {}, False),
        ({"provider": IdentityProvider.OKTA}, {}, True),
    ],
)
async def test_what_a_put_without_members_means(
    acme: Served, settings: dict[str, Any], given: dict[str, Any], stays: bool
) -> None:
    (one,) = await people(acme, 1)
    group = await acme.group(one, name="G", externalId="g-1")
    if settings:
        await acme.settings(**settings)

    answer = await acme.put(f"/Groups/{group.id}", {"displayName": "H"} | given)

    assert answer.status == 200
    assert (answer["displayName"], answer["externalId"]) == ("H", "g-1")
    assert [m["value"] for m in answer["members"]] == ([one] if stays else [])
    assert await members(acme, group.id) == ({one} if stays else set())


async def test_a_put_replaces_the_members_and_an_equal_one_changes_nothing(acme: Served) -> None:
    a, b, c = await people(acme, 3)
    group = await acme.group(a, b, name="G", externalId="g-1")

    replaced = await acme.put(
        f"/Groups/{group.id}",
        {"displayName": "G", "externalId": None, "members": [{"value": b}, {"value": c}]},
    )
    before = await acme.everything()
    again = await acme.put(f"/Groups/{group.id}", replaced.json)

    assert {m["value"] for m in replaced["members"]} == {b, c} == await members(acme, group.id)
    assert "externalId" not in replaced.json
    assert again.json == replaced.json
    assert await acme.everything() == before


@pytest.mark.parametrize(
    ("setting", "query", "status"),
    [
        (PatchResponse.AUTOMATIC, "", 204),
        (PatchResponse.AUTOMATIC, "?attributes=displayName", 200),
        (PatchResponse.AUTOMATIC, "?excludedAttributes=members", 200),
        (PatchResponse.BODY, "", 200),
        (PatchResponse.NO_CONTENT, "", 204),
        (PatchResponse.NO_CONTENT, "?attributes=displayName", 200),
    ],
)
async def test_what_a_patch_answers(
    acme: Served, setting: PatchResponse, query: str, status: int
) -> None:
    await acme.settings(patch_response=setting)
    group = await acme.group(name="G")
    operation = {"op": "replace", "path": "displayName", "value": "H"}

    answer = await acme.patch(f"/Groups/{group.id}{query}", operation)

    assert answer.status == status
    assert answer.headers["etag"] == 'W/"2"'
    assert (answer.body == b"") is (status == 204)
    if query:
        assert set(answer.json) <= {"schemas", "id", "displayName", "externalId", "meta"}
        assert answer["displayName"] == "H"


async def test_a_deleted_group_is_gone_and_its_members_are_not(acme: Served) -> None:
    (one,) = await people(acme, 1)
    group = await acme.group(one, name="G")

    assert (await acme.delete(f"/Groups/{group.id}")).status == 204

    body = {"displayName": "G", "members": [{"value": "no id"}]}
    for method in ("GET", "PUT", "PATCH", "DELETE"):
        assert (await acme.request(method, f"/Groups/{group.id}", body)).error() == (404, None)
    user = await acme.get(f"/Users/{one}")
    assert (user["active"], user["groups"]) == (True, [])
    assert (await acme.group(name="G")).id != group.id


@pytest.mark.parametrize(
    ("operation", "scim_type"),
    [
        ({"op": "remove", "path": "displayName"}, "mutability"),
        ({"op": "replace", "path": "displayName", "value": ""}, "invalidValue"),
        ({"op": "replace", "path": "members.value", "value": "x"}, "mutability"),
        ({"op": "replace", "path": 'members[value eq "x"]', "value": {"value": "y"}}, "mutability"),
        ({"op": "remove", "path": 'members[display eq "x"]'}, "invalidFilter"),
        ({"op": "add", "path": "members", "value": [{"display": "x"}]}, "invalidValue"),
        ({"op": "add", "path": "members", "value": 7}, "invalidValue"),
        ({"op": "replace", "path": "id", "value": "x"}, "mutability"),
        ({"op": "remove"}, "noTarget"),
        ({"op": "replace", "value": "x"}, "invalidValue"),
    ],
)
async def test_what_a_patch_cannot_do_is_refused_and_changes_nothing(
    acme: Served, operation: dict[str, Any], scim_type: str
) -> None:
    (one,) = await people(acme, 1)
    group = await acme.group(one)
    before = await acme.everything()

    answer = await acme.patch(f"/Groups/{group.id}", {"op": "remove", "path": "members"}, operation)

    assert answer.error() == (400, scim_type)
    assert await acme.everything() == before


async def test_a_member_without_display_name_has_no_display(acme: Served) -> None:
    plain = await acme.user("plain@x.example")
    named = await acme.user("named@x.example", displayName="Named")
    group = await acme.group(plain.id, named.id)

    members = (await acme.get(f"/Groups/{group.id}"))["members"]

    assert {member["value"]: member.get("display") for member in members} == {
        plain.id: None,
        named.id: "Named",
    }
    assert all("display" in member for member in members if member["value"] == named.id)
