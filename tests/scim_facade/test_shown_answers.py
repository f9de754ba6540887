"""The answers that the pages of docs/errors show are those that such calls get."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from tests.docs.pages import DOCS, blocks
from tests.support.scim import PATCH_OP, SEARCH, Served, World

BULK = "urn:ietf:params:scim:api:messages:2.0:BulkRequest"
UNKNOWN = "01a20000-0000-7000-8000-000000000000"
SEATS = 50
# A crowd, a database that is away, a guard that holds, a last owner: shown beside what tests them.
ELSEWHERE = {"too-many-requests", "server-error", "deprovision-held", "last-owner"}

Call = tuple[str, str, Any]


def op(path: str | None = None, value: Any = None, *, kind: str = "replace") -> dict[str, Any]:
    """A PATCH of one operation."""
    operation = {"op": kind, "path": path, "value": value}
    kept = {name: given for name, given in operation.items() if given is not None}
    return {"schemas": [PATCH_OP], "Operations": [kept]}


# {u} is the id of a user named ada@example.com whose one address contains an x, {c} a cursor.
CALLS: dict[str, Call] = {
    "invalid-filter": ("GET", "/Users?filter=userName%20eq", None),
    "invalid-syntax": ("POST", "/Users", b'{"userName": "x",'),
    "invalid-path": ("PATCH", "/Users/{u}", op('emails[type eq "work"', "x")),
    "invalid-value": ("PATCH", "/Users/{u}", op("active", "perhaps")),
    "invalid-cursor": ("GET", "/Users?cursor=abc", None),
    "invalid-count": ("GET", "/Users?count=2&cursor={c}", None),
    "mutability": ("PATCH", "/Users/{u}", op("userName", kind="remove")),
    "no-target": ("PATCH", "/Users/{u}", op('emails[value co "zzz"].type', "x")),
    "uniqueness": ("POST", "/Users", {"userName": "ADA@example.com"}),
    "not-found": ("GET", f"/Users/{UNKNOWN}", None),
    "method-not-allowed": ("PATCH", "/Users", op()),
    "not-implemented": ("GET", "/Me", None),
    "too-large": ("POST", "/Users", b"x" * 1_048_577),
    "conflict": (
        "POST",
        "/Bulk",
        {
            "schemas": [BULK],
            "Operations": [
                {"method": "POST", "path": "/Users", "bulkId": "ada", "data": {}},
                {
                    "method": "POST",
                    "path": "/Groups",
                    "bulkId": "all",
                    "data": {"displayName": "all", "members": [{"value": "bulkId:ada"}]},
                },
            ],
        },
    ),
}
OTHER_HEADERS: dict[str, tuple[dict[str, str | None], Call]] = {
    "unauthorized": ({"authorization": None}, ("GET", "/Users", None)),
    "unsupported-media-type": ({"content-type": "text/plain"}, ("POST", "/Users", b"x")),
    "version-conflict": ({"if-match": 'W/"99"'}, ("PATCH", "/Users/{u}", op("title", "x"))),
}
# What depends on what happened before: ids and numbers.
_VARIES = re.compile(r"[0-9a-f-]{36}|…|(?<=now )\d+|(?<=value co \\\")\w+")


def shown(page: str) -> Any:
    """The answer on a page."""
    (answer,) = (
        json.loads(block.text)
        for block in blocks(DOCS / "errors" / f"{page}.md")
        if block.info == ("json",)
    )
    return alike(answer)


def alike(answer: Any) -> Any:
    return json.loads(_VARIES.sub("*", json.dumps(answer, ensure_ascii=False)))


async def ask(
    acme: Served, asked: Call, headers: dict[str, str | None] | None = None
) -> dict[str, Any]:
    """What the call gets; in Bulk the last of the answers."""
    method, path, body = asked
    user = (await acme.user("ada@example.com", emails=[{"value": "ada@example.com"}])).id
    first = await acme.get("/Users?cursor=&count=1")
    if "{c}" in path:
        await acme.user()
        first = await acme.get("/Users?cursor=&count=1")
    filled = path.replace("{u}", user).replace("{c}", first.json.get("nextCursor", ""))
    answer: dict[str, Any] = (await acme.request(method, filled, body, headers)).json
    if "Operations" in answer:
        (*_, last) = answer["Operations"]
        answer = last["response"]
    return answer


@pytest.mark.parametrize("page", CALLS)
async def test_a_page_shows_the_answer_to_such_a_call(acme: Served, page: str) -> None:
    assert alike(await ask(acme, CALLS[page])) == shown(page)


@pytest.mark.parametrize("page", OTHER_HEADERS)
async def test_a_page_shows_the_answer_to_such_headers(acme: Served, page: str) -> None:
    headers, asked = OTHER_HEADERS[page]

    assert alike(await ask(acme, asked, headers)) == shown(page)


async def test_the_page_on_seats_shows_the_answer_when_all_are_taken(world: World) -> None:
    full = await world.organization(seats=SEATS)
    for _ in range(SEATS):
        await full.user()

    answer = await full.post("/Users", {"userName": "late@example.com"})

    assert answer.json == shown("seat-limit")


async def test_a_search_over_everything_shows_no_crowds_of_members(
    acme: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("scim_facade.routes.everything.MOST_MEMBERS", 1)
    ids = [(await acme.user()).id for _ in range(2)]
    await acme.group(*ids)
    search: dict[str, Any] = {"schemas": [SEARCH], "filter": "displayName pr"}

    assert (await acme.post("/.search", search)).json == shown("too-many")
    without = await acme.post("/.search", search | {"excludedAttributes": ["members"]})
    assert (without.status, without["totalResults"]) == (200, 1)
    assert len((await acme.post("/Groups/.search", search))["Resources"][0]["members"]) == 2


def test_every_page_that_shows_an_answer_of_scim_is_tried() -> None:
    pages = {
        page.stem
        for page in DOCS.glob("errors/*.md")
        for block in blocks(page)
        if block.info == ("json",) and '"status"' in block.text
    }

    tried = [*CALLS, *OTHER_HEADERS, *ELSEWHERE, "seat-limit", "too-many"]
    assert sorted(pages) == sorted(tried)


@pytest.mark.parametrize(
    ("path", "code"),
    [
        ("emails.0.value", "invalidPath"),
        ("emails[0]", "invalidFilter"),
        ("name[x pr]", "invalidPath"),
    ],
)
async def test_paths_that_the_page_calls_wrong_are(acme: Served, path: str, code: str) -> None:
    user = (await acme.user()).id

    answer = await acme.request("PATCH", f"/Users/{user}", op(path, "x"))

    assert answer.error() == (400, code)
    warned = await acme.request("PATCH", f"/Users/{user}", op("shoeSize", "x"))
    assert warned.status == 200
    assert acme.log[-1].warnings
