"""GraphQL over HTTP: statuses and media types, and which requests of browsers are let through."""

from __future__ import annotations

import json
from typing import Any

import httpx
import pytest

from graphql_schema.app import wants_statuses
from tests.support.graphql import MODERN, Api, send

QUERY = "{ viewer { scopes } }"
JSON = "application/json"


def headers_of(caller: Api, **more: str) -> dict[str, str]:
    return {
        "authorization": f"Bearer {caller.secret}",
        "content-type": JSON,
        **{name.replace("_", "-"): value for name, value in more.items()},
    }


async def raw(caller: Api, body: bytes, **more: str) -> httpx.Response:
    return await send(caller.asgi, body, headers_of(caller, **more))


def code_of(response: httpx.Response) -> str:
    body = response.json()
    assert "data" not in body
    code: str = body["errors"][0]["extensions"]["code"]
    return code


# GraphQL over HTTP: what was asked, then the status for either media type, and the error's code.
ANSWERS: dict[str, tuple[Any, int, int, str | None]] = {
    "a query": ({"query": QUERY}, 200, 200, None),
    "a query with nulls": (
        {"query": QUERY, "variables": None, "operationName": None, "extensions": None},
        200,
        200,
        None,
    ),
    "a query with maps": (
        {"query": QUERY, "variables": {}, "extensions": {"a": 1}},
        200,
        200,
        None,
    ),
    "parameters nobody knows": ({"query": QUERY, "id": 3}, 200, 200, None),
    "no JSON": (b"{", 400, 400, "BAD_REQUEST"),
    "no body": (b"", 400, 400, "BAD_REQUEST"),
    "a string": (b'"x"', 400, 400, "BAD_REQUEST"),
    "a batch": ([{"query": QUERY}], 400, 400, "BAD_REQUEST"),
    "no query": ({"qeury": QUERY}, 400, 400, "BAD_REQUEST"),
    "a query that is null": ({"query": None}, 400, 400, "BAD_REQUEST"),
    "a query that is a map": ({"query": {}}, 400, 400, "BAD_REQUEST"),
    "variables that are a list": ({"query": QUERY, "variables": []}, 400, 400, "BAD_REQUEST"),
    "variables that are text": ({"query": QUERY, "variables": "{}"}, 400, 400, "BAD_REQUEST"),
    "a name that is a number": ({"query": QUERY, "operationName": 1}, 400, 400, "BAD_REQUEST"),
    "extensions that are a list": ({"query": QUERY, "extensions": []}, 400, 400, "BAD_REQUEST"),
    "extensions that are text": ({"query": QUERY, "extensions": "{}"}, 400, 400, "BAD_REQUEST"),
    "no document": ({"query": "{"}, 200, 400, "BAD_REQUEST"),
    "an invalid document": ({"query": "{ nothing }"}, 200, 400, "BAD_REQUEST"),
    "an unknown operation": ({"query": QUERY, "operationName": "x"}, 200, 400, "BAD_REQUEST"),
    "one of two operations": (
        {"query": "query a { viewer { scopes } } query b { viewer { scopes } }"},
        200,
        400,
        "BAD_REQUEST",
    ),
    "fragments alone": ({"query": "fragment F on Viewer { scopes }"}, 200, 400, "BAD_REQUEST"),
    "a type definition": ({"query": "type A { a: Int }"}, 200, 400, "BAD_REQUEST"),
    "a missing variable": (
        {"query": "query ($id: ID!) { node(id: $id) { id } }"},
        200,
        400,
        "BAD_REQUEST",
    ),
    "a variable of another type": (
        {"query": "query ($n: Int) { organizations(first: $n) { nodes { id } } }"}
        | {"variables": {"n": {"a": ["b"]}}},
        200,
        400,
        "BAD_REQUEST",
    ),
}


