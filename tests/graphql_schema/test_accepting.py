"""Accepting over GraphQL: the link is looked at, used and renewed, by people without tokens."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from domain.application import Application
from domain.commands import (
    Member,
    ReinviteMember,
    RemoveMember,
    RevisedState,
    ReviseMember,
    RevokeMember,
    UpdateOrganization,
)
from domain.ids import UUID
from domain.vocabulary import MemberStatus
from graphql_schema import auth
from graphql_schema.app import graphql_app
from graphql_schema.ids import Kind, make_id
from graphql_schema.services import Limits
from tests.support import factories
from tests.support.factories import SYSTEM
from tests.support.graphql import COOKIE, Api, Nobody, as_nobody, as_person, services
from tests.support.key_pairs import keys
from tests.support.sessions import session

ACCEPT = """
mutation ($input: AcceptInvitationInput!) {
  acceptInvitation(input: $input) {
    changed
    membership {
      organizationId memberId memberUuid status role scopes keyHandshake keyState
      wrappedOrganizationKey
    }
    errors { __typename code message path }
  }
}
"""
ASK = """
mutation ($input: RequestNewInvitationLinkInput!) {
  requestNewInvitationLink(input: $input) { changed errors { code } }
}
"""
PREVIEW = """
query ($token: String!) {
  invitationPreview(token: $token) {
    state problem organizationId organizationName organizationSlug email expiresAt accountExists
    accountHasKeys keyHandshake requireSso
  }
}
"""
WHO = "{ viewer { label account { email publicKey memberships { status } } } }"
NOT_ONE = {"removed": "since the invitation was taken back; ask", "forged": "copy the whole link."}
SAME = {"requestNewInvitationLink": {"changed": True, "errors": []}}


@pytest.fixture(autouse=True)
def no_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    """Sessions are looked up for each request."""
    monkeypatch.setattr(auth, "CACHE_S", 0.0)


@pytest.fixture
def browser(app: Application, caller: Api) -> Nobody:
    """A browser in which nobody is signed in; nobody waits so that answers take one time."""
    asgi = graphql_app(services(app, limits=Limits(even_s=0)))
    return replace(as_nobody(caller), asgi=asgi)


@pytest.fixture
async def invited(app: Application, caller: Api) -> Member:
    return await factories.member(app, caller.organization_id, display_name="Ada")


async def accept(who: Api, link: str, **given: Any) -> Any:
    return (await who.ask(ACCEPT, input={"token": link, **given}))["acceptInvitation"]


async def refused(who: Api, link: str, **given: Any) -> tuple[str, list[str], str]:
    """Code, path and message of the one refusal."""
    response = await who.post(ACCEPT, {"input": {"token": link, **given}})
    payload = response.json()["data"]["acceptInvitation"]
    assert "set-cookie" not in response.headers
    assert (payload["changed"], payload["membership"]) == (False, None)
    (error,) = payload["errors"]
    return error["code"], error["path"], error["message"]


async def preview(who: Api, link: str) -> Any:
    return (await who.ask(PREVIEW, token=link))["invitationPreview"]


async def signed_in(app: Application, who: Api, account_id: UUID | None) -> Api:
    return as_person(who, await session(app, account_id))


async def test_from_the_link_to_a_session(
    app: Application, caller: Api, browser: Nobody, invited: Member
) -> None:
    link = await factories.invitation_link(app, invited)
    organization = await app.pool.fetchrow(
        "SELECT * FROM organizations WHERE id = $1", caller.organization_id
    )

    seen = await preview(browser, link)
    assert seen | {"expiresAt": None} == {
        "state": "QUEUED",
        "problem": None,
        "organizationId": caller.org,
        "organizationName": organization["name"],
        "organizationSlug": organization["slug"],
        "email": invited.attributes.email,
        "expiresAt": None,
        "accountExists": False,
        "accountHasKeys": False,
        "keyHandshake": "OFF",
        "requireSso": False,
    }

    given = {"publicKey": keys().public, "encryptedPrivateKey": keys().locked, "name": "Ada L."}
    response = await browser.post(ACCEPT, {"input": {"token": link, **given}})

    assert response.json()["data"]["acceptInvitation"] == {
        "changed": True,
        "membership": {
            "organizationId": caller.org,
            "memberId": caller.member_id(invited.id),
            "memberUuid": str(invited.id),
            "status": "ACCEPTED",
            "role": "USER",
            "scopes": [],
            "keyHandshake": "OFF",
            "keyState": None,
            "wrappedOrganizationKey": None,
        },
        "errors": [],
    }
    cookie = response.headers["set-cookie"]
    assert cookie.startswith(f"{COOKIE}=ses_")
    assert "; HttpOnly; SameSite=Lax; Secure; Max-Age=604800" in cookie
    secret = cookie.partition("=")[2].partition(";")[0]
    found = (await as_person(browser, secret).ask(WHO))["viewer"]
    assert found == {
        "label": invited.attributes.email,
        "account": {
            "email": invited.attributes.email,
            "publicKey": keys().public,
            "memberships": [{"status": "ACCEPTED"}],
        },
    }
    assert (await preview(browser, link))["problem"] == "USED"
    code, _, message = await refused(browser, link)
    assert (code, message) == ("LINK_VOID", "token was used already; sign in instead.")


async def test_a_known_address_signs_in_first_and_gets_no_second_session(
    app: Application, caller: Api, browser: Nobody
) -> None:
    known = await factories.member(app, caller.organization_id, MemberStatus.ACCEPTED)
    elsewhere = await factories.organization(app)
    invited = await factories.member(app, elsewhere, email=known.attributes.email)
    link = await factories.invitation_link(app, invited)

    assert (await preview(browser, link))["accountExists"] is True
    assert (await refused(browser, link))[:2] == ("SIGN_IN_REQUIRED", ["input", "token"])

    person = await signed_in(app, browser, known.account_id)
    assert (await preview(person, link))["problem"] is None
    response = await person.post(ACCEPT, {"input": {"token": link}})
    payload = response.json()["data"]["acceptInvitation"]
    assert payload["errors"] == []
    assert payload["membership"]["organizationId"] == make_id(Kind.ORGANIZATION, None, elsewhere)
    assert "set-cookie" not in response.headers


async def test_signed_in_to_another_account(
    app: Application, caller: Api, browser: Nobody, invited: Member
) -> None:
    other = await factories.member(app, caller.organization_id, MemberStatus.ACCEPTED)
    person = await signed_in(app, browser, other.account_id)
    link = await factories.invitation_link(app, invited)

    assert (await preview(person, link))["problem"] == "WRONG_ACCOUNT"
    code, _, message = await refused(person, link)
    assert code == "LINK_VOID"
    assert "sign out first" in message
    assert (await preview(browser, link))["problem"] is None


@pytest.mark.parametrize(
    ("case", "shown"),
    [
        ("expired", ("EXPIRED", "EXPIRED")),
        ("replaced", ("CANCELLED", "REPLACED")),
        ("revoked", ("CANCELLED", "REVOKED")),
        ("moved", ("CANCELLED", "ADDRESS_CHANGED")),
        ("removed", None),
        ("forged", None),
    ],
)
async def test_links_that_do_not_work(
    app: Application,
    browser: Nobody,
    invited: Member,
    case: str,
    shown: tuple[str, str] | None,
) -> None:
    link = await factories.invitation_link(app, invited)
    key = (invited.organization_id, invited.id)

    def moved(member: Member) -> RevisedState:
        return RevisedState(member.attributes.with_email(f"{factories.unique('x')}@example.com"))

    match case:
        case "expired":
            await app.pool.execute(
                "UPDATE invitations SET expires_at = now() WHERE member_id = $1", invited.id
            )
        case "replaced":
            await app.execute(ReinviteMember(*key), SYSTEM)
        case "revoked":
            await app.execute(RevokeMember(*key), SYSTEM)
        case "moved":
            await app.execute(ReviseMember(*key, moved), SYSTEM)
        case "removed":
            await app.execute(RemoveMember(*key), SYSTEM)
        case _:
            link = link[:-43] + "A" * 43
    looks = factories.Looks(app.pool, invited.organization_id)
    before = await looks.actions()

    seen = await preview(browser, link)
    code, path, message = await refused(browser, link)

    if shown is None:
        assert seen is None
        assert NOT_ONE[case] in message
    else:
        assert (seen["state"], seen["problem"]) == shown
    assert (code, path) == ("LINK_VOID", ["input", "token"])
    assert await looks.actions() == before


async def test_what_the_organization_asks_for(
    app: Application, caller: Api, browser: Nobody, invited: Member
) -> None:
    link = await factories.invitation_link(app, invited)
    organization_id = caller.organization_id
    public, locked = keys().public, keys().locked
    await app.execute(UpdateOrganization(organization_id, require_sso=True), SYSTEM)
    assert (await preview(browser, link))["requireSso"] is True
    assert (await refused(browser, link))[:2] == ("POLICY", [])

    await app.execute(UpdateOrganization(organization_id, require_sso=False), SYSTEM)
    await app.pool.execute(
        "UPDATE organizations SET key_handshake = 'REQUIRED', key_version = 1 WHERE id = $1",
        organization_id,
    )
    assert (await preview(browser, link))["keyHandshake"] == "REQUIRED"
    assert (await refused(browser, link))[0] == "KEY_REQUIRED"
    for given, field in (
        ({"publicKey": public}, "encryptedPrivateKey"),
        ({"encryptedPrivateKey": locked}, "publicKey"),
        ({"publicKey": {"kty": "oct"}, "encryptedPrivateKey": locked}, "publicKey"),
        ({"name": "x" * 257}, "name"),
    ):
        assert (await refused(browser, link, **given))[:2] == ("INVALID", ["input", field])

    found = await accept(browser, link, publicKey=public, encryptedPrivateKey=locked)
    assert found["membership"]["keyHandshake"] == "REQUIRED"


async def test_the_answer_does_not_tell_whether_there_is_a_new_link(
    app: Application, browser: Nobody, invited: Member
) -> None:
    link = await factories.invitation_link(app, invited)
    count = "SELECT count(*) FROM invitations WHERE member_id = $1"
    answers = [await browser.post(ASK, {"input": {"token": link}})]
    await app.pool.execute(
        "UPDATE invitations SET expires_at = now(), queued_at = now() - $2::interval"
        " WHERE member_id = $1",
        invited.id,
        timedelta(minutes=11),
    )
    assert await app.pool.fetchval(count, invited.id) == 1

    tokens = (link, link, "nonsense", f"{link[:-43]}{'A' * 43}")
    answers += [await browser.post(ASK, {"input": {"token": token}}) for token in tokens]

    assert {answer.text for answer in answers} == {answers[0].text}
    assert answers[0].json()["data"] == SAME
    assert await app.pool.fetchval(count, invited.id) == 2
    fresh = await factories.invitation_link(app, invited)
    assert (await accept(browser, fresh))["changed"] is True
