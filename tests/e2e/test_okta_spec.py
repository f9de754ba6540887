"""The sequence with which Okta's specification tests judge a SCIM server, in our own words.

Okta runs it against every integration that asks for a place in its catalog: lists, one user, two
refusals, a new user and its double. Every step is one request with what has to hold of the answer.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

import httpx
import pytest

from domain.vocabulary import IdentityProvider
from tests.e2e.wire import USER, person
from tests.support.house import House

LIST = "urn:ietf:params:scim:api:messages:2.0:ListResponse"
ERROR = "urn:ietf:params:scim:api:messages:2.0:Error"
ABSENT = "00000000-0000-4000-8000-0000000000ff"


@dataclass(slots=True)
class Okta:
    """One connection, as the specification test makes its calls."""

    client: httpx.Client
    base: str
    key: str

    def call(self, method: str, path: str, body: Any = None, **headers: str) -> httpx.Response:
        """An answer of the right type."""
        sent = {"Authorization": f"Bearer {self.key}", "Accept": "application/scim+json"}
        sent |= {"Content-Type": "application/scim+json"} if body is not None else {}
        answer = self.client.request(method, self.base + path, json=body, headers=sent | headers)
        assert answer.headers["content-type"].startswith("application/scim+json")
        return answer

    def listed(self, path: str) -> Any:
        """A list with the numbers that Okta reads as numbers."""
        answer = self.call("GET", path)
        body = answer.json()
        assert answer.status_code == 200
        assert LIST in body["schemas"]
        assert all(
            type(body[name]) is int for name in ("itemsPerPage", "startIndex", "totalResults")
        )
        return body


@pytest.fixture
def okta(house: House) -> Iterator[Okta]:
    """An organization whose provider is Okta, with somebody in it: the suite asks for that."""
    acme = house.resident(IdentityProvider.OKTA)
    with httpx.Client(timeout=20) as client:
        made = Okta(client, acme.base, acme.key)
        assert made.call("POST", "/Users", person("seed.user", "x.example")).status_code == 201
        yield made


def _named(user_name: str) -> str:
    return "/Users?filter=" + quote(f'userName eq "{user_name}"')


def _is_whole(user: Any) -> bool:
    """What Okta wants to see of any user."""
    return bool(
        user["id"]
        and user["name"]["familyName"]
        and user["name"]["givenName"]
        and user["userName"]
        and user["active"] is not None
        and user["emails"][0]["value"]
    )


def test_users_are_listed_and_read_one_by_one(okta: Okta) -> None:
    first = okta.listed("/Users?count=1&startIndex=1")

    assert len(first["Resources"]) == 1
    (user,) = first["Resources"]
    assert _is_whole(user)

    read = okta.call("GET", f"/Users/{user['id']}")

    assert read.status_code == 200
    assert _is_whole(read.json())
    assert read.json()["id"] == user["id"]


def test_nobody_is_found_by_an_address_that_nobody_has(okta: Okta) -> None:
    found = okta.listed(_named("nobody@example.com"))

    assert (found["totalResults"], found["Resources"]) == (0, [])


def test_a_user_that_is_not_there_is_an_error_of_scim(okta: Okta) -> None:
    answer = okta.call("GET", f"/Users/{ABSENT}")

    assert answer.status_code == 404
    assert answer.json()["detail"]
    assert ERROR in answer.json()["schemas"]


def test_a_user_is_made_once_in_any_case(okta: Okta) -> None:
    ines = person("ines.roth", "x.example")

    made = okta.call("POST", "/Users", ines)
    read = okta.call("GET", f"/Users/{made.json()['id']}")
    again = okta.call("POST", "/Users", ines)
    found = okta.listed(_named("INES.ROTH@X.EXAMPLE"))

    assert made.status_code == 201
    for answer in (made, read):
        body = answer.json()
        assert body["active"] is True
        assert USER in body["schemas"]
        assert body["userName"] == ines["userName"]
        assert body["name"] == ines["name"]
        assert body["emails"][0]["value"] == ines["userName"]
    assert again.status_code == 409
    assert [one["id"] for one in found["Resources"]] == [made.json()["id"]]


def test_groups_are_listed(okta: Okta) -> None:
    assert okta.listed("/Groups")["Resources"] == []


def test_without_its_key_nobody_is_let_in(okta: Okta) -> None:
    for spoiled in ("", "Bearer nonsense", f"Bearer {okta.key[:-1]}"):
        answer = okta.call("GET", "/Users", Authorization=spoiled)

        assert answer.status_code == 401
        assert ERROR in answer.json()["schemas"]