@pytest.mark.parametrize("name", ANSWERS)
async def test_statuses_are_those_of_graphql_over_http(caller: Api, name: str) -> None:
    body, plain, modern, code = ANSWERS[name]
    sent = body if isinstance(body, bytes) else json.dumps(body).encode()

    for accept, status in ((JSON, plain), ("*/*", plain), (MODERN, modern)):
        response = await raw(caller, sent, accept=accept)

        assert response.status_code == status
        assert response.headers["content-type"] == (MODERN if accept == MODERN else JSON)
        if code is None:
            assert response.json()["data"]["viewer"]["scopes"] != []
        else:
            assert code_of(response) == code


@pytest.mark.parametrize(
    ("accept", "modern"),
    [
        ("", False),
        ("*/*", False),
        ("text/html", False),
        ("application/json", False),
        (MODERN, True),
        (f"{MODERN}; charset=utf-8", True),
        (f"{MODERN}, application/json", True),
        (f"{MODERN}, application/json;q=0.9", True),
        (f"application/json, {MODERN};q=0.9", False),
        (f"{MODERN};q=0", False),
        (f"{MODERN};q=nonsense", True),
        (f"text/event-stream, {MODERN};q=0.5, */*;q=0.1", True),
    ],
)
def test_the_media_type_is_the_one_that_the_client_likes_better(accept: str, modern: bool) -> None:
    assert wants_statuses(accept.encode()) is modern


@pytest.mark.parametrize(
    ("content_type", "status"),
    [
        ("application/json", 200),
        ("Application/JSON; Charset=UTF-8", 200),
        ('application/json;charset="utf-8"', 200),
        ("application/json;", 200),
        ("application/json; charset=utf-16", 415),
        ("application/jsonp", 415),
        ("application/graphql", 415),
        ("application/x-www-form-urlencoded", 415),
        ("multipart/form-data; boundary=x", 415),
        ("text/plain", 415),
        ("text/plain; application/json", 415),
    ],
)
async def test_only_json_in_utf_8_is_read(caller: Api, content_type: str, status: int) -> None:
    body = json.dumps({"query": QUERY}).encode()

    response = await raw(caller, body, content_type=content_type)

    assert response.status_code == status


@pytest.mark.parametrize("cookie", ["__Host-session=x", "a=b; __Host-session=x; c=d"])
@pytest.mark.parametrize("accept", [JSON, MODERN])
async def test_a_session_cookie_needs_a_header_that_only_our_pages_send(
    caller: Api, cookie: str, accept: str
) -> None:
    body = json.dumps({"query": QUERY}).encode()

    forged = await raw(caller, body, cookie=cookie, accept=accept)
    ours = await raw(caller, body, cookie=cookie, accept=accept, x_rollcall="1")
    another = await raw(caller, body, cookie="theme=dark", accept=accept)

    assert (forged.status_code, code_of(forged)) == (403, "FORBIDDEN")
    assert forged.json()["errors"][0]["message"] == (
        "Send the header X-Rollcall, of any value, beside a session cookie."
    )
    assert (ours.status_code, another.status_code) == (200, 200)


async def test_every_cookie_header_is_looked_at(caller: Api) -> None:
    pairs = [(b"cookie", b"__Host-session=x"), (b"cookie", b"a=b")]
    sent: list[Any] = []

    async def receive() -> Any:
        return {"type": "http.request", "body": b"{}"}

    async def take(message: Any) -> None:
        sent.append(message)

    headers = [*pairs, (b"content-type", b"application/json")]
    scope = {"type": "http", "method": "POST", "headers": headers}
    await caller.asgi(scope, receive, take)

    assert sent[0]["status"] == 403


@pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS", "PUT", "PATCH", "DELETE"])
async def test_no_page_of_another_origin_is_invited(caller: Api, method: str) -> None:
    more = {"origin": "https://evil.example", "access-control-request-method": "POST"}
    refused = await send(caller.asgi, b"", headers_of(caller) | more, method)
    answered = await raw(caller, json.dumps({"query": QUERY}).encode(), origin="https://e.e")

    assert (refused.status_code, refused.headers["allow"]) == (405, "POST")
    assert answered.status_code == 200
    for response in (refused, answered):
        assert not [name for name in response.headers if name.startswith("access-control")]
