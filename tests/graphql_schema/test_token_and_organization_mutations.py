"""Access tokens and the organization's settings over the admin API."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from domain.application import Application
from domain.clock import utc_now
from graphql_schema import auth
from graphql_schema.scalars import parse_instant
from tests.support import factories
from tests.support.factories import Looks
from tests.support.graphql import Api, token

TOKEN = "accessToken { id name hint scopes expiresAt revokedAt organization { id } }"


async def test_create_and_revoke_a_token(caller: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(auth, "CACHE_S", 0.0)
    given = {"organizationId": caller.org, "name": "reader", "scopes": ["MEMBERS_READ"]}

    made = await caller.change("createAccessToken", f"secret {TOKEN}", **given)

    shown = made["accessToken"]
    reader = Api(caller.app, caller.organization_id, made["secret"], caller.asgi)
    assert shown["scopes"] == ["MEMBERS_READ"]
    assert shown["organization"] == {"id": caller.org}
    lifetime = parse_instant(shown["expiresAt"]) - utc_now()
    assert timedelta(days=89, hours=23) < lifetime < timedelta(days=90)
    assert (await reader.ask("{ viewer { scopes } }"))["viewer"]["scopes"] == ["MEMBERS_READ"]
    listed = await caller.ask_here(
        "accessTokens(first: 1) { nodes { id createdBy { ... on AccessToken { name } } } }"
    )
    assert listed["accessTokens"]["nodes"] == [
        {"id": shown["id"], "createdBy": {"name": "a token"}}
    ]

    gone = await caller.change("revokeAccessToken", TOKEN, accessTokenId=shown["id"])
    gone_again = await caller.change("revokeAccessToken", TOKEN, accessTokenId=shown["id"])
    assert gone["changed"] is True
    assert gone["accessToken"]["revokedAt"] is not None
    assert gone_again == gone | {"changed": False}
    assert await reader.codes("{ viewer { scopes } }") == ["UNAUTHENTICATED"]


async def test_tokens_of_others_are_not_found(app: Application, caller: Api) -> None:
    other = await caller.elsewhere()
    theirs = (await other.ask("{ viewer { actor { ... on Node { id } } } }"))["viewer"]["actor"]
    everywhere = await token(app, None)
    all_ = Api(app, caller.organization_id, everywhere.secret, caller.asgi)
    global_ = (await all_.ask("{ viewer { actor { ... on Node { id } } } }"))["viewer"]["actor"]

    made = await caller.change(
        "createAccessToken", "", organizationId=other.org, name="x", scopes=["MEMBERS_READ"]
    )
    assert [e["code"] for e in made["errors"]] == ["NOT_FOUND"]
    for id_ in (theirs["id"], global_["id"]):
        refused = await caller.change("revokeAccessToken", "", accessTokenId=id_)
        assert [(e["code"], e["path"]) for e in refused["errors"]] == [
            ("NOT_FOUND", ["input", "accessTokenId"])
        ]
    assert await other.codes("{ viewer { scopes } }") == []

    # A caller of all organizations may end both.
    for id_ in (theirs["id"], global_["id"]):
        assert (await all_.change("revokeAccessToken", "", accessTokenId=id_))["changed"] is True


async def test_a_repeated_token_is_shown_without_its_secret(caller: Api) -> None:
    given = {
        "organizationId": caller.org,
        "name": "once",
        "scopes": ["MEMBERS_READ", "AUDIT_READ"],
        "idempotencyKey": "a",
    }

    answers = await asyncio.gather(
        *(caller.change("createAccessToken", f"secret {TOKEN}", **given) for _ in range(20))
    )
    turned = {**given, "scopes": ["AUDIT_READ", "MEMBERS_READ"]}
    same_set = await caller.change("createAccessToken", TOKEN, **turned)
    other = await caller.change("createAccessToken", TOKEN, **given | {"name": "else"})

    assert len({answer["accessToken"]["id"] for answer in answers}) == 1
    assert len([answer for answer in answers if answer["secret"]]) == 1
    assert same_set["accessToken"] == answers[0]["accessToken"]
    assert [(e["code"], e["path"]) for e in other["errors"]] == [
        ("IDEMPOTENCY_KEY_REUSED", ["input", "idempotencyKey"])
    ]


async def test_reinvite_once_per_key(app: Application, caller: Api) -> None:
    member = await factories.member(app, caller.organization_id)
    given = {"memberId": caller.member_id(member.id), "idempotencyKey": "a"}
    looks = Looks(app.pool, caller.organization_id)

    first = await caller.change("reinviteMember", "invitation { id state sentTo }", **given)
    again = await caller.change("reinviteMember", "invitation { id state sentTo }", **given)
    assert await looks.invitations(member.id) == ["CANCELLED", "QUEUED"]
    assert again == first | {"changed": False}
    assert first["invitation"]["state"] == "QUEUED"
    assert first["invitation"]["sentTo"] == member.attributes.email

    await caller.change("reinviteMember", "", memberId=given["memberId"])
    await caller.change("reinviteMember", "", memberId=given["memberId"])
    assert await looks.invitations(member.id) == ["CANCELLED"] * 3 + ["QUEUED"]


async def test_settings_of_the_organization(app: Application, caller: Api) -> None:
    selection = "organization { name version seats { occupied limit } }"
    await factories.member(app, caller.organization_id)
    name = factories.unique("Renamed")

    done = await caller.change(
        "updateOrganization", selection, organizationId=caller.org, name=name, seatLimit=5
    )
    again = await caller.change(
        "updateOrganization", selection, organizationId=caller.org, name=name, seatLimit=5
    )
    unlimited = await caller.change(
        "updateOrganization", selection, organizationId=caller.org, seatLimit=None
    )

    assert done["organization"] == {
        "name": name,
        "version": 2,
        "seats": {"occupied": 1, "limit": 5},
    }
    assert again == done | {"changed": False}
    assert unlimited["organization"]["seats"] == {"occupied": 1, "limit": None}
