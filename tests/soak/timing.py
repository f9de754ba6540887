"""How long a refusal takes, by what is wrong with the key: unknown, half right, nearly right.

Samples of each kind are taken in turn on one connection, so that whatever disturbs the machine
disturbs all alike; dealing the same samples at random says how far medians are apart by chance. A
secret that is wrong from its first character and one that is right but for its end must take the
same time. What else differs is told: an id that exists is remembered for a second, or is a row to
read, and an id is no secret.
"""

from __future__ import annotations

import asyncio
import re
from dataclasses import dataclass
from http.client import HTTPConnection
from random import Random
from statistics import median
from time import perf_counter_ns
from typing import TYPE_CHECKING, Any

import httpx

from domain.ids import UUID, new_id
from domain.secrets import make_secret
from graphql_schema.ids import Kind as IdKind
from graphql_schema.ids import make_id
from tests.soak.deployment import Deployment

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.soak.report import Report

WARM_UP = 200
FEWEST = 300
"""Calls of a kind below which nothing is said of time."""
DRAWS = 400
_OWN = frozenset({"date", "x-request-id"})


@dataclass(frozen=True, slots=True)
class Kind:
    """What is presented: another text each time, or the same."""

    name: str
    text: Callable[[], str]


@dataclass(frozen=True, slots=True)
class Door:
    """Where it is presented."""

    name: str
    method: str
    path: str
    body: bytes | None
    kinds: tuple[Kind, ...]

    def knock(self, connection: HTTPConnection, text: str) -> int:
        """How long the refusal took, in ns. AssertionError where it is none."""
        took, status, _ = self._ask(connection, text)
        assert status in {401, 429}, status
        return took

    def answer(self, connection: HTTPConnection, text: str) -> tuple[int, str]:
        """What is said, but for what names the one request."""
        _, status, said = self._ask(connection, text)
        return status, said

    def _ask(self, connection: HTTPConnection, text: str) -> tuple[int, int, str]:
        headers = {"Authorization": f"Bearer {text}", "Content-Type": "application/json"}
        began = perf_counter_ns()
        connection.request(self.method, self.path, self.body, headers)
        response = connection.getresponse()
        body = response.read()
        took = perf_counter_ns() - began
        heads = [f"{name}: {value}" for name, value in response.getheaders() if name not in _OWN]
        return took, response.status, "\n".join([*sorted(heads), body.decode()])


async def timing(report: Report, *, seconds: float, seed: str, fewest: int = FEWEST) -> None:
    """Knock at the doors of SCIM and of the admin API for half of the time each.

    At least `fewest` times by each kind of key; by fewer than FEWEST no time is judged.
    """
    deployment = Deployment({"ROLLCALL_LOG_LEVEL": "error"}, workers=1)
    try:
        await deployment.until_ready()
        made = await asyncio.to_thread(deployment.server.init, "Timing")
        doors = await asyncio.to_thread(_doors, deployment, made)
        port = int(deployment.url.rpartition(":")[2])
        for door in doors:
            measuring = _Measuring(report, door, port, Random(seed))
            report.wrong(await asyncio.to_thread(measuring.unlike))
            report.wrong(await asyncio.to_thread(measuring.measure, seconds / 2, fewest))
    finally:
        await asyncio.to_thread(deployment.close)


def _doors(deployment: Deployment, made: dict[str, str]) -> tuple[Door, Door]:
    organization = made["organizationId"]
    named = {"organizationId": make_id(IdKind.ORGANIZATION, None, UUID(organization))}

    def change(mutation: str, given: dict[str, Any], shown: str) -> Any:
        text = f"mutation($input: {mutation[0].upper()}{mutation[1:]}Input!)"
        query = f"{text} {{ {mutation}(input: $input) {{ errors {{ message }} {shown} }} }}"
        headers = {"Authorization": f"Bearer {made['accessToken']}"}
        body = {"query": query, "variables": {"input": given}}
        answer = httpx.post(f"{deployment.url}/graphql", json=body, headers=headers).json()
        payload = answer["data"][mutation]
        assert payload["errors"] == [], answer
        return payload

    def token() -> Any:
        given = {**named, "name": "timing", "scopes": ["MEMBERS_READ"]}
        return change("createAccessToken", given, "secret accessToken { id }")

    # The key of the first hour is revoked by another one.
    rotated = deployment.server.rollcall(
        "scim-key", "rotate", "--organization", organization, "--overlap", "0", "--json"
    )
    found = re.search(r"rck_\w+_[\w-]{43}", rotated.stdout)
    assert found is not None, rotated.stderr
    right, ended = token(), token()
    change("revokeAccessToken", {"accessTokenId": ended["accessToken"]["id"]}, "changed")
    return (
        Door("SCIM", "GET", f"/v2/{organization}/Users", None,
             _kinds("rck", found[0], made["scimApiKey"])),
        Door("admin API", "POST", "/graphql", b'{"query": "{ viewer { label } }"}',
             _kinds("adm", right["secret"], ended["secret"])),
    )  # fmt: skip


