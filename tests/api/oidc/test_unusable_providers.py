"""Providers that are away, wrong about themselves, or gone."""

from __future__ import annotations

from typing import Any

import pytest

from api.careful_fetch import fetch_key_set
from api.oidc.exchange import vouched_address
from api.oidc.metadata import FRESH_S, STALE_S, Discovery
from domain.application import Application
from domain.commands import DeleteOidcProvider, UpdateOidcProvider, client_secret_purpose
from domain.ids import UUID, new_id
from domain.sealing import SealingKey
from domain.vocabulary import MemberStatus
from scim_facade.oauth.signing_keys import AGAIN_AFTER_S, SigningKeys
from tests.api.oidc.conftest import Site, back, site_with_member
from tests.support.factories import SYSTEM
from tests.support.openid_provider import CLIENT_SECRET, OpenidProvider, running_openid_provider


@pytest.mark.parametrize(
    "metadata",
    [
        {"issuer": None},
        {"issuer": "https://other.example.com"},
        {"token_endpoint": None},
        {"authorization_endpoint": 7},
        {"jwks_uri": "ftp://127.0.0.1/keys"},
        {"token_endpoint": "http://idp.example.com/token"},
        {"token_endpoint_auth_methods_supported": ["private_key_jwt"]},
    ],
    ids=str,
)
async def test_a_provider_that_describes_itself_wrongly(
    site: Site, metadata: dict[str, Any]
) -> None:
    site.provider.metadata = metadata
    async with site.browser() as browser:
        assert await site.refused(await browser.get(site.start)) == "provider_unreachable"


@pytest.mark.parametrize(
    "path", ["/.well-known/openid-configuration", "/token", "/keys", "/userinfo"]
)
async def test_a_provider_that_is_down(site: Site, path: str) -> None:
    await site.member()
    if path == "/userinfo":
        site.provider.claims = {}
    site.provider.silent = {path}
    async with site.browser() as browser:
        code = await site.refused(await site.sign_in(browser))

    assert code == ("invalid_token" if path == "/keys" else "provider_unreachable")


async def test_a_provider_that_is_gone(app: Application) -> None:
    with running_openid_provider() as provider:
        site = await site_with_member(app, provider)
    async with site.browser() as browser:
        assert await site.refused(await browser.get(site.start)) == "provider_unreachable"


async def test_what_a_provider_says_of_itself_is_remembered_while_it_is_down(
    app: Application, provider: OpenidProvider
) -> None:
    passed = 0.0
    site = await site_with_member(app, provider, discovery=Discovery(clock=lambda: passed))
    configuration = "/.well-known/openid-configuration"
    async with site.browser() as browser:
        for _ in range(3):
            assert (await browser.get(site.start)).headers["location"].startswith(provider.url)
        assert provider.asked.count(configuration) == 1

        provider.silent = {configuration}
        passed = STALE_S - 1
        assert (await browser.get(site.start)).headers["location"].startswith(provider.url)
        passed = STALE_S
        assert await site.refused(await browser.get(site.start)) == "provider_unreachable"
        assert FRESH_S < STALE_S
        assert provider.asked.count(configuration) == 3


async def test_rotated_keys_are_fetched_anew(app: Application, provider: OpenidProvider) -> None:
    passed = 0.0
    site = await site_with_member(app, provider, keys=SigningKeys(fetch_key_set, lambda: passed))
    async with site.browser() as browser:
        await site.sign_in(browser)
        provider.rotate()

        soon = await site.sign_in(browser)
        passed = AGAIN_AFTER_S
        await site.sign_in(browser)

    assert soon.headers["location"].endswith("problem=invalid_token"), "asked a moment ago"
    assert len(await site.sessions()) == 2
    assert provider.asked.count("/keys") == 2


async def test_a_provider_that_is_deleted_on_the_way(site: Site) -> None:
    await site.member(MemberStatus.CONFIRMED)
    async with site.browser() as browser:
        url = await back(site, browser)
        command = DeleteOidcProvider(site.organization_id, site.provider_id)
        await site.app.execute(command, SYSTEM)

        assert await site.refused(await browser.get(url)) == "unknown_provider"
        assert await site.refused(await browser.get(site.start)) == "unknown_provider"


async def test_a_provider_that_is_deleted_while_it_is_asked(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    await site.member(MemberStatus.CONFIRMED)

    async def asked(*given: Any, **named: Any) -> str:
        email = await vouched_address(*given, **named)
        command = DeleteOidcProvider(site.organization_id, site.provider_id)
        await site.app.execute(command, SYSTEM)
        return email

    monkeypatch.setattr("api.oidc.flow.vouched_address", asked)
    async with site.browser() as browser:
        assert await site.refused(await site.sign_in(browser)) == "unknown_provider"
    assert await site.sessions() == []


@pytest.mark.parametrize("name", ["x", "org_x", "callback/", "idp_", "%0aforged"])
async def test_what_names_no_provider(
    site: Site, name: str, caplog: pytest.LogCaptureFixture
) -> None:
    async with site.browser() as browser:
        done = await browser.get(f"/sign-in/oidc/{name}", follow_redirects=False)

    if done.status_code == 302:
        assert await site.refused(done) in {"unknown_provider", "expired"}
    assert "forged" not in caplog.text


async def test_a_wrong_client_secret_is_the_providers_to_refuse(site: Site) -> None:
    await site.member()
    command = UpdateOidcProvider(site.organization_id, site.provider_id, client_secret="wrong")
    await site.app.execute(command, SYSTEM)
    async with site.browser() as browser:
        assert await site.refused(await site.sign_in(browser)) == "provider_refused"


@pytest.mark.parametrize("of_another", ["deployment", "organization", "issuer"])
async def test_a_client_secret_that_was_sealed_for_another_cannot_be_read(
    site: Site, caplog: pytest.LogCaptureFixture, of_another: str
) -> None:
    await site.member()
    key = site.app.sign_in.client_secrets
    organization_id, issuer = site.organization_id, site.provider.url
    if of_another == "deployment":
        key = SealingKey(b"another key of thirty-two bytes.")
    elif of_another == "organization":
        organization_id = new_id()
    else:
        issuer = "https://id.example.com"

    async def sealed(organization_id: UUID, issuer: str, key: SealingKey) -> None:
        await site.app.pool.execute(
            "UPDATE oidc_providers SET sealed_client_secret = $2 WHERE id = $1",
            site.provider_id,
            key.seal(CLIENT_SECRET, client_secret_purpose(organization_id, issuer)),
        )

    await sealed(organization_id, issuer, key)
    async with site.browser() as browser:
        assert await site.refused(await site.sign_in(browser)) == "failed"
    assert "ROLLCALL_SECRET_KEY" in caplog.text
    assert await site.sessions() == []

    # Sealed for this one it is the right secret.
    await sealed(site.organization_id, site.provider.url, site.app.sign_in.client_secrets)
    async with site.browser() as browser:
        await site.sign_in(browser)
    assert len(await site.sessions()) == 1
