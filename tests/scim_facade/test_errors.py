"""What cannot be served is refused with the SCIM error body, and changes nothing."""

from __future__ import annotations

import json
from typing import Any

import pytest

from domain.vocabulary import ProvisioningOutcome
from tests.support.scim import ERROR, PATCH_OP, SEARCH, USER, Served, World
from tests.support.scim_call import call

MIB = 1_048_576
UNKNOWN = "01a20000-0000-7000-8000-000000000000"


def nested(depth: int) -> bytes:
    """A body with so many levels."""
    return b'{"userName":"u","a":' + b'{"b":' * (depth - 1) + b"1" + b"}" * (depth - 1) + b"}"


BAD_BODIES: list[tuple[bytes, str]] = [
    (b"", "invalidSyntax"),
    (b"{", "invalidSyntax"),
    (b"nonsense", "invalidSyntax"),
    (b'{"userName": "a",}', "invalidSyntax"),
    (b"[]", "invalidSyntax"),
    (b'[{"userName": "a"}]', "invalidSyntax"),
    (b"null", "invalidSyntax"),
    (b'"userName"', "invalidSyntax"),
    (b"7", "invalidSyntax"),
    (b'{"userName": NaN}', "invalidSyntax"),
    (b'{"userName": "\xff"}', "invalidSyntax"),
    (b'\xef\xbb\xbf{"userName": "a"}', "invalidSyntax"),
    (nested(65), "invalidSyntax"),
    (nested(2000), "invalidSyntax"),
    (b"[" * 100_000, "invalidSyntax"),
    (b'{"userName": "a\\u0000b"}', "invalidValue"),
    (b'{"userName": "a", "x\\u0000": 1}', "invalidValue"),
    (b'{"userName": "a\\ud800b"}', "invalidValue"),
    (b'{"userName": "a", "n": 9007199254740993}', "invalidValue"),
    (b'{"userName": "a", "n": -9007199254740993}', "invalidValue"),
    (b'{"userName": "a", "n": 123456789012345678901234567890}', "invalidValue"),
]
WRONG_TYPES: list[dict[str, Any]] = [
    {"userName": 7},
    {"userName": ["a"]},
    {"userName": {"value": "a"}},
    {"userName": True},
    {"active": "perhaps"},
    {"active": 7},
    {"active": [True, False]},
    {"displayName": {"a": 1}},
    {"emails": 7},
    {"emails": [7]},
    {"emails": [[{"value": "a@x.example"}]]},
    {"emails": [{"value": 7}]},
    {"emails": [{"value": "a@x.example", "primary": "perhaps"}]},
    {"name": "Ada"},
    {"name": [{"givenName": "a"}, {"givenName": "b"}]},
    {"name": {"givenName": 7}},
    {"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User": "x"},
    {"userName": "u" * 321},
    {"displayName": "d" * 257},
    {"externalId": "e" * 301},
    {"name": {"givenName": "g" * 257}},
    {"userName": "\ufdfa" * 320},
]


@pytest.mark.parametrize(("body", "scim_type"), BAD_BODIES)
async def test_a_body_that_is_no_good_json_object(
    acme: Served, body: bytes, scim_type: str
) -> None:
    user, group = await acme.user("there"), await acme.group()
    before = await acme.everything()

    for method, path in (
        ("POST", "/Users"),
        ("PUT", f"/Users/{user.id}"),
        ("PATCH", f"/Users/{user.id}"),
        ("POST", "/Groups"),
        ("PUT", f"/Groups/{group.id}"),
        ("PATCH", f"/Groups/{group.id}"),
        ("POST", "/Users/.search"),
    ):
        answer = await acme.request(method, path, body)
        assert answer.error() == (400, scim_type), (method, path)

    assert await acme.everything() == before


