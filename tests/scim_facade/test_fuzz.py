"""Whatever is sent: a SCIM answer, never a 5xx, and a refused request has changed nothing."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import given

from tests.scim_facade.fuzz_requests import requests
from tests.support.blocking import Blocking, blocking
from tests.support.effort import examples
from tests.support.scim import Served, World, world_of

RENEWED_AFTER = 200
READS = {"GET", "HEAD", "OPTIONS"}


class Target:
    """An organization to send at, and another one that must not notice; new ones now and then."""

    def __init__(self, runner: Blocking) -> None:
        self.run = runner.run
        self._world: World = world_of(runner.app)
        self._sent = 0
        self._renew()

    def __repr__(self) -> str:
        return "a target"

    def _renew(self) -> None:
        self.acme, self.other, self.words = self.run(self._made())

    async def _made(self) -> tuple[Served, Served, dict[str, str]]:
        acme, other = await self._world.organization(), await self._world.organization()
        users = [
            (await acme.user("taken", externalId="taken", active=True)).id,
            (await acme.user("second@x.example", emails=[{"value": "s@x.example"}])).id,
        ]
        groups = [(await acme.group(*users, name="Taken")).id, (await acme.group()).id]
        foreign = (await other.user("taken")).id
        words = {f"<user {number}>": id_ for number, id_ in enumerate(users)}
        words |= {f"<group {number}>": id_ for number, id_ in enumerate(groups)}
        words |= {"<foreign user>": foreign, "<foreign group>": (await other.group(foreign)).id}
        words |= {f"<instant {number}>": "2026-01-01T00:00:00Z" for number in range(3)}
        return acme, other, words

    def fill(self, text: str) -> str:
        """The text with ids in place of what stands for them."""
        for placeholder, value in self.words.items():
            text = text.replace(placeholder, value)
        return text

    def send(
        self, method: str, path: str, body: bytes | None, headers: dict[str, str]
    ) -> tuple[Any, bool, bool]:
        """The answer, whether anything changed, and whether anything did elsewhere."""
        self._sent += 1
        if self._sent % RENEWED_AFTER == 0:
            self._renew()
        return self.run(self._send(method, path, body, headers))

    async def _send(
        self, method: str, path: str, body: bytes | None, headers: Any
    ) -> tuple[Any, bool, bool]:
        before, elsewhere = await self.acme.everything(), await self.other.everything()
        answer = await self.acme.request(method, path, body, headers)
        changed = await self.acme.everything() != before
        return answer, changed, await self.other.everything() != elsewhere


@pytest.fixture(scope="module")
def target(database_url: str) -> Iterator[Target]:
    """One for all examples."""
    with blocking(database_url) as runner:
        yield Target(runner)


@examples(350)
@given(requests)
def test_nothing_that_is_sent_breaks_the_facade(
    target: Target, request_: tuple[tuple[str, str, bytes | None], Any, dict[str, str]]
) -> None:
    (method, path, body), query, headers = request_
    path = quote(target.fill(path), safe="/%:.")
    if query:
        pairs = (
            f"{quote(name, errors='replace')}={quote(target.fill(value), errors='replace')}"
            for name, value in query
        )
        path = f"{path}?{'&'.join(pairs)}"
    if body is not None:
        body = target.fill(body.decode("latin-1")).encode("latin-1")

    answer, changed, elsewhere = target.send(method, path, body, headers)

    assert answer.status < 500 or answer.status == 501, answer.body
    if answer.status >= 400:
        answer.error()
    elif answer.body:
        assert isinstance(answer.json, dict)
    if answer.status >= 400 or method in READS:
        assert not changed
    assert not elsewhere
    entry = target.acme.log[-1]
    assert (entry.method, entry.status_code) == (method, answer.status)
    assert (entry.outcome == "APPLIED") is changed or path.lower().startswith("/bulk")
