"""A connection that calls too often is told when to come again; its neighbours notice nothing."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import httpx
from pydantic import SecretStr

from api.app import create_app
from api.runtime import Runtime, open_runtime
from api.settings import Settings
from domain.caller import system_caller
from domain.commands import CreateOrganization, EnableScim
from domain.ids import UUID, new_id
from scim_facade.protocol.errors import ERROR_URN
from tests.support.database import TestDatabase

CALLS = 60


def settings_with(limit: int, database: TestDatabase, folder: Path) -> Settings:
    return Settings(
        data_dir=folder,
        database_url=SecretStr(database.server_url),
        database_direct_url=SecretStr(database.owner_url),
        scim_rate_limit=limit,
    )


async def connection(runtime: Runtime) -> tuple[UUID, dict[str, str]]:
    """A new organization and the header of its key."""
    operator = system_caller("test")
    created = await runtime.application.execute(CreateOrganization(f"Acme {new_id()}"), operator)
    enabled = await runtime.application.execute(EnableScim(created.value), operator)
    return created.value, {"Authorization": f"Bearer {enabled.value.secret}"}


def client_of(runtime: Runtime) -> httpx.AsyncClient:
    app: Any = create_app(runtime)
    return httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://test")


async def test_more_than_the_burst_at_once_is_429(
    served_database: TestDatabase, tmp_path: Path
) -> None:
    settings = settings_with(1, served_database, tmp_path)
    async with open_runtime(settings, workers=True, migrate=True) as runtime:
        (busy, key), (calm, other_key) = await connection(runtime), await connection(runtime)
        async with client_of(runtime) as client:
            path = f"/v2/{busy}/Users"
            answers = await asyncio.gather(
                *(client.get(path, headers=key) for _ in range(CALLS)),
            )
            created = await client.post(path, headers=key, json={"userName": "ada@example.com"})
            neighbour = await client.get(f"/v2/{calm}/Users", headers=other_key)
            figures = (await client.get("/metrics")).text
        await runtime.workers.request_log.flush()
        kept = await runtime.pool.fetchval(
            "SELECT count(*) FROM provisioning_requests"
            " WHERE organization_id = $1 AND status_code = 429",
            busy,
        )
        members = await runtime.pool.fetchval(
            "SELECT count(*) FROM members WHERE organization_id = $1", busy
        )

    let_through = [answer for answer in answers if answer.status_code == 200]
    refused = [answer for answer in answers if answer.status_code == 429]
    assert len(let_through) + len(refused) == CALLS
    assert len(let_through) >= 4
    assert len(refused) > 10
    for answer in refused:
        assert int(answer.headers["retry-after"]) >= 1
        assert answer.headers["content-type"].startswith("application/scim+json")
        wait = answer.headers["retry-after"]
        assert answer.json() == {
            "schemas": [ERROR_URN],
            "status": "429",
            "detail": f"Too many requests at once; try again in {wait} s.",
        }
    assert (created.status_code, members) == (429, 0)
    assert neighbour.status_code == 200
    assert kept == 10
    assert 'rollcall_scim_requests_total{operation="READ",resource="NONE",status="429"}' in figures


async def test_one_request_after_another_is_slowed_down_rather_than_refused(
    served_database: TestDatabase, tmp_path: Path
) -> None:
    settings = settings_with(100, served_database, tmp_path)
    async with open_runtime(settings, workers=True, migrate=True) as runtime:
        organization_id, key = await connection(runtime)
        async with client_of(runtime) as client:
            path = f"/v2/{organization_id}/Users?count=0"
            statuses = {(await client.get(path, headers=key)).status_code for _ in range(500)}

    assert statuses == {200}


async def test_zero_lets_all_in(served_database: TestDatabase, tmp_path: Path) -> None:
    settings = settings_with(0, served_database, tmp_path)
    async with open_runtime(settings, workers=True, migrate=True) as runtime:
        organization_id, key = await connection(runtime)
        async with client_of(runtime) as client:
            answers = [
                await client.get(f"/v2/{organization_id}/Groups", headers=key) for _ in range(CALLS)
            ]

    assert {answer.status_code for answer in answers} == {200}


def test_the_default_is_far_above_what_entra_sends() -> None:
    # Which asks for 25 requests a second, sustained.
    assert Settings().scim_rate_limit == 100
