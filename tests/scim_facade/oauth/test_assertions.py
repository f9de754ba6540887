"""Workload identities: whose assertions get a token; their issuer really signs and serves."""

from __future__ import annotations

import json
import time
from base64 import urlsafe_b64encode
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from joserfc.jwk import ECKey, OctKey, OKPKey

from domain.commands import RevokeScimCredential
from domain.ids import new_id
from scim_facade.oauth.form import ASSERTION_TYPE
from tests.support.factories import SYSTEM
from tests.support.issuer import rsa_key
from tests.support.oauth import (
    GRANT,
    Client,
    Door,
    clocked_door,
    oauth_client,
    until,
    users_with,
    workload,
)
from tests.support.scim import PUBLIC_URL

if TYPE_CHECKING:
    from tests.support.issuer import Issuer, Key
    from tests.support.scim import Tenant

TOKEN_URL = f"{PUBLIC_URL}/oauth/token"
SUBJECT = "1c2f77d4-9a4c-4a7f-8c0a-3c9b1d5a7e10"


@pytest.fixture
async def robot(acme: Tenant, issuer: Issuer) -> Client:
    """A workload identity of acme."""
    return await workload(acme, issuer=issuer.url, subject=SUBJECT, jwks_url=issuer.jwks_url)


def good(**claims: Any) -> dict[str, Any]:
    """Claims that prove the robot, but for `claims`."""
    return {"sub": SUBJECT, "aud": TOKEN_URL} | claims


async def test_an_assertion_gets_a_token(door: Door, robot: Client, issuer: Issuer) -> None:
    answer = await door.ask(robot.asserting(issuer.sign(good())))

    assert answer.status == 200
    assert (answer["token_type"], answer["expires_in"]) == ("Bearer", 3600)
    assert await users_with(robot.tenant, answer["access_token"]) == 200
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

    await _is_refused(door, robot, issuer.sign(good(**made)), reason)

    assert issuer.asked == 0


async def _is_refused(door: Door, client: Client, assertion: str, reason: str) -> None:
    """The answer says nothing; the organization's log has a sentence with `reason`."""
    before = len(client.tenant.log)
    answer = await door.ask(client.asserting(assertion))

    assert (answer.status, answer["error"]) == (401, "invalid_client")
    assert answer["error_description"] == "The client is unknown or did not prove itself."
    await until(lambda: len(client.tenant.log) > before)
    entry = client.tenant.log[-1]
    assert reason in str(entry.detail)
    assert reason not in str(entry.response_body)
    assert assertion not in str(entry)


def keys_of_each_kind() -> list[tuple[str, Key]]:
    return [
        ("RS256", rsa_key()),
        ("PS256", rsa_key()),
        ("ES256", ECKey.generate_key("P-256", {"kid": "one"})),
        ("EdDSA", OKPKey.generate_key("Ed25519", {"kid": "one"})),
        ("Ed25519", OKPKey.generate_key("Ed25519", {"kid": "one"})),
    ]


@pytest.mark.parametrize("number", range(5))
async def test_every_algorithm_that_is_named_works(
    door: Door, robot: Client, issuer: Issuer, number: int
) -> None:
    algorithm, key = keys_of_each_kind()[number]
    issuer.keys = [key]

    answer = await door.ask(robot.asserting(issuer.sign(good(), algorithm=algorithm)))

    assert answer.status == 200


async def test_a_key_set_may_be_given_instead_of_its_address(
    acme: Tenant, door: Door, issuer: Issuer
) -> None:
    given = await workload(acme, issuer=issuer.url, subject=SUBJECT, jwks=issuer.jwks())

    right = await door.ask(given.asserting(issuer.sign(good())))
    wrong = await door.ask(given.asserting(issuer.sign(good(), key=rsa_key())))

    assert (right.status, wrong.status) == (200, 401)
    assert issuer.asked == 0


