"""Sorted lists, pages by cursor, and the search over both types."""

import re
from typing import Any

import pytest

from domain.vocabulary import Rehire
from tests.support.scim import ENTERPRISE, SEARCH, Served

NAMES = ["Äpfel", "birne", None, "Dattel", "apfel", None, "école"]
SORTED = ["apfel", "birne", "Dattel", "Äpfel", "école", None, None]


async def fruit(acme: Served) -> None:
    """Users with those display names, one a department, alternately active."""
    for index, name in enumerate(NAMES):
        given: dict[str, Any] = {"active": index % 2 == 0}
        if name is not None:
            given |= {"displayName": name, ENTERPRISE: {"department": name.upper()}}
        await acme.user(f"u{index}@x.example", **given)


async def shown(acme: Served, query: str) -> list[str | None]:
    """Display names in the order of the list."""
    answer = await acme.get(f"/Users?attributes=displayName&{query}")
    assert answer.status == 200, answer.body
    return [user.get("displayName") for user in answer["Resources"]]


@pytest.mark.parametrize("attribute", ["displayName", f"{ENTERPRISE}:department"])
async def test_srt_02_and_04_case_does_not_count_and_absent_values_come_last(
    acme: Served, attribute: str
) -> None:
    await fruit(acme)

    assert await shown(acme, f"sortBy={attribute}") == SORTED
    assert await shown(acme, f"sortBy={attribute}&sortOrder=ascending") == SORTED
    assert await shown(acme, f"sortBy={attribute}&sortOrder=descending") == SORTED[::-1]


async def test_srt_03_of_several_values_the_primary_one_counts(acme: Served) -> None:
    first = await acme.user(phoneNumbers=[{"value": "9"}, {"value": "1", "primary": True}])
    second = await acme.user(phoneNumbers=[{"value": "5"}, {"value": "0"}])

    answer = await acme.get("/Users?sortBy=phoneNumbers")

    assert [user["id"] for user in answer["Resources"]] == [first.id, second.id]


@pytest.mark.parametrize("attribute", ["nothing", "password", "name", "meta.location", "groups"])
async def test_srt_05_what_cannot_be_sorted_by_is_refused(acme: Served, attribute: str) -> None:
    assert (await acme.get(f"/Users?sortBy={attribute}")).error() == (400, "invalidValue")


@pytest.mark.parametrize("order", ["up", "desc", "ascending,descending"])
async def test_an_order_that_is_neither_of_the_two_is_refused(acme: Served, order: str) -> None:
    answer = await acme.get(f"/Users?sortBy=displayName&sortOrder={order}")

    assert answer.error() == (400, "invalidValue")
    assert answer["detail"] == "Send sortOrder as ascending or descending."


async def test_an_order_counts_in_any_case_and_alone_means_nothing(acme: Served) -> None:
    await fruit(acme)

    assert await shown(acme, "sortBy=displayName&sortOrder=DESCENDING") == SORTED[::-1]
    assert await shown(acme, "sortOrder=up") == NAMES
    assert await shown(acme, "sortBy=displayName&sortOrder=") == SORTED


QUERIES = [
    "",
    "&sortBy=displayName",
    "&sortBy=displayName&sortOrder=descending",
    "&sortBy=meta.lastModified&sortOrder=descending",
    "&sortBy=active",
    "&sortBy=emails",
    f"&sortBy={ENTERPRISE}:department",
    "&filter=displayName%20pr&sortBy=displayName",
]


