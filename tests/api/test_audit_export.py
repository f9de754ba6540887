"""The history over HTTP: whole, resumable, verifiable elsewhere, only for who may read it."""

from __future__ import annotations

import csv
import subprocess
import sys
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import httpx
import orjson
import pytest
from pydantic import SecretStr

from api.app import create_app
from api.runtime import Runtime, open_runtime
from api.settings import Settings
from domain.caller import system_caller
from domain.commands import CreateAccessToken, CreateOrganization, InviteMember
from domain.ids import UUID, new_id
from domain.queries import audit_export
from domain.store.sealer import seal_pending
from domain.vocabulary import ProvisioningSource, Scope
from graphql_schema.cookies import SessionCookie
from graphql_schema.ids import Kind, make_id
from tests.docs.pages import DOCS
from tests.support.database import TestDatabase
from tests.support.sessions import session

OPERATOR = system_caller("test")


@dataclass(frozen=True, slots=True)
class Export:
    """An organization with a sealed history, and a client that exports it."""

    runtime: Runtime
    client: httpx.AsyncClient
    organization_id: UUID
    token: str

    async def get(self, query: str = "", **given: Any) -> httpx.Response:
        organization = given.get("organization", self.organization_id)
        token = given.get("token", self.token)
        return await self.client.get(
            f"/organizations/{organization}/audit-export{query}",
            headers={"Authorization": f"Bearer {token}"},
        )

    async def events(self, query: str = "", **given: Any) -> list[dict[str, Any]]:
        answer = await self.get(query, **given)
        assert answer.status_code == 200, answer.text
        return [orjson.loads(line) for line in answer.content.splitlines()]


async def invite(runtime: Runtime, organization_id: UUID, *names: str) -> None:
    for name in names:
        command = InviteMember(
            organization_id,
            f"{name}{new_id()}@example.com",
            source=ProvisioningSource.ADMIN_API,
            display_name=name,
        )
        await runtime.application.execute(command, OPERATOR)


async def token(runtime: Runtime, organization_id: UUID | None, *scopes: Scope) -> str:
    command = CreateAccessToken(organization_id, "export", frozenset(scopes))
    secret: str = (await runtime.application.execute(command, OPERATOR)).value.secret
    return secret


@pytest.fixture
async def acme(worker_database: TestDatabase, tmp_path: Path) -> AsyncIterator[Export]:
    settings = Settings(
        data_dir=tmp_path,
        database_url=SecretStr(worker_database.server_url),
        database_direct_url=SecretStr(worker_database.owner_url),
    )
    async with open_runtime(settings, workers=False, migrate=True, make=True) as runtime:
        created = await runtime.application.execute(CreateOrganization(f"A {new_id()}"), OPERATOR)
        await invite(runtime, created.value, "Ada", "Zoë", "=1+1")
        reader = await token(runtime, created.value, Scope.AUDIT_READ)
        await seal_pending(runtime.pool)
        app: Any = create_app(runtime)
        transport = httpx.ASGITransport(app)
        async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
            yield Export(runtime, client, created.value, reader)


async def stored(export: Export) -> list[int]:
    rows = await export.runtime.pool.fetch(
        "SELECT position FROM audit_events WHERE organization_id = $1 ORDER BY position",
        export.organization_id,
    )
    return [row["position"] for row in rows]


