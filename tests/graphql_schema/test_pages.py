"""Walking a list, forward or backward, in any order, gives every row once."""

from __future__ import annotations

from typing import Any

import pytest

from domain.application import Application
from domain.ids import UUID
from domain.store.sealer import seal_pending
from domain.vocabulary import MemberStatus
from tests.support import factories
from tests.support.graphql import Api, api
from tests.support.request_log import entry, write_requests

MEMBERS = 23
PAGE = "pageInfo { hasNextPage hasPreviousPage startCursor endCursor }"


@pytest.fixture(scope="module")
async def crowd(app: Application) -> Api:
    """Members of every status, some without e-mail, in groups, with a log of requests."""
    caller = await api(app)
    ids: list[UUID] = []
    for number in range(MEMBERS):
        status = list(MemberStatus)[number % 5]
        given: dict[str, Any] = {"email": None} if number % 5 == 0 and number % 2 else {}
        made = await factories.member(app, caller.organization_id, status, **given)
        ids.append(made.id)
    await factories.group(app, caller.organization_id, frozenset(ids[:17]), "everyone")
    for number in range(8):
        await factories.group(app, caller.organization_id, frozenset(ids[:1]), f"group {number}")
    await write_requests(app, [entry(caller.organization_id) for _ in range(12)])
    await seal_pending(app.pool)
    return caller


LISTS = {
    **{
        f"members by {field} {direction}": (
            f"members(orderBy: {{field: {field}, direction: {direction}}}, %s)"
        )
        for field in ("CREATED_AT", "UPDATED_AT", "EMAIL", "ACCEPTED_AT")
        for direction in ("ASC", "DESC")
    },
    "staged members": "members(filter: {status: [STAGED]}, %s)",
    "some members": "members(filter: {status: [STAGED, REVOKED]}, %s)",
    **{
        f"groups by {field} {direction}": (
            f"groups(orderBy: {{field: {field}, direction: {direction}}}, %s)"
        )
        for field in ("CREATED_AT", "UPDATED_AT", "DISPLAY_NAME")
        for direction in ("ASC", "DESC")
    },
    "pending": "pendingConfirmations(%s)",
    "invitations": "invitations(%s)",
    "events": "auditEvents(%s)",
    "revocations": 'auditEvents(filter: {action: ["member.revoked", "group.*"]}, %s)',
    "requests": "provisioningRequests(%s)",
    "tokens": "accessTokens(%s)",
}


def keys(connection: Any) -> list[str]:
    """What tells the rows of a page apart: their cursors, which nodes and edges agree on."""
    assert len(connection["nodes"]) == len(connection["edges"])
    return [edge["cursor"] for edge in connection["edges"]]


async def page(caller: Api, name: str, window: str) -> Any:
    field = LISTS[name] % window
    found = await caller.ask_here(
        f"found: {field} {{ edges {{ cursor }} nodes {{ __typename }} {PAGE} }}"
    )
    return found["found"]


async def walk(caller: Api, name: str, size: int, *, backward: bool) -> list[str]:
    """All cursors in the list's order, read page by page from one end."""
    seen: list[str] = []
    count, bound, side = ("last", "before", "start") if backward else ("first", "after", "end")
    more = "hasPreviousPage" if backward else "hasNextPage"
    window = f"{count}: {size}"
    while True:
        found = await page(caller, name, window)
        here, info = keys(found), found["pageInfo"]
        assert len(here) <= size
        assert here == ([info["startCursor"], *here[1:]] if here else [])
        seen = here + seen if backward else seen + here
        if not info[more]:
            return seen
        assert len(here) == size
        window = f'{count}: {size}, {bound}: "{info[f"{side}Cursor"]}"'


@pytest.mark.parametrize("name", LISTS)
async def test_every_way_to_walk_gives_the_same_rows_once(crowd: Api, name: str) -> None:
    whole = keys(await page(crowd, name, "first: 100"))

    assert len(set(whole)) == len(whole) > 0
    assert keys(await page(crowd, name, "last: 100")) == whole
    for size in (1, 3, 10):
        if size == 1 and len(whole) > 30:
            continue
        assert await walk(crowd, name, size, backward=False) == whole
        assert await walk(crowd, name, size, backward=True) == whole


async def test_a_page_between_two_cursors(crowd: Api) -> None:
    name = "members by ACCEPTED_AT ASC"
    whole = keys(await page(crowd, name, "first: 100"))
    between = f'after: "{whole[2]}", before: "{whole[-3]}"'

    first = await page(crowd, name, f"first: 5, {between}")
    last = await page(crowd, name, f"last: 5, {between}")
    all_ = await page(crowd, name, f"first: 100, {between}")

    assert keys(first) == whole[3:8]
    assert keys(last) == whole[-8:-3]
    assert keys(all_) == whole[3:-3]
    assert first["pageInfo"]["hasNextPage"] is True
    assert first["pageInfo"]["hasPreviousPage"] is True


