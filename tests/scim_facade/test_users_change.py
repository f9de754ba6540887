"""PATCH and DELETE of users: what changes, what stays, what history and mail follow."""

from typing import Any

import pytest

from domain.ids import UUID
from tests.scim_facade.people import FULL, ada
from tests.support.scim import ENTERPRISE, MEMBERSHIP, USER, Served


async def test_a_put_replaces_the_profile(acme: Served) -> None:
    id_ = await ada(acme)

    answer = await acme.put(
        f"/Users/{id_}", {"userName": "ada2", "emails": [{"value": "ada@x.example"}]}
    )

    assert answer.status == 200
    assert answer["userName"] == "ada2"
    assert answer["emails"] == [{"value": "ada@x.example"}]
    assert answer["externalId"] == "e-1"
    assert answer["schemas"] == [USER]
    assert not {"displayName", "name", "title", ENTERPRISE} & set(answer.json)
    assert answer["meta"]["version"] == 'W/"2"' == answer.headers["etag"]
    assert await acme.looks.actions(UUID(id_)) == ["member.invited", "member.updated"]


@pytest.mark.parametrize("way", ["put", "patch", "filtered"])
async def test_another_address_gets_a_new_link(acme: Served, way: str) -> None:
    id_ = await ada(acme)
    path, new = f"/Users/{id_}", [{"value": "ada@new.example", "type": "work", "primary": True}]

    if way == "put":
        answer = await acme.put(path, FULL | {"emails": new})
    elif way == "patch":
        answer = await acme.patch(path, {"op": "replace", "path": "emails", "value": new})
    else:
        value_path = 'emails[type eq "work"].value'
        answer = await acme.patch(
            path, {"op": "Replace", "path": value_path, "value": "ada@new.example"}
        )

    assert answer.status == 200
    rows = await acme.looks.rows(
        "SELECT email, state FROM invitations WHERE organization_id = $1 ORDER BY queued_at, id"
    )
    assert [tuple(row) for row in rows] == [
        ("ada@x.example", "CANCELLED"),
        ("ada@new.example", "QUEUED"),
    ]
    assert await acme.looks.actions(UUID(id_)) == [
        "member.invited",
        "member.updated",
        "member.reinvited",
    ]


async def test_the_same_address_in_another_case_gets_no_new_link(acme: Served) -> None:
    id_ = await ada(acme)

    answer = await acme.put(f"/Users/{id_}", FULL | {"emails": [{"value": "ADA@X.example"}]})

    assert answer["emails"] == [{"value": "ADA@X.example"}]
    assert await acme.looks.invitations(UUID(id_)) == ["QUEUED"]


async def test_a_user_name_that_was_the_address_moves_the_address(acme: Served) -> None:
    created = await acme.user("old@x.example")

    await acme.put(f"/Users/{created.id}", {"userName": "new@x.example"})

    row = await acme.looks.member(UUID(created.id))
    assert row is not None
    assert row["email"] == "new@x.example"
    assert await acme.looks.invitations(row["id"]) == ["CANCELLED", "QUEUED"]


@pytest.mark.parametrize(
    "operation",
    [
        {"op": "replace", "value": {"active": False}},
        {"op": "Replace", "path": "active", "value": "False"},
        {"op": "replace", "path": "ACTIVE", "value": [False]},
        {"op": "add", "path": f"{USER}:active", "value": False},
        {"op": "replace", "value": {USER: {"active": False}}},
    ],
)
async def test_inactive_revokes_and_active_restores(
    acme: Served, operation: dict[str, Any]
) -> None:
    id_ = await ada(acme)

    revoked = await acme.patch(f"/Users/{id_}", operation)
    again = await acme.patch(f"/Users/{id_}", operation)

    assert (revoked.status, revoked["active"]) == (200, False)
    assert (await acme.standing(id_))["status"] == "REVOKED"
    assert revoked["emails"] == FULL["emails"]
    assert again.json == revoked.json
    assert await acme.looks.invitations(UUID(id_)) == ["CANCELLED"]
    assert await acme.looks.seats() == (None, 0)
    assert await acme.find("/Users", 'userName eq "ada"') == [id_]
    assert await acme.find("/Users", "active eq false") == [id_]

    restored = await acme.put(f"/Users/{id_}", FULL | {"active": True})

    assert restored["active"] is True
    assert (await acme.standing(id_))["status"] == "INVITED"
    assert await acme.looks.invitations(UUID(id_)) == ["CANCELLED", "QUEUED"]
    assert await acme.looks.actions(UUID(id_)) == [
        "member.invited",
        "member.revoked",
        "member.restored",
    ]
    assert await acme.looks.seats() == (None, 1)


async def test_a_change_of_access_keeps_every_address_findable(acme: Served) -> None:
    id_ = await ada(acme)

    await acme.patch(f"/Users/{id_}", {"op": "replace", "path": "active", "value": False})
    await acme.patch(f"/Users/{id_}", {"op": "replace", "path": "title", "value": "T"})

    assert await acme.find("/Users", 'emails.value eq "ADA@second.example"') == [id_]
    assert await acme.find("/Users", 'emails[type eq "home"].value eq "ada@second.example"') == [
        id_
    ]


