"""Each verb that takes an idempotency key has one effect, however many come at once."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Any

import pytest

from domain.application import Application
from domain.vocabulary import MemberStatus
from tests.support import factories
from tests.support.factories import Looks
from tests.support.graphql import Api

PARALLEL = 20
KEYS = "SELECT id FROM scim_credentials WHERE organization_id = $1"
TOKENS = "SELECT id FROM access_tokens WHERE organization_id = $1"
LINKS = "SELECT id FROM invitations WHERE organization_id = $1"


@dataclass(frozen=True, slots=True)
class Verb:
    """A mutation, what shows its secret, what it makes, and an input that asks for more."""

    secret: str | None
    made: str
    else_: dict[str, Any]


VERBS = {
    "reinviteMember": Verb(None, LINKS, {}),
    "createScimApiKey": Verb("apiKey", KEYS, {"kind": "OAUTH_CLIENT"}),
    "rotateScimApiKey": Verb("apiKey", KEYS, {"overlapSeconds": 60}),
    "createAccessToken": Verb("secret", TOKENS, {"name": "another"}),
}


async def input_of(app: Application, caller: Api, verb: str) -> dict[str, Any]:
    if verb == "reinviteMember":
        member = await factories.member(app, caller.organization_id, MemberStatus.INVITED)
        return {"memberId": caller.member_id(member.id)}
    if verb == "createAccessToken":
        return {"organizationId": caller.org, "name": "t", "scopes": ["MEMBERS_READ"]}
    await caller.change("enableScim", "", organizationId=caller.org)
    return {"organizationId": caller.org}


async def run(caller: Api, name: str, given: dict[str, Any]) -> Any:
    """The payload; inputs may have a field of any name."""
    type_ = f"{name[0].upper()}{name[1:]}Input"
    secret = VERBS[name].secret or ""
    query = (
        f"mutation ($input: {type_}!) {{ {name}(input: $input) {{ changed {secret}"
        " errors { code path } } }"
    )
    return (await caller.ask(query, input=given))[name]


async def token(caller: Api, given: dict[str, Any]) -> Any:
    return await run(caller, "createAccessToken", given)


@pytest.mark.parametrize("name", VERBS)
async def test_of_many_at_once_one_has_an_effect(app: Application, caller: Api, name: str) -> None:
    verb = VERBS[name]
    given = await input_of(app, caller, name) | {"idempotencyKey": "once"}
    looks = Looks(app.pool, caller.organization_id)
    before = len(await looks.rows(verb.made))

    answers = await asyncio.gather(*(run(caller, name, given) for _ in range(PARALLEL)))
    later = await run(caller, name, given)

    assert len(await looks.rows(verb.made)) == before + 1
    assert [answer["errors"] for answer in answers] == [[]] * PARALLEL
    assert sum(answer["changed"] for answer in answers) == 1
    assert later["changed"] is False
    if verb.secret is not None:
        (secret,) = [answer[verb.secret] for answer in answers if answer[verb.secret]]
        assert len(secret) > 40
        assert later[verb.secret] is None


@pytest.mark.parametrize("name", VERBS)
async def test_a_key_with_another_input_is_refused(
    app: Application, caller: Api, name: str
) -> None:
    verb = VERBS[name]
    given = await input_of(app, caller, name) | {"idempotencyKey": "once"}
    await run(caller, name, given)
    other = given | verb.else_
    if name == "reinviteMember":
        other = given | {"memberId": (await input_of(app, caller, name))["memberId"]}
    looks = Looks(app.pool, caller.organization_id)
    before = len(await looks.rows(verb.made))

    refused = await run(caller, name, other)

    assert [(error["code"], error["path"]) for error in refused["errors"]] == [
        ("IDEMPOTENCY_KEY_REUSED", ["input", "idempotencyKey"])
    ]
    assert refused["changed"] is False
    assert len(await looks.rows(verb.made)) == before


async def test_what_was_refused_leaves_its_key_free(app: Application, caller: Api) -> None:
    given = {"organizationId": caller.org, "idempotencyKey": "once"}
    refused = await caller.change("createScimApiKey", "apiKey", **given)
    assert [error["code"] for error in refused["errors"]] == ["SCIM_DISABLED"]

    await caller.change("enableScim", "", organizationId=caller.org)
    done = await caller.change("createScimApiKey", "apiKey", **given)

    assert (done["changed"], done["errors"]) == (True, [])
    assert done["apiKey"]


async def test_callers_have_keys_of_their_own(app: Application, caller: Api) -> None:
    given = await input_of(app, caller, "createAccessToken") | {"idempotencyKey": "once"}
    colleague = await caller.everywhere()

    answers = [await token(each, given) for each in (caller, colleague)]

    assert [answer["changed"] for answer in answers] == [True, True]
    assert answers[0]["secret"] != answers[1]["secret"]


async def test_after_a_day_a_key_is_new(app: Application, caller: Api) -> None:
    given = await input_of(app, caller, "createAccessToken") | {"idempotencyKey": "once"}
    await token(caller, given)
    age = "UPDATE idempotency_keys SET created_at = created_at - interval '{}'"
    mine = " WHERE caller_id = ANY(SELECT id FROM access_tokens WHERE organization_id = $1)"

    await app.pool.execute(age.format("23 hours 59 minutes") + mine, caller.organization_id)
    young = await token(caller, given)
    await app.pool.execute(age.format("2 minutes") + mine, caller.organization_id)
    old = await token(caller, given)

    assert (young["changed"], young["secret"]) == (False, None)
    assert old["changed"] is True
    assert old["secret"]