@pytest.mark.parametrize("wrong", WRONG_TYPES)
async def test_a_value_of_the_wrong_type_or_size(acme: Served, wrong: dict[str, Any]) -> None:
    user = await acme.user("there")
    before = await acme.everything()
    body = {"schemas": [USER], "userName": "u"} | wrong

    answers = [
        await acme.post("/Users", body),
        await acme.put(f"/Users/{user.id}", body),
        await acme.patch(f"/Users/{user.id}", {"op": "replace", "value": wrong}),
    ]

    assert [answer.error() for answer in answers] == [(400, "invalidValue")] * 3
    assert await acme.everything() == before


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"Operations": []},
        {"Operations": {}},
        {"Operations": "x"},
        {"Operations": [7]},
        {"Operations": [[]]},
        {"Operations": [{}]},
        {"Operations": [{"op": None, "path": "title"}]},
        {"Operations": [{"op": "copy", "path": "title", "value": "x"}]},
        {"Operations": [{"op": ["add"], "path": "title", "value": "x"}]},
        {"schemas": [USER], "Operations": [{"op": "add", "path": "title", "value": "x"}]},
        {"schemas": 7, "Operations": [{"op": "add", "path": "title", "value": "x"}]},
        {"members": [{"value": "x", "operation": "delete"}]},
    ],
)
async def test_an_envelope_that_is_no_patch(acme: Served, body: dict[str, Any]) -> None:
    user, group = await acme.user(), await acme.group()
    body = {"schemas": [PATCH_OP]} | body

    for path in (f"/Users/{user.id}", f"/Groups/{group.id}"):
        assert (await acme.request("PATCH", path, body)).error() == (400, "invalidSyntax")


async def test_too_many_operations_and_too_large_bodies(acme: Served) -> None:
    user = await acme.user()
    operations = [{"op": "add", "path": "title", "value": "x"}] * 1001

    many = await acme.patch(f"/Users/{user.id}", *operations)
    large = await acme.post("/Users", b'{"userName": "' + b"u" * MIB + b'"}')
    announced = await acme.request(
        "POST", "/Users", b"{}", {"content-length": str(MIB + 1), "transfer-encoding": None}
    )
    just = await acme.post("/Users", b'{"userName": "u", "x": "' + b"u" * (MIB - 26) + b'"}')

    assert [a.error() for a in (many, large, announced)] == [(413, None)] * 3
    assert just.status == 201


async def test_a_large_body_in_pieces_is_refused_before_it_is_whole(
    world: World, acme: Served
) -> None:
    answer = await call(
        world.scim,
        "POST",
        f"/v2/{acme.organization_id}/Users",
        {"authorization": acme.key, "content-length": None},
        b"x" * (3 * MIB),
        chunk=65_536,
    )

    assert answer.error() == (413, None)


@pytest.mark.parametrize(
    ("content_type", "status"),
    [
        ("application/scim+json", 201),
        ("application/scim+json; charset=utf-8", 201),
        ("application/json; charset=UTF-8", 201),
        ("APPLICATION/JSON", 201),
        (None, 201),
        ("", 201),
        ("text/plain", 415),
        ("application/x-www-form-urlencoded", 415),
        ("application/xml", 415),
    ],
)
async def test_media_types_of_bodies(acme: Served, content_type: str | None, status: int) -> None:
    body = json.dumps({"userName": "ad\u00e9@x.example"}, ensure_ascii=False).encode()

    answer = await acme.request("POST", "/Users", body, {"content-type": content_type})

    assert answer.status == status
    if status == 415:
        assert answer.error() == (415, None)
    else:
        assert answer["userName"] == "ad\u00e9@x.example"


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("PUT", "/Users", "GET, HEAD, OPTIONS, POST"),
        ("PATCH", "/Groups", "GET, HEAD, OPTIONS, POST"),
        ("DELETE", "/Users", "GET, HEAD, OPTIONS, POST"),
        ("POST", f"/Users/{UNKNOWN}", "DELETE, GET, HEAD, OPTIONS, PATCH, PUT"),
        ("TRACE", f"/Groups/{UNKNOWN}", "DELETE, GET, HEAD, OPTIONS, PATCH, PUT"),
        ("GET", "/Users/.search", "OPTIONS, POST"),
        ("POST", "/Schemas", "GET, HEAD, OPTIONS"),
        ("PUT", "/ServiceProviderConfig", "GET, HEAD, OPTIONS"),
        ("DELETE", "/ResourceTypes/User", "GET, HEAD, OPTIONS"),
        ("PATCH", f"/Schemas/{USER}", "GET, HEAD, OPTIONS"),
        ("FROBNICATE", "/Users", "GET, HEAD, OPTIONS, POST"),
    ],
)
async def test_a_method_that_is_not_there_names_those_that_are(
    acme: Served, method: str, path: str, allowed: str
) -> None:
    refused = await acme.request(method, path, {} if method in {"PUT", "PATCH", "POST"} else None)
    asked = await acme.request("OPTIONS", path)

    assert refused.error() == (405, None)
    assert refused.headers["allow"] == asked.headers["allow"] == allowed
    assert (asked.status, asked.body) == (204, b"")


