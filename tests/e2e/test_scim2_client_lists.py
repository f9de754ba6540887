"""A strict independent client reads lists, keeps groups and sends in bulk: scim2-client."""

from __future__ import annotations

from typing import Any

from scim2_models import BulkResponse, Error, Group, GroupMember, ListResponse

from tests.e2e.strict_client import (
    Bulk,
    BulkPart,
    Crew,
    Operation,
    Patch,
    Person,
    Search,
    make,
)

ABSENT = "00000000-0000-4000-8000-000000000000"


def test_queries(client: Any) -> None:
    people = {name: make(client, name, title=name.upper()) for name in ("cy", "Ann", "bo")}

    def ask(**parameters: Any) -> Any:
        found = client.query(Person, query_parameters=Search[Person](**parameters))
        assert isinstance(found, ListResponse)
        return found

    everybody = ask(sort_by="userName")
    page = ask(sort_by="userName", sort_order="descending", start_index=2, count=1)
    named = ask(filter='userName eq "ANN@x.example" and active eq true')
    parts = ask(attributes=["userName"], filter='title co "O"')
    less = ask(excluded_attributes=["title", "meta"], filter='title eq "cy"')
    nobody = ask(filter='externalId eq "none"')

    assert [one.id for one in everybody.resources] == [people[n].id for n in ("Ann", "bo", "cy")]
    assert (page.total_results, page.start_index, page.items_per_page) == (3, 2, 1)
    assert [one.id for one in page.resources] == [people["bo"].id]
    assert [one.id for one in named.resources] == [people["Ann"].id]
    assert [(one.user_name, one.title, one.active, one.meta) for one in parts.resources] == [
        ("bo@x.example", None, None, None)
    ]
    assert [(one.title, one.meta, one.active) for one in less.resources] == [(None, None, True)]
    assert (nobody.total_results, nobody.resources) == (0, [])


def test_pages_by_cursor_lose_nobody(client: Any) -> None:
    made = {make(client, f"p{number}").id for number in range(5)}

    found: list[Any] = []
    cursor: str | None = ""
    while cursor is not None:
        page: Any = client.query(Person, query_parameters=Search(cursor=cursor, count=2))
        assert len(page.resources) <= 2
        found += [one.id for one in page.resources]
        cursor = page.next_cursor

    assert len(found) == 5
    assert set(found) == made


def test_groups_and_their_members(client: Any) -> None:
    ada, bo = make(client, "ada", display_name="Ada"), make(client, "bo")

    group: Any = client.create(Crew(display_name="Weavers", members=[GroupMember(value=ada.id)]))
    assert group.members == [
        GroupMember(value=ada.id, ref=ada.meta.location, type="User", display="Ada")
    ]

    none: Any = client.modify(
        Group,
        group.id,
        Patch[Group](
            operations=[
                Operation[Group](op="add", path="members", value=[{"value": bo.id}]),
                Operation[Group](op="remove", path=f'members[value eq "{ada.id}"]'),
                Operation[Group](op="replace", path="displayName", value="Spinners"),
            ]
        ),
    )
    assert none is None
    read: Any = client.query(Group, group.id)
    assert (read.display_name, [one.value for one in read.members]) == ("Spinners", [bo.id])
    member: Any = client.query(Person, bo.id)
    assert [(one.value, one.display, one.type) for one in member.groups] == [
        (group.id, "Spinners", "direct")
    ]

    asked: Any = client.modify(
        Group,
        group.id,
        Patch[Group](operations=[Operation[Group](op="remove", path="members")]),
        params={"attributes": "members"},
    )
    assert asked.members == []

    client.delete(Group, group.id)
    assert client.query(Person, bo.id).groups == []


def test_a_search_over_everything(client: Any) -> None:
    ada = make(client, "ada")
    group: Any = client.create(Crew(display_name="ada's"))
    client.create(Crew(display_name="others"))

    found: Any = client.search(Search(filter='userName sw "ada" or displayName sw "ada"', count=10))

    assert found.total_results == 2
    assert [(type(one), one.id) for one in found.resources] == [
        (Person, ada.id),
        (Group, group.id),
    ]


def test_bulk_with_references(client: Any) -> None:
    request = Bulk[Person | Group](
        fail_on_errors=5,
        operations=[
            BulkPart[Group](
                method="POST",
                path="/Groups",
                bulk_id="g",
                data=Group(display_name="Crew", members=[GroupMember(value="bulkId:u")]),
            ),
            BulkPart[Person](
                method="POST", path="/Users", bulk_id="u", data=Person(user_name="ada@x.example")
            ),
            BulkPart[Person](
                method="POST", path="/Users", bulk_id="v", data=Person(user_name="ADA@x.example")
            ),
            BulkPart[Person](method="DELETE", path=f"/Users/{ABSENT}"),
        ],
    )

    answer: Any = client.bulk(request)

    assert isinstance(answer, BulkResponse)
    by_id: dict[Any, Any] = {one.bulk_id: one for one in answer.operations or []}
    assert {key: one.status for key, one in by_id.items()} == {
        "g": 201,
        "u": 201,
        "v": 409,
        None: 404,
    }
    refused = by_id["v"].response
    assert isinstance(refused, Error)
    assert (refused.status, refused.scim_type) == (409, "uniqueness")
    user_id = by_id["u"].location.rpartition("/")[2]
    crew: Any = client.query(Group, by_id["g"].location.rpartition("/")[2])
    assert [one.value for one in crew.members] == [user_id]
