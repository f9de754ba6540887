"""Workload identities: what can be told of one, who may point at the machine, and its row."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import asyncpg
import pytest

from domain.application import Application
from domain.clock import utc_now
from domain.commands import (
    CreateScimCredential,
    CreateWorkloadIdentity,
    EnableScim,
    IssuedCredential,
    RevokeScimCredential,
    WorkloadIdentity,
)
from domain.errors import Invalid, MissingScope, ScimDisabled
from domain.ids import UUID
from domain.queries.credentials import find_scim_credential
from domain.queries.reader import Reader
from domain.vocabulary import CredentialKind, Scope
from tests.support import factories
from tests.support.factories import SYSTEM, Looks

KEY = {"kty": "EC", "crv": "P-256", "x": "eA", "y": "eQ", "kid": "one"}
GOOD = WorkloadIdentity("https://issuer.example", "robot", None, "https://issuer.example/keys")
GIVEN = replace(GOOD, jwks_url=None, jwks={"keys": [KEY]})


@pytest.fixture
async def scim(app: Application, organization_id: UUID) -> IssuedCredential:
    """Provisioning, switched on."""
    return (await app.execute(EnableScim(organization_id), SYSTEM)).value


async def test_what_was_told_is_kept(
    app: Application, organization_id: UUID, looks: Looks, scim: IssuedCredential
) -> None:
    identity = replace(GOOD, audience="api://AzureADTokenExchange")
    ends_at = utc_now() + timedelta(days=1)

    command = CreateWorkloadIdentity(organization_id, identity, ends_at)
    made = (await app.execute(command, SYSTEM)).value

    assert made.secret is None
    assert made.credential_id is not None
    found = await find_scim_credential(Reader(app.pool), organization_id, made.credential_id)
    assert found is not None
    assert (found.kind, found.identity) == (CredentialKind.WORKLOAD_IDENTITY, identity)
    assert (found.secret_hash, found.expires_at) == (None, ends_at)
    (event,) = await looks.rows(
        "SELECT action, changes::text FROM audit_events WHERE organization_id = $1"
        " ORDER BY sequence DESC LIMIT 1"
    )
    assert event["action"] == "scim_connection.key_created"
    for part in ("WORKLOAD_IDENTITY", "https://issuer.example", "robot", "api://Azure"):
        assert part in event["changes"]


async def test_only_what_makes_up_a_public_key_is_kept(
    app: Application, organization_id: UUID, scim: IssuedCredential
) -> None:
    identity = replace(GIVEN, jwks={"keys": [KEY | {"x5c": ["a\x00b"], "use": "sig"}], "more": 1})

    command = CreateWorkloadIdentity(organization_id, identity)
    made = (await app.execute(command, SYSTEM)).value

    assert made.credential_id is not None
    found = await find_scim_credential(Reader(app.pool), organization_id, made.credential_id)
    assert found is not None
    assert found.identity == replace(GIVEN, jwks={"keys": [KEY | {"use": "sig"}]})


URLS = [
    "http://issuer.example/keys",
    "ftp://issuer.example/keys",
    "file:///etc/passwd",
    "issuer.example/keys",
    "https://",
    "https://user:word@issuer.example/keys",
    "https://issuer.example/keys#x",
    "https://issuer.example:x/keys",
    "https://[::1/keys",
    "https://issuer.example/\x00",
    "",
]


@pytest.mark.parametrize(
    ("change", "attribute"),
    [
        *(({"jwks_url": url}, "jwksUrl") for url in URLS),
        ({"jwks_url": None}, "jwksUrl"),
        ({"jwks": {"keys": [KEY]}}, "jwksUrl"),
        ({"issuer": " "}, "issuer"),
        ({"issuer": "x" * 513}, "issuer"),
        ({"subject": ""}, "subject"),
        ({"subject": "a\x00b"}, "subject"),
        ({"subject": "a\ud800"}, "subject"),
        ({"audience": "\n"}, "audience"),
    ],
)
async def test_what_could_never_work_is_refused(
    app: Application,
    organization_id: UUID,
    scim: IssuedCredential,
    change: dict[str, Any],
    attribute: str,
) -> None:
    command = CreateWorkloadIdentity(organization_id, replace(GOOD, **change))

    with pytest.raises(Invalid) as refused:
        await app.execute(command, SYSTEM)

    assert refused.value.attribute == attribute
    assert await _kinds(app, organization_id) == ["API_KEY"]


@pytest.mark.parametrize(
    "jwks",
    [
        {},
        {"keys": []},
        {"keys": {}},
        {"keys": [KEY] * 21},
        {"keys": ["x"]},
        {"keys": [KEY | {"kty": "oct", "k": "c2VjcmV0"}]},
        {"keys": [KEY | {"d": "cHJpdmF0ZQ"}]},
        {"keys": [{"kty": "RSA", "n": "eA"}]},
        {"keys": [KEY | {"x": 1}]},
        {"keys": [KEY | {"x": "\x00"}]},
        {"keys": [KEY | {"kid": 1}]},
        {"keys": [KEY | {"kid": "\ud800"}]},
    ],
)
async def test_a_key_set_that_is_none_is_refused(
    app: Application, organization_id: UUID, scim: IssuedCredential, jwks: dict[str, Any]
) -> None:
    with pytest.raises(Invalid) as refused:
        await app.execute(
            CreateWorkloadIdentity(organization_id, replace(GIVEN, jwks=jwks)), SYSTEM
        )

    assert refused.value.attribute == "jwks"
    assert await _kinds(app, organization_id) == ["API_KEY"]


LOOPBACK = ["http://127.0.0.1:8080/keys", "http://localhost/keys", "https://[::1]/keys"]


@pytest.mark.parametrize("url", LOOPBACK)
async def test_only_who_is_at_the_machine_may_point_at_it(
    app: Application, organization_id: UUID, scim: IssuedCredential, url: str
) -> None:
    command = CreateWorkloadIdentity(organization_id, replace(GOOD, jwks_url=url))

    with pytest.raises(Invalid, match="must not name the server itself"):
        await app.execute(command, factories.caller())
    await app.execute(command, SYSTEM)

    assert await _kinds(app, organization_id) == ["API_KEY", "WORKLOAD_IDENTITY"]


async def test_who_may_not_make_one(
    app: Application, organization_id: UUID, scim: IssuedCredential
) -> None:
    caller = factories.caller(scopes=frozenset(Scope) - {Scope.SCIM_ADMIN})
    never_on = await factories.organization(app)

    with pytest.raises(MissingScope):
        await app.execute(CreateWorkloadIdentity(organization_id, GOOD), caller)
    with pytest.raises(ScimDisabled):
        await app.execute(CreateWorkloadIdentity(never_on, GOOD), SYSTEM)
    with pytest.raises(Invalid, match="expiresAt"):
        await app.execute(CreateWorkloadIdentity(organization_id, GOOD, utc_now()), SYSTEM)
    half = CreateScimCredential(organization_id, CredentialKind.WORKLOAD_IDENTITY)
    with pytest.raises(Invalid, match="kind needs the issuer"):
        await app.execute(half, SYSTEM)

    assert await _kinds(app, organization_id) == ["API_KEY"]


async def test_it_is_revoked_as_every_credential_is(
    app: Application, organization_id: UUID, scim: IssuedCredential
) -> None:
    made = (await app.execute(CreateWorkloadIdentity(organization_id, GOOD), SYSTEM)).value
    assert made.credential_id is not None

    await app.execute(RevokeScimCredential(organization_id, made.credential_id), SYSTEM)

    found = await find_scim_credential(Reader(app.pool), organization_id, made.credential_id)
    assert found is not None
    assert not found.works(utc_now())


@pytest.mark.parametrize(
    "change",
    [
        "secret_hash = '\\x00'",
        "issuer = NULL",
        "subject = NULL",
        "jwks_url = NULL",
        "jwks = '{}'",
        "kind = 'API_KEY'",
        "kind = 'PASSWORD'",
    ],
)
async def test_the_database_refuses_half_an_identity(
    app: Application, organization_id: UUID, scim: IssuedCredential, change: str
) -> None:
    made = (await app.execute(CreateWorkloadIdentity(organization_id, GOOD), SYSTEM)).value

    with pytest.raises(asyncpg.CheckViolationError):
        await app.pool.execute(
            f"UPDATE scim_credentials SET {change} WHERE organization_id = $1 AND id = $2",
            organization_id,
            made.credential_id,
        )


async def _kinds(app: Application, organization_id: UUID) -> list[str]:
    sql = "SELECT kind FROM scim_credentials WHERE organization_id = $1 ORDER BY id"
    return [row["kind"] for row in await Looks(app.pool, organization_id).rows(sql)]