@pytest.mark.parametrize(
    "path",
    [
        "", "/", "/nothing", "/Users/1/2", "/Users/%00", "/Users/..", "/Userss", "/v2/Users",
        "/ServiceProviderConfig/x", "/ResourceTypes/Robot", "/Schemas/urn:x", "/Schemas/%00",
        "/Users/not-an-id", "/Groups/%F0%9F%98%80", "/Users/%FF", f"/Users/{UNKNOWN}x",
    ],
)  # fmt: skip
async def test_what_is_not_there(acme: Served, path: str) -> None:
    assert (await acme.get(path)).error() == (404, None)


@pytest.mark.parametrize("endpoint", ["Users", "Groups"])
@pytest.mark.parametrize("id_", [UNKNOWN, "not-an-id"])
@pytest.mark.parametrize(
    "body",
    [
        b"{",
        b"[]",
        b'{"userName": 7, "displayName": 7}',
        b'{"Operations": [{"op": "x"}]}',
        b'{"displayName": "G", "userName": "u", "members": [{"value": "no id"}]}',
        b'{"Operations": [{"op": "add", "path": "members", "value": [{"value": "no id"}]}]}',
    ],
)
async def test_an_unknown_id_is_told_before_the_body_is_judged(
    acme: Served, endpoint: str, id_: str, body: bytes
) -> None:
    await acme.settings(strict_member_ids=True)

    for method in ("PUT", "PATCH"):
        answer = await acme.request(method, f"/{endpoint}/{id_}", body)
        assert answer.error() == (404, None)
        typed = await acme.request(
            method, f"/{endpoint}/{id_}", body, {"content-type": "text/plain"}
        )
        assert typed.error() == (404, None)


@pytest.mark.parametrize(
    "query",
    [
        "count=x", "startIndex=1.5", "count=1&count=2", "attributes=%FF", "attributes=%00",
        "count=%zz", "attributes=userName&excludedAttributes=name", "startIndex=\u00b2",
    ],
)  # fmt: skip
async def test_a_query_that_makes_no_sense(acme: Served, query: str) -> None:
    for endpoint in ("Users", "Groups"):
        assert (await acme.get(f"/{endpoint}?{query}")).error() == (400, "invalidValue")


async def test_a_search_body_that_makes_no_sense(acme: Served) -> None:
    for given, scim_type in (
        ({}, "invalidSyntax"),
        ({"schemas": [USER]}, "invalidSyntax"),
        ({"schemas": [SEARCH], "count": "x"}, "invalidValue"),
        ({"schemas": [SEARCH], "count": True}, "invalidValue"),
        ({"schemas": [SEARCH], "attributes": [7]}, "invalidValue"),
        ({"schemas": [SEARCH], "filter": 7}, "invalidFilter"),
        ({"schemas": [SEARCH], "filter": "x"}, "invalidFilter"),
    ):
        answer = await acme.post("/Users/.search", given)
        assert answer.error() == (400, scim_type), given


async def test_an_organization_that_is_no_id_is_no_endpoint(world: World, acme: Served) -> None:
    for path in ("/v2/", "/v2", "/v2/acme/Users", "/v2//Users", "/v1/Users"):
        answer = await call(world.scim, "GET", path, {"authorization": acme.key}, None)
        assert answer.error() == (404, None)
        assert answer["schemas"] == [ERROR]


async def test_me_is_nobody(acme: Served) -> None:
    for method in ("GET", "PATCH", "DELETE"):
        answer = await acme.request(method, "/Me", {} if method == "PATCH" else None)
        assert answer.error() == (501, None)
        assert acme.log[-1].outcome is ProvisioningOutcome.REJECTED, "no trouble of the server's"