async def test_an_audience_of_its_own_replaces_ours(
    acme: Tenant, door: Door, issuer: Issuer
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
    acme: Tenant, door: Door, issuer: Issuer, claim: str
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


async def test_a_new_key_of_the_issuer_is_found_and_an_old_one_forgotten(
    acme: Tenant, issuer: Issuer
) -> None:
    door, clock = clocked_door(acme.world)
    robot = await workload(acme, issuer=issuer.url, subject=SUBJECT, jwks_url=issuer.jwks_url)
    old, new = issuer.keys[0], rsa_key("two")

    async def status(key: Key) -> int:
        return (await door.ask(robot.asserting(issuer.sign(good(), key=key)))).status

    assert [await status(old), await status(new)] == [200, 401]
    issuer.keys = [new, old]
    assert [await status(old), await status(new)] == [200, 401]
    clock.now += 61
    assert [await status(old), await status(new)] == [200, 200]
    issuer.keys = [new]
    assert [await status(old), await status(new)] == [200, 200]
    clock.now += 3601
    assert [await status(old), await status(new)] == [401, 200]
    assert issuer.asked == 3


async def test_forged_assertions_prove_nothing(
    acme: Tenant, door: Door, robot: Client, issuer: Issuer
) -> None:
    # given assertions with the right claims, of another's key or none
    right = issuer.sign(good())
    head, body, signature = right.split(".")
    none = urlsafe_b64encode(b'{"alg":"none"}').decode().rstrip("=")
    public = json.dumps(issuer.keys[0].as_dict(private=False)).encode()
    other_body = issuer.sign(good(extra=1)).split(".")[1]
    with_jwk: dict[str, Any] = {"jwk": rsa_key("x").as_dict(private=False)}
    forged = [
        (issuer.sign(good(), key=rsa_key()), "signature"),
        (issuer.sign(good(), key=rsa_key("unknown")), "key"),
        (issuer.sign(good(), key=rsa_key(), **with_jwk), "signature"),
        (issuer.sign(good(), algorithm="RS384"), "one of RS256"),
        (issuer.sign(good(), algorithm="HS256", key=OctKey.import_key(public)), "one of RS256"),  # type: ignore[arg-type]  # the mistake that is tried
        (issuer.sign(good(), typ="at+jwt"), "type"),
        (f"{none}.{body}.", "one of RS256"),
        (f"{head}.{other_body}.{signature}", "signature"),
        (f"{head}.{body}.", "signature"),
        (f"{head}.{body}", "no signed JWT"),
        ("nonsense", "no signed JWT"),
        ("é", "no signed JWT"),
        (f"{head}.{'A' * 20_000}.{signature}", "too long"),
    ]

    # when and then
    for assertion, reason in forged[:9]:
        await _is_refused(door, robot, assertion, reason)
    fresh = await acme.world.tenant()
    robot = await workload(fresh, issuer=issuer.url, subject=SUBJECT, jwks=issuer.jwks())
    for assertion, reason in forged[9:]:
        await _is_refused(door, robot, assertion, reason)
    assert (await door.ask(robot.asserting(right))).status == 200


async def test_a_key_without_a_name_fits_when_it_is_the_only_one(
    acme: Tenant, door: Door, issuer: Issuer
) -> None:
    nameless = issuer.sign(good(), kid=None)
    one = await workload(acme, issuer=issuer.url, subject=SUBJECT, jwks=issuer.jwks())
    issuer.keys.append(rsa_key("two"))
    two = await workload(acme, issuer=issuer.url, subject=SUBJECT, jwks=issuer.jwks())

    assert (await door.ask(one.asserting(nameless))).status == 200
    assert (await door.ask(two.asserting(nameless))).status == 401


async def test_assertions_are_good_for_their_client_alone(
    acme: Tenant, door: Door, robot: Client, issuer: Issuer
) -> None:
    other = await acme.world.tenant()
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
    tenant = robot.tenant

    command = RevokeScimCredential(tenant.organization_id, robot.credential_id)
    await tenant.world.app.execute(command, SYSTEM)

    assert (await door.ask(form)).status == 401
    assert await users_with(tenant, token) == 401


async def test_the_assertion_type_is_checked(door: Door, robot: Client, issuer: Issuer) -> None:
    form = robot.asserting(issuer.sign(good())) | {"client_assertion_type": "saml2-bearer"}

    answer = await door.ask(form)

    assert (answer.status, answer["error"]) == (400, "invalid_request")
    assert ASSERTION_TYPE in answer["error_description"]
