"""Signing in over GraphQL: the link is asked for and redeemed, and the cookie set."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from domain.application import Application
from domain.commands import Member
from domain.ids import new_id
from domain.secrets import make_secret
from domain.vocabulary import MemberRole, MemberStatus
from graphql_schema import auth
from graphql_schema.app import graphql_app
from graphql_schema.services import Limits
from tests.support import factories
from tests.support.graphql import COOKIE, Api, Nobody, as_nobody, as_person, services
from tests.support.sessions import sign_in_link, signed_in

REQUEST = """
mutation ($input: RequestSignInLinkInput!) {
  requestSignInLink(input: $input) { changed errors { __typename code message path } }
}
"""
REDEEM = """
mutation ($input: RedeemSignInLinkInput!) {
  redeemSignInLink(input: $input) {
    changed viewer { label scopes account { email } organization { id } }
    errors { __typename code message path }
  }
}
"""
SAME = {"requestSignInLink": {"changed": True, "errors": []}}
FLAGS = "Path=/; HttpOnly; SameSite=Lax; Secure; Max-Age=604800"


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
async def ada(app: Application, caller: Api) -> Member:
    """A confirmed administrator."""
    return await factories.member(
        app, caller.organization_id, MemberStatus.CONFIRMED, role=MemberRole.ADMIN
    )


def email_of(member: Member) -> str:
    assert member.attributes.email is not None
    return member.attributes.email


async def test_the_answer_does_not_tell_who_is_known(
    app: Application, browser: Nobody, ada: Member
) -> None:
    unknown = f"{factories.unique('nobody')}@example.com"
    counted = "SELECT count(*) FROM sign_in_links WHERE account_id = $1"

    answers = [
        await browser.post(REQUEST, {"input": {"email": email}})
        for email in (unknown, *[email_of(ada)] * 7)
    ]

    assert {answer.text for answer in answers} == {answers[0].text}
    assert answers[0].json()["data"] == SAME
    assert {tuple(sorted(answer.headers)) for answer in answers} == {
        tuple(sorted(answers[0].headers))
    }
    assert await app.pool.fetchval(counted, ada.account_id) == 5


async def test_the_time_does_not_tell_it_either(
    app: Application, browser: Nobody, ada: Member, slept: list[float]
) -> None:
    slow = replace(browser, asgi=graphql_app(services(app)))

    for email in (email_of(ada), "nobody@example.com"):
        assert await slow.ask(REQUEST, input={"email": email}) == SAME

    assert slept == [0.246, 0.2]


async def test_what_is_no_address_is_refused(browser: Nobody) -> None:
    found = await browser.ask(REQUEST, input={"email": "ada"})

    assert found["requestSignInLink"] == {
        "changed": False,
        "errors": [
            {
                "__typename": "BasicError",
                "code": "INVALID",
                "message": "email must be an e-mail address, such as ada@example.com.",
                "path": ["input", "email"],
            }
        ],
    }


async def test_an_address_of_the_net_asks_for_few_links(
    app: Application, browser: Nobody, ada: Member
) -> None:
    asked: list[str | None] = []

    def count(ip: str | None) -> float | None:
        asked.append(ip)
        return 7.2 if len(asked) > 1 else None

    counting = graphql_app(services(app, link_requested=count, limits=Limits(even_s=0)))
    limited = replace(browser, asgi=counting)

    first, second = [
        await limited.post(REQUEST, {"input": {"email": email_of(ada)}}) for _ in range(2)
    ]

    assert first.json()["data"] == SAME
    (error,) = second.json()["errors"]
    assert error["extensions"] == {"code": "RATE_LIMITED", "retryAfter": 8}
    assert asked == ["127.0.0.1", "127.0.0.1"]
    counted = "SELECT count(*) FROM sign_in_links WHERE account_id = $1"
    assert await app.pool.fetchval(counted, ada.account_id) == 1


async def test_a_link_signs_a_person_in(
    app: Application, caller: Api, browser: Nobody, ada: Member
) -> None:
    token = await sign_in_link(app, email_of(ada))

    response = await browser.post(
        REDEEM, {"input": {"token": token}}, headers={"user-agent": "Browser/1"}
    )

    payload = response.json()["data"]["redeemSignInLink"]
    viewer = payload.pop("viewer")
    assert payload == {"changed": True, "errors": []}
    assert (viewer["label"], viewer["account"]) == (email_of(ada), {"email": email_of(ada)})
    assert viewer["organization"] == {"id": caller.org}
    assert len(viewer["scopes"]) == 11
    (cookie,) = response.headers.get_list("set-cookie")
    held, _, flags = cookie.partition("; ")
    assert flags == FLAGS
    name, _, secret = held.partition("=")
    assert (name, secret[:4]) == (COOKIE, "ses_")
    assert secret not in response.text
    query = "{ viewer { label sessions { userAgent ip method current } } }"
    assert await as_person(caller, secret).ask(query) == {
        "viewer": {
            "label": email_of(ada),
            "sessions": [
                {"userAgent": "Browser/1", "ip": "127.0.0.1", "method": "LINK", "current": True}
            ],
        }
    }

    again = await browser.post(REDEEM, {"input": {"token": token}})
    assert "set-cookie" not in again.headers
    assert again.json()["data"]["redeemSignInLink"] == {
        "changed": False,
        "viewer": None,
        "errors": [
            {
                "__typename": "BasicError",
                "code": "LINK_VOID",
                "message": "token was used already; ask for a new link.",
                "path": ["input", "token"],
            }
        ],
    }


async def test_who_guesses_links_hears_to_wait(
    app: Application, browser: Nobody, ada: Member
) -> None:
    heard: list[str | None] = []

    def count(ip: str | None) -> float | None:
        heard.append(ip)
        return 3.0 if len(heard) > 2 else None

    limited = replace(browser, asgi=graphql_app(services(app, wrong_token=count)))
    guess = {"token": make_secret("sil", new_id()).text}
    right = {"token": await sign_in_link(app, email_of(ada))}

    codes = [await limited.codes(REDEEM, input=guess) for _ in range(3)]
    let_in = await limited.ask(REDEEM, input=right)

    assert codes == [[], [], ["RATE_LIMITED"]]
    assert heard == ["127.0.0.1"] * 3
    assert let_in["redeemSignInLink"]["changed"] is True
    used = await limited.ask(REDEEM, input=right)
    assert [error["code"] for error in used["redeemSignInLink"]["errors"]] == ["LINK_VOID"]
    assert len(heard) == 3


async def test_a_person_who_is_signed_in_becomes_another(
    app: Application, caller: Api, ada: Member
) -> None:
    elsewhere = await factories.organization(app)
    bob, secret = await signed_in(app, elsewhere, MemberRole.OWNER)
    person = as_person(caller, secret)
    token = await sign_in_link(app, email_of(ada))

    found = (await person.ask(REDEEM, input={"token": token}))["redeemSignInLink"]

    assert found["viewer"]["label"] == email_of(ada) != email_of(bob)
    assert found["viewer"]["organization"] == {"id": caller.org}


async def test_the_scopes_of_one_do_not_open_what_the_other_may_not_see(
    app: Application, caller: Api
) -> None:
    user = await factories.member(app, caller.organization_id, MemberStatus.CONFIRMED)
    elsewhere = await factories.organization(app)
    bob, secret = await signed_in(app, elsewhere, MemberRole.OWNER)
    person = as_person(caller, secret)
    token = await sign_in_link(app, email_of(user))
    query = """
    mutation ($input: RedeemSignInLinkInput!) {
      redeemSignInLink(input: $input) {
        changed viewer { organization { id members { nodes { email } } } }
      }
    }
    """

    response = await person.post(query, {"input": {"token": token}})

    assert response.json()["data"] == {"redeemSignInLink": {"changed": True, "viewer": None}}
    assert len(response.headers.get_list("set-cookie")) == 1
    assert email_of(bob) not in response.text


async def test_a_stream_cannot_set_a_cookie(app: Application, browser: Nobody, ada: Member) -> None:
    token = await sign_in_link(app, email_of(ada))

    response = await browser.post(
        REDEEM, {"input": {"token": token}}, headers={"accept": "text/event-stream"}
    )

    assert "the answer carries a cookie" in response.text
    assert (await browser.ask(REDEEM, input={"token": token}))["redeemSignInLink"]["changed"]


async def test_a_stale_cookie_does_not_keep_anybody_out(
    app: Application, browser: Nobody, caller: Api, ada: Member
) -> None:
    stale: Any = as_person(caller, make_secret("ses", new_id()).text)
    token = await sign_in_link(app, email_of(ada))

    response = await stale.post(REDEEM, {"input": {"token": token}})

    assert response.json()["data"]["redeemSignInLink"]["changed"] is True
    (cookie,) = response.headers.get_list("set-cookie")
    assert cookie.endswith(FLAGS)
