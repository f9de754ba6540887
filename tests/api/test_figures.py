"""The figures that an operator watches move when what they tell of happens."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from pydantic import SecretStr

from api import metrics
from api import workers as workers_module
from api.app import create_app
from api.runtime import Runtime, open_runtime
from api.settings import Settings, SmtpSecurity
from domain.store import audit_verifier
from domain.store import request_log as request_log_module
from domain.store.pool import open_pool
from tests.api.working import eventually
from tests.support import factories
from tests.support.database import DatabaseFactory, TestDatabase
from tests.support.mail_server import MailServer
from tests.support.request_log import entry
from tests.support.server import free_port

Opened = Callable[..., Any]


@pytest.fixture(scope="module")
def own_database(database_factory: DatabaseFactory, worker_id: str) -> TestDatabase:
    """A database in which no other test's mails wait."""
    return database_factory.clone(f"figures_{worker_id}")


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workers_module, "MEASURE_EVERY_S", 0.02)
    monkeypatch.setattr(audit_verifier, "POLL_S", 0.02)
    monkeypatch.setattr(audit_verifier, "SHORTEST_REST_S", 0.0)


@pytest.fixture
def serving(own_database: TestDatabase, tmp_path: Path) -> Opened:
    """A process with its background work, and a way to read its figures."""

    @asynccontextmanager
    async def opening(**given: Any) -> AsyncIterator[tuple[Runtime, Figures]]:
        settings = Settings(
            data_dir=tmp_path,
            database_url=SecretStr(own_database.server_url),
            database_direct_url=SecretStr(own_database.owner_url),
            invitation_grace_seconds=0,
            invitation_reminder_hours=0,
            **given,
        )
        async with open_runtime(settings, workers=True, migrate=True) as runtime:
            app: Any = create_app(runtime)
            transport = httpx.ASGITransport(app)
            async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
                yield runtime, Figures(client)

    return opening


class Figures:
    """What /metrics says now."""

    def __init__(self, client: httpx.AsyncClient) -> None:
        self._client = client

    async def value(self, name: str) -> float:
        """Of one figure, with its labels; 0 where it has none yet."""
        text = (await self._client.get("/metrics")).text
        found = re.search(rf"(?m)^{re.escape(name)} (\S+)$", text)
        return float(found[1]) if found is not None else 0.0

    async def until(self, name: str, holds: Callable[[float], bool], within_s: float = 20) -> None:
        """Returns as soon as the figure is so."""

        async def look() -> bool:
            return holds(await self.value(name))

        await eventually(look, within_s)


async def test_mails_that_wait_for_the_mail_server(serving: Opened) -> None:
    port = free_port()
    sent, retry = (
        f'rollcall_mails_total{{kind="INVITATION",outcome="{outcome}"}}'
        for outcome in ("SENT", "RETRY")
    )
    given = {"smtp_host": "127.0.0.1", "smtp_port": port, "smtp_security": SmtpSecurity.NONE}
    async with serving(**given) as (runtime, figures):
        before, tried = await figures.value(sent), await figures.value(retry)
        organization_id = await factories.organization(runtime.application)
        # The only mail there is: once it was tried, it is due again only at its next try.
        await factories.members(runtime.application, organization_id, 1)
        await figures.until(retry, lambda value: value > tried)
        await figures.until("rollcall_mails_due_seconds", lambda value: value > 1)
        seen = await figures.value("rollcall_mails_due_seconds")
        await figures.until("rollcall_mails_due_seconds", lambda value: value > seen + 1)

        with MailServer(port=port) as server:
            await runtime.application.pool.execute(
                "UPDATE invitations SET due_at = now() WHERE state = 'QUEUED'"
            )
            await figures.until("rollcall_mails_due_seconds", lambda value: value == 0)
            assert await figures.value(sent) - before == len(server.letters) > 0


async def test_events_that_were_sealed_late(serving: Opened, own_database: TestDatabase) -> None:
    alone = await factories.application(own_database.server_url)
    try:
        await factories.organization(alone)
    finally:
        await alone.pool.close()
    await asyncio.sleep(1.1)

    async with serving() as (runtime, figures):
        await figures.until("rollcall_audit_seal_lag_seconds", lambda value: value > 1)
        before = await figures.value("rollcall_audit_sealed_total")
        await factories.organization(runtime.application)
        await figures.until("rollcall_audit_sealed_total", lambda value: value > before)


async def test_a_history_that_was_changed(
    serving: Opened, own_database: TestDatabase, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(audit_verifier, "AGAIN_EVERY", timedelta(0))
    broken = "rollcall_audit_chains_broken"
    rename = (
        "UPDATE audit_events SET subject_label = $2 WHERE organization_id = $1 AND position = 1"
    )
    async with serving() as (runtime, figures):
        organization_id = await factories.organization(runtime.application)
        sealed = (
            "SELECT subject_label FROM audit_events WHERE organization_id = $1 AND position = 1"
        )

        async def label() -> Any:
            return await runtime.pool.fetchval(sealed, organization_id)

        await eventually(label)
        assert await figures.value(broken) == 0
        was = await label()
        owner = await factories.application(own_database.owner_url)
        try:
            await owner.pool.execute(rename, organization_id, "somebody else")
            await figures.until(broken, lambda value: value == 1)
            await owner.pool.execute(rename, organization_id, was)
            await figures.until(broken, lambda value: value == 0)
        finally:
            await owner.pool.close()


async def test_a_task_that_fails(serving: Opened, monkeypatch: pytest.MonkeyPatch) -> None:
    async def fails(*_: object) -> int:
        raise RuntimeError("of a test")

    monkeypatch.setattr(workers_module, "EXPIRE_EVERY_S", 0.02)
    crashes = 'rollcall_task_crashes_total{task="mail expiry"}'
    async with serving() as (_, figures):
        before = await figures.value(crashes)
        monkeypatch.setattr(workers_module, "expire_invitations", fails)
        await figures.until(crashes, lambda value: value > before)


async def test_connections_that_are_idle_and_used(
    serving: Opened, own_database: TestDatabase, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(metrics, "LOOK_EVERY_S", 0.02)
    idle, used = (f'rollcall_pool_connections{{state="{state}"}}' for state in ("idle", "used"))
    pool = await open_pool(own_database.server_url, size=3, smallest=3)
    async with serving() as (_, figures):
        watching = asyncio.create_task(metrics.watch_pool(pool))
        await figures.until(idle, lambda value: value == 3)
        taken = [await pool.acquire() for _ in range(3)]
        await figures.until(idle, lambda value: value == 0)
        assert await figures.value(used) == 3
        watching.cancel()
        await asyncio.gather(watching, return_exceptions=True)
    for connection in taken:
        await pool.release(connection)
    await pool.close()


async def test_requests_that_could_not_be_logged(
    serving: Opened, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(request_log_module, "MAX_ENTRIES", 2)
    dropped = "rollcall_request_log_dropped_total"
    async with serving() as (runtime, figures):
        before = await figures.value(dropped)
        organization_id = await factories.organization(runtime.application)
        for _ in range(5):
            runtime.workers.request_log.record(entry(organization_id))

        assert await figures.value(dropped) == before + 3
