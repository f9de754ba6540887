"""Many connections at once, over real sockets and with several processes: nothing is lost."""

from __future__ import annotations

import asyncio
from collections import Counter
from typing import Any

import httpx

from tests.e2e.wire import PATCH_OP, person
from tests.support.house import House, Resident

MEMBERS = 160
CONNECTIONS = 16


Call = tuple[str, str, Any]
"""Method, path and body."""


async def _all_at_once(acme: Resident, calls: list[Call]) -> list[httpx.Response]:
    """The answers, over so many connections as the limit allows to be open at a time."""
    headers = {"Authorization": f"Bearer {acme.key}", "Content-Type": "application/scim+json"}
    limits = httpx.Limits(max_connections=CONNECTIONS)
    async with httpx.AsyncClient(headers=headers, limits=limits, timeout=60) as client:
        return await asyncio.gather(
            *(client.request(method, acme.base + path, json=body) for method, path, body in calls)
        )


def _add(id_: str) -> dict[str, Any]:
    value = [{"value": id_}]
    return {"schemas": [PATCH_OP], "Operations": [{"op": "add", "path": "members", "value": value}]}


def test_every_member_that_was_acknowledged_is_in_the_group(house: House) -> None:
    acme, run = house.resident(), house.blocking.run
    people: list[Call] = [
        ("POST", "/Users", person(f"p{number}.q", "x.example")) for number in range(MEMBERS)
    ]
    ids = [answer.json()["id"] for answer in run(_all_at_once(acme, people))]
    group = run(_all_at_once(acme, [("POST", "/Groups", {"displayName": "All"})]))[0].json()

    path = f"/Groups/{group['id']}"
    answers = run(_all_at_once(acme, [("PATCH", path, _add(id_)) for id_ in ids]))

    assert Counter(answer.status_code for answer in answers) == {204: MEMBERS}
    (read,) = run(_all_at_once(acme, [("GET", path, None)]))
    assert {member["value"] for member in read.json()["members"]} == set(ids)
    assert len(read.json()["members"]) == MEMBERS
    assert read.json()["meta"]["version"] == f'W/"{MEMBERS + 1}"'
    assert len({answer.headers["etag"] for answer in answers}) == MEMBERS
    acme.wait_for_seal()
    assert Counter(acme.history())["group.members_changed"] == MEMBERS


def test_one_of_many_that_want_a_name_gets_it(house: House) -> None:
    acme, run = house.resident(), house.blocking.run
    wanted: list[Call] = [("POST", "/Users", person("the.one", "x.example"))] * CONNECTIONS

    answers = run(_all_at_once(acme, wanted))

    assert Counter(answer.status_code for answer in answers) == {201: 1, 409: CONNECTIONS - 1}
    assert {a.json().get("scimType") for a in answers if a.status_code == 409} == {"uniqueness"}
    assert len(acme.rows("SELECT 1 FROM members WHERE organization_id = $1")) == 1
    acme.wait_for_seal()
    assert Counter(acme.history())["member.invited"] == 1
