"""OAuth clients over the admin API: with a secret, and as workload identities."""

from __future__ import annotations

from typing import Any

import pytest

from domain.application import Application
from domain.ids import parse_uuid
from domain.queries.credentials import find_scim_credential
from domain.queries.reader import Reader
from domain.secrets import read_secret
from tests.support.graphql import Api

CLIENTS = (
    "scimConnection { apiKeys { kind name clientId hint"
    " workloadIdentity { issuer subject audience jwksUrl } } }"
)
IDENTITY = {"issuer": "https://issuer.example", "subject": "robot"}
KEY = {"kty": "OKP", "crv": "Ed25519", "x": "eA"}


@pytest.fixture
async def enabled(caller: Api) -> Api:
    """A caller whose organization has provisioning on."""
    await caller.change("enableScim", "", organizationId=caller.org)
    return caller


async def create(caller: Api, **given: Any) -> Any:
    return await caller.change(
        "createScimApiKey",
        f"apiKey clientId {CLIENTS}",
        organizationId=caller.org,
        **{"idempotencyKey": "k", **given},
    )


async def test_an_oauth_client_is_made_and_shown(app: Application, enabled: Api) -> None:
    made = await create(enabled, kind="OAUTH_CLIENT")

    organization, _, key_id = made["clientId"].partition(".")
    credential_id = parse_uuid(key_id)
    assert organization == str(enabled.organization_id)
    assert credential_id is not None
    presented = read_secret("rcs", 1, made["apiKey"])
    row = await find_scim_credential(Reader(app.pool), enabled.organization_id, credential_id)
    assert presented is not None
    assert row is not None
    assert presented.ids == (credential_id,)
    assert presented.matches(row.secret_hash or b"")
    first, client = made["scimConnection"]["apiKeys"]
    assert (first["kind"], first["clientId"], first["workloadIdentity"]) == ("API_KEY", None, None)
    assert client == {
        "kind": "OAUTH_CLIENT",
        "name": None,
        "clientId": made["clientId"],
        "hint": made["apiKey"].split("_", 2)[2][:6],
        "workloadIdentity": None,
    }
    again = await create(enabled, kind="OAUTH_CLIENT")
    assert (again["changed"], again["apiKey"], again["errors"]) == (False, None, [])


async def test_a_workload_identity_is_made_and_shown(enabled: Api) -> None:
    url = "https://issuer.example/keys"

    made = await create(
        enabled,
        kind="WORKLOAD_IDENTITY",
        workloadIdentity=IDENTITY | {"audience": "api://x", "jwksUrl": url},
    )

    assert (made["changed"], made["apiKey"], made["errors"]) == (True, None, [])
    assert made["scimConnection"]["apiKeys"][1] == {
        "kind": "WORKLOAD_IDENTITY",
        "name": None,
        "clientId": made["clientId"],
        "hint": "robot",
        "workloadIdentity": IDENTITY | {"audience": "api://x", "jwksUrl": url},
    }
    given = await create(
        enabled,
        kind="WORKLOAD_IDENTITY",
        workloadIdentity=IDENTITY | {"jwks": {"keys": [KEY]}},
        idempotencyKey="another",
    )
    assert given["scimConnection"]["apiKeys"][2]["workloadIdentity"] == IDENTITY | {
        "audience": None,
        "jwksUrl": None,
    }


async def test_rotating_leaves_clients_alone(enabled: Api) -> None:
    made = await create(enabled, kind="OAUTH_CLIENT")

    rotated = await enabled.change(
        "rotateScimApiKey",
        f"clientId {CLIENTS}",
        organizationId=enabled.org,
        overlapSeconds=0,
        idempotencyKey="r",
    )

    assert rotated["clientId"] is None
    client_ids = [key["clientId"] for key in rotated["scimConnection"]["apiKeys"]]
    assert client_ids == [made["clientId"], None]


async def test_each_kind_can_be_named(enabled: Api) -> None:
    for kind, more in (
        ("API_KEY", {}),
        ("OAUTH_CLIENT", {}),
        ("WORKLOAD_IDENTITY", {"workloadIdentity": IDENTITY | {"jwks": {"keys": [KEY]}}}),
    ):
        made = await create(enabled, kind=kind, name=f" {kind} ", idempotencyKey=kind, **more)
        assert made["errors"] == []

    rotated = await enabled.change(
        "rotateScimApiKey",
        CLIENTS,
        organizationId=enabled.org,
        name="the newest",
        idempotencyKey="r",
    )

    names = [key["name"] for key in rotated["scimConnection"]["apiKeys"]]
    assert names == [None, "API_KEY", "OAUTH_CLIENT", "WORKLOAD_IDENTITY", "the newest"]
