"""kill -9 of server and database during a load of creates: what was answered 201 is there."""

from __future__ import annotations

import asyncio
import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import asyncpg
import httpx
import pytest

from tests.support.processes import children_of, is_running
from tests.support.server import RunningServer, running_server, server_folder, stop_database

pytestmark = pytest.mark.faults

WRITERS = 8
BEFORE_THE_END = 150
SEALED_WITHIN_S = 2.0


@pytest.fixture
def folder() -> Iterator[Path]:
    """A data folder that outlives the server."""
    made = server_folder()
    yield made
    stop_database(made)


async def _load(base: str, key: str, enough: asyncio.Event) -> list[str]:
    """Ids of all users that were answered 201 until the server was gone."""
    created: list[str] = []
    headers = {"authorization": f"Bearer {key}"}

    async def write(client: httpx.AsyncClient, writer: int) -> None:
        for number in range(1_000_000):
            body = {"userName": f"w{writer}-{number}@x.example"}
            try:
                answer = await client.post(f"{base}/Users", json=body)
            except httpx.HTTPError:
                return
            if answer.status_code == 201:
                created.append(answer.json()["id"])
                if len(created) == BEFORE_THE_END:
                    enough.set()
            elif answer.status_code != 503:
                raise AssertionError(answer.text)

    async with httpx.AsyncClient(headers=headers, timeout=20) as client:
        await asyncio.gather(*(write(client, writer) for writer in range(WRITERS)))
    return created


def _kill(server: RunningServer, *, database: bool) -> None:
    """Ends the server's processes, and its database's, without a word."""
    pids = [server.process.pid, *server.worker_pids()]
    if database:
        postmaster = server.database_pid()
        pids += [postmaster, *children_of(postmaster, "")]
    for pid in pids:
        if is_running(pid):
            os.kill(pid, signal.SIGKILL)
    server.process.wait(10)


async def _load_and_kill(
    server: RunningServer, made: dict[str, Any], *, database: bool
) -> list[str]:
    enough = asyncio.Event()
    loading = asyncio.create_task(_load(made["scimBaseUrl"], made["scimApiKey"], enough))
    await asyncio.wait_for(enough.wait(), 60)
    await asyncio.to_thread(_kill, server, database=database)
    return await asyncio.wait_for(loading, 60)


async def _found(url: str, organization_id: str, ids: list[str]) -> dict[str, Any]:
    """What the tables hold of these members."""
    connection = await asyncpg.connect(url)
    try:
        return dict(
            await connection.fetchrow(
                "SELECT"
                " (SELECT count(*) FROM members WHERE organization_id = $1"
                "  AND id = ANY($2) AND stage = 'INVITED') AS members,"
                " (SELECT count(DISTINCT member_id) FROM invitations WHERE organization_id = $1"
                "  AND member_id = ANY($2)) AS invitations,"
                " (SELECT count(*) FROM audit_events WHERE organization_id = $1"
                "  AND subject_id = ANY($2) AND action = 'member.invited') AS events,"
                " (SELECT count(*) FROM audit_events WHERE organization_id = $1"
                "  AND position IS NULL) AS unsealed,"
                # All were invited, the owner in the same moment as confirmed.
                " (SELECT count(*) FROM members WHERE organization_id = $1) AS all_members,"
                " (SELECT count(*) FROM audit_events WHERE organization_id = $1"
                "  AND action = 'member.invited') AS all_events",
                organization_id,
                ids,
            )
        )
    finally:
        await connection.close()


@pytest.mark.parametrize("database", [False, True], ids=["server", "server and database"])
async def test_what_was_answered_201_survives_a_kill(folder: Path, database: bool) -> None:
    # given a server under load that is killed
    with running_server(folder) as server:
        made = await asyncio.to_thread(server.init, "Acme")
        created = await _load_and_kill(server, made, database=database)
    assert len(created) >= BEFORE_THE_END

    # when it starts again
    with running_server(folder) as server:
        ready = time.monotonic()
        url = _owner_url(folder)
        while True:
            found = await _found(url, made["organizationId"], created)
            if found["unsealed"] == 0:
                break
            assert time.monotonic() - ready < SEALED_WITHIN_S, found
            await asyncio.sleep(0.05)

        # then nothing that was promised is missing, nothing is there by halves
        assert {found[name] for name in ("members", "invitations", "events")} == {len(created)}
        assert found["all_members"] == found["all_events"]
        headers = {"authorization": f"Bearer {made['scimApiKey']}"}
        async with httpx.AsyncClient(headers=headers) as client:
            base = f"{server.url}/v2/{made['organizationId']}"
            for id_ in (created[0], created[-1]):
                answer = await client.get(f"{base}/Users/{id_}")
                assert answer.status_code == 200, answer.text
            again = await client.post(f"{base}/Users", json={"userName": "after@x.example"})
            assert again.status_code == 201


def _owner_url(folder: Path) -> str:
    """The database of the server in `folder`, as a superuser."""
    from api.embedded_database import EmbeddedDatabase

    database = EmbeddedDatabase(folder / "data")
    url = database.start().superuser_url
    database.release()
    return url
