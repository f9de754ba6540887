"""A person sets their own keys, by session; nobody else does, and what was wrapped is void."""

from __future__ import annotations

from typing import Any

import pytest

from domain.application import Application
from domain.commands import RestoreMember, RevokeMember
from domain.keys.account_keys import lock
from domain.vocabulary import MemberRole, MemberStatus
from graphql_schema import auth
from tests.support import factories
from tests.support.factories import SYSTEM, Looks
from tests.support.graphql import Api, Person, as_nobody, as_person
from tests.support.key_pairs import PASSPHRASE, keys
from tests.support.keyed import keyed
from tests.support.sessions import session, signed_in

SET = "account { publicKey encryptedPrivateKey }"
STATE = "{ viewer { account { publicKey memberships { keyState wrappedOrganizationKey } } } }"


@pytest.fixture(autouse=True)
def no_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    """Sessions are looked up for each request."""
    monkeypatch.setattr(auth, "CACHE_S", 0.0)


def given(number: int, **changed: Any) -> dict[str, Any]:
    held = keys(number)
    return {"publicKey": held.public, "encryptedPrivateKey": held.locked} | changed


@pytest.mark.parametrize("role", [MemberRole.OWNER, MemberRole.USER])
async def test_a_person_sets_keys_and_sets_them_again(
    app: Application, caller: Api, role: MemberRole
) -> None:
    member, secret = await signed_in(app, caller.organization_id, role)
    person = as_person(caller, secret)

    payload = await person.change("setAccountKeys", SET, **given(1))

    shown = {"publicKey": keys(1).public, "encryptedPrivateKey": keys(1).locked}
    assert payload == {"changed": True, "errors": [], "account": shown}
    again = await person.change("setAccountKeys", SET, **given(1))
    assert again == {"changed": False, "errors": [], "account": shown}
    looks = Looks(app.pool, caller.organization_id)
    assert (await looks.actions(member.id))[-1:] == ["member.key_replaced"]


async def test_who_accepted_and_acts_nowhere_yet_sets_keys(app: Application, caller: Api) -> None:
    member = await factories.member(app, caller.organization_id, MemberStatus.ACCEPTED)
    person = as_person(caller, await session(app, member.account_id))

    assert (await person.change("setAccountKeys", SET, **given(1)))["changed"]


async def test_who_is_revoked_is_not_handed_the_key_until_they_come_back(
    app: Application, caller: Api
) -> None:
    acme = await keyed(app)
    member = await acme.confirmed(keys(1))
    person = as_person(caller, await session(app, member.account_id))
    own = (await person.ask(STATE))["viewer"]["account"]["memberships"]

    await app.execute(RevokeMember(acme.organization_id, member.id), SYSTEM)
    revoked = (await person.ask(STATE))["viewer"]["account"]["memberships"]
    await app.execute(RestoreMember(acme.organization_id, member.id), SYSTEM)
    restored = (await person.ask(STATE))["viewer"]["account"]["memberships"]

    assert own[0]["wrappedOrganizationKey"] is not None
    assert revoked == [{"keyState": None, "wrappedOrganizationKey": None}]
    assert restored == own


async def test_other_keys_void_what_was_wrapped(app: Application, caller: Api) -> None:
    acme = await keyed(app)
    member = await acme.confirmed(keys(1))
    secret = await session(app, member.account_id)
    person = Person(app, acme.organization_id, secret, caller.asgi)
    wrapped = (await person.ask(STATE))["viewer"]["account"]["memberships"][0]
    assert wrapped["keyState"] == "CURRENT"
    other_passphrase = lock(keys(1).pair, PASSPHRASE + "!")

    await person.change("setAccountKeys", SET, **given(1, encryptedPrivateKey=other_passphrase))
    assert (await person.ask(STATE))["viewer"]["account"]["memberships"] == [wrapped]
    await person.change("setAccountKeys", SET, **given(2))

    account = (await person.ask(STATE))["viewer"]["account"]
    assert account == {
        "publicKey": keys(2).public,
        "memberships": [wrapped | {"keyState": "STALE"}],
    }


@pytest.mark.parametrize(
    ("changed", "field", "says"),
    [
        ({"publicKey": "x"}, "publicKey", "publicKey must be a JWK."),
        ({"publicKey": []}, "publicKey", "publicKey must be a JWK."),
        ({"publicKey": {}}, "publicKey", "publicKey must be an EC key on the curve P-256."),
        (
            {"publicKey": keys(1).pair.as_dict(private=True)},
            "publicKey",
            ("publicKey holds a private key; keep that to yourself and send only the public one."),
        ),
        (
            {"encryptedPrivateKey": ""},
            "encryptedPrivateKey",
            "encryptedPrivateKey must be a compact JWE: five parts with dots between them.",
        ),
        (
            {"encryptedPrivateKey": keys(2).locked},
            "encryptedPrivateKey",
            "encryptedPrivateKey is of another pair than publicKey: its kid differs.",
        ),
    ],
)
async def test_keys_that_cannot_be_right(
    app: Application, caller: Api, changed: dict[str, Any], field: str, says: str
) -> None:
    member, secret = await signed_in(app, caller.organization_id)
    person = as_person(caller, secret)

    payload = await person.change("setAccountKeys", SET, **given(1, **changed))

    error = {"__typename": "BasicError", "code": "INVALID", "message": says}
    assert payload == {
        "changed": False,
        "account": None,
        "errors": [error | {"path": ["input", field]}],
    }
    row = await app.pool.fetchrow("SELECT * FROM accounts WHERE id = $1", member.account_id)
    assert (row["public_key"], row["encrypted_private_key"]) == (None, None)


async def test_a_token_has_no_keys(caller: Api) -> None:
    payload = await caller.change("setAccountKeys", SET, **given(1))

    (error,) = payload["errors"]
    assert (error["code"], error["message"], error["path"]) == (
        "FORBIDDEN",
        "Only a person has keys; sign in instead of sending a token.",
        [],
    )
    assert payload["account"] is None


async def test_nobody_in_particular_has_no_keys(caller: Api) -> None:
    query = "mutation ($input: SetAccountKeysInput!) { setAccountKeys(input: $input) { changed } }"

    assert await as_nobody(caller).codes(query, input=given(1)) == ["UNAUTHENTICATED"]
