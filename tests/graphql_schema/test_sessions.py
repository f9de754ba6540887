"""People with a session: who they are, what a cookie must look like, how a session ends."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from domain.application import Application
from domain.commands import Member
from domain.ids import new_id
from domain.secrets import make_secret
from domain.vocabulary import MemberRole, MemberStatus, Scope
from graphql_schema import auth
from graphql_schema.app import graphql_app
from graphql_schema.cookies import SessionCookie
from graphql_schema.ids import Kind, make_id
from tests.support import factories
from tests.support.graphql import (
    COOKIE,
    MODERN,
    Api,
    Person,
    as_nobody,
    as_person,
    send,
    services,
)
from tests.support.sessions import session, session_id_of, signed_in

WHO = """
{ viewer {
  label scopes tokenExpiresAt organization { id }
  actor { __typename ... on Node { id } }
  account { id email name memberships {
    organizationId organizationUuid organizationName organizationSlug memberId memberUuid
    status role scopes keyHandshake keyVersion keyState wrappedOrganizationKey
  } }
  sessions { id createdAt lastSeenAt userAgent ip method current }
} }
"""
SESSIONS = "{ viewer { sessions { id current } } }"
SIGN_OUT = "mutation { signOut { changed errors { code } } }"
GONE = f"{COOKIE}=; Path=/; HttpOnly; SameSite=Lax; Secure; Max-Age=0"


@pytest.fixture(autouse=True)
def no_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    """Sessions are looked up for each request."""
    monkeypatch.setattr(auth, "CACHE_S", 0.0)


@pytest.fixture
async def ada(app: Application, caller: Api) -> tuple[Member, Person]:
    """An owner who is signed in."""
    member, secret = await signed_in(app, caller.organization_id, name=None, display_name="Ada")
    return member, as_person(caller, secret)


async def test_a_person_is_who_they_are(
    app: Application, caller: Api, ada: tuple[Member, Person]
) -> None:
    member, person = ada
    slug, name = await app.pool.fetchrow(
        "SELECT slug, name FROM organizations WHERE id = $1", caller.organization_id
    )

    viewer = (await person.ask(WHO))["viewer"]

    every = [scope.value for scope in Scope]
    (own,) = viewer.pop("sessions")
    assert viewer == {
        "label": member.attributes.email,
        "scopes": every,
        "tokenExpiresAt": None,
        "organization": {"id": caller.org},
        "actor": {"__typename": "Member", "id": caller.member_id(member.id)},
        "account": {
            "id": make_id(Kind.ACCOUNT, None, member.account_id or new_id()),
            "email": member.attributes.email,
            "name": "Ada",
            "memberships": [
                {
                    "organizationId": caller.org,
                    "organizationUuid": str(caller.organization_id),
                    "organizationName": name,
                    "organizationSlug": slug,
                    "memberId": caller.member_id(member.id),
                    "memberUuid": str(member.id),
                    "status": "CONFIRMED",
                    "role": "OWNER",
                    "scopes": every,
                    "keyHandshake": "OFF",
                    "keyVersion": 0,
                    "keyState": None,
                    "wrappedOrganizationKey": None,
                }
            ],
        },
    }
    assert own.pop("createdAt").endswith("Z")
    assert own == {
        "id": make_id(Kind.SESSION, None, session_id_of(person.secret)),
        "lastSeenAt": None,
        "userAgent": "a browser of tests",
        "ip": "192.0.2.1",
        "method": "LINK",
        "current": True,
    }


async def test_a_token_has_neither_account_nor_sessions(caller: Api) -> None:
    viewer = (await caller.ask(WHO))["viewer"]

    assert (viewer["label"], viewer["account"], viewer["sessions"]) == ("a token", None, [])
    refused = await caller.change("endSession", "endedSessionId", sessionId=caller.org)
    assert [error["code"] for error in refused["errors"]] == ["INVALID"]
    other = make_id(Kind.SESSION, None, new_id())
    refused = await caller.change("endSession", "endedSessionId", sessionId=other)
    assert [error["code"] for error in refused["errors"]] == ["FORBIDDEN"]
    assert (await caller.ask(SIGN_OUT))["signOut"] == {"changed": False, "errors": []}


@pytest.mark.parametrize("status", [MemberStatus.ACCEPTED, MemberStatus.REVOKED])
async def test_who_is_no_confirmed_member_is_a_person_all_the_same(
    app: Application, caller: Api, status: MemberStatus
) -> None:
    member = await factories.member(app, caller.organization_id, status, role=MemberRole.ADMIN)
    person = as_person(caller, await session(app, member.account_id), caller.org)

    viewer = (await person.ask(WHO))["viewer"]

    account_id = make_id(Kind.ACCOUNT, None, member.account_id or new_id())
    assert (viewer["label"], viewer["scopes"], viewer["organization"]) == (
        member.attributes.email,
        [],
        None,
    )
    assert viewer["actor"] == {"__typename": "Account", "id": account_id}
    (membership,) = viewer["account"]["memberships"]
    assert (membership["status"], membership["scopes"]) == (status.value, [])
    assert await person.ask("query ($id: ID!) { node(id: $id) { id } }", id=account_id) == {
        "node": {"id": account_id}
    }


async def test_nobody_sees_the_account_of_another(
    app: Application, caller: Api, ada: tuple[Member, Person]
) -> None:
    _, secret = await signed_in(app, caller.organization_id)
    account_id = make_id(Kind.ACCOUNT, None, ada[0].account_id or new_id())
    session_id = make_id(Kind.SESSION, None, session_id_of(ada[1].secret))

    for other in (as_person(caller, secret), caller):
        for id_ in (account_id, session_id):
            query = "query ($id: ID!) { node(id: $id) { id } }"
            assert await other.ask(query, id=id_) == {"node": None}


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


async def test_signing_out_ends_the_session_and_the_cookie(
    app: Application, ada: tuple[Member, Person]
) -> None:
    person = ada[1]
    other = replace(person, secret=await session(app, ada[0].account_id))

    response = await person.post(SIGN_OUT)

    assert response.json()["data"] == {"signOut": {"changed": True, "errors": []}}
    assert response.headers.get_list("set-cookie") == [GONE]
    refused = await person.post(SESSIONS)
    assert refused.status_code == 401
    assert refused.headers.get_list("set-cookie") == [GONE]
    again = await person.post(SIGN_OUT)
    assert again.json()["data"] == {"signOut": {"changed": False, "errors": []}}
    assert again.headers.get_list("set-cookie") == [GONE]
    assert len((await other.ask(SESSIONS))["viewer"]["sessions"]) == 1


async def test_a_person_ends_another_of_their_sessions(
    app: Application, caller: Api, ada: tuple[Member, Person]
) -> None:
    member, person = ada
    lost = replace(person, secret=await session(app, member.account_id))
    lost_id = make_id(Kind.SESSION, None, session_id_of(lost.secret))
    own_id = make_id(Kind.SESSION, None, session_id_of(person.secret))
    assert (await person.ask(SESSIONS))["viewer"]["sessions"] == [
        {"id": lost_id, "current": False},
        {"id": own_id, "current": True},
    ]

    ended = await person.change("endSession", "endedSessionId", sessionId=lost_id)
    again = await person.change("endSession", "endedSessionId", sessionId=lost_id)

    assert ended == {"changed": True, "endedSessionId": lost_id, "errors": []}
    assert again == {"changed": False, "endedSessionId": lost_id, "errors": []}
    assert (await lost.post(SESSIONS)).status_code == 401
    assert (await person.ask(SESSIONS))["viewer"]["sessions"] == [{"id": own_id, "current": True}]

    stranger = as_person(caller, (await signed_in(app, caller.organization_id))[1])
    refused = await stranger.change("endSession", "endedSessionId", sessionId=own_id)
    assert refused["endedSessionId"] is None
    assert refused["errors"] == [
        {
            "__typename": "BasicError",
            "code": "NOT_FOUND",
            "message": "There is no session.",
            "path": ["input", "sessionId"],
        }
    ]
    assert len((await person.ask(SESSIONS))["viewer"]["sessions"]) == 1


async def test_an_expired_session_is_as_good_as_none(
    app: Application, ada: tuple[Member, Person]
) -> None:
    person = ada[1]
    await app.pool.execute(
        "UPDATE sessions SET expires_at = now() - interval '1 second' WHERE id = $1",
        session_id_of(person.secret),
    )

    refused = await person.post(SESSIONS)
    open_ = await person.post("{ server { version } }")

    assert refused.status_code == 401
    assert open_.status_code == 200
    assert open_.json()["data"] == {"server": {"version": "0.1.0"}}
    for each in (refused, open_):
        assert each.headers.get_list("set-cookie") == [GONE]


async def test_a_session_is_remembered_for_less_than_a_second(
    app: Application, ada: tuple[Member, Person], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.undo()
    person = ada[1]
    assert auth.CACHE_S < 1

    assert (await person.post(SESSIONS)).status_code == 200
    await app.pool.execute(
        "UPDATE sessions SET ended_at = now() WHERE id = $1", session_id_of(person.secret)
    )
    assert (await person.post(SESSIONS)).status_code == 200

    monkeypatch.setattr(auth, "monotonic", lambda: float("inf"))
    assert (await person.post(SESSIONS)).status_code == 401


async def test_a_used_session_is_noted(app: Application, caller: Api) -> None:
    _, secret = await signed_in(app, caller.organization_id)
    seen: list[object] = []
    asgi = graphql_app(services(app, session_used=seen.append))
    person = replace(as_person(caller, secret), asgi=asgi)

    await person.ask(SESSIONS)
    await replace(person, secret=f"{secret[:-1]}x").post(SESSIONS)

    assert seen == [session_id_of(secret)]


# Whoever presents nothing.


async def test_open_fields_are_for_anybody(caller: Api) -> None:
    nobody = as_nobody(caller)

    for query in (
        "{ __typename }",
        "{ server { version } }",
        "{ ...F } fragment F on Query { server { version } }",
    ):
        response = await nobody.post(query)
        assert response.status_code == 200, query
        assert "errors" not in response.json()
        assert "set-cookie" not in response.headers


@pytest.mark.parametrize(
    "query",
    [
        "{ viewer { label } }",
        "{ server { version } viewer { label } }",
        "{ server { version } ... { viewer { label } } }",
        "{ ...F } fragment F on Query { viewer { label } }",
        "{ ...F } fragment F on Query { ...G } fragment G on Query { auditActions { action } }",
        "{ viewer @skip(if: true) { label } server { version } }",
        "{ server: viewer { label } }",
        "{ __schema { queryType { name } } }",
        '{ __type(name: "Query") { name } }',
        "{ nothing }",
        "query A { server { version } } query B { server { version } }",
        'mutation { endSession(input: {sessionId: "x"}) { changed } }',
        'subscription { memberChanges(organizationId: "x") { cursor } }',
    ],
)
@pytest.mark.parametrize("accept", ["application/json", MODERN])
async def test_all_else_is_for_who_is_known(caller: Api, query: str, accept: str) -> None:
    response = await as_nobody(caller).post(query, headers={"accept": accept})

    if query.startswith("subscription"):
        assert response.json()["errors"][0]["extensions"] == {"code": "BAD_REQUEST"}
        return
    assert response.status_code == 401
    assert response.headers["www-authenticate"] == "Bearer"
    body = response.json()
    assert "data" not in body
    assert [error["extensions"] for error in body["errors"]] == [{"code": "UNAUTHENTICATED"}]


async def test_nobody_subscribes(caller: Api) -> None:
    query = 'subscription { memberChanges(organizationId: "x") { cursor } }'

    response = await as_nobody(caller).post(query, headers={"accept": "text/event-stream"})

    assert response.status_code == 401


async def test_what_nobody_sends_is_short(caller: Api) -> None:
    nobody = as_nobody(caller)
    long = "{ server { version } " + " ".join(f"a{n}: __typename" for n in range(200)) + " }"
    large = {"padding": "x" * 70_000}

    tokens = await nobody.post(long)
    body = await nobody.post("{ server { version } }", large)
    known = await caller.post("{ server { version } }", large)

    assert tokens.json()["errors"][0]["message"] == "A document may have at most 500 tokens."
    assert body.status_code == 413
    assert known.status_code == 200


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
