"""Traces arrive at a collector: what was done, for whom, in words of ours, and nothing else."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from pydantic import SecretStr

from api.app import Front, create_app
from api.runtime import Runtime, open_runtime
from api.settings import Settings, SmtpSecurity
from api.tracing.database import TracedApplication
from api.tracing.exporter import Exporter
from domain.application import Application
from domain.spans import SpanKind, span
from graphql_schema.ids import Kind, make_id
from tests.api.working import opened
from tests.support.collector import Collected, Collector, running_collector
from tests.support.database import DatabaseFactory, TestDatabase
from tests.support.mail_server import MailServer

TRACE, ABOVE = "0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331"
PARENT = {"traceparent": f"00-{TRACE}-{ABOVE}-01"}
SERVER, CLIENT, PRODUCER = 2, 3, 4


@pytest.fixture
def collector() -> Iterator[Collector]:
    with running_collector() as running:
        yield running


@pytest.fixture
def mail() -> Iterator[MailServer]:
    with MailServer() as running:
        yield running


@pytest.fixture(scope="module")
def own_database(database_factory: DatabaseFactory, worker_id: str) -> TestDatabase:
    """A database in which nobody else's mails are due before ours."""
    return database_factory.clone(f"tracing_{worker_id}")


@pytest.fixture
def settings(
    own_database: TestDatabase, tmp_path: Path, collector: Collector, mail: MailServer
) -> Settings:
    return Settings(
        data_dir=tmp_path,
        public_url="https://rollcall.example.com",
        database_url=SecretStr(own_database.server_url),
        database_direct_url=SecretStr(own_database.owner_url),
        otlp_endpoint=collector.url,
        smtp_host="127.0.0.1",
        smtp_port=mail.port,
        smtp_security=SmtpSecurity.NONE,
        invitation_grace_seconds=0,
    )


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("api.tracing.exporter.EVERY_S", 0.02)


@pytest.fixture
async def runtime(settings: Settings) -> AsyncIterator[Runtime]:
    async with open_runtime(settings, workers=True, migrate=True) as opened:
        yield opened


@pytest.fixture
async def client(runtime: Runtime) -> AsyncIterator[httpx.AsyncClient]:
    app: Any = create_app(runtime)
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as opened:
        yield opened


async def arrived(
    collector: Collector, name: str, among: Callable[[Collected], bool] = lambda _: True
) -> Collected:
    async with asyncio.timeout(20):
        while not (found := [each for each in collector.named(name) if among(each)]):
            await asyncio.sleep(0.02)
    return found[0]


PERSON = {
    "schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"],
    "userName": "ada.lovelace",
    "displayName": "Ada Lovelace",
    "emails": [{"value": "ada@analytical.example", "primary": True}],
    "active": True,
}


