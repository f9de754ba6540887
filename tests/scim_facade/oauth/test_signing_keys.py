"""Key sets: fetched seldom, once for all who wait, kept while their address is away."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pytest
from joserfc.jwk import ECKey, OctKey

from domain.commands import WorkloadIdentity
from scim_facade.oauth.signing_keys import KeySetAway, SigningKeys, read_keys
from tests.support.issuer import rsa_key
from tests.support.oauth import Clock

if TYPE_CHECKING:
    from collections.abc import Mapping

ADDRESS = "https://issuer.example/keys"
IDENTITY = WorkloadIdentity("https://issuer.example", "x", jwks_url=ADDRESS)
# joserfc makes none so short without a warning.
SHORT = {"kty": "RSA", "kid": "short", "e": "AQAB", "n": "_" * 170 + "w"}
KEYS = {kid: rsa_key(kid) for kid in ("one", "two")}


def key_set(*kids: str) -> dict[str, Any]:
    return {"keys": [KEYS[kid].as_dict(private=False) for kid in kids]}


@dataclass(slots=True)
class Far:
    """An address that says what it is told to, as slowly as wanted."""

    says: Mapping[str, Any] | None
    asked: int = 0
    may_answer: asyncio.Event = field(default_factory=asyncio.Event)

    async def fetch(self, url: str) -> Mapping[str, Any]:
        """What it says; KeySetAway for None."""
        assert url == ADDRESS
        self.asked += 1
        await self.may_answer.wait()
        if self.says is None:
            raise KeySetAway("away")
        return self.says


@pytest.fixture
def far() -> Far:
    made = Far(key_set("one"))
    made.may_answer.set()
    return made


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def keys(far: Far, clock: Clock) -> SigningKeys:
    return SigningKeys(far.fetch, clock)


async def knows(keys: SigningKeys, kid: str) -> bool:
    return await keys.find(IDENTITY, "RS256", kid) is not None


async def test_a_key_set_is_fetched_once_an_hour(keys: SigningKeys, far: Far, clock: Clock) -> None:
    assert [await knows(keys, "one") for _ in range(3)] == [True] * 3
    clock.now += 3599
    assert await knows(keys, "one")
    assert far.asked == 1
    clock.now += 2
    assert await knows(keys, "one")
    assert far.asked == 2


async def test_an_unknown_key_is_asked_for_once_a_minute(
    keys: SigningKeys, far: Far, clock: Clock
) -> None:
    assert await knows(keys, "one")
    assert not any([await knows(keys, "two") for _ in range(20)])
    assert far.asked == 1
    clock.now += 60
    assert not any([await knows(keys, "two") for _ in range(20)])
    assert far.asked == 2
    far.says = key_set("one", "two")
    clock.now += 60
    assert await knows(keys, "two")


async def test_all_who_wait_are_served_by_one_fetch(keys: SigningKeys, far: Far) -> None:
    far.may_answer.clear()
    waiting = [asyncio.create_task(knows(keys, "one")) for _ in range(50)]
    await asyncio.sleep(0)
    waiting[0].cancel()
    await asyncio.sleep(0)
    far.may_answer.set()

    assert await asyncio.gather(*waiting[1:]) == [True] * 49
    assert far.asked == 1


async def test_keys_are_believed_for_a_day_while_their_address_is_away(
    keys: SigningKeys, far: Far, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    assert await knows(keys, "one")
    far.says = None
    clock.now += 3601
    assert [await knows(keys, "one") for _ in range(5)] == [True] * 5
    assert far.asked == 2
    assert [record.getMessage() for record in caplog.records] == [f"key set {ADDRESS}: away"]
    clock.now += 86_400 - 3601 - 1
    assert await knows(keys, "one")
    clock.now += 2
    assert not await knows(keys, "one")
    far.says = key_set("one")
    clock.now += 60
    assert await knows(keys, "one")


async def test_a_key_set_without_a_usable_key_does_not_replace_a_good_one(
    keys: SigningKeys, far: Far, clock: Clock
) -> None:
    assert await knows(keys, "one")
    far.says = {"keys": []}
    clock.now += 3601

    assert await knows(keys, "one")


def test_only_keys_that_may_prove_signatures_are_read() -> None:
    good = KEYS["one"].as_dict(private=False)
    listed = [
        good,
        good | {"use": "enc", "kid": "for encryption"},
        OctKey.generate_key(256, {"kid": "symmetric"}).as_dict(),
        SHORT,
        good | {"n": 5, "kid": "broken"},
        {"kty": "AKP", "kid": "of a later time"},
        {"kid": "no type"},
        "no key",
        ECKey.generate_key("P-256", {"kid": "curve"}).as_dict(private=False),
    ]

    assert [key.kid for key in read_keys({"keys": listed})] == ["one", "curve"]
    assert read_keys({}) == read_keys({"keys": "x"}) == []


async def test_a_key_is_used_as_it_says_itself(keys: SigningKeys) -> None:
    jwks = {"keys": [KEYS["one"].as_dict(private=False) | {"alg": "PS256"}]}
    identity = WorkloadIdentity("https://issuer.example", "x", jwks=jwks)

    assert await keys.find(identity, "PS256", "one") is not None
    assert await keys.find(identity, "RS256", "one") is None
    assert await keys.find(identity, "ES256", "one") is None
