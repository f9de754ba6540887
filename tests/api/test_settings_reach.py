"""What an operator sets reaches what it is for; what a figure does is tested where it is used."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from pydantic import SecretStr

from api.app import create_app
from api.runtime import Runtime, open_runtime
from api.settings import Settings, Switch
from domain.application import Application
from domain.clock import utc_now
from domain.ids import new_id
from domain.vocabulary import MemberStatus
from graphql_schema.cookies import SessionCookie
from tests.api.working import eventually, opened
from tests.support import factories
from tests.support.collector import running_collector
from tests.support.database import DatabaseFactory, TestDatabase
from tests.support.request_log import entry
from tests.support.sessions import session, signed_in

Opened = Callable[..., Any]


@pytest.fixture(scope="module")
def own_database(database_factory: DatabaseFactory, worker_id: str) -> TestDatabase:
    """A database from which things may be removed."""
    return database_factory.clone(f"settings_reach_{worker_id}")


@pytest.fixture
def with_settings(own_database: TestDatabase, tmp_path: Path) -> Opened:
    """Opens what a process has, by these settings."""

    @asynccontextmanager
    async def opening(**given: Any) -> AsyncIterator[Runtime]:
        settings = Settings(
            data_dir=tmp_path,
            database_url=SecretStr(own_database.server_url),
            database_direct_url=SecretStr(own_database.owner_url),
            **given,
        )
        async with open_runtime(settings, workers=True, migrate=True) as runtime:
            yield runtime

    return opening


def made_by(runtime: Runtime) -> Application:
    """Who makes people here, by links of the tests."""
    return Application(runtime.pool, factories.POLICY)


def client_of(runtime: Runtime) -> httpx.AsyncClient:
    app: Any = create_app(runtime)
    return httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://test")


async def test_how_long_links_and_sessions_live(with_settings: Opened) -> None:
    given = {"invitation_lifetime_hours": 7, "session_lifetime_hours": 3}
    async with with_settings(**given, invitation_grace_seconds=5) as runtime:
        organization_id, _, _ = await opened(runtime)
        invited = await factories.member(runtime.application, organization_id)
        person = await factories.member(made_by(runtime), organization_id, MemberStatus.CONFIRMED)
        await session(runtime.application, person.account_id)
        invitation = await runtime.pool.fetchrow(
            "SELECT expires_at - queued_at AS lives, due_at - queued_at AS waits FROM invitations"
            " WHERE organization_id = $1 AND member_id = $2",
            organization_id,
            invited.id,
        )
        lives = await runtime.pool.fetchval(
            "SELECT expires_at - created_at FROM sessions WHERE account_id = $1", person.account_id
        )

    assert tuple(invitation) == (timedelta(hours=7), timedelta(seconds=5))
    assert lives == timedelta(hours=3)


async def test_how_long_the_request_log_is_kept(with_settings: Opened) -> None:
    organization_id = new_id()
    ages = [timedelta(days=1), timedelta(days=3)]
    left = "SELECT received_at FROM provisioning_requests WHERE organization_id = $1"
    async with with_settings() as runtime:
        for age in ages:
            runtime.workers.request_log.record(entry(organization_id, received_at=utc_now() - age))
        await runtime.workers.request_log.flush()
        assert len(await runtime.pool.fetch(left, organization_id)) == 2

    async with with_settings(request_log_retention_days=2) as runtime:

        async def removed() -> bool:
            return len(await runtime.pool.fetch(left, organization_id)) == 1

        await eventually(removed)


async def test_how_often_people_and_strangers_may_ask(with_settings: Opened) -> None:
    given = {
        "graphql_session_operations_per_minute": 2,
        "graphql_anonymous_operations_per_minute": 3,
    }
    async with with_settings(**given) as runtime, client_of(runtime) as client:
        organization_id, _, token = await opened(runtime)
        _, secret = await signed_in(made_by(runtime), organization_id)
        cookie = SessionCookie.of(runtime.settings.public_url, timedelta(days=7)).name
        who: dict[str, dict[str, str]] = {
            "a person": {"cookie": f"{cookie}={secret}", "x-rollcall": "1"},
            "a stranger": {},
            "a token": {"authorization": f"Bearer {token}"},
        }
        statuses = {
            name: [
                (
                    await client.post(
                        "/graphql", json={"query": "{ server { version } }"}, headers=headers
                    )
                ).status_code
                for _ in range(4)
            ]
            for name, headers in who.items()
        }

    assert statuses == {
        "a person": [200, 200, 429, 429],
        "a stranger": [200, 200, 200, 429],
        "a token": [200, 200, 200, 200],
    }


async def test_how_much_a_person_may_ask_for(with_settings: Opened) -> None:
    async with (
        with_settings(graphql_session_cost_per_minute=150) as runtime,
        client_of(runtime) as client,
    ):
        organization_id, _, _ = await opened(runtime)
        _, secret = await signed_in(made_by(runtime), organization_id)
        cookie = SessionCookie.of(runtime.settings.public_url, timedelta(days=7)).name
        headers = {"cookie": f"{cookie}={secret}", "x-rollcall": "1"}
        query = {"query": "{ organizations(first: 100) { nodes { id } } }"}
        answers = [await client.post("/graphql", json=query, headers=headers) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [200, 429]


@pytest.mark.parametrize("percent", [0, 100])
async def test_how_many_traces_are_sent(with_settings: Opened, percent: int) -> None:
    with running_collector() as collector:
        given = {"otlp_endpoint": collector.url, "trace_percent": percent}
        async with with_settings(**given) as runtime, client_of(runtime) as client:
            for _ in range(5):
                assert (await client.get("/alive")).status_code == 200

        assert len(collector.named("GET /alive")) == 5 * percent // 100


async def test_lists_are_the_same_without_the_short_cut(with_settings: Opened) -> None:
    members = "members(first: 5) { nodes { userName groups { nodes { displayName } } } }"
    query = {"query": f"{{ organizations(first: 5) {{ totalCount nodes {{ name {members} }} }} }}"}
    answers = []
    async with with_settings() as runtime:
        organization_id, _, token = await opened(runtime)
        await factories.members(runtime.application, organization_id, 4)
    for switch in Switch:
        async with with_settings(graphql_plans=switch) as runtime, client_of(runtime) as client:
            headers = {"authorization": f"Bearer {token}"}
            answers.append(
                (await client.post("/graphql", json=query, headers=headers)).json()["data"]
            )

    assert answers[0] == answers[1]
    assert len(answers[0]["organizations"]["nodes"][0]["members"]["nodes"]) == 4


@pytest.mark.parametrize("hours", [0, 1])
async def test_when_and_whether_an_open_invitation_is_reminded_of(
    with_settings: Opened, hours: int
) -> None:
    async with with_settings() as runtime:
        organization_id, _, _ = await opened(runtime)
        invited = await factories.member(made_by(runtime), organization_id)
        await factories.owner(made_by(runtime), organization_id)
        await factories.member(made_by(runtime), organization_id, MemberStatus.ACCEPTED)
        await runtime.pool.execute(
            "UPDATE invitations SET state = 'SENT', sent_at = now() - interval '61 min'"
            " WHERE organization_id = $1 AND member_id = $2",
            organization_id,
            invited.id,
        )
    expected = {"CONFIRMABLE", *(["REMINDER"] if hours else [])}
    kinds = "SELECT kind FROM mails WHERE organization_id = $1 AND kind <> 'CONFIRMED'"

    async with with_settings(
        invitation_reminder_hours=hours, invitation_grace_seconds=0
    ) as runtime:

        async def queued() -> bool:
            rows = await runtime.pool.fetch(kinds, organization_id)
            return {row["kind"] for row in rows} >= expected

        await eventually(queued)
        rows = await runtime.pool.fetch(kinds, organization_id)

    assert {row["kind"] for row in rows} == expected
