"""Whom a sign-in lets in, with what, and where the browser goes then."""

from __future__ import annotations

import httpx
import pytest

from domain.application import Application
from domain.commands import AcceptInvitation, InviteMember, RevokeMember, UpdateMember
from domain.vocabulary import MemberStatus, ProvisioningSource
from tests.api.oidc.conftest import ATTEMPT, PUBLIC_URL, SESSION, Site, oidc_provider, site_of
from tests.support import factories
from tests.support.factories import SYSTEM
from tests.support.openid_provider import CLIENT_ID, SUBJECT, OpenidProvider


async def test_the_browser_is_sent_to_the_provider_with_what_protects_the_way(site: Site) -> None:
    async with site.browser() as browser:
        begun = await browser.get(site.start, params={"then": "/o/acme/members?page=2"})

    url = httpx.URL(begun.headers["location"])
    assert (begun.status_code, str(url.copy_with(query=None))) == (
        302,
        f"{site.provider.url}/authorize",
    )
    asked = dict(url.params)
    for name in ("state", "nonce", "code_challenge"):
        assert len(asked.pop(name)) == 43, "256 bits"
    assert asked == {
        "tenant": "1",
        "response_type": "code",
        "client_id": CLIENT_ID,
        "redirect_uri": f"{PUBLIC_URL}/sign-in/oidc/callback",
        "scope": "openid email profile",
        "code_challenge_method": "S256",
    }
    (cookie,) = begun.headers.get_list("set-cookie")
    name, _, rest = cookie.partition("=")
    sealed, *attributes = rest.split("; ")
    assert (name, len(sealed.split("."))) == (ATTEMPT, 5), "encrypted"
    assert {each.lower() for each in attributes} == {
        "httponly",
        "secure",
        "samesite=lax",
        "path=/",
        "max-age=600",
    }


async def test_who_was_invited_gets_an_account_and_a_session(site: Site) -> None:
    member, email = await site.member(display_name="Ada")
    async with site.browser() as browser:
        browser.headers["user-agent"] = "Browser 1.0"

        done = await site.sign_in(browser, "/accept?x=1")

    assert (done.status_code, done.headers["location"]) == (302, f"{PUBLIC_URL}/accept?x=1")
    (session,) = await site.sessions()
    account = await site.app.pool.fetchrow(
        "SELECT * FROM accounts WHERE id = $1", session["account_id"]
    )
    assert account is not None
    assert (account["email"], account["display_name"]) == (email, "Ada")
    assert (session["method"], session["user_agent"]) == ("OIDC", "Browser 1.0")
    cookies = done.headers.get_list("set-cookie")
    handed, gone = (each for name in (SESSION, ATTEMPT) for each in cookies if name in each)
    assert handed.startswith(f"{SESSION}=ses_{session['id'].hex}_")
    assert {"HttpOnly", "Secure", "SameSite=Lax", "Path=/"} <= set(handed.split("; "))
    assert gone.startswith((f'{ATTEMPT}=""', f"{ATTEMPT}=;"))
    row = await factories.Looks(site.app.pool, site.organization_id).member(member.id)
    assert row is not None
    assert (row["stage"], row["account_id"]) == ("INVITED", None), "accepting is another step"


async def test_without_a_place_to_go_it_is_the_first_page(site: Site) -> None:
    await site.member()
    async with site.browser() as browser:
        done = await site.sign_in(browser)

    assert done.headers["location"] == f"{PUBLIC_URL}/"


@pytest.mark.parametrize("status", [MemberStatus.ACCEPTED, MemberStatus.CONFIRMED])
async def test_a_member_signs_in_as_their_account(site: Site, status: MemberStatus) -> None:
    member, _ = await site.member(status)
    async with site.browser() as browser:
        await site.sign_in(browser)

    (session,) = await site.sessions()
    assert session["account_id"] == member.account_id
    at = await site.app.pool.fetchval(
        "SELECT sso_at FROM account_memberships WHERE account_id = $1 AND organization_id = $2",
        member.account_id,
        site.organization_id,
    )
    assert at == session["created_at"]


async def test_the_address_of_the_directory_counts_and_that_of_the_account(site: Site) -> None:
    email, newer = (f"{factories.unique(word)}@example.com" for word in ("older", "newer"))
    invite = InviteMember(site.organization_id, email, ProvisioningSource.ADMIN_API)
    invited = (await site.app.execute(invite, SYSTEM)).value
    accept = AcceptInvitation(await factories.invitation_link(site.app, invited))
    member = (await site.app.execute(accept, SYSTEM)).value.member
    update = UpdateMember(site.organization_id, member.id, email=newer)
    await site.app.execute(update, SYSTEM)

    for vouched in (email, newer, newer.upper()):
        site.provider.claims = {"email": vouched, "email_verified": True}
        async with site.browser() as browser:
            await site.sign_in(browser)

    accounts = {each["account_id"] for each in await site.sessions()}
    assert (len(await site.sessions()), accounts) == (3, {member.account_id})
    made = await site.app.pool.fetchval("SELECT count(*) FROM accounts WHERE email = $1", newer)
    assert made == 0


@pytest.mark.parametrize("status", [MemberStatus.STAGED, MemberStatus.REVOKED])
async def test_who_is_not_invited_or_lost_access_is_refused(
    site: Site, status: MemberStatus
) -> None:
    await site.member(status)
    async with site.browser() as browser:
        assert await site.refused(await site.sign_in(browser)) == "not_a_member"


