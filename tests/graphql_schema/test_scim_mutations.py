"""The provisioning endpoint over the admin API: switches, keys, settings."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from domain.application import Application
from domain.clock import utc_now
from domain.ids import new_id
from domain.queries.credentials import find_scim_credential
from domain.queries.reader import Reader
from domain.secrets import read_secret
from domain.vocabulary import Scope
from graphql_schema.ids import Kind, make_id
from graphql_schema.scalars import instant_text
from tests.support.factories import Looks
from tests.support.graphql import Api

KEYS = "scimConnection { apiKeys { id kind hint expiresAt } }"


async def enabled(caller: Api) -> str:
    """Switch provisioning on; the first key."""
    done = await caller.change("enableScim", "apiKey", organizationId=caller.org)
    key: str = done["apiKey"]
    return key


async def opens(app: Application, caller: Api, key: str) -> bool:
    presented = read_secret("rck", 1, key)
    assert presented is not None
    row = await find_scim_credential(Reader(app.pool), caller.organization_id, presented.ids[0])
    return (
        row is not None
        and presented.matches(row.secret_hash or b"")
        and row.revoked_at is None
        and (row.expires_at is None or row.expires_at > utc_now())
    )


async def test_enable_and_disable(app: Application, caller: Api) -> None:
    given = {"organizationId": caller.org}
    selection = "scimConnection { enabled health baseUrl version }"
    never = await caller.change("disableScim", selection, **given)
    assert [e["code"] for e in never["errors"]] == ["SCIM_DISABLED"]
    assert (await caller.ask_here("scimConnection { id }"))["scimConnection"] is None

    on = await caller.change("enableScim", f"apiKey {selection}", **given)
    on_again = await caller.change("enableScim", f"apiKey {selection}", **given)
    off = await caller.change("disableScim", selection, **given)
    off_again = await caller.change("disableScim", selection, **given)

    assert on["scimConnection"] == {
        "enabled": True,
        "health": "NEVER_CONTACTED",
        "baseUrl": f"https://rollcall.test/v2/{caller.organization_id}",
        "version": 1,
    }
    assert await opens(app, caller, on["apiKey"])
    assert on_again == on | {"changed": False, "apiKey": None}
    assert (off["changed"], off["scimConnection"]["health"]) == (True, "DISABLED")
    assert off_again == off | {"changed": False}


async def test_create_rotate_and_revoke_a_key(app: Application, caller: Api) -> None:
    first = await enabled(caller)
    expires_at = utc_now() + timedelta(days=30)

    second = await caller.change(
        "createScimApiKey",
        f"apiKey {KEYS}",
        organizationId=caller.org,
        expiresAt=instant_text(expires_at),
        idempotencyKey="a",
    )
    keys = second["scimConnection"]["apiKeys"]
    assert [key["expiresAt"] for key in keys] == [None, instant_text(expires_at)]
    assert second["apiKey"].split("_", 2)[2].startswith(keys[1]["hint"])

    third = await caller.change(
        "rotateScimApiKey",
        f"apiKey previousKeyExpiresAt {KEYS}",
        organizationId=caller.org,
        overlapSeconds=0,
        idempotencyKey="b",
    )
    assert third["previousKeyExpiresAt"] is not None
    assert len(third["scimConnection"]["apiKeys"]) == 1
    assert [
        await opens(app, caller, key) for key in (first, second["apiKey"], third["apiKey"])
    ] == [
        False,
        False,
        True,
    ]

    id_ = third["scimConnection"]["apiKeys"][0]["id"]
    gone = await caller.change("revokeScimApiKey", KEYS, scimApiKeyId=id_)
    gone_again = await caller.change("revokeScimApiKey", KEYS, scimApiKeyId=id_)
    assert gone == {"changed": True, "errors": [], "scimConnection": {"apiKeys": []}}
    assert gone_again == gone | {"changed": False}


async def test_another_organizations_key_is_not_found(app: Application, caller: Api) -> None:
    other = await caller.elsewhere()
    key = await enabled(other)
    keys = await other.ask_here(KEYS)
    id_ = keys["scimConnection"]["apiKeys"][0]["id"]
    presented = read_secret("rck", 1, key)
    assert presented is not None

    for wrong in (
        id_,
        make_id(Kind.SCIM_API_KEY, caller.organization_id, presented.ids[0]),
        make_id(Kind.SCIM_API_KEY, caller.organization_id, new_id()),
    ):
        refused = await caller.change("revokeScimApiKey", "", scimApiKeyId=wrong)
        assert [e["code"] for e in refused["errors"]] == ["NOT_FOUND"]

    assert await opens(app, other, key)


async def test_settings_follow_the_provider_and_what_is_said(caller: Api) -> None:
    selection = (
        "scimConnection { version provider settings { onProvision rehire omittedGroupMembers"
        " patchResponse strictMemberIds contentType } }"
    )
    await enabled(caller)

    chosen = await caller.change(
        "updateScimConnection",
        selection,
        organizationId=caller.org,
        provider="KEYCLOAK",
        rehire="RESTORE",
        expectedVersion=1,
    )
    repeated = await caller.change(
        "updateScimConnection", selection, organizationId=caller.org, provider="KEYCLOAK"
    )
    outdated = await caller.change(
        "updateScimConnection",
        "",
        organizationId=caller.org,
        onProvision="STAGE",
        expectedVersion=1,
    )

    assert chosen["scimConnection"] == {
        "version": 2,
        "provider": "KEYCLOAK",
        "settings": {
            "onProvision": "INVITE",
            "rehire": "RESTORE",
            "omittedGroupMembers": "CLEAR",
            "patchResponse": "AUTOMATIC",
            "strictMemberIds": False,
            "contentType": None,
        },
    }
    assert repeated == chosen | {"changed": False}
    assert [e["code"] for e in outdated["errors"]] == ["VERSION_CONFLICT"]


@pytest.mark.parametrize("mutation", ["createScimApiKey", "rotateScimApiKey"])
async def test_an_idempotency_key_makes_one_key_under_parallel_calls(
    app: Application, caller: Api, mutation: str
) -> None:
    await enabled(caller)
    given = {"organizationId": caller.org, "idempotencyKey": "once"}

    answers = await asyncio.gather(
        *(caller.change(mutation, f"apiKey {KEYS}", **given) for _ in range(20))
    )

    shown = [answer["apiKey"] for answer in answers if answer["apiKey"] is not None]
    assert len(shown) == 1
    assert sorted(answer["changed"] for answer in answers) == [False] * 19 + [True]
    assert all(answer["errors"] == [] for answer in answers)
    looks = Looks(app.pool, caller.organization_id)
    rows = await looks.rows("SELECT id FROM scim_credentials WHERE organization_id = $1")
    assert len(rows) == 2

    other_input = await caller.change(mutation, "apiKey", **given | _other(mutation))
    assert [e["code"] for e in other_input["errors"]] == ["IDEMPOTENCY_KEY_REUSED"]
    assert len(await looks.rows("SELECT id FROM scim_credentials WHERE organization_id = $1")) == 2


def _other(mutation: str) -> dict[str, Any]:
    return {"overlapSeconds": 5} if mutation == "rotateScimApiKey" else {"kind": "OAUTH_CLIENT"}


async def test_an_idempotency_key_is_kept_for_a_day_and_for_its_caller(
    app: Application, caller: Api
) -> None:
    await enabled(caller)
    given = {"organizationId": caller.org, "idempotencyKey": "once"}
    first = await caller.change("createScimApiKey", "apiKey", **given)

    someone_else = await caller.with_scopes(*Scope)
    theirs = await someone_else.change("createScimApiKey", "apiKey", **given)
    await app.pool.execute(
        "UPDATE idempotency_keys SET created_at = created_at - interval '24 hours'"
    )
    later = await caller.change("createScimApiKey", "apiKey", **given)

    assert None not in {first["apiKey"], theirs["apiKey"], later["apiKey"]}


async def test_a_refused_command_does_not_use_its_idempotency_key_up(caller: Api) -> None:
    given = {"organizationId": caller.org, "idempotencyKey": "once"}
    refused = await caller.change("createScimApiKey", "apiKey", **given)
    await enabled(caller)

    done = await caller.change("createScimApiKey", "apiKey", **given)

    assert [e["code"] for e in refused["errors"]] == ["SCIM_DISABLED"]
    assert done["apiKey"] is not None
