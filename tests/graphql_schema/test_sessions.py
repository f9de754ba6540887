"""People with a session: who they are, what a cookie must look like, how a session ends."""

from __future__ import annotations

from dataclasses import replace

import pytest

from domain.application import Application
from domain.commands import Member
from domain.ids import new_id
from domain.vocabulary import MemberRole, MemberStatus, Scope
from graphql_schema import auth
from graphql_schema.app import graphql_app
from graphql_schema.ids import Kind, make_id
from tests.support import factories
from tests.support.graphql import (
    COOKIE,
    Api,
    Person,
    as_person,
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
            "message": "There is no such session.",
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
    await replace(person, secret=f"{secret[:-5]}wrong").post(SESSIONS)

    assert seen == [session_id_of(secret)]
