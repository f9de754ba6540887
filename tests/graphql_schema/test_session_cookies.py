"""The cookie of a session: its form, and that other pages of a browser cannot use it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from domain.application import Application
from domain.commands import Member
from domain.ids import new_id
from domain.secrets import make_secret
from graphql_schema.app import graphql_app
from graphql_schema.cookies import SessionCookie
from tests.support import factories
from tests.support.graphql import COOKIE, Api, Person, as_nobody, as_person, send, services
from tests.support.sessions import session_id_of, signed_in

WHO = "{ viewer { label } }"
AS_EVENTS = {"accept": "text/event-stream"}


@pytest.fixture
async def ada(app: Application, caller: Api) -> tuple[Member, Person]:
    """An owner who is signed in."""
    member, secret = await signed_in(app, caller.organization_id)
    return member, as_person(caller, secret)


async def test_what_a_session_needs_to_work(caller: Api, ada: tuple[Member, Person]) -> None:
    secret = ada[1].secret
    unknown = make_secret("ses", new_id()).text
    another = secret[:-43] + unknown[-43:]

    async def status(cookie: str) -> int:
        response = await send(caller.asgi, {"query": WHO}, {"cookie": cookie, "x-rollcall": "1"})
        if response.status_code == 401:
            assert response.headers["www-authenticate"] == "Bearer"
            assert response.json()["errors"][0]["extensions"] == {"code": "UNAUTHENTICATED"}
            assert "data" not in response.json()
        return response.status_code

    for wrong in (
        "",
        f"{COOKIE}=",
        f"{COOKIE}={unknown}",
        f"{COOKIE}={another}",
        f"{COOKIE}={secret}x",
        f"rollcall-session={secret}",
        f"session={secret}",
    ):
        assert await status(wrong) == 401, wrong

    assert await status(f"a=b; {COOKIE}={secret}; c=d") == 200
    assert await status(f'{COOKIE}="{secret}"') == 200


async def test_a_secret_of_one_kind_is_none_of_the_other(
    caller: Api, ada: tuple[Member, Person]
) -> None:
    as_token = await send(caller.asgi, {"query": WHO}, {"authorization": f"Bearer {ada[1].secret}"})
    as_cookie = await as_person(caller, caller.secret).post(WHO)

    assert (as_token.status_code, as_cookie.status_code) == (401, 401)


async def test_a_token_counts_before_a_session(caller: Api, ada: tuple[Member, Person]) -> None:
    both = ada[1].presented | caller.presented
    wrong = ada[1].presented | {"authorization": "Bearer adm_x"}

    found = await send(caller.asgi, {"query": "{ viewer { label } }"}, both)
    refused = await send(caller.asgi, {"query": "{ viewer { label } }"}, wrong)

    assert found.json()["data"] == {"viewer": {"label": "a token"}}
    assert refused.status_code == 401


@pytest.mark.parametrize(
    ("spoilt", "status"),
    [
        ({"x-rollcall": None}, 403),
        ({"content-type": "text/plain"}, 415),
        ({"content-type": "application/x-www-form-urlencoded"}, 415),
        ({"content-type": "multipart/form-data; boundary=x"}, 415),
    ],
)
async def test_other_pages_of_a_browser_cannot_use_a_session(
    app: Application, ada: tuple[Member, Person], spoilt: dict[str, str | None], status: int
) -> None:
    member, person = ada
    mutation = (
        b'{"query": "mutation ($i: ChangeMemberRoleInput!) {'
        b' changeMemberRole(input: $i) { changed } }"}'
    )
    headers: dict[str, Any] = person.presented | {"content-type": "application/json"} | spoilt
    sent = {name: value for name, value in headers.items() if value is not None}

    response = await send(person.asgi, mutation, sent)

    assert response.status_code == status
    assert "data" not in response.json()
    assert "set-cookie" not in response.headers
    row = await app.pool.fetchrow("SELECT version FROM members WHERE id = $1", member.id)
    assert row["version"] == member.version


async def test_an_invitation_is_not_used_up_where_the_answer_can_carry_no_cookie(
    app: Application, caller: Api
) -> None:
    browser, invited = as_nobody(caller), await factories.member(app, caller.organization_id)
    link = await factories.invitation_link(app, invited)
    query = """
    mutation ($input: AcceptInvitationInput!) { acceptInvitation(input: $input) { changed } }
    """
    streamed = await browser.post(query, {"input": {"token": link}}, headers=AS_EVENTS)

    assert "the answer carries a cookie" in streamed.text
    done = await browser.post(query, {"input": {"token": link}})
    assert done.json()["data"] == {"acceptInvitation": {"changed": True}}
    assert done.headers["set-cookie"].startswith(f"{COOKIE}=ses_")


async def test_nobody_is_signed_out_where_the_answer_can_take_no_cookie_away(
    app: Application, ada: tuple[Member, Person]
) -> None:
    response = await ada[1].post("mutation { signOut { changed } }", headers=AS_EVENTS)

    assert "the answer carries a cookie" in response.text
    ended = "SELECT ended_at FROM sessions WHERE id = $1"
    assert await app.pool.fetchval(ended, session_id_of(ada[1].secret)) is None


async def test_who_guesses_sessions_hears_to_wait_and_who_has_one_does_not(
    app: Application, caller: Api, ada: tuple[Member, Person]
) -> None:
    heard: list[str | None] = []

    def count(ip: str | None) -> float | None:
        heard.append(ip)
        return 3.0 if len(heard) > 2 else None

    person = replace(ada[1], asgi=graphql_app(services(app, wrong_token=count)))
    guesses = [make_secret("ses", new_id()).text, f"{person.secret[:-43]}{'A' * 43}"] * 2

    statuses = [(await replace(person, secret=guess).post(WHO)).status_code for guess in guesses]

    assert statuses == [401, 401, 429, 429]
    assert (await person.post(WHO)).status_code == 200
    assert heard == ["127.0.0.1"] * 4


@pytest.mark.parametrize(
    ("url", "name", "flags"),
    [
        ("https://rollcall.test", "__Host-session", "Path=/; HttpOnly; SameSite=Lax; Secure"),
        ("http://127.0.0.1:8000", "rollcall-session", "Path=/; HttpOnly; SameSite=Lax"),
    ],
)
def test_the_cookie_of_an_address(url: str, name: str, flags: str) -> None:
    cookie = SessionCookie.of(url, timedelta(hours=168))

    assert cookie.holding("ses_x") == f"{name}=ses_x; {flags}; Max-Age=604800"
    assert cookie.taken_away == f"{name}=; {flags}; Max-Age=0"
    assert cookie.read([(b"cookie", f"x=1; {name}=ses_x".encode())]) == "ses_x"
    assert cookie.read([(b"cookie", b"session=ses_x")]) is None
