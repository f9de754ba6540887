"""Who may call: one and the same refusal whatever is wrong, and every spelling of a good key."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from time import monotonic

import pytest

from domain.clock import utc_now
from domain.commands import (
    CreateScimCredential,
    DisableScim,
    EnableScim,
    RevokeScimCredential,
    RotateScimApiKey,
)
from domain.ids import new_id
from tests.support.factories import SYSTEM
from tests.support.scim import Served, World
from tests.support.scim_call import ScimAnswer, call


async def knock(
    world: World, organization: object, authorization: str | None, method: str = "GET"
) -> ScimAnswer:
    """A call with that header, by a facade that remembers nothing."""
    world.forget()
    headers = {"authorization": authorization, "content-type": "application/scim+json"}
    return await call(world.scim, method, f"/v2/{organization}/Users", headers, b"{}")


@pytest.mark.parametrize("spelling", ["Bearer {}", "bearer {}", "BEARER   {} ", "{}", " {} "])
async def test_a_good_key_opens_in_every_spelling(acme: Served, spelling: str) -> None:
    answer = await knock(acme.world, acme.organization_id, spelling.format(acme.key))

    assert answer.status == 200
    assert acme.world.used[-1] == (acme.organization_id, acme.credential_id)


async def test_whatever_is_wrong_the_refusal_is_the_same(world: World, acme: Served) -> None:
    # given a key of each kind that must not work
    other = await world.organization()
    organization_id, run = acme.organization_id, world.app.execute
    soon = utc_now() + timedelta(milliseconds=300)
    expiring = (await run(CreateScimCredential(organization_id, expires_at=soon), SYSTEM)).value
    revoked = (await run(CreateScimCredential(organization_id), SYSTEM)).value
    assert revoked.credential_id is not None
    await run(RevokeScimCredential(organization_id, revoked.credential_id), SYSTEM)
    disabled = await world.organization()
    await run(DisableScim(disabled.organization_id), SYSTEM)
    wrong = acme.key[:-4] + ("AAAA" if acme.key[-4:] != "AAAA" else "BBBB")
    while utc_now() < soon:
        await asyncio.sleep(0.02)

    # when each of them knocks
    refused = [
        await knock(world, organization, authorization)
        for organization, authorization in (
            (organization_id, None),
            (organization_id, ""),
            (organization_id, "Bearer "),
            (organization_id, "Bearer nonsense"),
            (organization_id, "non-token"),
            (organization_id, "Basic dXNlcjpwYXNz"),
            (organization_id, f"Token {acme.key}"),
            (organization_id, f"Bearer {wrong}"),
            (organization_id, f"Bearer {acme.key}x"),
            (organization_id, f"Bearer rck_{new_id().hex}_{'A' * 43}"),
            (organization_id, f"Bearer {expiring.secret}"),
            (organization_id, f"Bearer {revoked.secret}"),
            (organization_id, f"Bearer {other.key}"),
            (organization_id, "Bearer \u00e9\u00ff"),
            (disabled.organization_id, f"Bearer {disabled.key}"),
            (new_id(), f"Bearer {acme.key}"),
            (new_id(), None),
        )
    ]

    # then nobody can tell which it was
    first = refused[0]
    assert first.error() == (401, None)
    assert first.headers["www-authenticate"] == 'Bearer realm="scim"'
    assert {(a.status, a.body, tuple(sorted(a.lasting_headers.items()))) for a in refused} == {
        (401, first.body, tuple(sorted(first.lasting_headers.items())))
    }
    assert (await knock(world, organization_id, f"Bearer {acme.key}")).status == 200


async def test_a_write_without_a_key_is_not_read_and_writes_nothing(acme: Served) -> None:
    before = await acme.everything()

    answer = await knock(acme.world, acme.organization_id, None, "POST")

    assert answer.error() == (401, None)
    after = await acme.everything()
    assert after["members"] == before["members"]


async def test_a_revoked_key_stops_within_a_second_in_a_process_that_knows_it(
    acme: Served,
) -> None:
    assert (await acme.get("/Users")).status == 200

    command = RevokeScimCredential(acme.organization_id, acme.credential_id)
    await acme.world.app.execute(command, SYSTEM)
    since = monotonic()
    while (await acme.get("/Users")).status == 200:
        assert monotonic() - since < 1
        await asyncio.sleep(0.02)

    assert (await acme.get("/Users")).status == 401


async def test_after_a_rotation_with_overlap_both_keys_work(acme: Served) -> None:
    issued = (await acme.world.app.execute(RotateScimApiKey(acme.organization_id), SYSTEM)).value

    for key in (acme.key, issued.secret):
        assert (await knock(acme.world, acme.organization_id, f"Bearer {key}")).status == 200


async def test_a_connection_switched_on_again_knows_its_key(acme: Served) -> None:
    await acme.world.app.execute(DisableScim(acme.organization_id), SYSTEM)
    off = await knock(acme.world, acme.organization_id, acme.key)
    await acme.world.app.execute(EnableScim(acme.organization_id), SYSTEM)
    on = await knock(acme.world, acme.organization_id, acme.key)

    assert (off.status, on.status) == (401, 200)


async def test_refused_calls_are_logged_ten_times_and_audited_once(acme: Served) -> None:
    acme.world.forget()
    for _ in range(15):
        refused = await acme.request("GET", "/Users", headers={"authorization": "Bearer wrong"})
        assert refused.status == 401
    stranger = Served(acme.world, new_id(), "wrong", new_id())
    assert (await stranger.get("/Users")).status == 401

    async with asyncio.timeout(5):
        while "scim_connection.call_rejected" not in await acme.looks.actions():
            await asyncio.sleep(0.02)
        while len(acme.log) < 10:
            await asyncio.sleep(0.02)

    assert (await acme.looks.actions()).count("scim_connection.call_rejected") == 1
    assert [(entry.status_code, entry.outcome) for entry in acme.log] == [(401, "REJECTED")] * 10
    assert "wrong" not in str(acme.log)
    assert stranger.log == []
