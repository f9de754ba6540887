"""The application as put together: its doors, its headers, its state and its figures."""

from pathlib import Path
from typing import Any

import httpx
import pytest

from api.app import Front, create_app
from api.runtime import Runtime
from tests.api.working import access


async def test_alive_and_ready(client: httpx.AsyncClient) -> None:
    alive, ready = await client.get("/alive"), await client.get("/ready")

    assert (alive.status_code, alive.json()) == (200, {"status": "alive"})
    assert (ready.status_code, ready.json()) == (200, {"status": "ready"})


async def test_ready_waits_for_the_schema(
    client: httpx.AsyncClient, runtime: Runtime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("api.health.newest_revision", lambda: "9999")
    app: Any = create_app(runtime)
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(app), base_url="http://test"
    ) as behind:
        ready = await behind.get("/ready")

    assert ready.status_code == 503
    assert "rollcall migrate" in ready.json()["detail"]


async def test_ready_stays_when_the_next_version_has_migrated(
    client: httpx.AsyncClient, runtime: Runtime, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Given a version whose newest step is the one before: it does not know the database's.
    monkeypatch.setattr("api.health.newest_revision", lambda: "0001")
    monkeypatch.setattr("api.health.is_known_revision", lambda revision: revision == "0001")
    app: Any = create_app(runtime)
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(app), base_url="http://test"
    ) as before:
        ready = await before.get("/ready")

    assert (ready.status_code, ready.json()) == (200, {"status": "ready"})


async def test_ready_says_when_the_database_is_away(
    client: httpx.AsyncClient, runtime: Runtime
) -> None:
    await runtime.pool.close()

    ready = await client.get("/ready")

    assert ready.status_code == 503
    assert (await client.get("/alive")).status_code == 200


async def test_scim_and_graphql_answer_for_the_same_organization(
    client: httpx.AsyncClient, runtime: Runtime
) -> None:
    base, key, token = await access(runtime)
    person = {
        "schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"],
        "userName": "ada@example.com",
    }

    created = await client.post(
        f"{base}/Users", json=person, headers={"Authorization": f"Bearer {key}"}
    )
    asked = await client.post(
        "/graphql",
        json={"query": "{ organizations { nodes { members { nodes { userName } } } } }"},
        headers={"Authorization": f"Bearer {token}"},
    )

    assert created.status_code == 201
    assert created.headers["location"].startswith(f"https://rollcall.example.com{base}/Users/")
    assert asked.json()["data"] == {
        "organizations": {"nodes": [{"members": {"nodes": [{"userName": "ada@example.com"}]}}]}
    }


@pytest.mark.parametrize("path", ["/", "/alive", "/ready", "/metrics", "/graphql", "/nowhere"])
async def test_every_answer_outside_scim_is_safe_and_named(
    client: httpx.AsyncClient, path: str
) -> None:
    answer = await client.get(path)

    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["content-security-policy"].startswith("default-src 'none'")
    assert answer.headers["strict-transport-security"] == "max-age=31536000"
    assert answer.headers["cache-control"] == "no-store"
    assert len(answer.headers["x-request-id"]) == 36
    assert answer.status_code == {"/graphql": 405, "/nowhere": 404}.get(path, 200)


async def test_an_address_that_nobody_answers_says_where_things_are(
    client: httpx.AsyncClient,
) -> None:
    answer = await client.get("/scim/v2/Users")

    assert answer.status_code == 404
    assert answer.json() == {
        "detail": "There is nothing at this address. SCIM is at /v2/{organizationId},"
        " the admin API at /graphql; the console begins at /."
    }


async def test_a_console_that_was_built_takes_the_place_of_the_front_page(
    runtime: Runtime, tmp_path: Path
) -> None:
    built = tmp_path / "built"
    built.mkdir()
    (built / "index.html").write_text("<title>The console</title>")
    app: Any = create_app(runtime, console_folder=built)
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as asking:
        pages = [await asking.get(path) for path in ("/", "/o/acme/audit")]
        ready = await asking.get("/ready")

    assert [page.text for page in pages] == ["<title>The console</title>"] * 2
    assert {page.headers["cache-control"] for page in pages} == {"no-store"}
    assert pages[0].headers["x-frame-options"] == "DENY"
    assert ready.json() == {"status": "ready"}


async def test_front_page_names_the_doors(client: httpx.AsyncClient) -> None:
    page = (await client.get("/")).text

    assert "https://rollcall.example.com/v2/" in page
    assert "https://rollcall.example.com/graphql" in page


async def test_requests_are_counted_without_naming_anyone(
    client: httpx.AsyncClient, runtime: Runtime
) -> None:
    base, key, _ = await access(runtime)
    await client.get(f"{base}/Users", headers={"Authorization": f"Bearer {key}"})
    await client.get("/nowhere/ada@example.com")

    figures = (await client.get("/metrics")).text

    assert (
        'rollcall_scim_requests_total{operation="SEARCH",resource="USER",status="200"}' in figures
    )
    assert 'rollcall_http_requests_total{route="other",status="404"}' in figures
    assert base.removeprefix("/v2/") not in figures
    assert "ada" not in figures


async def test_scim_is_sent_on_in_any_case_and_nothing_else_is() -> None:
    seen: list[tuple[str, str]] = []

    def named(name: str) -> Any:
        async def app(scope: Any, receive: Any, send: Any) -> None:
            seen.append((name, scope["path"]))

        return app

    front = Front(named("scim"), named("rest"))
    for path in ("/v2/x", "/V2/x", "/v2", "/v22/x", "/", ""):
        await front({"type": "http", "path": path}, None, None)  # type: ignore[arg-type]

    assert seen == [
        ("scim", "/v2/x"),
        ("scim", "/V2/x"),
        ("rest", "/v2"),
        ("rest", "/v22/x"),
        ("rest", "/"),
        ("rest", ""),
    ]


async def test_the_token_endpoint_is_served_safely_and_counted(client: httpx.AsyncClient) -> None:
    about = await client.get("/.well-known/oauth-authorization-server")
    refused = await client.post("/oauth/token", data={"grant_type": "client_credentials"})
    figures = (await client.get("/metrics")).text

    assert about.json()["token_endpoint"] == "https://rollcall.example.com/oauth/token"
    assert about.headers["cache-control"] == "public, max-age=3600"
    assert (refused.status_code, refused.json()["error"]) == (401, "invalid_client")
    assert refused.headers["cache-control"] == "no-store"
    assert refused.headers["x-content-type-options"] == "nosniff"
    assert len(refused.headers["x-request-id"]) == 36
    assert 'rollcall_http_requests_total{route="/oauth/token",status="401"}' in figures