async def test_operations_apply_in_order_or_not_at_all(acme: Served) -> None:
    id_ = await ada(acme)
    before = await acme.everything()

    failed = await acme.patch(
        f"/Users/{id_}",
        {"op": "replace", "path": "title", "value": "T"},
        {"op": "replace", "path": "active", "value": False},
        {"op": "move", "path": "title"},
    )
    assert failed.error() == (400, "invalidSyntax")
    assert failed["detail"].startswith("Operations[2]: ")
    assert await acme.everything() == before

    done = await acme.patch(
        f"/Users/{id_}",
        {"op": "replace", "path": "title", "value": "T"},
        {"op": "remove", "path": "title"},
        {"op": "add", "path": "nickName", "value": "N"},
    )
    assert done.status == 200
    assert "title" not in done.json
    assert done["nickName"] == "N"
    assert done["meta"]["version"] == 'W/"2"'


async def test_a_patch_that_changes_nothing_keeps_version_and_time(acme: Served) -> None:
    id_ = await ada(acme)
    before = await acme.everything()

    answer = await acme.patch(
        f"/Users/{id_}",
        {"op": "add", "path": "emails", "value": [FULL["emails"][0]]},
        {"op": "replace", "value": {"displayName": "Ada", "active": True, "id": id_}},
    )

    assert answer.status == 200
    assert answer["meta"]["version"] == 'W/"1"'
    assert await acme.everything() == before


@pytest.mark.parametrize(
    ("operation", "scim_type"),
    [
        ({"op": "remove", "path": "userName"}, "mutability"),
        ({"op": "replace", "path": "userName", "value": ""}, "invalidValue"),
        ({"op": "replace", "path": "id", "value": "x"}, "mutability"),
        ({"op": "add", "path": "groups", "value": [{"value": "x"}]}, "mutability"),
        ({"op": "replace", "path": f"{MEMBERSHIP}:role", "value": "OWNER"}, "mutability"),
        ({"op": "remove"}, "noTarget"),
        ({"op": "add", "path": "title"}, "invalidValue"),
        ({"op": "replace", "path": "active", "value": "perhaps"}, "invalidValue"),
        ({"op": "replace", "path": "emails[type eq", "value": "x"}, "invalidPath"),
        ({"op": "replace", "path": 'emails[type xx "w"]', "value": "x"}, "invalidFilter"),
        ({"op": "replace", "path": 'emails[type sw "h" and value co "q"].value', "value": "x"},
         "noTarget"),
        ({"op": "replace", "path": "title", "value": {"a": 1}}, "invalidValue"),
    ],
)  # fmt: skip
async def test_what_a_patch_cannot_do_is_refused_and_changes_nothing(
    acme: Served, operation: dict[str, Any], scim_type: str
) -> None:
    id_ = await ada(acme)
    before = await acme.everything()

    answer = await acme.patch(
        f"/Users/{id_}", {"op": "replace", "path": "title", "value": "T"}, operation
    )

    assert answer.error() == (400, scim_type)
    assert await acme.everything() == before


async def test_a_name_that_is_taken_is_refused_by_every_way(acme: Served) -> None:
    id_ = await ada(acme)
    other = await acme.user("bob", emails=[{"value": "bob@x.example"}], externalId="e-2")
    path, before = f"/Users/{other.id}", await acme.everything()

    answers = [
        await acme.put(path, {"userName": "ADA"}),
        await acme.patch(path, {"op": "replace", "path": "userName", "value": "Ada"}),
        await acme.patch(path, {"op": "replace", "value": {"externalId": "e-1"}}),
        await acme.patch(
            path, {"op": "replace", "path": "emails", "value": [{"value": "ada@X.example"}]}
        ),
    ]

    assert [answer.error() for answer in answers] == [(409, "uniqueness")] * 4
    assert all(id_ in answer["detail"] for answer in answers)
    assert await acme.everything() == before


async def test_after_a_delete_the_user_is_gone_and_the_name_is_free(acme: Served) -> None:
    id_ = await ada(acme)
    group = await acme.group(id_)

    deleted = await acme.delete(f"/Users/{id_}")

    assert (deleted.status, deleted.body) == (204, b"")
    assert "content-type" not in deleted.headers
    for method in ("GET", "PUT", "PATCH", "DELETE"):
        answer = await acme.request(method, f"/Users/{id_}", FULL)
        assert answer.error() == (404, None)
    assert (await acme.get("/Users"))["totalResults"] == 0
    assert (await acme.get(f"/Groups/{group.id}"))["members"] == []
    assert await acme.looks.actions(UUID(id_)) == ["member.invited", "member.removed"]
    again = await acme.post("/Users", FULL)
    assert again.status == 201
    assert again.id != id_


async def test_the_groups_of_a_user_are_shown_and_change_at_the_group_only(acme: Served) -> None:
    id_ = await ada(acme)
    group = await acme.group(id_, name="Engines")

    expected = [
        {
            "value": group.id,
            "$ref": f"{acme.base}/Groups/{group.id}",
            "display": "Engines",
            "type": "direct",
        }
    ]
    assert (await acme.get(f"/Users/{id_}"))["groups"] == expected
    assert (await acme.put(f"/Users/{id_}", FULL | {"groups": []}))["groups"] == expected
    assert (await acme.patch(f"/Users/{id_}", {"op": "replace", "value": {"title": "Q"}}))[
        "groups"
    ] == expected
