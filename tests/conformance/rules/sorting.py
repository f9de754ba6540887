"""Sorted lists, and searches by POST."""

from __future__ import annotations

from tests.conformance.client import ENTERPRISE, LIST, Client, name
from tests.conformance.registry import rule


def _sorted(acme: Client, query: str, endpoint: str = "/Users") -> list[str]:
    return acme.get(f"{endpoint}?{query}").ids


@rule("SRT-01")
def ascending_is_the_default(acme: Client) -> None:
    """`sortBy` without sortOrder is ascending."""
    ids = [acme.user(title=title).id for title in ("b", "a", "c")]
    ascending = [ids[1], ids[0], ids[2]]
    assert _sorted(acme, "sortBy=title") == ascending
    assert _sorted(acme, "sortBy=title&sortOrder=ascending") == ascending
    assert _sorted(acme, "sortBy=title&sortOrder=descending") == ascending[::-1]


@rule("SRT-02")
def order_follows_the_case_of_the_schema(acme: Client) -> None:
    """Strings that compare without case are sorted so; the others by their characters."""
    titles = ("b", "A", "C")
    ids = [acme.user(title=title, externalId=title).id for title in titles]
    assert _sorted(acme, "sortBy=title") == [ids[1], ids[0], ids[2]]
    assert _sorted(acme, "sortBy=externalId") == [ids[1], ids[2], ids[0]]


@rule("SRT-03")
def the_primary_value_counts(acme: Client) -> None:
    """Of several values the primary one counts, else the first."""
    two = [{"value": "+9"}, {"value": "+1", "primary": True}]
    last = acme.user(phoneNumbers=[{"value": "+5"}, {"value": "+0"}])
    first = acme.user(phoneNumbers=two)
    middle = acme.user(phoneNumbers=[{"value": "+3"}], name={"familyName": "x"})
    ordered = [first.id, middle.id, last.id]
    assert _sorted(acme, "sortBy=phoneNumbers.value") == ordered
    assert _sorted(acme, "sortBy=phoneNumbers&sortOrder=descending") == ordered[::-1]
    assert _sorted(acme, "sortBy=name.familyName")[0] == middle.id
    assert acme.get("/Users?sortBy=name").error == (400, "invalidValue")


@rule("SRT-04")
def without_a_value_comes_last(acme: Client) -> None:
    """Resources without the attribute come last in ascending and first in descending order."""
    ids = [acme.user(**given).id for given in ({}, {"title": "b"}, {"title": "a"})]
    assert _sorted(acme, "sortBy=title") == [ids[2], ids[1], ids[0]]
    assert _sorted(acme, "sortBy=title&sortOrder=descending") == [ids[0], ids[1], ids[2]]
    looms = acme.user(**{ENTERPRISE: {"department": "Looms"}}).id
    assert _sorted(acme, f"sortBy={ENTERPRISE}:department")[0] == looms


@rule("SRT-05")
def an_unknown_order_is_refused(acme: Client) -> None:
    """Sorting by password, by what does not exist, or in an unknown order is 400 invalidValue."""
    assert acme.get("/ServiceProviderConfig")["sort"] == {"supported": True}
    for attribute in ("shoeSize", "password", "name.middle", "%5B"):
        assert acme.get(f"/Users?sortBy={attribute}").error == (400, "invalidValue"), attribute
    assert acme.get("/Users?sortBy=title&sortOrder=up").error == (400, "invalidValue")


@rule("SRT-06")
def equal_values_have_an_order(acme: Client) -> None:
    """Resources with the same value keep an order, so that pages fit together."""
    ids = [acme.user(title=title).id for title in ("x", "x", "a", "x", "x")]
    ordered = [ids[2], ids[0], ids[1], ids[3], ids[4]]
    pages = [_sorted(acme, f"sortBy=title&count=2&startIndex={i}") for i in (1, 3, 5)]
    assert pages == [ordered[:2], ordered[2:4], ordered[4:]]


@rule("SEA-01")
def searches_are_posted(acme: Client) -> None:
    """A search by POST is answered 200 with a list, under each type and over all."""
    user, group = acme.user(), acme.group()
    for endpoint, found in (
        ("/Users", [user.id]),
        ("/Groups", [group.id]),
        ("", [user.id, group.id]),
    ):
        answer = acme.search(endpoint)
        assert (answer.status, answer["schemas"], answer.ids) == (200, [LIST], found)


@rule("SEA-02")
def a_search_names_its_schema(acme: Client) -> None:
    """A search that does not name the schema of searches is 400 invalidSyntax."""
    for endpoint in ("/Users", "/Groups", ""):
        for schemas in (None, [], [LIST], "x"):
            answer = acme.post(f"{endpoint}/.search", {"schemas": schemas})
            assert answer.error == (400, "invalidSyntax")


@rule("SEA-03", note="One text with commas, as in a URL, is tolerated.")
def names_are_listed(acme: Client) -> None:
    """`attributes` and excludedAttributes are lists in a search."""
    acme.user(title="x")
    chosen = acme.search("/Users", attributes=["title", "active"]).resources
    hidden = acme.search("/Users", excludedAttributes=["title", "meta"]).resources
    assert [set(one) for one in chosen] == [{"schemas", "id", "title", "active"}]
    assert [{"title", "meta"} & set(one) for one in hidden] == [set()]
    wrong = acme.search("/Users", attributes=[1])
    assert wrong.error == (400, "invalidValue")


@rule("SEA-04")
def a_search_is_a_list(acme: Client) -> None:
    """Filter, order and pages mean the same in a search and in a list."""
    selected, ids = acme.people(4)
    query = {"filter": selected, "sortBy": "userName", "sortOrder": "descending"}
    answer = acme.search("/Users", **query, startIndex=2, count=2)
    assert answer.ids == [ids[2], ids[1]]
    counts = answer["totalResults"], answer["startIndex"], answer["itemsPerPage"]
    assert counts == (4, 2, 2)
    more = "&sortBy=userName&sortOrder=descending&startIndex=2&count=2"
    assert acme.filtered(selected, more=more).json == answer.json
    everything = acme.search(filter=selected, startIndex=0, count=3)
    assert (everything["startIndex"], everything.ids) == (1, ids[:3])


@rule("SEA-05")
def a_search_creates_nothing(acme: Client) -> None:
    """A search is never taken for a resource of that name, and creates none."""
    body = {"userName": name(), "displayName": name()}
    for endpoint in ("/Users", "/Groups"):
        assert acme.post(f"{endpoint}/.search", body).error == (400, "invalidSyntax")
        assert acme.get(f"{endpoint}/.search").error == (405, None)
        assert acme.get(endpoint)["totalResults"] == 0
