"""Browsers and answers that let nobody in, and what the sign-in page is told of it."""

from __future__ import annotations

import logging
import time

import pytest

from domain.application import Application
from domain.sealing import SealingKey
from tests.api.oidc.conftest import ATTEMPT, PUBLIC_URL, Site, back, site_with_member
from tests.support.openid_provider import OpenidProvider


async def test_another_browser_brings_nothing(site: Site) -> None:
    await site.member()
    async with site.browser() as browser, site.browser() as other:
        url = await back(site, browser)

        assert await site.refused(await other.get(url)) == "expired"
        await browser.get(url)
    assert len(await site.sessions()) == 1


async def test_an_attempt_works_once_and_a_code_once(site: Site) -> None:
    await site.member()
    async with site.browser() as browser:
        url = await back(site, browser)
        kept = browser.cookies[ATTEMPT]
        await browser.get(url)
        assert ATTEMPT not in browser.cookies
        again = await browser.get(url)
    async with site.browser() as thief:
        stolen = await thief.get(url, headers={"cookie": f"{ATTEMPT}={kept}"})

    assert again.headers["location"] == f"{PUBLIC_URL}/sign-in?problem=expired"
    assert stolen.headers["location"] == f"{PUBLIC_URL}/sign-in?problem=provider_refused"
    assert len(await site.sessions()) == 1


async def test_another_state_is_of_another_attempt(site: Site) -> None:
    await site.member()
    async with site.browser() as browser:
        for state in ("", "x", "ä"):
            url = await back(site, browser, state=state)
            assert await site.refused(await browser.get(url)) == "other_attempt"
            assert site.provider.asked.count("/token") == 0, "its code is shown to nobody"


async def test_an_attempt_ends_after_ten_minutes(
    app: Application, provider: OpenidProvider
) -> None:
    now = time.time() - 600
    site = await site_with_member(app, provider, clock=lambda: now)
    async with site.browser() as browser:
        url = await back(site, browser)
        now += 600

        assert await site.refused(await browser.get(url)) == "expired"

        now -= 599
        url = await back(site, browser)
        now += 599
        await browser.get(url)
    assert len(await site.sessions()) == 1


@pytest.mark.parametrize("kept", ["", "x", "a.b.c.d.e", "otherwise sealed", "for something else"])
async def test_what_was_not_sealed_here_is_no_attempt(site: Site, kept: str) -> None:
    if kept == "otherwise sealed":
        kept = SealingKey(b"another key of thirty-two bytes.").seal("{}", "OIDC sign-in on its way")
    if kept == "for something else":
        kept = site.flow.attempts.seal("{}", "something else")
    async with site.browser() as browser:
        url = await back(site, browser)
        browser.cookies.clear()
        done = await browser.get(url, headers={"cookie": f"{ATTEMPT}={kept}"})

    assert await site.refused(done) == "expired"


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        ({"error": "access_denied", "code": ""}, "denied"),
        ({"error": "server_error", "code": ""}, "provider_refused"),
        ({"error": "x\nforged line", "code": ""}, "provider_refused"),
        ({"code": ""}, "provider_refused"),
        ({"code": "x" * 4097}, "provider_refused"),
        ({"code": "of nobody"}, "provider_refused"),
        ({"iss": "https://other.example.com"}, "provider_refused"),
        ({"iss": ""}, "provider_refused"),
    ],
)
async def test_an_answer_that_is_no_permission(
    site: Site, answer: dict[str, str], code: str, caplog: pytest.LogCaptureFixture
) -> None:
    await site.member()
    async with site.browser() as browser:
        done = await browser.get(await back(site, browser, **answer))

    assert await site.refused(done) == code
    assert "forged" not in caplog.text


async def test_a_provider_that_names_no_issuer_need_not(site: Site) -> None:
    await site.member()
    site.provider.metadata = {"authorization_response_iss_parameter_supported": None}
    async with site.browser() as browser:
        await browser.get(await back(site, browser, iss=""))

    assert len(await site.sessions()) == 1


async def test_who_comes_too_often_waits(site: Site) -> None:
    await site.member()
    site.limit.wait_s = 7.5
    async with site.browser() as browser:
        for url in (site.start, f"{PUBLIC_URL}/sign-in/oidc/callback?state=x"):
            assert await site.refused(await browser.get(url)) == "too_many"
    assert site.limit.asked == ["127.0.0.1"] * 2
    assert site.provider.asked == []


@pytest.mark.parametrize(
    "then",
    [
        "",
        "accept",
        "//evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "/\t/evil.example",
        "/ /evil.example",
        "https://evil.example/",
        "https:evil.example",
        "javascript:alert(1)",
        "/a\r\nset-cookie: x=y",
        "/accept#inv_secret",
        "/é",
        "/sign-in/oidc/idp_x",
        "//sign-in/oidc/idp_x",
        "/sign-in/oidc",
        "/" + "x" * 1024,
    ],
)
async def test_nobody_is_sent_elsewhere(site: Site, then: str) -> None:
    async with site.browser() as browser:
        done = await browser.get(site.start, params={"then": then})

    assert await site.refused(done) == "bad_destination"
    assert site.provider.asked == []


@pytest.mark.parametrize("then", ["/", "/accept", "/o/acme?tab=1&x=%2F%2Fevil", "/@evil", "/a//b"])
async def test_every_page_of_the_server_can_be_come_back_to(site: Site, then: str) -> None:
    await site.member()
    async with site.browser() as browser:
        done = await site.sign_in(browser, then)

    assert done.headers["location"] == PUBLIC_URL + then


async def test_a_database_that_is_away_is_a_reason_to_try_again(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def away(*_: object) -> None:
        raise ConnectionRefusedError

    monkeypatch.setattr("api.oidc.flow.find_oidc_client", away)
    async with site.browser() as browser:
        assert await site.refused(await browser.get(site.start)) == "failed"


async def test_logs_hold_no_secret_and_no_address(
    site: Site, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, logger="rollcall")
    _, email = await site.member()
    site.provider.claims["email_verified"] = False
    async with site.browser() as browser:
        url = await back(site, browser)
        kept = browser.cookies[ATTEMPT]
        await browser.get(url)

    (line,) = [each.getMessage() for each in caplog.records if each.name == "rollcall.sign_in"]
    assert line == (f"single sign-on by {site.provider_id}: email_unverified (no more is known)")
    for secret in (email, kept, url.partition("?")[2]):
        assert secret not in caplog.text
