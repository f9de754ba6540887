"""One resource, lists, pages."""

from __future__ import annotations

from tests.conformance.client import LIST, NOBODY, Client, path_of
from tests.conformance.registry import rule


@rule("GET-01")
def a_resource_is_read_by_its_id(acme: Client) -> None:
    """A resource is read by its id; an unknown id is 404, as is one that cannot be an id."""
    made = acme.user()
    read = acme.get(path_of(made))
    assert (read.status, read.json) == (200, made.json)
    for endpoint in ("/Users", "/Groups"):
        for unknown in (NOBODY, "7", "x" * 300, "%00", "a%20b"):
            assert acme.get(f"{endpoint}/{unknown}").error == (404, None), unknown
    assert acme.get(f"/Groups/{made.id}").error == (404, None)


@rule("GET-02")
def what_is_shown_without_being_asked(acme: Client) -> None:
    """Without a choice all that is returned always or by default is shown, and nothing else."""
    made = acme.user(password="Secret-1", title="x")
    shown = acme.resource(made).keys
    assert shown >= {"schemas", "id", "meta", "userName", "active", "title", "groups"}
    assert "password" not in shown


@rule("GET-03")
def lists_say_what_they_are(acme: Client) -> None:
    """A list has the schema of lists, and its total as an integer."""
    for endpoint in ("/Users", "/Groups"):
        answer = acme.get(endpoint)
        assert (answer["schemas"], type(answer["totalResults"])) == ([LIST], int)


@rule("GET-04")
def lists_hold_resources(acme: Client) -> None:
    """A list has Resources, and [] when there are none."""
    assert acme.get("/Users")["Resources"] == []
    made = acme.user()
    assert acme.get("/Users").resources == [acme.resource(made).json]


@rule("GET-05")
def nothing_found_is_an_empty_list(acme: Client) -> None:
    """A filter that nothing meets is answered 200 with a total of 0."""
    for endpoint, text in (("/Users", 'userName eq "nobody"'), ("/Groups", 'displayName eq "x"')):
        answer = acme.filtered(text, endpoint)
        assert (answer.status, answer["totalResults"], answer["Resources"]) == (200, 0, [])


@rule("GET-06")
def lists_say_which_part_they_are(acme: Client) -> None:
    """A list always says where it starts and how much it holds."""
    selected, _ = acme.people(3)
    for query, start, items in (("", 1, 3), ("&count=2", 1, 2), ("&startIndex=3", 3, 1)):
        answer = acme.filtered(selected, more=query)
        assert (answer["startIndex"], answer["itemsPerPage"]) == (start, items), query
        assert answer["totalResults"] == 3


@rule("PAG-01")
def pages_start_at_one(acme: Client) -> None:
    """A startIndex below 1 is 1."""
    selected, ids = acme.people(2)
    for start in (0, -5, 1):
        answer = acme.filtered(selected, more=f"&startIndex={start}")
        assert (answer["startIndex"], answer.ids) == (1, ids)


@rule("PAG-02")
def pages_hold_no_more_than_asked(acme: Client) -> None:
    """A page never holds more than count."""
    selected, ids = acme.people(3)
    for count in (1, 2, 3):
        assert acme.filtered(selected, more=f"&count={count}").ids == ids[:count]


@rule("PAG-03")
def a_count_of_zero_asks_for_the_total(acme: Client) -> None:
    """count=0 is answered with the total alone, and a count below 0 is 0."""
    selected, _ = acme.people(2)
    for count in (0, -1):
        answer = acme.filtered(selected, more=f"&count={count}")
        assert (answer["totalResults"], answer["itemsPerPage"], answer.ids) == (2, 0, [])


@rule("PAG-04")
def a_large_count_is_cut(acme: Client) -> None:
    """A count above the maximum is cut, and the next page starts behind what was held."""
    config = acme.get("/ServiceProviderConfig")
    assert config["filter"] == {"supported": True, "maxResults": 1000}
    _, ids = acme.people(3)
    answer = acme.get(f"/Users?count={10**12}")
    assert (answer.status, answer["itemsPerPage"], answer.ids) == (200, 3, ids)
    first = acme.get("/Users?count=2")
    following = first["startIndex"] + first["itemsPerPage"]
    assert acme.get(f"/Users?count=2&startIndex={following}").ids == ids[2:]


@rule("PAG-05")
def past_the_end_there_is_an_empty_page(acme: Client) -> None:
    """A page past the end is empty, and still has the total."""
    selected, _ = acme.people(2)
    answer = acme.filtered(selected, more="&startIndex=3")
    assert (answer.status, answer["totalResults"], answer["Resources"]) == (200, 2, [])


@rule("PAG-06")
def pages_together_are_the_list(acme: Client) -> None:
    """The pages of a list hold each resource once, in the order of creation."""
    selected, ids = acme.people(5)
    pages = [acme.filtered(selected, more=f"&count=2&startIndex={i}").ids for i in (1, 3, 5)]
    assert pages == [ids[:2], ids[2:4], ids[4:]]


@rule("PAG-07")
def numbers_must_be_numbers(acme: Client) -> None:
    """A count or startIndex that is no integer is 400 invalidValue."""
    for query in ("count=x", "count=1.5", "startIndex=one", "startIndex=1e3"):
        assert acme.get(f"/Users?{query}").error == (400, "invalidValue")


@rule("PAG-08")
def items_per_page_is_what_is_there(acme: Client) -> None:
    """`itemsPerPage` is how many resources the page holds."""
    acme.people(3)
    for count, held in ((1, 1), (2, 2), (10, 3)):
        answer = acme.get(f"/Users?count={count}")
        assert answer["itemsPerPage"] == len(answer.ids) == held
