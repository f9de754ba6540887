"""/Me, pages by cursor, asynchronous requests."""

from __future__ import annotations

import re

from tests.conformance.client import Answer, Client
from tests.conformance.registry import rule

UNRESERVED = re.compile(r"[A-Za-z0-9._~-]+")


def first(acme: Client, selected: str, count: int = 2, more: str = "") -> Answer:
    """The first page by cursor."""
    return acme.filtered(selected, more=f"&cursor=&count={count}{more}")


def following(acme: Client, selected: str, cursor: str, more: str = "") -> Answer:
    """A later page by cursor."""
    return acme.filtered(selected, more=f"&cursor={cursor}{more}")


@rule("ME-01")
def me_is_not_offered(acme: Client) -> None:
    """/Me is 501, with an error body."""
    for path in ("/Me", "/me", "/Me/", "/Me/groups"):
        assert acme.get(path).error == (501, None)


@rule("ME-03")
def a_key_is_no_user(acme: Client) -> None:
    """A key stands for no user: with it /Me reads and changes nobody."""
    made = acme.user()
    operation = {"op": "replace", "path": "active", "value": False}
    for answer in (acme.get("/Me"), acme.patch("/Me", operation), acme.delete("/Me")):
        assert answer.error == (501, None)
    assert acme.resource(made).json == made.json


@rule("CUR-01")
def every_page_but_the_last_names_the_next(acme: Client) -> None:
    """An empty cursor asks for the first page; nextCursor is on every page but the last."""
    selected, ids = acme.people(5)
    page, found, pages = first(acme, selected), [], 1
    found += page.ids
    while page["nextCursor"] and pages < 9:
        page = following(acme, selected, page["nextCursor"], "&count=2")
        found += page.ids
        pages += 1
    assert (found, pages) == (ids, 3)
    assert "nextCursor" not in page
    assert "nextCursor" not in first(acme, selected, 5)


@rule("CUR-02")
def cursors_need_no_encoding(acme: Client) -> None:
    """A cursor holds unreserved characters only."""
    selected, _ = acme.people(2, title="ä ö/ü?")
    cursor = first(acme, selected, 1, "&sortBy=title")["nextCursor"] or ""
    assert UNRESERVED.fullmatch(cursor)


@rule("CUR-03", note="previousCursor, which is optional, is not offered.")
def the_first_page_has_no_page_before(acme: Client) -> None:
    """The first page has no previousCursor."""
    selected, ids = acme.people(3)
    page = first(acme, selected)
    assert (page.ids, "previousCursor" in page) == (ids[:2], False)


@rule("CUR-04")
def count_means_the_same_with_cursors(acme: Client) -> None:
    """count=0 and below ask for the total alone; no page holds more than count."""
    selected, ids = acme.people(3)
    for count in (0, -1):
        page = first(acme, selected, count)
        assert (page["totalResults"], page.ids, page["nextCursor"]) == (3, [], None)
    assert first(acme, selected, 1).ids == ids[:1]
    assert first(acme, selected, 10**6).ids == ids


@rule("CUR-05", note="Cursors never expire, so expiredCursor is never answered.")
def forged_cursors_are_refused(acme: Client) -> None:
    """A forged cursor is 400 invalidCursor, another count in between 400 invalidCount."""
    selected, _ = acme.people(3)
    cursor = first(acme, selected)["nextCursor"] or ""
    for forged in ("x", "AAAA", cursor[:-4], cursor[1:], "%00", "null", cursor[::-1]):
        answer = following(acme, selected, forged or "y")
        assert answer.error == (400, "invalidCursor"), forged
    assert following(acme, selected, cursor, "&count=1").error == (400, "invalidCount")
    assert following(acme, selected, cursor).status == 200


@rule("CUR-06")
def pages_by_index_are_the_default(acme: Client) -> None:
    """Without cursor a list is paged by index, and says so."""
    selected, ids = acme.people(2)
    page = acme.filtered(selected, more="&count=1")
    assert (page["startIndex"], page.ids, "nextCursor" in page) == (1, ids[:1], False)
    config = acme.get("/ServiceProviderConfig")["pagination"]
    assert config["defaultPaginationMethod"] == "index"


@rule("CUR-07")
def pagination_is_advertised(acme: Client) -> None:
    """The configuration says which ways to page there are, and how large pages are."""
    config = acme.get("/ServiceProviderConfig")["pagination"]
    assert config == {
        "cursor": True,
        "index": True,
        "defaultPaginationMethod": "index",
        "defaultPageSize": 100,
        "maxPageSize": 1000,
    }


@rule("CUR-08")
def searches_take_cursors(acme: Client) -> None:
    """A search by POST takes cursor in its body."""
    selected, ids = acme.people(3)
    page = acme.search("/Users", filter=selected, count=2, cursor="")
    last = acme.search("/Users", filter=selected, count=2, cursor=page["nextCursor"])
    assert (page.ids, last.ids) == (ids[:2], ids[2:])
    assert "nextCursor" not in last


@rule("CUR-09")
def cursors_open_nothing(acme: Client) -> None:
    """Each page needs the key; a cursor of another organization is like a forged one."""
    selected, _ = acme.people(3)
    cursor = first(acme, selected)["nextCursor"] or "x"
    other = acme.neighbour()
    forged, foreign = (following(other, selected, text) for text in ("x", cursor))
    assert forged.error == foreign.error == (400, "invalidCursor")
    assert forged.json == foreign.json
    without = acme.send("GET", f"/Users?cursor={cursor}", None, {"Authorization": None})
    assert without.error == (401, None)
    other.close()


@rule("CUR-10")
def totals_are_always_there(acme: Client) -> None:
    """`totalResults` is on every page."""
    selected, _ = acme.people(3)
    page = first(acme, selected)
    last = following(acme, selected, page["nextCursor"] or "x")
    assert (page["totalResults"], last["totalResults"]) == (3, 3)


@rule("CUR-11")
def a_cursor_belongs_to_its_query(acme: Client) -> None:
    """With another filter, order or choice of attributes a cursor is 400 invalidCursor."""
    selected, _ = acme.people(3)
    cursor = first(acme, selected)["nextCursor"] or "x"
    other = (
        following(acme, "id pr", cursor),
        following(acme, selected, cursor, "&sortBy=title"),
        following(acme, selected, cursor, "&sortOrder=descending"),
        following(acme, selected, cursor, "&attributes=title"),
        acme.get(f"/Groups?cursor={cursor}"),
    )
    assert [answer.error for answer in other] == [(400, "invalidCursor")] * 5


@rule("EVT-01")
def a_wish_for_a_later_answer_is_passed_over(acme: Client) -> None:
    """Prefer: respond-async is passed over; the answer comes at once."""
    made = acme.user()
    body = {"userName": made["userName"], "title": "x"}
    answer = acme.put(f"/Users/{made.id}", body, Prefer="respond-async")
    assert (answer.status, answer["title"]) == (200, "x")
    assert "preference-applied" not in answer.headers


@rule("EVT-03")
def what_is_not_offered_is_not_advertised(acme: Client) -> None:
    """Security events are not advertised, since they are not offered."""
    config = acme.get("/ServiceProviderConfig")
    assert config["patch"] == {"supported": True}
    assert "securityEvents" not in config
