"""Failed token requests are in the organization's log and history, few and without secrets."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import replace
from typing import TYPE_CHECKING

from domain.ids import new_id
from scim_facade.app import scim_app
from scim_facade.rejected import RejectedCalls
from tests.support.oauth import GRANT, Client, Door, open_door, until
from tests.support.scim_call import call

if TYPE_CHECKING:
    import pytest

    from tests.support.scim import Served


async def test_refused_token_requests_are_logged_ten_times_and_audited_once(
    acme: Served, client: Client
) -> None:
    # given the two doors of one process, which share what they note
    rejected = RejectedCalls(acme.world.services)
    door = open_door(acme.world, rejected=rejected)
    scim = scim_app(acme.world.services, rejected)
    wrong = client.post | {"client_secret": client.secret[:-4] + "oops"}

    # when both are knocked at without success
    for _ in range(8):
        assert (await door.ask(wrong, path="/oauth/token?client_secret=hidden")).status == 401
        path = f"/v2/{acme.organization_id}/Users"
        assert (await call(scim, "GET", path, {"authorization": "wrong"}, None)).status == 401
    unknown = wrong | {"client_id": f"{new_id()}.{client.credential_id}"}
    assert (await door.ask(unknown)).status == 401

    # then
    await until(lambda: len(acme.log) == 10)
    async with asyncio.timeout(5):
        while "scim_connection.call_rejected" not in await acme.looks.actions():
            await asyncio.sleep(0.01)
    assert (await acme.looks.actions()).count("scim_connection.call_rejected") == 1
    asked = [entry for entry in acme.log if entry.path == "/oauth/token"]
    assert len(asked) == 5
    entry = asked[0]
    assert (entry.method, entry.status_code, entry.outcome) == ("POST", 401, "REJECTED")
    assert entry.detail == "The secret is not that of this client."
    assert entry.request_body is None
    assert entry.remote_ip == "192.0.2.7"
    assert client.secret[10:50] not in str(acme.log)
    assert "hidden" not in str(acme.log)


async def test_what_was_granted_or_malformed_is_no_rejected_call(
    door: Door, acme: Served, client: Client
) -> None:
    assert (await door.ask(client.post)).status == 200
    assert (await door.ask(GRANT | {"grant_type": "password"})).status == 400
    assert (await door.ask(client.post | {"scope": "x"})).status == 400

    assert acme.log == []
    assert "scim_connection.call_rejected" not in await acme.looks.actions()


async def test_nothing_secret_is_logged_even_when_everything_is(
    door: Door, client: Client, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)

    token = await door.token(client.post)
    await door.ask(client.post | {"client_secret": client.secret + "x"})

    assert token not in caplog.text
    assert client.secret not in caplog.text


async def test_who_guesses_secrets_hears_to_wait_and_a_right_one_is_let_in(
    acme: Served, client: Client
) -> None:
    heard: list[str | None] = []

    def count(ip: str | None) -> float | None:
        heard.append(ip)
        return 6.2 if len(heard) > 2 else None

    services = replace(acme.world.services, wrong_secret=count)
    door = open_door(replace(acme.world, services=services))
    wrong = client.post | {"client_secret": client.secret[:-4] + "oops"}

    answers = [await door.ask(wrong) for _ in range(3)]

    assert [answer.status for answer in answers] == [401, 401, 429]
    assert answers[2].headers["retry-after"] == "7"
    assert answers[2]["error"] == "slow_down"
    assert (await door.ask(client.post)).status == 200
    assert (await door.ask(GRANT | {"grant_type": "password"})).status == 400
    assert heard == ["192.0.2.7"] * 3
