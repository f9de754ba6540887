"""Every kind of answer is safe in a browser's hands, and no header is what a request makes it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import httpx
import pytest

from api.app import create_app
from api.http_middleware import safe_headers
from api.runtime import Runtime
from tests.api.working import access

NOBODY: dict[str, str] = {}
JSON = {"Content-Type": "application/json"}
FORM = {"Content-Type": "application/x-www-form-urlencoded"}
ALWAYS = {
    "strict-transport-security": "max-age=31536000",
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "no-referrer",
}
FOR_EVER = "public, max-age=31536000, immutable"
BREAKS = ("%0d%0aX-Injected:%201", "%0aX-Injected:1", "%00", "%e5%98%8a%e5%98%8dX-Injected:1")


@pytest.fixture
async def site(runtime: Runtime, tmp_path: Path) -> Any:
    built = tmp_path / "built"
    (built / "assets").mkdir(parents=True)
    (built / "index.html").write_text("<title>The console</title>")
    (built / "assets" / "index-abc.js").write_text("1")
    app: Any = create_app(runtime, console_folder=built)
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
        yield client


async def answers(site: httpx.AsyncClient, runtime: Runtime) -> dict[str, httpx.Response]:
    """One of each kind, by method, address and status."""
    base, key, token = await access(runtime)
    scim, admin = {"Authorization": f"Bearer {key}"}, {"Authorization": f"Bearer {token}"}
    export = f"/organizations/{base.removeprefix('/v2/')}/audit-export"
    wrong = {"Authorization": "Bearer wrong"}
    asked: list[tuple[str, str, dict[str, str], bytes, int]] = [
        ("GET", "/", NOBODY, b"", 200),
        ("GET", "/o/acme/members", NOBODY, b"", 200),
        ("GET", "/assets/index-abc.js", NOBODY, b"", 200),
        ("GET", "/assets/gone.js", NOBODY, b"", 404),
        ("POST", "/sign-in", NOBODY, b"", 405),
        ("GET", "/nowhere", NOBODY, b"", 404),
        ("GET", "/alive", NOBODY, b"", 200),
        ("GET", "/alive/", NOBODY, b"", 404),
        ("GET", "/ready", NOBODY, b"", 200),
        ("GET", "/metrics", NOBODY, b"", 200),
        ("GET", export, admin, b"", 200),
        ("GET", export, wrong, b"", 401),
        ("POST", "/graphql", JSON | admin, b'{"query": "{ viewer { label } }"}', 200),
        ("POST", "/graphql", JSON | admin, b"{", 400),
        ("POST", "/graphql", JSON | wrong, b"{}", 401),
        ("GET", "/graphql", NOBODY, b"", 405),
        ("POST", "/oauth/token", FORM, b"grant_type=client_credentials", 401),
        ("POST", "/oauth/token", NOBODY, b"", 400),
        ("GET", "/oauth/token", NOBODY, b"", 405),
        ("GET", "/.well-known/oauth-authorization-server", NOBODY, b"", 200),
        ("GET", "/sign-in/oidc/callback", NOBODY, b"", 302),
        ("GET", "/sign-in/oidc/nobody", NOBODY, b"", 302),
        ("GET", f"{base}/Users", scim, b"", 200),
        ("GET", f"{base}/Users/none", scim, b"", 404),
        ("PUT", f"{base}/Users", scim, b"", 405),
        ("POST", f"{base}/Users", scim | JSON, b"{", 400),
        ("GET", f"{base}/Users", wrong, b"", 401),
        ("GET", f"{base}/ServiceProviderConfig", NOBODY, b"", 200),
        ("GET", "/v2/nobody", NOBODY, b"", 404),
    ]
    found = {}
    for method, path, headers, body, status in asked:
        answer = await site.request(method, path, headers=headers, content=body)
        assert answer.status_code == status, (method, path, answer.status_code)
        found[f"{method} {path} {status}"] = answer
    return found


async def test_every_kind_of_answer_is_safe(site: httpx.AsyncClient, runtime: Runtime) -> None:
    for name, answer in (await answers(site, runtime)).items():
        headers = answer.headers
        assert {each: headers.get(each) for each in ALWAYS} == ALWAYS, name
        policy = headers["content-security-policy"]
        assert policy.startswith("default-src 'none'"), name
        assert "frame-ancestors 'none'" in policy, name
        assert "unsafe" not in policy, name
        # What everybody may read may be kept: files of the build, and where tokens are fetched.
        kept = {"/assets/index-abc.js": FOR_EVER, "/.well-known/": "public, max-age=3600"}
        expected = next((how for what, how in kept.items() if what in name), "no-store")
        assert headers["cache-control"] == expected, name
        assert len(headers["x-request-id"]) == 36, name
        assert "server" not in headers, name
        assert not any(each.startswith("access-control") for each in headers), name
        assert [each for each in headers if headers.get_list(each)[1:]] == [], name


async def test_a_fault_is_answered_as_safely(
    site: httpx.AsyncClient, runtime: Runtime, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError("hunter2")

    monkeypatch.setattr("api.audit_export.parse_uuid", broken)
    monkeypatch.setattr("scim_facade.app.is_public", broken)
    base, _, _ = await access(runtime)

    for path in ("/organizations/x/audit-export", f"{base}/Users"):
        answer = await site.get(path)

        assert answer.status_code == 500
        assert {each: answer.headers.get(each) for each in ALWAYS} == ALWAYS
        assert answer.headers["cache-control"] == "no-store"
        assert "hunter2" not in answer.text


def test_without_https_nobody_is_told_to_use_it() -> None:
    assert "Strict-Transport-Security" not in safe_headers("http://127.0.0.1:8000")


@pytest.mark.parametrize("text", BREAKS)
async def test_no_line_break_gets_into_a_header(
    site: httpx.AsyncClient, runtime: Runtime, text: str
) -> None:
    base, key, token = await access(runtime)
    scim, admin = {"Authorization": f"Bearer {key}"}, {"Authorization": f"Bearer {token}"}
    named = {"X-Request-Id": "mine", "Host": "evil.example", "X-Forwarded-Host": "evil.example"}
    organization = base.removeprefix("/v2/")
    paths = [
        f"/{text}",
        f"/o/{text}",
        f"/assets/{text}",
        f"/alive/{text}",
        f"/alive/?then={text}",
        f"/sign-in/oidc/x?then=/{text}",
        f"/sign-in/oidc/{text}",
        f"/sign-in/oidc/callback?state={text}&code={text}&error={text}",
        f"/organizations/{organization}/audit-export?format={text}&after={text}",
        f"/organizations/{text}/audit-export",
        f"{base}/Users/{text}",
        f"{base}/{text}",
        f"{base}/Users?filter={text}&startIndex={text}",
        f"/v2/{text}/Users",
    ]
    for path in paths:
        who = scim if path.startswith("/v2/") else admin
        answer = await site.get(path, headers=named | who)

        assert "x-injected" not in answer.headers, path
        for name, value in answer.headers.raw:
            assert not set(name + value) & set(b"\r\n\x00"), (path, name)
            assert b"evil.example" not in value, (path, name)
        assert answer.headers["x-request-id"] != "mine"


async def test_what_is_stored_gets_into_no_header(
    site: httpx.AsyncClient, runtime: Runtime
) -> None:
    base, key, _ = await access(runtime)
    name = "ada\r\nX-Injected: 1@example.com"
    person = {"userName": name, "externalId": name, "displayName": name}

    answer = await site.post(
        f"{base}/Users", json=person, headers={"Authorization": f"Bearer {key}"}
    )

    for _, value in answer.headers.raw:
        assert not set(value) & set(b"\r\n")
        assert b"Injected" not in value
