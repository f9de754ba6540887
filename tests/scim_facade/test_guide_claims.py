"""Single sentences of the guides to providers that their transcripts do not play."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import quote

import pytest

from domain.errors import LastOwner, SeatLimitReached
from tests.docs.pages import DOCS
from tests.support.scim import Served
from tests.support.scim_call import call

GUIDES = {guide.stem: guide.read_text() for guide in DOCS.glob("guides/*.md")}
GUEST = "ann_example.com#EXT#@tenant.onmicrosoft.com"
# What Entra ID sends where its field for the secret stays empty.
TOKEN_OF_ENTRA = "eyJhbGciOiJSUzI1NiJ9.eyJhdWQiOiI4YWRmOGU2ZSJ9.c2lnbmF0dXJl"


@pytest.mark.parametrize(
    ("scheme", "status"),
    [("Bearer ", 200), ("bearer ", 200), ("", 200), ("Token ", 401), ("Basic ", 401)],
)
async def test_a_key_comes_as_bearer_or_alone(acme: Served, scheme: str, status: int) -> None:
    answer = await acme.get("/Users", authorization=f"{scheme}{acme.key}")

    assert answer.status == status


async def test_a_token_of_entra_is_refused(acme: Served) -> None:
    assert "Rollcall refuses" in GUIDES["entra-id"]

    answer = await acme.get("/Users", authorization=f"Bearer {TOKEN_OF_ENTRA}")

    assert answer.error() == (401, None)


@pytest.mark.parametrize("path", ["/v2/Users", "/v2/Users/", "/v2/{id}/Users/Users"])
async def test_with_an_incomplete_base_url_everything_is_404(acme: Served, path: str) -> None:
    for guide in GUIDES.keys() - {"entra-id"}:
        assert "It ends with the organization's id, without `/Users`" in GUIDES[guide]

    url = path.replace("{id}", str(acme.organization_id))
    answer = await call(acme.world.scim, "GET", url, {"authorization": f"Bearer {acme.key}"}, None)

    assert answer.error() == (404, None)


@pytest.mark.parametrize(
    "asked",
    [
        'emails[primary eq true].value eq "Pia@x.example"',
        'emails[primary eq true and value eq "pia@x.example"]',
        'emails[type eq "work"].value eq "pia@x.example"',
        'emails eq "pia@x.example"',
        "emails eq pia@x.example",
        'userName Eq "PIA@x.example"',
        "userName eq pia@x.example",
        "userName eq 'pia@x.example'",
    ],
)
async def test_the_searches_of_providers_find_one(acme: Served, asked: str) -> None:
    address = {"value": "pia@x.example", "type": "work", "primary": True}
    pia = await acme.user("pia@x.example", emails=[address])
    await acme.user()

    answer = await acme.get(f"/Users?filter={quote(asked)}")

    assert [user["id"] for user in answer["Resources"]] == [pia.id]


@pytest.mark.parametrize(
    ("given", "user_name", "status"),
    [
        ({"userName": GUEST}, GUEST, "INVITED"),
        ({"userName": "", "emails": [{"value": "b@x.example"}]}, "b@x.example", "INVITED"),
        ({"userName": "pia"}, "pia", "STAGED"),
    ],
)
async def test_who_counts_as_reachable(
    acme: Served, given: dict[str, Any], user_name: str, status: str
) -> None:
    made = await acme.post("/Users", given)

    assert made["userName"] == user_name
    assert (await acme.standing(made.id))["status"] == status


async def test_a_template_with_neither_is_refused_in_the_words_of_the_guide(acme: Served) -> None:
    answer = await acme.post("/Users", {"userName": "", "emails": [{"value": ""}]})

    assert answer.error() == (400, "invalidValue")
    assert said_in(GUIDES["onelogin"], answer["detail"], "Send a userName")


async def test_refusals_are_quoted_as_they_are_said(acme: Served) -> None:
    for guide, text in GUIDES.items():
        assert said_in(text, SeatLimitReached(5).message, "All … seats"), guide
        assert said_in(text, LastOwner().message, "last confirmed owner"), guide
    group = await acme.group()
    old = await acme.request(
        "PATCH", f"/Groups/{group.id}", {"members": [{"value": "x", "operation": "delete"}]}
    )
    assert old.error() == (400, "invalidSyntax")
    assert said_in(GUIDES["onelogin"], old["detail"], "PATCH of SCIM 1.1")


def said_in(page: str, message: str, quoted: str) -> bool:
    """Whether the page quotes it and the message says it, with anything for an ellipsis."""
    pattern = ".+".join(re.escape(part) for part in quoted.split("…"))
    return f'"{quoted}"' in page and re.search(pattern, message) is not None
