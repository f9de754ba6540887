"""Pages of lists, chosen attributes on every verb, and what of HTTP is tolerated."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support.scim import GROUP, LIST, MEMBERSHIP, SEARCH, USER, Served, World
from tests.support.scim_call import call

MANY = 23


@pytest.fixture
async def crowd(acme: Served) -> list[str]:
    """Ids of 23 users in the order they came."""
    return [(await acme.user(f"user-{number}")).id for number in range(MANY)]


def page(answer: Any) -> tuple[int, int, int, list[str]]:
    """totalResults, startIndex, itemsPerPage, ids."""
    body = answer.json
    assert set(body) == {"schemas", "totalResults", "startIndex", "itemsPerPage", "Resources"}
    assert body["schemas"] == [LIST]
    ids = [resource["id"] for resource in body["Resources"]]
    return body["totalResults"], body["startIndex"], body["itemsPerPage"], ids


@pytest.mark.parametrize(
    ("query", "start", "part"),
    [
        ("", 1, slice(0, 23)),
        ("startIndex=1&count=5", 1, slice(0, 5)),
        ("startIndex=0&count=5", 1, slice(0, 5)),
        ("startIndex=-7&count=5", 1, slice(0, 5)),
        ("startIndex=6&count=5", 6, slice(5, 10)),
        ("startIndex=12&count=1", 12, slice(11, 12)),
        ("startIndex=19&count=5", 19, slice(18, 23)),
        ("startIndex=20&count=5", 20, slice(19, 23)),
        ("startIndex=23&count=100", 23, slice(22, 23)),
        ("startIndex=24", 24, slice(0, 0)),
        ("startIndex=9223372036854775807&count=5", 2**63 - 1, slice(0, 0)),
        ("count=0", 1, slice(0, 0)),
        ("count=-3", 1, slice(0, 0)),
        ("startIndex=5&count=0", 5, slice(0, 0)),
        ("count=99999999999999999999", 1, slice(0, 23)),
        ("startIndex=%202%20&count=+2", 2, slice(1, 3)),
        ("STARTINDEX=2&Count=2", 2, slice(1, 3)),
        ("startIndex=&count=", 1, slice(0, 23)),
        ("foo=bar&count=2&&=&x", 1, slice(0, 2)),
    ],
)
async def test_a_page_has_what_was_asked_for(
    acme: Served, crowd: list[str], query: str, start: int, part: slice
) -> None:
    expected = crowd[part]

    assert page(await acme.get(f"/Users?{query}")) == (MANY, start, len(expected), expected)


@pytest.mark.parametrize("size", [1, 4, 7, 22, 23, 24])
@pytest.mark.parametrize("filter_", ["", '&filter=userName%20sw%20"user"'])
async def test_all_pages_together_are_the_whole(
    acme: Served, crowd: list[str], size: int, filter_: str
) -> None:
    seen: list[str] = []
    while len(seen) < MANY:
        answer = await acme.get(f"/Users?startIndex={len(seen) + 1}&count={size}{filter_}")
        total, _, items, ids = page(answer)
        assert total == MANY
        assert items == len(ids) > 0
        seen += ids

    assert seen == crowd


async def test_groups_are_paged_alike(acme: Served) -> None:
    groups = [(await acme.group()).id for _ in range(7)]

    for start in range(1, 9):
        expected = groups[start - 1 : start + 2]
        answer = await acme.get(f"/Groups?startIndex={start}&count=3")
        assert page(answer) == (7, start, len(expected), expected)


async def test_a_search_by_post_answers_as_the_list_does(acme: Served, crowd: list[str]) -> None:
    body = {
        "schemas": [SEARCH],
        "filter": 'userName co "1"',
        "startIndex": 3,
        "count": 4,
        "attributes": ["userName", "meta.version"],
    }

    posted = await acme.post("/Users/.search", body)
    listed = await acme.get(
        '/Users?filter=userName%20co%20"1"&startIndex=3&count=4&attributes=userName,meta.version'
    )

    assert (posted.status, posted.json) == (200, listed.json)
    assert posted["itemsPerPage"] == 4
    assert acme.log[-1].operation == acme.log[-2].operation == "SEARCH"


@pytest.mark.parametrize(
    ("query", "shown"),
    [
        ("attributes=userName", {"userName"}),
        ("attributes=USERNAME,%20name.givenname", {"userName", "name"}),
        (f"attributes={USER}:title", {"title"}),
        ("attributes=nothing", set()),
        ("attributes=id", set()),
        (f"attributes={MEMBERSHIP}:status", {MEMBERSHIP}),
        ("attributes=emails.value", {"emails"}),
        ("excludedAttributes=emails,meta,groups,id", {"userName", "name", "title", "active"}),
        (f"excludedAttributes=name.familyName,emails.type,{MEMBERSHIP},meta,groups",
         {"userName", "name", "title", "active", "emails"}),
    ],
)  # fmt: skip
async def test_chosen_attributes_of_users_on_every_verb(
    acme: Served, query: str, shown: set[str]
) -> None:
    body = {
        "schemas": [USER],
        "userName": "ada",
        "title": "T",
        "name": {"givenName": "A", "familyName": "B"},
        "emails": [{"value": "a@x.example", "type": "work"}],
    }
    created = await acme.post(f"/Users?{query}", body)
    path = f"/Users/{created.id}?{query}"

    answers = [
        created.json,
        (await acme.get(path)).json,
        (await acme.put(path, body)).json,
        (await acme.patch(path, {"op": "add", "path": "title", "value": "T"})).json,
        (await acme.get(f"/Users?{query}"))["Resources"][0],
    ]

    assert set(answers[0]) == {"schemas", "id", *shown}
    assert all(answer == answers[0] for answer in answers)
    if "givenname" in query:
        assert answers[0]["name"] == {"givenName": "A"}
    if "emails.value" in query:
        assert answers[0]["emails"] == [{"value": "a@x.example"}]
    if "emails.type" in query:
        assert answers[0]["emails"] == [{"value": "a@x.example"}]
        assert answers[0]["name"] == {"givenName": "A"}


@pytest.mark.parametrize(
    ("query", "shown"),
    [
        ("attributes=displayName", {"displayName"}),
        ("attributes=members", {"members"}),
        ("attributes=members.value", {"members"}),
        (f"attributes={GROUP}:members.display", {"members"}),
        ("excludedAttributes=members", {"displayName", "meta"}),
        ("excludedAttributes=MEMBERS,meta", {"displayName"}),
        ("excludedAttributes=members.$ref", {"displayName", "meta", "members"}),
    ],
)
async def test_chosen_attributes_of_groups_on_every_verb(
    acme: Served, query: str, shown: set[str]
) -> None:
    user = await acme.user("ada", displayName="Ada")
    body = {"displayName": "G", "members": [{"value": user.id}]}
    created = await acme.post(f"/Groups?{query}", body)
    path = f"/Groups/{created.id}?{query}"

    answers = [
        created.json,
        (await acme.get(path)).json,
        (await acme.put(path, body)).json,
        (await acme.patch(path, {"op": "add", "path": "members", "value": [user.id]})).json,
        (await acme.get(f"/Groups?{query}"))["Resources"][0],
    ]

    assert set(answers[0]) == {"schemas", "id", *shown}
    assert all(answer == answers[0] for answer in answers)
    if "members.value" in query:
        assert answers[0]["members"] == [{"value": user.id}]
    if "members.display" in query:
        assert answers[0]["members"] == [{"display": "Ada"}]
    if "$ref" in query:
        assert answers[0]["members"] == [{"value": user.id, "display": "Ada", "type": "User"}]


@pytest.mark.parametrize(
    "path", ["/users/{}", "/USERS/{}/", "//Users//{}", "/Users/{}?", "/Users/{}?&", "/Users/{}/?a"]
)
async def test_paths_are_tolerated(acme: Served, path: str) -> None:
    user = await acme.user()

    for id_ in (user.id, user.id.upper()):
        answer = await acme.get(path.format(id_))
        assert answer.json == user.json


async def test_the_organization_counts_in_any_case(world: World, acme: Served) -> None:
    target = f"/v2/{str(acme.organization_id).upper()}/Users?aadOptscim062020"
    answer = await call(world.scim, "GET", target, {"authorization": acme.key}, None)

    assert answer["totalResults"] == 0


@pytest.mark.parametrize(
    ("accept", "content_type"),
    [
        (None, "application/scim+json"),
        ("*/*", "application/scim+json"),
        ("application/*", "application/scim+json"),
        ("application/scim+json", "application/scim+json"),
        ("application/scim+json, application/json", "application/scim+json"),
        ("application/json", "application/json"),
        ("application/json; charset=utf-8", "application/json"),
        ("application/json, text/plain, */*", "application/scim+json"),
        ("text/html", "application/scim+json"),
        ("nonsense", "application/scim+json"),
    ],
)
async def test_the_media_type_of_answers(
    acme: Served, accept: str | None, content_type: str
) -> None:
    for path in ("/Users", "/Schemas", "/nothing"):
        answer = await acme.request("GET", path, None, {"accept": accept})
        assert answer.headers["content-type"] == content_type
        assert answer.status in {200, 404}


async def test_the_connection_may_choose_the_media_type(acme: Served) -> None:
    await acme.settings(content_type="application/json")

    answer = await acme.get("/Users", accept="application/scim+json")

    assert answer.headers["content-type"] == "application/json"


async def test_what_head_says_is_what_get_says(acme: Served) -> None:
    user = await acme.user()

    for path in ("/Users", f"/Users/{user.id}", "/Groups", "/ServiceProviderConfig", "/nothing"):
        got, headed = await acme.get(path), await acme.request("HEAD", path)
        assert (headed.status, headed.lasting_headers) == (got.status, got.lasting_headers)


async def test_a_get_may_carry_a_content_type_and_a_delete_no_body(acme: Served) -> None:
    user = await acme.user()

    assert (await acme.get("/Users", content_type="text/plain")).status == 200
    assert (await acme.delete(f"/Users/{user.id}", content_type="text/plain")).status == 204