async def test_who_is_invited_and_revoked_on_the_way_is_refused(site: Site) -> None:
    member, email = await site.member()
    async with site.browser() as browser:
        begun = await browser.get(site.start)
        await site.app.execute(RevokeMember(site.organization_id, member.id), SYSTEM)
        done = await browser.get(site.provider.authorize(begun.headers["location"]))

    assert await site.refused(done) == "not_a_member"
    made = await site.app.pool.fetchval("SELECT count(*) FROM accounts WHERE email = $1", email)
    assert made == 0


async def test_a_provider_vouches_for_nobody_of_another_organization(
    app: Application, site: Site, provider: OpenidProvider
) -> None:
    victim, email = await site.member(MemberStatus.CONFIRMED)
    other_id = await factories.organization(app)
    other = site_of(app, provider, other_id, await oidc_provider(app, other_id, provider))
    async with other.browser() as browser:
        assert await other.refused(await other.sign_in(browser)) == "not_a_member"

    # Even who is invited there is that person there alone: see test_session_callers.
    await factories.member(app, other_id, email=email)
    async with other.browser() as browser:
        done = await other.sign_in(browser)
    assert done.headers["location"] == f"{PUBLIC_URL}/"
    assert await site.sessions() == []
    (session,) = await other.sessions()
    assert session["account_id"] == victim.account_id


async def test_an_id_of_a_provider_counts_with_its_own_organization_alone(
    app: Application, site: Site, provider: OpenidProvider
) -> None:
    await site.member()
    other_id = await factories.organization(app)
    crossed = site_of(app, provider, other_id, site.provider_id)
    async with crossed.browser() as browser:
        assert await crossed.refused(await crossed.sign_in(browser)) == "unknown_provider"


@pytest.mark.parametrize(
    ("claims", "trust", "code"),
    [
        ({"email_verified": None}, False, "email_unverified"),
        ({"email_verified": False}, False, "email_unverified"),
        ({"email_verified": "false"}, False, "email_unverified"),
        ({"email_verified": 1}, False, "email_unverified"),
        ({"email_verified": ["true"]}, False, "email_unverified"),
        ({"email_verified": "true"}, False, None),
        ({"email_verified": None}, True, None),
        ({"email_verified": False}, True, None),
        ({"email": None}, True, "email_missing"),
        ({"email": " "}, True, "email_missing"),
        ({"email": ["ada@example.com"]}, True, "email_missing"),
        ({"email": "x" * 2000}, True, "email_missing"),
    ],
)
async def test_an_address_counts_where_it_is_verified_or_trusted(
    app: Application,
    provider: OpenidProvider,
    claims: dict[str, object],
    trust: bool,
    code: str | None,
) -> None:
    organization_id = await factories.organization(app)
    provider_id = await oidc_provider(app, organization_id, provider, trust_email=trust)
    site = site_of(app, provider, organization_id, provider_id)
    await site.member()
    provider.claims |= claims
    async with site.browser() as browser:
        done = await site.sign_in(browser)

    if code is None:
        assert len(await site.sessions()) == 1
    else:
        assert await site.refused(done) == code


async def test_what_the_id_token_leaves_out_is_asked_for(site: Site) -> None:
    member, email = await site.member(MemberStatus.CONFIRMED)
    site.provider.claims = {}
    site.provider.user = {"email": email, "email_verified": True}
    async with site.browser() as browser:
        await site.sign_in(browser)

    (session,) = await site.sessions()
    assert session["account_id"] == member.account_id
    assert site.provider.asked[-1] == "/userinfo"


async def test_what_is_told_of_somebody_else_counts_for_nothing(site: Site) -> None:
    _, email = await site.member()
    site.provider.claims = {}
    site.provider.user = {"email": email, "email_verified": True, "sub": f"not {SUBJECT}"}
    async with site.browser() as browser:
        assert await site.refused(await site.sign_in(browser)) == "invalid_token"


@pytest.mark.parametrize(
    ("claims", "user"),
    [
        ({"email_verified": True}, {"email": "told"}),
        ({"email": "told"}, {"email_verified": True}),
    ],
    ids=["the token's word, the other's address", "the token's address, the other's word"],
)
async def test_a_word_for_one_address_is_none_for_another(
    site: Site, claims: dict[str, object], user: dict[str, object]
) -> None:
    _, email = await site.member()
    filled = [
        {name: email if value == "told" else value for name, value in each.items()}
        for each in (claims, user)
    ]
    site.provider.claims, site.provider.user = filled
    async with site.browser() as browser:
        assert await site.refused(await site.sign_in(browser)) == "email_unverified"


async def test_a_client_that_must_sign_in_by_header_does(site: Site) -> None:
    await site.member()
    site.provider.metadata = {"token_endpoint_auth_methods_supported": None}
    async with site.browser() as browser:
        await site.sign_in(browser)

    assert len(await site.sessions()) == 1
    # RFC 6749 §2.3.1: form-encoded, then base64 of both with a colon between.
    sent = httpx.BasicAuth("rollcall+of+tests", "a+secret%3A+with+%26+and+%2B")
    request = next(sent.auth_flow(httpx.Request("GET", "https://x")))
    assert site.provider.authorizations == [request.headers["authorization"]]
