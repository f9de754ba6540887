"""What a person sees of themselves where only an organization's provider vouches for them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest

from domain.application import Application
from domain.commands import Member
from domain.vocabulary import MemberStatus, SignInMethod
from graphql_schema import auth
from graphql_schema.ids import Kind, make_id
from tests.support import factories
from tests.support.graphql import Api, Person, as_person, send
from tests.support.key_pairs import keys
from tests.support.sessions import session, session_id_of, signed_in

WHO = """
{ viewer {
  organization { id } account { email encryptedPrivateKey memberships { organizationId } }
  sessions { method current }
} }
"""


@pytest.fixture(autouse=True)
def no_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    """Sessions are looked up for each request."""
    monkeypatch.setattr(auth, "CACHE_S", 0.0)


async def with_keys(app: Application, member: Member) -> None:
    """The person has a private key, locked with a passphrase."""
    await app.pool.execute(
        "UPDATE accounts SET encrypted_private_key = 'locked' WHERE id = $1", member.account_id
    )


@dataclass(frozen=True, slots=True)
class Ann:
    """A person with keys: confirmed in the caller's organization, and known to another one."""

    email: str
    member: Member
    secret: str
    other: Api


async def ann(app: Application, caller: Api, elsewhere: MemberStatus | None) -> Ann:
    """The person; `elsewhere` is how far she came in the other organization, None nowhere."""
    email = f"{factories.unique('ann')}@example.com"
    member, secret = await signed_in(app, caller.organization_id, email=email)
    await with_keys(app, member)
    other = await caller.elsewhere()
    if elsewhere is not None:
        await factories.member(app, other.organization_id, elsewhere, email=email)
    return Ann(email, member, secret, other)


async def vouched(app: Application, caller: Api, member: Member, by: Api) -> Person:
    """The person, as the provider of an organization has let them in."""
    secret = await session(
        app,
        member.account_id,
        method=SignInMethod.OIDC,
        sso_organization_id=by.organization_id,
    )
    return as_person(caller, secret)


async def test_a_provider_opens_its_own_organization_and_no_other(
    app: Application, caller: Api
) -> None:
    she = await ann(app, caller, MemberStatus.CONFIRMED)
    person = await vouched(app, caller, she.member, she.other)

    viewer = (await person.ask(WHO))["viewer"]

    assert viewer["organization"] == {"id": she.other.org}
    assert viewer["account"] == {
        "email": she.email,
        "encryptedPrivateKey": None,
        "memberships": [{"organizationId": she.other.org}],
    }
    assert viewer["sessions"] == [{"method": "OIDC", "current": True}]


async def test_who_belongs_to_one_organization_gets_their_key_by_its_provider(
    app: Application, caller: Api
) -> None:
    email = f"{factories.unique('ann')}@example.com"
    member, _ = await signed_in(app, caller.organization_id, email=email)
    await with_keys(app, member)
    person = await vouched(app, caller, member, caller)

    viewer = (await person.ask(WHO))["viewer"]

    assert viewer["account"]["encryptedPrivateKey"] == "locked"


async def test_a_provider_changes_nobodys_keys_in_other_organizations(
    app: Application, caller: Api
) -> None:
    she = await ann(app, caller, None)
    member, other = she.member, she.other
    person = await vouched(app, caller, member, other)
    given = {"publicKey": keys(1).public, "encryptedPrivateKey": keys(1).locked}
    looked_up = "SELECT public_key, encrypted_private_key FROM accounts WHERE id = $1"

    for status in (None, MemberStatus.CONFIRMED):
        if status is not None:
            await factories.member(app, other.organization_id, status, email=she.email)
        refused = await person.change("setAccountKeys", "account { id }", **given)

        (error,) = refused["errors"]
        assert error["code"] == "FORBIDDEN"
        assert "sign in by a link" in error["message"]
        assert tuple(await app.pool.fetchrow(looked_up, member.account_id)) == (None, "locked")
    away = await vouched(app, caller, member, caller)
    assert (await away.change("setAccountKeys", "account { id }", **given))["errors"] != []


async def test_a_provider_ends_no_session_that_it_did_not_vouch_for(
    app: Application, caller: Api
) -> None:
    she = await ann(app, caller, MemberStatus.CONFIRMED)
    person = await vouched(app, caller, she.member, she.other)
    id_ = make_id(Kind.SESSION, None, session_id_of(she.secret))

    refused = await person.change("endSession", "endedSessionId", sessionId=id_)

    assert [error["code"] for error in refused["errors"]] == ["NOT_FOUND"]
    assert (await as_person(caller, she.secret).ask("{ viewer { label } }"))["viewer"]["label"]


async def test_who_has_not_accepted_sees_nothing_of_an_account_that_was_there_before(
    app: Application, caller: Api
) -> None:
    she = await ann(app, caller, MemberStatus.INVITED)
    person = await vouched(app, caller, she.member, she.other)

    viewer = (await person.ask(WHO))["viewer"]

    assert viewer["organization"] is None
    assert viewer["account"] == {"email": she.email, "encryptedPrivateKey": None, "memberships": []}
    assert viewer["sessions"] == [{"method": "OIDC", "current": True}]


async def test_who_signs_in_otherwise_sees_all_of_it(app: Application, caller: Api) -> None:
    she = await ann(app, caller, MemberStatus.CONFIRMED)
    await vouched(app, caller, she.member, she.other)

    viewer = (await as_person(caller, she.secret).ask(WHO))["viewer"]

    assert viewer["organization"] is None, "one of two must be named"
    assert viewer["account"]["encryptedPrivateKey"] == "locked"
    assert [each["organizationId"] for each in viewer["account"]["memberships"]] == [
        caller.org,
        she.other.org,
    ]
    assert sorted(each["method"] for each in viewer["sessions"]) == ["LINK", "OIDC"]


async def test_anybody_reads_the_ways_to_sign_in_and_nothing_else(caller: Api) -> None:
    made = await caller.change(
        "createOidcProvider",
        "oidcProvider { id }",
        organizationId=caller.org,
        name="Directory",
        issuer="https://idp.example.com",
        clientId="a client",
        clientSecret="a secret",
    )
    id_ = made["oidcProvider"]["id"]
    slug = (await caller.ask_here("slug"))["slug"]
    query = "query ($slug: String!) { signInProviders(organization: $slug) { id name startUrl } }"

    async def asked(slug: str) -> Any:
        body = {"query": query, "variables": {"slug": slug}}
        return (await send(caller.asgi, body, {})).json()["data"]["signInProviders"]

    url = f"https://rollcall.test/sign-in/oidc/{id_}"
    assert await asked(slug) == [{"id": id_, "name": "Directory", "startUrl": url}]
    assert await asked("nobody-has-this-slug") == []
    assert await asked((await (await caller.elsewhere()).ask_here("slug"))["slug"]) == []