async def test_every_event_is_there_in_order_in_parts_of_any_size(
    acme: Export, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = await acme.events()

    for size in (1, 2, len(whole), 100):
        monkeypatch.setattr(audit_export, "PAGE", size)
        assert await acme.events() == whole
    assert [event["position"] for event in whole] == await stored(acme)
    assert whole[-1]["position"] == len(whole) >= 5


async def test_an_export_goes_on_after_any_position(acme: Export) -> None:
    whole = await acme.events()

    for after in range(len(whole) + 2):
        assert await acme.events(f"?after={after}") == whole[after:]


async def test_what_is_not_sealed_comes_later(acme: Export) -> None:
    before = await acme.events()
    await invite(acme.runtime, acme.organization_id, "late")
    assert await acme.events() == before

    await seal_pending(acme.runtime.pool)

    after = await acme.events(f"?after={len(before)}")
    assert {event["action"] for event in after} == {"member.invited"}


async def test_the_page_s_program_verifies_an_export_and_finds_a_change(acme: Export) -> None:
    page = (DOCS / "audit.md").read_text()
    program = page.partition("```python check.py\n")[2].partition("```")[0]
    export = (await acme.get()).content

    def verify(lines: bytes) -> subprocess.CompletedProcess[bytes]:
        return subprocess.run(
            [sys.executable, "-c", program], input=lines, capture_output=True, check=False
        )

    last = orjson.loads(export.splitlines()[-1])["hash"]
    assert verify(export).stdout == f"holds, last hash {last}\n".encode()
    changed = verify(export.replace(b"Ada", b"Eve", 1))
    assert changed.returncode == 1
    assert b"does not fit" in changed.stderr


async def test_csv_has_the_same_and_nothing_that_a_spreadsheet_computes(acme: Export) -> None:
    events = await acme.events()
    answer = await acme.get("?format=csv")
    rows = list(csv.DictReader(StringIO(answer.text)))
    rest = await acme.get("?format=csv&after=1")

    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert [int(row["position"]) for row in rows] == [event["position"] for event in events]
    assert [orjson.loads(row["changes"]) for row in rows] == [e["changes"] for e in events]
    left_out = [name for name in events[0] if name not in rows[0]]
    assert left_out == ["organization_id", "id", "sequence", "recorded_at"]
    page = " ".join((DOCS / "audit.md").read_text().split())
    assert "leaves out `organization_id`, `id`, `sequence` and `recorded_at`, which" in page
    labels = [row["subject_label"] for row in rows]
    assert [label[:5] for label in labels if label.startswith("'")] == ["'=1+1"]
    assert any(label.startswith("Zoë") for label in labels)
    assert answer.text.splitlines()[2:] == rest.text.splitlines()


async def test_organization_may_be_named_by_either_id(acme: Export) -> None:
    id_ = make_id(Kind.ORGANIZATION, None, acme.organization_id)

    assert await acme.events(organization=id_) == await acme.events()


@pytest.mark.parametrize(
    "query", ["?after=-1", "?after=x", "?after=", "?after=1.5", "?after=9223372036854775808"]
)
async def test_a_wrong_position_is_told(acme: Export, query: str) -> None:
    answer = await acme.get(query)

    assert answer.status_code == 400
    (error,) = answer.json()["errors"]
    assert error["message"].startswith("after must be a position")


async def test_a_wrong_format_is_told(acme: Export) -> None:
    answer = await acme.get("?format=xml")

    assert answer.status_code == 400
    assert answer.json()["errors"][0]["message"] == "format must be jsonl or csv."


async def test_only_who_may_read_the_history_gets_it(acme: Export) -> None:
    runtime = acme.runtime
    other = (await runtime.application.execute(CreateOrganization(f"B {new_id()}"), OPERATOR)).value
    everything_else = await token(runtime, acme.organization_id, *(set(Scope) - {Scope.AUDIT_READ}))
    theirs = await token(runtime, other, Scope.AUDIT_READ)
    everywhere = await token(runtime, None, Scope.AUDIT_READ)

    found = {
        "nobody": await acme.get(token="adm_x"),
        "without scope": await acme.get(token=everything_else),
        "of another": await acme.get(token=theirs),
        "unknown": await acme.get(organization=new_id(), token=everywhere),
        "no id": await acme.get(organization="acme"),
    }

    assert {name: answer.status_code for name, answer in found.items()} == {
        "nobody": 401,
        "without scope": 403,
        "of another": 404,
        "unknown": 404,
        "no id": 404,
    }
    assert found["nobody"].headers["www-authenticate"] == "Bearer"
    assert found["of another"].json() == found["unknown"].json()
    assert all("Ada" not in answer.text for answer in found.values())
    assert await acme.events(token=everywhere) == await acme.events()


async def test_a_person_exports_by_their_session_alone(acme: Export) -> None:
    runtime = acme.runtime
    email = f"{new_id()}@example.com"
    invited = CreateOrganization(f"C {new_id()}", email)
    theirs = (await runtime.application.execute(invited, OPERATOR)).value
    account_id = await runtime.pool.fetchval("SELECT id FROM accounts WHERE email = $1", email)
    secret = await session(runtime.application, account_id)
    await seal_pending(runtime.pool)
    cookie = SessionCookie.of(runtime.settings.public_url, timedelta(days=7))
    headers = {"Cookie": f"{cookie.name}={secret}"}

    own = await acme.client.get(f"/organizations/{theirs}/audit-export", headers=headers)
    others = await acme.client.get(
        f"/organizations/{acme.organization_id}/audit-export",
        headers=headers | {"X-Rollcall-Organization": make_id(Kind.ORGANIZATION, None, theirs)},
    )
    nobody = await acme.client.get(f"/organizations/{theirs}/audit-export")

    assert own.status_code == 200
    assert own.headers["content-disposition"].startswith("attachment;")
    assert "access-control-allow-origin" not in own.headers
    assert [orjson.loads(line)["action"] for line in own.content.splitlines()] == [
        "organization.created",
        "member.invited",
        "member.accepted",
        "member.confirmed",
    ]
    assert (others.status_code, nobody.status_code) == (403, 401)
