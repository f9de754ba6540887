"""Who signed an assertion: every algorithm that is named, keys that change, and forgeries."""

from __future__ import annotations

import json
from base64 import urlsafe_b64encode
from typing import TYPE_CHECKING, Any

import pytest
from joserfc.jwk import ECKey, OctKey, OKPKey

from tests.scim_facade.oauth.asserting import SUBJECT, good, is_refused
from tests.support.issuer import rsa_key
from tests.support.oauth import Client, Door, clocked_door, workload

if TYPE_CHECKING:
    from tests.support.issuer import Issuer, Key
    from tests.support.scim import Served


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


async def test_a_new_key_of_the_issuer_is_found_and_an_old_one_forgotten(
    acme: Served, issuer: Issuer
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
    acme: Served, door: Door, robot: Client, issuer: Issuer
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
        await is_refused(door, robot, assertion, reason)
    fresh = await acme.world.organization()
    robot = await workload(fresh, issuer=issuer.url, subject=SUBJECT, jwks=issuer.jwks())
    for assertion, reason in forged[9:]:
        await is_refused(door, robot, assertion, reason)
    assert (await door.ask(robot.asserting(right))).status == 200


async def test_a_key_without_a_name_fits_when_it_is_the_only_one(
    acme: Served, door: Door, issuer: Issuer
) -> None:
    nameless = issuer.sign(good(), kid=None)
    one = await workload(acme, issuer=issuer.url, subject=SUBJECT, jwks=issuer.jwks())
    issuer.keys.append(rsa_key("two"))
    two = await workload(acme, issuer=issuer.url, subject=SUBJECT, jwks=issuer.jwks())

    assert (await door.ask(one.asserting(nameless))).status == 200
    assert (await door.ask(two.asserting(nameless))).status == 401