@pytest.mark.parametrize("query", QUERIES)
@pytest.mark.parametrize("count", [1, 3, 7])
async def test_cur_01_pages_by_cursor_are_the_list(acme: Served, query: str, count: int) -> None:
    await fruit(acme)
    whole = await acme.get(f"/Users?count=100{query}")
    expected = [user["id"] for user in whole["Resources"]]

    found: list[str] = []
    cursor = ""
    pages = 0
    while True:
        page = await acme.get(f"/Users?count={count}&cursor={cursor}{query}")
        assert page.status == 200, page.body
        assert page["totalResults"] == len(expected)
        assert len(page["Resources"]) <= count
        assert "startIndex" not in page.json
        found += [user["id"] for user in page["Resources"]]
        pages += 1
        if "nextCursor" not in page.json:
            break
        cursor = page["nextCursor"]
        assert re.fullmatch(r"[A-Za-z0-9._~-]+", cursor)

    assert found == expected
    assert pages == -(-len(expected) // count)


async def test_cur_05_a_cursor_belongs_to_its_query(acme: Served) -> None:
    other = await acme.world.organization()
    await fruit(acme)
    await other.user()
    cursor = (await acme.get("/Users?count=2&cursor="))["nextCursor"]

    for query in ("", "&filter=userName%20pr", "&sortBy=displayName", "&attributes=emails"):
        answer = await acme.get(f"/Users?count=2&cursor={cursor}{query}")
        assert answer.status == (400 if query else 200)
        if query:
            assert answer.error() == (400, "invalidCursor")
    assert (await acme.get(f"/Groups?count=2&cursor={cursor}")).error() == (400, "invalidCursor")
    assert (await other.get(f"/Users?count=2&cursor={cursor}")).error() == (400, "invalidCursor")
    assert (await acme.get(f"/Users?count=3&cursor={cursor}")).error() == (400, "invalidCount")


@pytest.mark.parametrize("cursor", ["x", "ab.c", "W10", "%00", "ee", "A" * 400, "é"])
async def test_cur_05_a_forged_cursor_is_refused(acme: Served, cursor: str) -> None:
    answer = await acme.get(f"/Users?cursor={cursor}")

    assert answer.status == 400
    assert answer.json["scimType"] in {"invalidCursor", "invalidValue"}


async def test_cur_04_no_count_no_resources(acme: Served) -> None:
    await acme.user()

    page = await acme.get("/Users?count=0&cursor=")

    assert (page["totalResults"], page["Resources"]) == (1, [])
    assert "nextCursor" not in page.json


async def test_cur_08_cursors_work_in_search_bodies(acme: Served) -> None:
    one, two = await acme.group(), await acme.group()

    body = {"schemas": [SEARCH], "cursor": "", "count": 1, "sortBy": "displayName"}
    first = await acme.post("/Groups/.search", body)
    second = await acme.post("/Groups/.search", body | {"cursor": first["nextCursor"]})

    ids = [page["Resources"][0]["id"] for page in (first, second)]
    assert sorted(ids) == sorted([one.id, two.id])
    assert "nextCursor" not in second.json


async def test_sea_01_one_search_over_both_types(acme: Served) -> None:
    user = await acme.user("ada@x.example", displayName="Ada")
    group = await acme.group(user.id, name="Ada's")
    search = {"schemas": [SEARCH], "filter": 'displayName sw "ada"'}

    both = await acme.post("/.search", search)
    second = await acme.post("/.search", search | {"startIndex": 2, "count": 5})

    assert both.status == 200
    assert [r["meta"]["resourceType"] for r in both["Resources"]] == ["User", "Group"]
    assert both["Resources"][1]["members"][0]["value"] == user.id
    assert both["totalResults"] == 2
    assert [r["id"] for r in second["Resources"]] == [group.id]


async def test_fil_23_an_attribute_that_a_type_lacks_has_no_value_in_it(acme: Served) -> None:
    user = await acme.user("ada@x.example")
    group = await acme.group(name="G")

    async def found(filter_: str) -> list[str]:
        answer = await acme.post("/.search", {"schemas": [SEARCH], "filter": filter_})
        return [resource["id"] for resource in answer["Resources"]]

    assert await found("userName pr") == [user.id]
    assert await found("userName eq null") == [group.id]
    assert await found("not (userName pr)") == [group.id]
    assert await found("id pr") == [user.id, group.id]


async def test_rehire_restores_the_same_id(acme: Served) -> None:
    await acme.settings(rehire=Rehire.RESTORE)
    user = await acme.user("ada@x.example", externalId="1")
    await acme.patch(f"/Users/{user.id}", {"op": "replace", "value": {"active": False}})

    again = await acme.post("/Users", {"userName": "ADA@x.example", "displayName": "Ada"})

    assert (again.status, again.id) == (201, user.id)
    assert (again["active"], again["displayName"], again["userName"]) == (
        True,
        "Ada",
        "ADA@x.example",
    )
    assert (await acme.post("/Users", {"userName": "ada@x.example"})).error() == (
        409,
        "uniqueness",
    )