async def test_what_providers_and_administrators_do_can_be_followed(
    runtime: Runtime, client: httpx.AsyncClient, collector: Collector, mail: MailServer
) -> None:
    assert type(runtime.application) is TracedApplication
    organization, key, token = await opened(runtime)
    scim = {"authorization": f"Bearer {key}", **PARENT}
    path = f"/v2/{organization}/Users"

    # When a provider creates a person and looks it up, and an administrator asks who is there.
    created = await client.post(path, json=PERSON, headers=scim)
    sought = 'emails.value eq "ada@analytical.example"'
    await client.get(path, params={"filter": sought}, headers=scim)
    asked = {
        "query": """
        query WhoIsThere($org: ID!, $email: String!) {
          organization(by: {id: $org}) { member(by: {email: $email}) { email } }
        }""",
        "variables": {
            "org": make_id(Kind.ORGANIZATION, None, organization),
            "email": "ada@analytical.example",
        },
    }
    admin = {"authorization": f"Bearer {token}"}
    answered = await client.post(
        "/graphql", json=asked | {"operationName": "WhoIsThere"}, headers=admin
    )
    await client.post("/graphql", json={"query": "{ no"}, headers=admin)
    await client.get("/nowhere/ada@analytical.example", headers={"x-secret": "carried along"})
    assert created.status_code == 201
    assert answered.json()["data"]["organization"]["member"]["email"].startswith("ada@")

    # Then each of them is a trace, with what it did within.
    create = await arrived(collector, "SCIM CREATE USER")
    assert (create.trace_id, create.parent_id, create.kind) == (TRACE, ABOVE, SERVER)
    assert create.service == "rollcall"
    assert create.attributes == {
        "http.request.method": "POST",
        "http.route": "/v2/",
        "http.response.status_code": 201,
        "rollcall.request_id": created.headers["x-request-id"],
        "rollcall.organization_id": str(organization),
        "rollcall.scim.operation": "CREATE",
        "rollcall.scim.resource": "USER",
        "rollcall.outcome": "APPLIED",
    }
    (command,) = [each for each in collector.spans if each.parent_id == create.id][-1:]
    assert command.name == "command ProvisionMember"
    assert command.attributes == {"rollcall.outcome": "CHANGED"}
    within = [each for each in collector.spans if each.parent_id == command.id]
    assert within
    assert {(each.kind, each.trace_id) for each in within} == {(CLIENT, TRACE)}
    assert {each.attributes["db.system.name"] for each in within} == {"postgresql"}

    query = await arrived(collector, "GraphQL WhoIsThere")
    assert query.attributes == {
        "http.request.method": "POST",
        "http.route": "/graphql",
        "http.response.status_code": 200,
        "rollcall.request_id": answered.headers["x-request-id"],
        "rollcall.organization_id": str(organization),
        "rollcall.outcome": "ANSWERED",
        "graphql.operation.name": "WhoIsThere",
    }
    broken = await arrived(collector, "GraphQL unnamed")
    assert broken.attributes["rollcall.outcome"] == "BAD_REQUEST"
    nowhere = await arrived(collector, "GET other")
    assert nowhere.attributes["http.response.status_code"] == 404

    # And the mail, which a worker sent in a turn of its own.
    sent = await arrived(
        collector,
        "mail",
        lambda each: each.attributes["rollcall.organization_id"] == str(organization),
    )
    assert sent.kind == PRODUCER
    assert sent.attributes["rollcall.mail.kind"] == "INVITATION"
    assert sent.attributes["rollcall.outcome"] == "SENT"
    turn = await arrived(collector, "turn of sending mail", lambda each: each.id == sent.parent_id)
    assert (turn.parent_id, turn.trace_id) == ("", sent.trace_id)

    # And nothing of it is anybody's business but the organization's.
    assert collector.paths == {"/v1/traces"}
    everything = b"\n".join(collector.bodies)
    for private in (
        key,
        token,
        "ada@",
        "ada.",
        "lovelace",
        "analytical",
        "emails.value",
        "nowhere",
        "carried",
    ):
        assert private.lower().encode() not in everything.lower()


async def test_a_collector_that_is_away_stops_nothing(
    runtime: Runtime, client: httpx.AsyncClient, collector: Collector, caplog: Any
) -> None:
    collector.status = 503
    for _ in range(3):
        assert (await client.get("/alive")).status_code == 200
        await asyncio.sleep(0.05)
    collector.status = 200

    async with asyncio.timeout(20):
        while not collector.named("GET /alive"):
            assert (await client.get("/alive")).status_code == 200
            await asyncio.sleep(0.02)
    said = [each.getMessage() for each in caplog.records if "traces" in each.getMessage()]
    assert said == ["traces are dropped: it answered 503"]


async def test_spans_that_wait_are_bounded(
    collector: Collector, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("api.tracing.exporter.EVERY_S", 60.0)
    monkeypatch.setattr("api.tracing.exporter.MOST_KEPT", 1_500)  # more than are sent at once
    exporter = Exporter(collector.url, percent=100)
    exporter.start()
    await asyncio.sleep(0)
    try:
        for number in range(1_505):
            with span(f"number {number}", SpanKind.SERVER):
                pass
    finally:
        await exporter.stop()

    assert [each.name for each in collector.spans] == [f"number {n}" for n in range(1_500)]
    said = [each.getMessage() for each in caplog.records if "traces" in each.getMessage()]
    assert said == ["traces are dropped: more spans than can be sent"]


async def test_without_an_endpoint_nothing_stands_in_the_way(settings: Settings) -> None:
    off = settings.model_copy(update={"otlp_endpoint": None})
    async with open_runtime(off, workers=True, migrate=False) as runtime:
        app = create_app(runtime)
        connection = await runtime.pool.acquire()

        assert type(app) is Front
        assert type(runtime.application) is Application
        assert not connection._con._query_loggers
        await runtime.pool.release(connection)
