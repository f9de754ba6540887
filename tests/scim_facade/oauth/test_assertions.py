"""Workload identities: whose assertions get a token; their issuer really signs and serves."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from domain.commands import RevokeScimCredential
from domain.ids import new_id
from scim_facade.oauth.form import ASSERTION_TYPE
from tests.scim_facade.oauth.asserting import SUBJECT, TOKEN_URL, good, is_refused
from tests.support.factories import SYSTEM
from tests.support.issuer import rsa_key
from tests.support.oauth import (
    GRANT,
    Client,
    Door,
    oauth_client,
    users_with,
    workload,
)
from tests.support.scim import PUBLIC_URL

if TYPE_CHECKING:
    from tests.support.issuer import Issuer
    from tests.support.scim import Served


async def test_an_assertion_gets_a_token(door: Door, robot: Client, issuer: Issuer) -> None:
    answer = await door.ask(robot.asserting(issuer.sign(good())))

    assert answer.status == 200
    assert (answer["token_type"], answer["expires_in"]) == ("Bearer", 3600)
    assert await users_with(robot.organization, answer["access_token"]) == 200
    assert issuer.asked == 1


async def test_an_assertion_may_come_again_until_it_ends(
    door: Door, robot: Client, issuer: Issuer
) -> None:
    assertion = issuer.sign(good(jti="once"))

    statuses = [(await door.ask(robot.asserting(assertion))).status for _ in range(3)]

    assert statuses == [200, 200, 200]
    assert issuer.asked == 1


def _late(seconds: float) -> int:
    return int(time.time() + seconds)


@pytest.mark.parametrize(
    "claims",
    [
        {"aud": PUBLIC_URL},
        {"aud": ["https://elsewhere.example", TOKEN_URL]},
        {"exp": lambda: _late(-30)},
        {"exp": lambda: _late(86_400)},
        {"nbf": lambda: _late(30), "iat": lambda: _late(30)},
        {"nbf": None, "iat": None},
        {"exp": lambda: time.time() + 60.5},
    ],
)
async def test_what_may_differ(
    door: Door, robot: Client, issuer: Issuer, claims: dict[str, Any]
) -> None:
    made = {name: value() if callable(value) else value for name, value in claims.items()}

    assert (await door.ask(robot.asserting(issuer.sign(good(**made))))).status == 200


WRONG: list[tuple[dict[str, Any], str]] = [
    ({"iss": "https://elsewhere.example"}, "issuer"),
    ({"iss": None}, "issuer"),
    ({"sub": "another"}, "subject"),
    ({"sub": None}, "subject"),
    ({"sub": [SUBJECT]}, "subject"),
    ({"aud": "https://elsewhere.example"}, "audience"),
    ({"aud": []}, "audience"),
    ({"aud": None}, "audience"),
    ({"aud": {TOKEN_URL: 1}}, "audience"),
    ({"exp": None}, "no end"),
    ({"exp": "4102444800"}, "no number"),
    ({"exp": True}, "no number"),
    ({"exp": lambda: _late(-61)}, "expired"),
    ({"exp": lambda: _late(86_400 + 120)}, "24 hours"),
    ({"nbf": lambda: _late(120)}, "future (nbf)"),
    ({"iat": lambda: _late(120)}, "future (iat)"),
    ({"iat": "now"}, "no number"),
]


@pytest.mark.parametrize(("claims", "reason"), WRONG)
async def test_what_must_be_right_and_keys_are_not_fetched_for_what_is_wrong(
    door: Door, robot: Client, issuer: Issuer, claims: dict[str, Any], reason: str
) -> None:
    made = {name: value() if callable(value) else value for name, value in claims.items()}

    await is_refused(door, robot, issuer.sign(good(**made)), reason)

    assert issuer.asked == 0


async def test_a_key_set_may_be_given_instead_of_its_address(
    acme: Served, door: Door, issuer: Issuer
) -> None:
    given = await workload(acme, issuer=issuer.url, subject=SUBJECT, jwks=issuer.jwks())

    right = await door.ask(given.asserting(issuer.sign(good())))
    wrong = await door.ask(given.asserting(issuer.sign(good(), key=rsa_key())))

    assert (right.status, wrong.status) == (200, 401)
    assert issuer.asked == 0


async def test_an_audience_of_its_own_replaces_ours(
    acme: Served, door: Door, issuer: Issuer
) -> None:
    own = await workload(
        acme,
        issuer=issuer.url,
        subject=SUBJECT,
        audience="api://AzureADTokenExchange",
        jwks=issuer.jwks(),
    )

    named = await door.ask(own.asserting(issuer.sign(good(aud="api://AzureADTokenExchange"))))
    ours = await door.ask(own.asserting(issuer.sign(good())))

    assert (named.status, ours.status) == (200, 401)


@pytest.mark.parametrize("claim", ["sub", "iss"])
async def test_the_client_may_be_named_by_the_assertion_alone(
    acme: Served, door: Door, issuer: Issuer, claim: str
) -> None:
    # given a client whose issuer was told its id: the id is known only once the client is made
    robot = await workload(acme, issuer=issuer.url, subject=SUBJECT, jwks=issuer.jwks())
    column = {"sub": "subject", "iss": "issuer"}[claim]
    await acme.world.app.pool.execute(
        f"UPDATE scim_credentials SET {column} = $3 WHERE organization_id = $1 AND id = $2",
        acme.organization_id,
        robot.credential_id,
        robot.id,
    )
    form = robot.asserting(issuer.sign(good(**{claim: robot.id})))
    nameless = robot.asserting(issuer.sign(good()))
    del form["client_id"], nameless["client_id"]

    assert (await door.ask(form)).status == 200
    assert (await door.ask(nameless)).status == 401


async def test_assertions_are_good_for_their_client_alone(
    acme: Served, door: Door, robot: Client, issuer: Issuer
) -> None:
    other = await acme.world.organization()
    same_issuer = await workload(other, issuer=issuer.url, subject="other", jwks=issuer.jwks())
    secretive = await oauth_client(acme)
    assertion = issuer.sign(good())

    wrong = [
        await door.ask(same_issuer.asserting(assertion)),
        await door.ask(secretive.asserting(assertion)),
        await door.ask(replace(robot, credential_id=new_id()).asserting(assertion)),
        await door.ask(replace(robot, credential_id=acme.credential_id).asserting(assertion)),
        await door.ask(GRANT | {"client_id": robot.id}),
        await door.ask(GRANT | {"client_id": robot.id, "client_secret": secretive.secret}),
    ]

    assert [(answer.status, answer["error"]) for answer in wrong] == [(401, "invalid_client")] * 6
    assert (await door.ask(robot.asserting(assertion))).status == 200


async def test_a_revoked_workload_identity_gets_no_token_and_its_tokens_end(
    door: Door, robot: Client, issuer: Issuer
) -> None:
    form = robot.asserting(issuer.sign(good()))
    token = await door.token(form)
    organization = robot.organization

    command = RevokeScimCredential(organization.organization_id, robot.credential_id)
    await organization.world.app.execute(command, SYSTEM)

    assert (await door.ask(form)).status == 401
    assert await users_with(organization, token) == 401


async def test_the_assertion_type_is_checked(door: Door, robot: Client, issuer: Issuer) -> None:
    form = robot.asserting(issuer.sign(good())) | {"client_assertion_type": "saml2-bearer"}

    answer = await door.ask(form)

    assert (answer.status, answer["error"]) == (400, "invalid_request")
    assert ASSERTION_TYPE in answer["error_description"]
