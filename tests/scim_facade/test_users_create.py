"""POST /Users: what is stored, what comes back, who is invited."""

from typing import Any

import pytest

from domain.ids import UUID
from tests.support.scim import ENTERPRISE, USER, Served

ADA: dict[str, Any] = {
    "schemas": [USER, ENTERPRISE],
    "userName": "Ada@Example.com",
    "externalId": "00u-Ada",
    "name": {"givenName": "Ada", "familyName": "Byron", "formatted": "Ada Byron"},
    "displayName": "Ada B.",
    "title": "Analyst",
    "emails": [
        {"value": "ada@home.example", "type": "home"},
        {"value": "Ada@Work.example", "type": "work", "primary": True},
    ],
    "phoneNumbers": [{"value": "tel:+49-30 12", "type": "mobile"}],
    ENTERPRISE: {"department": "Engines", "manager": {"value": "42"}},
}


async def test_a_created_user_comes_back_as_it_was_sent(acme: Served) -> None:
    answer = await acme.post("/Users", ADA)

    assert answer.status == 201
    body = answer.json
    meta, id_ = body.pop("meta"), body.pop("id")
    membership = await acme.standing(id_)
    assert body == ADA | {"schemas": [USER, ENTERPRISE], "active": True, "groups": []}
    assert meta["resourceType"] == "User"
    assert meta["created"] == meta["lastModified"]
    assert meta["location"] == f"{acme.base}/Users/{id_}" == answer.headers["location"]
    assert meta["version"] == 'W/"1"' == answer.headers["etag"]
    assert membership["status"] == "INVITED"
    assert membership["role"] == "USER"
    assert membership["invitedAt"] == meta["created"]
    assert answer.headers["content-type"] == "application/scim+json"
    assert answer.headers["content-length"] == str(len(answer.body))


async def test_what_is_read_is_what_was_answered(acme: Served) -> None:
    created = await acme.post("/Users", ADA)

    read = await acme.get(f"/Users/{created.id}")
    listed = await acme.get("/Users")

    assert read.status == 200
    assert read.json == created.json
    assert listed["Resources"] == [created.json]


async def test_a_created_user_has_one_event_and_one_invitation(acme: Served) -> None:
    created = await acme.post("/Users", ADA)

    member_id = UUID(created.id)
    assert await acme.looks.actions(member_id) == ["member.invited"]
    assert await acme.looks.invitations(member_id) == ["QUEUED"]
    (invitation,) = await acme.looks.rows(
        "SELECT email FROM invitations WHERE organization_id = $1"
    )
    assert invitation["email"] == "Ada@Work.example"
    assert await acme.looks.seats() == (None, 1)


async def test_without_a_user_name_it_is_made_of_the_address(acme: Served) -> None:
    created = await acme.post("/Users", {"emails": [{"value": "Eve@x.example"}]})

    assert created.status == 201
    assert created["userName"] == "Eve@x.example"


@pytest.mark.parametrize(
    "body",
    [
        {"displayName": "Nobody"},
        {"userName": ""},
        {"userName": "  "},
        {"userName": None, "emails": []},
        {"userName": "", "emails": [{"value": "no address"}]},
    ],
)
async def test_with_neither_user_name_nor_address_nothing_is_created(
    acme: Served, body: dict[str, Any]
) -> None:
    answer = await acme.post("/Users", body)

    assert answer.error() == (400, "invalidValue")
    assert answer["detail"] == "Send a userName, or an e-mail address to derive it."
    assert await acme.looks.actions() == ["organization.created", *_ENABLED]


_ENABLED = ["scim_connection.enabled", "scim_connection.key_created"]


async def test_the_password_is_dropped_and_a_warning_may_say_so(acme: Served) -> None:
    created = await acme.user("jan@x.example", password="hunter2-secret", PassWord="hunter2-secret")

    assert b"hunter2" not in created.body
    assert "hunter2" not in str(await acme.everything())
    assert "hunter2" not in str(acme.log)


async def test_what_is_unknown_is_dropped_with_a_warning(acme: Served) -> None:
    created = await acme.post(
        "/Users",
        {
            "schemas": [USER, "urn:example:custom:2.0:User"],
            "userName": "kim@x.example",
            "shoeSize": 44,
            "name": {"givenName": "Kim", "nick": "K"},
            "urn:example:custom:2.0:User": {"desk": "4"},
            ENTERPRISE: {"department": "D", "floor": 3},
            "id": "mine",
            "meta": {"resourceType": "Robot"},
            "groups": [{"value": "x"}],
        },
    )

    assert created.status == 201
    assert set(created.json) == {
        "schemas", "id", "userName", "name", "active", "groups", "meta", ENTERPRISE,
    }  # fmt: skip
    assert created["name"] == {"givenName": "Kim"}
    assert created[ENTERPRISE] == {"department": "D"}
    assert created["groups"] == []
    assert created["meta"]["resourceType"] == "User"
    assert acme.log[-1].warnings == (
        "The schema urn:example:custom:2.0:User is not one of this server and was passed over.",
        "The attribute shoeSize is unknown and was dropped.",
        "The attribute name.nick is unknown and was dropped.",
        "The extension urn:example:custom:2.0:User is unknown and was dropped.",
        f"The attribute {ENTERPRISE}:floor is unknown and was dropped.",
    )


async def test_keys_count_in_any_case_and_values_are_kept(acme: Served) -> None:
    created = await acme.post(
        "/Users",
        {
            "SCHEMAS": [USER],
            "username": "Lea@X.example",
            "NAME": {"GIVENNAME": "LEA"},
            "Emails": [{"VALUE": "Lea@X.example", "Type": "WORK"}],
            ENTERPRISE.lower(): {"DEPARTMENT": "d"},
        },
    )

    assert created.status == 201
    assert created["userName"] == "Lea@X.example"
    assert created["name"] == {"givenName": "LEA"}
    assert created["emails"] == [{"value": "Lea@X.example", "type": "WORK"}]
    assert created[ENTERPRISE] == {"department": "d"}


@pytest.mark.parametrize(
    ("second", "attribute"),
    [
        ({"userName": "ADA@EXAMPLE.COM"}, "userName"),
        ({"userName": "other", "emails": [{"value": "ADA@work.EXAMPLE"}]}, "email"),
        ({"userName": "other", "externalId": "00u-Ada"}, "externalId"),
    ],
)
async def test_a_second_one_of_the_same_person_names_the_first(
    acme: Served, second: dict[str, Any], attribute: str
) -> None:
    first = await acme.post("/Users", ADA)
    before = await acme.everything()

    answer = await acme.post("/Users", second)

    assert answer.error() == (409, "uniqueness")
    assert answer["detail"] == (
        f"Another User of this organization (id {first.id}) has the same {attribute};"
        " look it up by filter and update it instead."
    )
    assert await acme.everything() == before


async def test_names_that_differ_in_composition_only_are_the_same(acme: Served) -> None:
    await acme.user("jos\u00e9")

    answer = await acme.post("/Users", {"userName": "JOSE\u0301"})

    assert answer.error() == (409, "uniqueness")
    assert await acme.find("/Users", 'userName eq "JOSE\u0301"') != []
