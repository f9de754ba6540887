"""Access tokens let callers in: while they live, with their scopes, and as long as their maker."""

from datetime import timedelta

import pytest

from domain.application import Application
from domain.caller import Actor, Caller
from domain.clock import utc_now
from domain.commands import (
    ChangeMemberRole,
    CreateAccessToken,
    Member,
    RevokeAccessToken,
    RevokeMember,
)
from domain.ids import new_id
from domain.secrets import make_secret
from domain.vocabulary import ActorKind, MemberRole, MemberStatus, Origin, Scope
from graphql_schema import auth
from tests.support import factories
from tests.support.factories import SYSTEM
from tests.support.graphql import Api, api, send, token

WHO = "{ viewer { scopes actor { ... on AccessToken { name } } organization { id } } }"


@pytest.fixture(autouse=True)
def no_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tokens are looked up for each request."""
    monkeypatch.setattr(auth, "CACHE_S", 0.0)


async def status(caller: Api, authorization: str | None) -> int:
    headers = {} if authorization is None else {"authorization": authorization}
    response = await send(caller.asgi, {"query": WHO}, headers)
    if response.status_code == 401:
        assert response.headers["www-authenticate"] == "Bearer"
        assert response.json()["errors"][0]["extensions"] == {"code": "UNAUTHENTICATED"}
        assert "data" not in response.json()
    return response.status_code


async def test_a_token_is_who_it_is(caller: Api) -> None:
    found = await caller.ask(WHO)

    assert found["viewer"] == {
        "scopes": [scope.value for scope in Scope],
        "actor": {"name": "a token"},
        "organization": {"id": caller.org},
    }


async def test_without_a_valid_token_nobody_is_let_in(caller: Api) -> None:
    unknown = make_secret("adm", new_id()).text
    another = caller.secret[:-43] + unknown[-43:]

    for authorization in (
        None,
        "",
        caller.secret,
        f"Basic {caller.secret}",
        f"Bearer {unknown}",
        f"Bearer {another}",
        f"Bearer {caller.secret}x",
        "Bearer adm__x",
    ):
        assert await status(caller, authorization) == 401

    assert await status(caller, f"bearer {caller.secret}") == 200


async def test_a_token_ends_when_it_is_revoked_or_expires(app: Application, caller: Api) -> None:
    revoked = await token(app, caller.organization_id)
    await app.execute(RevokeAccessToken(revoked.id), SYSTEM)
    expired = await token(app, caller.organization_id, expires_at=utc_now() + timedelta(days=1))
    await app.pool.execute(
        "UPDATE access_tokens SET expires_at = now() - interval '1 second' WHERE id = $1",
        expired.id,
    )

    assert await status(caller, f"Bearer {revoked.secret}") == 401
    assert await status(caller, f"Bearer {expired.secret}") == 401


async def made_by(app: Application, member: Member) -> str:
    """The secret of a token that the member made, with every scope that exists."""
    actor = Actor(ActorKind.MEMBER, member.id, member.label)
    maker = Caller(actor, Origin.CONSOLE, member.organization_id)
    command = CreateAccessToken(member.organization_id, "mine", frozenset(Scope))
    return (await app.execute(command, maker)).value.secret


async def test_a_members_token_has_the_members_rights(app: Application) -> None:
    caller = await api(app)
    owner = await factories.owner(app, caller.organization_id)
    admin = await factories.member(
        app, caller.organization_id, MemberStatus.CONFIRMED, role=MemberRole.ADMIN
    )
    secret = await made_by(app, admin)
    mine = Api(app, caller.organization_id, secret, caller.asgi)

    scopes = (await mine.ask(WHO))["viewer"]["scopes"]
    assert scopes == [scope.value for scope in Scope if scope is not Scope.ORGANIZATION_WRITE]

    outranked = await mine.change(
        "revokeMember", "member { id }", memberId=mine.member_id(owner.id)
    )
    assert outranked["errors"][0]["code"] == "FORBIDDEN"
    self_action = await mine.change(
        "revokeMember", "member { id }", memberId=mine.member_id(admin.id)
    )
    assert self_action["errors"][0]["code"] == "SELF_ACTION"


async def test_a_token_made_by_a_members_token_is_the_members_too(app: Application) -> None:
    caller = await api(app)
    owner = await factories.owner(app, caller.organization_id)
    admin = await factories.member(
        app, caller.organization_id, MemberStatus.CONFIRMED, role=MemberRole.ADMIN
    )
    first = Api(app, caller.organization_id, await made_by(app, admin), caller.asgi)
    made = await first.change(
        "createAccessToken",
        "secret accessToken { createdBy { ... on Member { id } } }",
        organizationId=caller.org,
        name="second",
        scopes=["MEMBERS_WRITE", "MEMBERS_READ"],
    )
    second = Api(app, caller.organization_id, made["secret"], caller.asgi)

    outranked = await second.change("revokeMember", "", memberId=caller.member_id(owner.id))
    self_action = await second.change("revokeMember", "", memberId=caller.member_id(admin.id))
    await app.execute(RevokeMember(caller.organization_id, admin.id), SYSTEM)

    assert made["accessToken"]["createdBy"] == {"id": caller.member_id(admin.id)}
    assert [e["code"] for e in outranked["errors"]] == ["FORBIDDEN"]
    assert [e["code"] for e in self_action["errors"]] == ["SELF_ACTION"]
    assert await status(second, f"Bearer {made['secret']}") == 401


async def test_a_members_token_ends_with_the_members_right_to_act(app: Application) -> None:
    caller = await api(app)
    await factories.owner(app, caller.organization_id)
    custom = await factories.member(
        app,
        caller.organization_id,
        MemberStatus.CONFIRMED,
        role=MemberRole.CUSTOM,
        permissions=frozenset({Scope.MEMBERS_READ}),
    )
    secret = await made_by(app, custom)
    mine = Api(app, caller.organization_id, secret, caller.asgi)

    assert (await mine.ask(WHO))["viewer"]["scopes"] == ["MEMBERS_READ"]

    await app.execute(ChangeMemberRole(caller.organization_id, custom.id), SYSTEM)
    assert (await mine.ask(WHO))["viewer"]["scopes"] == []

    await app.execute(RevokeMember(caller.organization_id, custom.id), SYSTEM)
    assert await status(caller, f"Bearer {secret}") == 401


async def test_a_token_is_remembered_for_less_than_a_second(
    app: Application, caller: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.undo()
    assert auth.CACHE_S < 1

    issued = await token(app, caller.organization_id)
    assert await status(caller, f"Bearer {issued.secret}") == 200
    await app.execute(RevokeAccessToken(issued.id), SYSTEM)
    assert await status(caller, f"Bearer {issued.secret}") == 200

    monkeypatch.setattr(auth, "monotonic", lambda: float("inf"))
    assert await status(caller, f"Bearer {issued.secret}") == 401
