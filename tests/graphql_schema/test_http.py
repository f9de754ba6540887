"""GraphQL over HTTP: what is refused before an operation, and how answers say what came of it."""

import asyncio
import json
import logging

import pytest

from domain.application import Application
from domain.errors import DomainError
from domain.queries.reader import Reader
from domain.vocabulary import Scope
from graphql_schema.app import graphql_app
from graphql_schema.enums import UserErrorCode
from graphql_schema.services import GraphqlServices, Limits
from graphql_schema.types import organization_people
from tests.support.graphql import MODERN, Api, api, send

QUERY = "{ viewer { scopes } }"


def authorized(caller: Api, **more: str) -> dict[str, str]:
    return {
        "authorization": f"Bearer {caller.secret}",
        "content-type": "application/json",
        **{name.replace("_", "-"): value for name, value in more.items()},
    }


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE", "OPTIONS"])
async def test_only_post_is_served(caller: Api, method: str) -> None:
    response = await send(caller.asgi, b"", authorized(caller), method)

    assert (response.status_code, response.headers["allow"]) == (405, "POST")


@pytest.mark.parametrize("media_type", ["text/plain", "application/graphql", ""])
async def test_only_json_is_read(caller: Api, media_type: str) -> None:
    headers = authorized(caller, content_type=media_type)

    assert (await send(caller.asgi, b'{"query": "{x}"}', headers)).status_code == 415


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (b"{", "The body is not JSON."),
        (b"\xff", "The body is not JSON."),
        (b"[]", "Send one operation as a JSON object; batches are not supported."),
        (b'[{"query": "{ viewer { scopes } }"}]', "Send one operation"),
        (b"{}", "`query` must be a GraphQL document."),
        (b'{"query": 1}', "`query` must be"),
        (b'{"query": "{a}", "variables": []}', "`variables` must be an object."),
        (b'{"query": "{a}", "operationName": 3}', "`operationName` must be a string."),
    ],
)
async def test_a_malformed_request_is_refused(caller: Api, body: bytes, message: str) -> None:
    response = await send(caller.asgi, body, authorized(caller))

    assert response.status_code == 400
    (error,) = response.json()["errors"]
    assert error["extensions"] == {"code": "BAD_REQUEST"}
    assert error["message"].startswith(message)


async def test_the_body_has_a_limit(app: Application) -> None:
    caller = await api(app, limits=Limits(body_bytes=200))
    body = json.dumps({"query": QUERY})

    fits = await send(caller.asgi, body.ljust(200).encode(), authorized(caller))
    exceeds = await send(caller.asgi, body.ljust(201).encode(), authorized(caller))
    lying = authorized(caller) | {"content-length": "10"}
    lies = await send(caller.asgi, body.ljust(201).encode(), lying)

    assert fits.status_code == 200
    assert exceeds.status_code == 413
    assert lies.status_code == 413
    assert exceeds.json()["errors"][0]["extensions"]["code"] == "LIMIT_EXCEEDED"


@pytest.mark.parametrize(
    ("query", "status"),
    [
        (QUERY, 200),
        ("{", 400),
        ("{ nothing }", 400),
        ("query ($id: ID!) { node(id: $id) { id } }", 400),
        ("{ organizations { nodes { id } } }", 403),
        ("subscription { x }", 400),
        ('{ organization(by: {slug: "nobody"}) { members(first: 0) { nodes { id } } } }', 200),
    ],
)
async def test_statuses_are_for_clients_that_ask_for_them(
    caller: Api, query: str, status: int
) -> None:
    caller = await caller.with_scopes(Scope.MEMBERS_READ)

    plain = await caller.post(query)
    modern = await caller.post(query, headers={"accept": MODERN})

    assert (plain.status_code, plain.headers["content-type"]) == (200, "application/json")
    assert (modern.status_code, modern.headers["content-type"]) == (status, MODERN)
    assert plain.json().get("data") == modern.json().get("data")
    assert ("data" in modern.json()) is (status == 200)
    assert plain.headers["cache-control"] == "no-store"


async def test_an_unknown_operation_name_is_refused(caller: Api) -> None:
    body = (await caller.post("query a { viewer { scopes } }", operationName="b")).json()

    assert body["errors"][0]["extensions"] == {"code": "BAD_REQUEST"}


async def test_one_operation_of_several_is_chosen(caller: Api) -> None:
    query = "query a { viewer { scopes } } query b { auditActions { action } }"

    body = (await caller.post(query, operationName="b")).json()

    assert list(body["data"]) == ["auditActions"]
    assert body["extensions"]["cost"] == {"requested": 1, "limit": 5000, "remaining": None}


async def test_what_goes_wrong_inside_is_masked(
    app: Application,
    caller: Api,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    async def broken(*_: object) -> None:
        raise RuntimeError("password of ada@example.com")

    monkeypatch.setattr(organization_people, "member_counts", broken)
    query = "query ($org: ID!) { organization(by: {id: $org}) { memberCounts { total } } }"

    with caplog.at_level(logging.ERROR, "rollcall.graphql"):
        response = await caller.post(query, {"org": caller.org}, headers={"accept": MODERN})

    assert response.status_code == 200
    body = response.json()
    assert "ada@example.com" not in response.text
    (error,) = body["errors"]
    assert error["message"] == "Something went wrong here; quote the correlationId."
    assert error["path"] == ["organization", "memberCounts"]
    assert error["extensions"]["code"] == "INTERNAL"
    (record,) = caplog.records
    assert record.__dict__["correlation_id"] == error["extensions"]["correlationId"]
    assert record.exc_info is not None


@pytest.mark.parametrize("text", ["\0", "a\0b"])
async def test_a_character_that_cannot_be_stored_is_refused(caller: Api, text: str) -> None:
    query = "query ($s: String!) { organization(by: {slug: $s}) { id } }"
    escaped = json.dumps(text)

    assert await caller.codes(query, s=text) == ["BAD_REQUEST"]
    assert await caller.codes(f"{{ organization(by: {{slug: {escaped}}}) {{ id }} }}") == [
        "BAD_REQUEST"
    ]


async def test_a_slow_operation_is_ended(app: Application, monkeypatch: pytest.MonkeyPatch) -> None:
    async def slow(*_: object) -> None:
        await asyncio.sleep(5)

    monkeypatch.setattr(organization_people, "member_counts", slow)
    caller = await api(app, limits=Limits(operation_s=0.1))
    query = "query ($org: ID!) { organization(by: {id: $org}) { memberCounts { total } } }"

    body = (await caller.post(query, {"org": caller.org})).json()

    assert body["errors"][0]["extensions"] == {"code": "LIMIT_EXCEEDED"}
    assert body["errors"][0]["message"] == "The operation took longer than 0.1 seconds."
    # Nothing of it is left: the connections are back and work.
    await caller.ask("query ($org: ID!) { organization(by: {id: $org}) { name } }", org=caller.org)
    assert app.pool.get_idle_size() == app.pool.get_size()


async def test_every_used_token_is_told_of(app: Application, caller: Api) -> None:
    used: list[object] = []
    services = GraphqlServices(app, Reader(app.pool), "https://x.test", token_used=used.append)

    await send(graphql_app(services), {"query": QUERY}, authorized(caller))
    await send(graphql_app(services), {"query": QUERY}, {"authorization": "Bearer adm_x"})

    assert len(used) == 1


def test_every_refusal_of_the_domain_has_a_code() -> None:
    def codes(error: type[DomainError]) -> set[str]:
        return {error.code}.union(*map(codes, error.__subclasses__()))

    assert codes(DomainError) <= {code.value for code in UserErrorCode}