async def test_pages_stay_put_when_rows_come_and_go(app: Application, crowd: Api) -> None:
    caller = await api(app)
    for number in range(6):
        await factories.member(app, caller.organization_id, name=f"m{number}")
    selection = "members(%s) { nodes { userName id } pageInfo { endCursor } }"
    first = (await caller.ask_here(selection % "first: 3"))["members"]
    assert [node["userName"] for node in first["nodes"]] == ["m5", "m4", "m3"]

    await factories.member(app, caller.organization_id, name="m6")
    await caller.change("removeMember", "", memberId=first["nodes"][2]["id"])
    after = first["pageInfo"]["endCursor"]
    second = (await caller.ask_here(selection % f'first: 3, after: "{after}"'))["members"]

    assert [node["userName"] for node in second["nodes"]] == ["m2", "m1", "m0"]


async def test_members_without_the_sort_key_come_last_either_way(crowd: Api) -> None:
    for direction in ("ASC", "DESC"):
        order = f"orderBy: {{field: EMAIL, direction: {direction}}}"
        found = await crowd.ask_here(f"members(first: 100, {order}) {{ nodes {{ email }} }}")
        emails = [node["email"] for node in found["members"]["nodes"]]
        known = [email for email in emails if email is not None]

        assert emails[len(known) :] == [None] * (MEMBERS - len(known)) != []
        assert known == sorted(known, reverse=direction == "DESC")


@pytest.mark.parametrize(
    ("window", "message"),
    [
        ("first: 0", "first must lie between 1 and 100."),
        ("first: 101", "first must lie between 1 and 100."),
        ("last: -1", "last must lie between 1 and 100."),
        ("first: 1, last: 1", "first cannot be combined with last."),
        ('after: "x"', "after is not a cursor."),
        ('before: "é"', "before is not a cursor."),
        ('after: ""', "after is not a cursor."),
    ],
)
async def test_wrong_windows_are_refused(crowd: Api, window: str, message: str) -> None:
    field = f"members({window}) {{ nodes {{ id }} }}"
    query = f"query ($org: ID!) {{ organization(by: {{id: $org}}) {{ {field} }} }}"
    body = (await crowd.post(query, {"org": crowd.org})).json()

    assert body["data"] is None or body["data"]["organization"] is None
    (error,) = body["errors"]
    assert error["message"] == message
    assert error["extensions"] == {"code": "BAD_REQUEST"}
    assert error["path"] == ["organization", "members"]


async def test_a_cursor_of_another_list_is_refused(app: Application, crowd: Api) -> None:
    other = await api(app)
    for number in range(3):
        await factories.member(app, other.organization_id, name=f"m{number}")
    cursor = keys(await page(crowd, "members by CREATED_AT DESC", "first: 1"))[0]
    query = "query ($org: ID!) { organization(by: {id: $org}) { %s { nodes { id } } } }"
    message = "after is a cursor of another list, or of another order or filter."

    for caller, field in (
        (crowd, f'members(orderBy: {{field: CREATED_AT, direction: ASC}}, after: "{cursor}")'),
        (crowd, f'members(filter: {{role: [USER]}}, after: "{cursor}")'),
        (crowd, f'groups(after: "{cursor}")'),
        (other, f'members(after: "{cursor}")'),
    ):
        body = (await caller.post(query % field, {"org": caller.org})).json()
        assert [error["message"] for error in body["errors"]] == [message]


async def test_nested_lists_page_as_others_do(crowd: Api) -> None:
    selection = (
        'group(by: {displayName: "EVERYONE"}) { memberCount members(%s)'
        " { totalCount edges { cursor } nodes { id } pageInfo { hasNextPage endCursor } } }"
    )
    whole = (await crowd.ask_here(selection % "first: 100"))["group"]
    assert (whole["memberCount"], whole["members"]["totalCount"]) == (17, 17)

    seen: list[str] = []
    window = "first: 5"
    while True:
        found = (await crowd.ask_here(selection % window))["group"]["members"]
        seen += [node["id"] for node in found["nodes"]]
        if not found["pageInfo"]["hasNextPage"]:
            break
        window = f'first: 5, after: "{found["pageInfo"]["endCursor"]}"'

    assert seen == [node["id"] for node in whole["members"]["nodes"]]
    assert len(set(seen)) == 17