def _kinds(prefix: str, good: str, gone: str) -> tuple[Kind, ...]:
    def unknown() -> str:
        return make_secret(prefix, new_id()).text

    def with_another_secret() -> str:
        return f"{good[:-43]}{unknown()[-43:]}"

    def nearly_right() -> str:
        # All but the last of its characters.
        return f"{good[:-2]}{'A' if good[-2] != 'A' else 'B'}{good[-1]}"

    return (
        Kind("unknown", unknown),
        Kind("unknown again", unknown),
        Kind("half right", with_another_secret),
        Kind("nearly right", nearly_right),
        Kind("revoked", lambda: gone),
    )


@dataclass(slots=True)
class _Measuring:
    """One door, knocked at on one connection."""

    report: Report
    door: Door
    port: int
    rng: Random

    def unlike(self) -> list[str]:
        """Kinds of key that are told apart by what is answered."""
        connection = HTTPConnection("127.0.0.1", self.port, timeout=30)
        said = {kind.name: self.door.answer(connection, kind.text()) for kind in self.door.kinds}
        connection.close()
        usual = said["unknown"]
        wrong = [name for name, answer in said.items() if answer != usual]
        if usual[0] != 401:
            return [f"{self.door.name}: an unknown key is answered {usual[0]}"]
        return [f"{self.door.name}: {name} is answered {said[name]}, not {usual}" for name in wrong]

    def measure(self, seconds: float, fewest: int) -> list[str]:
        """Times of all kinds, told; what is wrong with them."""
        door, rng, note = self.door, self.rng, self.report.note
        connection = HTTPConnection("127.0.0.1", self.port, timeout=30)
        took: dict[str, list[int]] = {kind.name: [] for kind in door.kinds}
        for number in range(min(WARM_UP, fewest)):
            door.knock(connection, door.kinds[number % len(door.kinds)].text())
        ends = perf_counter_ns() + int(seconds * 1e9)
        while perf_counter_ns() < ends or len(took["unknown"]) < fewest:
            # In another order each time: what comes behind what must not matter.
            # All texts first: what it costs to make one must not fall between two calls.
            kinds = rng.sample(door.kinds, len(door.kinds))
            for name, text in [(kind.name, kind.text()) for kind in kinds]:
                took[name].append(door.knock(connection, text))
        connection.close()
        base = took["unknown"]
        note(f"{door.name}: {len(base)} calls of each kind, median {median(base) / 1e3:.0f} µs")
        for kind in door.kinds[1:]:
            apart = (median(took[kind.name]) - median(base)) / 1e3
            chance = _by_chance(base, took[kind.name], rng)
            note(f"  {kind.name}: {apart:+.1f} µs from unknown (by chance up to {chance:.1f})")
        half, nearly = took["half right"], took["nearly right"]
        apart, chance = (median(nearly) - median(half)) / 1e3, _by_chance(half, nearly, rng)
        note(f"  nearly right: {apart:+.1f} µs from half right (by chance up to {chance:.1f})")
        if len(half) >= FEWEST and abs(apart) > chance:
            return [
                f"{door.name}: a nearly right secret takes {apart:+.1f} µs more than a wrong one"
            ]
        return []


def _by_chance(one: list[int], other: list[int], rng: Random) -> float:
    """In µs: how far medians of the same calls, dealt at random into two, were apart at most."""
    both = one + other
    apart = []
    for _ in range(DRAWS):
        rng.shuffle(both)
        apart.append(abs(median(both[: len(one)]) - median(both[len(one) :])) / 1e3)
    return max(apart)
