"""Entity tags: If-Match guards every write, If-None-Match spares reads, one of two writers wins."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from tests.support.scim import Served, patch_body

RENAME = patch_body({"op": "replace", "path": "displayName", "value": "Renamed"})
REPLACED = {"userName": "renamed", "displayName": "Renamed"}


async def make(acme: Served, endpoint: str) -> tuple[str, str]:
    """Path and tag of a new resource."""
    made = await (acme.user() if endpoint == "Users" else acme.group())
    return f"/{endpoint}/{made.id}", made.headers["etag"]


@pytest.mark.parametrize("endpoint", ["Users", "Groups"])
@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE"])
@pytest.mark.parametrize(
    ("tags", "holds"),
    [
        ("{current}", True),
        ("*", True),
        ('W/"999", {current}', True),
        ('{current} , "999"', True),
        ("{strong}", True),
        ("", True),
        ('W/"999"', False),
        ('W/"998", "999"', False),
        ("{bare}", False),
        ("nonsense", False),
        (",", False),
        ('W/"0"', False),
        ('W/"-1"', False),
        ('W/"99999999999999999999"', False),
        ('W/"9999999999999999999"', False),
        ('W/"9999999999999999999", W/"9999999999999999998"', False),
    ],
)
async def test_a_write_happens_on_a_named_version_only(
    acme: Served, endpoint: str, method: str, tags: str, holds: bool
) -> None:
    body = {"PUT": REPLACED, "PATCH": RENAME}.get(method)
    path, etag = await make(acme, endpoint)
    strong = etag.removeprefix("W/")
    header = tags.format(current=etag, strong=strong, bare=strong.strip('"'))
    before = await acme.everything()

    answer = await acme.request(method, path, body, {"if-match": header})

    if holds:
        assert answer.status in {200, 204}
        assert await acme.everything() != before
    else:
        assert answer.error() == (412, None)
        assert await acme.everything() == before


@pytest.mark.parametrize("endpoint", ["Users", "Groups"])
@pytest.mark.parametrize("method", ["GET", "HEAD"])
async def test_a_read_of_a_known_version_has_no_body(
    acme: Served, endpoint: str, method: str
) -> None:
    path, etag = await make(acme, endpoint)

    for tags in (etag, f'W/"999", {etag}', "*", etag.removeprefix("W/")):
        known = await acme.request(method, path, None, {"if-none-match": tags})
        assert (known.status, known.body, known.headers["etag"]) == (304, b"", etag)
    for tags in ('W/"999"', "nonsense", ""):
        fresh = await acme.request(method, path, None, {"if-none-match": tags})
        assert (fresh.status, fresh.headers["etag"]) == (200, etag)


@pytest.mark.parametrize("endpoint", ["Users", "Groups"])
async def test_the_tag_is_the_version_in_meta_and_changes_with_the_resource_only(
    acme: Served, endpoint: str
) -> None:
    path, etag = await make(acme, endpoint)

    read = await acme.get(path)
    changed = await acme.request("PATCH", f"{path}?attributes=meta", RENAME)
    same = await acme.request("PATCH", f"{path}?attributes=meta", RENAME)

    assert read["meta"]["version"] == read.headers["etag"] == etag
    assert changed["meta"]["version"] == changed.headers["etag"] != etag
    assert same.json == changed.json
    assert changed["meta"]["lastModified"] > read["meta"]["lastModified"]
    assert changed["meta"]["created"] == read["meta"]["created"]


@pytest.mark.parametrize("endpoint", ["Users", "Groups"])
@pytest.mark.parametrize("method", ["PUT", "PATCH"])
async def test_of_writers_with_the_same_tag_exactly_one_wins(
    acme: Served, endpoint: str, method: str
) -> None:
    path, etag = await make(acme, endpoint)

    def write(number: int) -> Any:
        name = f"writer {number}"
        body = (
            {"userName": "same", "displayName": name}
            if method == "PUT"
            else patch_body({"op": "replace", "path": "displayName", "value": name})
        )
        return acme.request(method, f"{path}?attributes=displayName", body, {"if-match": etag})

    answers = await asyncio.gather(*(write(number) for number in range(8)))

    statuses = [answer.status for answer in answers]
    assert sorted(statuses) == [200] + [412] * 7
    winner = answers[statuses.index(200)]
    assert (await acme.get(path))["displayName"] == winner["displayName"]


async def test_of_changes_of_members_with_the_same_tag_exactly_one_wins(acme: Served) -> None:
    path, etag = await make(acme, "Groups")
    ids = [(await acme.user()).id for _ in range(6)]

    answers = await asyncio.gather(
        *(
            acme.patch(path, {"op": "add", "path": "members", "value": [{"value": id_}]},
                       if_match=etag)
            for id_ in ids
        )
    )  # fmt: skip

    statuses = [answer.status for answer in answers]
    assert sorted(statuses) == [204] + [412] * 5
    members = (await acme.get(path))["members"]
    assert [member["value"] for member in members] == [ids[statuses.index(204)]]
