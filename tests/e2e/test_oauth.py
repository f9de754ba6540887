"""OAuth with a library as client, over a socket, with one server process and with two."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from authlib.oauth2 import ClientAuth

from domain.client_ids import client_id_of
from domain.commands import (
    CreateScimCredential,
    CreateWorkloadIdentity,
    IssuedCredential,
    RevokeScimCredential,
    WorkloadIdentity,
)
from domain.vocabulary import CredentialKind
from scim_facade.oauth.form import ASSERTION_TYPE, FORM
from scim_facade.oauth.metadata import METADATA_PATH
from tests.support.factories import SYSTEM
from tests.support.house import House, await_that
from tests.support.issuer import running_issuer

if TYPE_CHECKING:
    from domain.application import Command
    from tests.support.house import Resident

METHODS = ["client_secret_basic", "client_secret_post"]


def made_for(resident: Resident, command: Command[IssuedCredential]) -> tuple[str, Any]:
    """The id of a new client, and what was issued."""
    execute = resident.house.blocking.app.execute
    issued = resident.house.blocking.run(execute(command, SYSTEM)).value
    assert issued.credential_id is not None
    return client_id_of(resident.organization_id, issued.credential_id), issued


def secret_client(resident: Resident) -> tuple[str, Any]:
    kind = CredentialKind.OAUTH_CLIENT
    return made_for(resident, CreateScimCredential(resident.organization_id, kind))


def described(house: House) -> dict[str, Any]:
    """What the server says of its token endpoint."""
    found: dict[str, Any] = httpx.get(house.server.url + METADATA_PATH).json()
    return found


@pytest.mark.parametrize("method", METHODS)
def test_a_library_gets_a_token_and_creates_a_user(house: House, method: str) -> None:
    resident = house.resident()
    client_id, issued = secret_client(resident)
    about = described(house)
    assert method in about["token_endpoint_auth_methods_supported"]

    library = ClientAuth(client_id, issued.secret, method)
    form = {"Content-Type": FORM}
    url, headers, body = library.prepare(
        "POST", about["token_endpoint"], form, "grant_type=client_credentials"
    )
    token = httpx.post(url, headers=headers, content=body).json()
    created = httpx.post(
        f"{resident.base}/Users",
        json={"userName": "ada@example.com"},
        headers={"authorization": f"Bearer {token['access_token']}"},
    )

    assert (token["token_type"], token["expires_in"]) == ("Bearer", 3600)
    assert created.status_code == 201
    (member,) = resident.rows("SELECT user_name FROM members WHERE organization_id = $1")
    assert member["user_name"] == "ada@example.com"
    await_that(lambda: bool(_used(resident, issued)), "the use is noted", within=20)


def _used(resident: Resident, issued: Any) -> Any:
    sql = "SELECT last_used_at FROM scim_credentials WHERE organization_id = $1 AND id = $2"
    return resident.rows(sql, issued.credential_id)[0]["last_used_at"]


def test_a_workload_gets_a_token_by_the_assertion_of_its_issuer(house: House) -> None:
    resident = house.resident()
    with running_issuer() as issuer:
        identity = WorkloadIdentity(issuer.url, "robot", jwks_url=issuer.jwks_url)
        client_id, _ = made_for(
            resident, CreateWorkloadIdentity(resident.organization_id, identity)
        )
        url = described(house)["token_endpoint"]
        form = {
            "grant_type": "client_credentials",
            "client_id": client_id,
            "client_assertion_type": ASSERTION_TYPE,
            "client_assertion": issuer.sign({"sub": "robot", "aud": url}),
        }
        answers = [httpx.post(url, data=form) for _ in range(6)]
        wrong = httpx.post(url, data=form | {"client_assertion": issuer.sign({"sub": "robot"})})
        asked = issuer.asked

    assert [answer.status_code for answer in answers] == [200] * 6
    assert (wrong.status_code, wrong.json()["error"]) == (401, "invalid_client")
    assert 1 <= asked <= 2, "each process fetches the keys once"
    token = answers[0].json()["access_token"]
    listed = httpx.get(f"{resident.base}/Users", headers={"authorization": f"Bearer {token}"})
    assert listed.status_code == 200
    (entry,) = resident.requests(2)[:1]
    assert (entry["path"], entry["status_code"]) == ("/oauth/token", 401)
    assert "audience" in entry["detail"]


def test_a_revoked_client_is_out_within_a_second_in_every_process(house: House) -> None:
    resident, neighbour = house.resident(), house.resident()
    client_id, issued = secret_client(resident)
    form = {"grant_type": "client_credentials", "client_id": client_id}
    url = described(house)["token_endpoint"]
    granted = httpx.post(url, data=form | {"client_secret": issued.secret})
    token = granted.json()["access_token"]

    def statuses(base: str) -> set[int]:
        # A connection each, so that every process is asked.
        headers = {"authorization": f"Bearer {token}", "connection": "close"}
        return {httpx.get(f"{base}/Users", headers=headers).status_code for _ in range(8)}

    assert statuses(resident.base) == {200}
    assert statuses(neighbour.base) == {401}
    command = RevokeScimCredential(resident.organization_id, issued.credential_id)
    house.blocking.run(house.blocking.app.execute(command, SYSTEM))
    revoked_at = time.monotonic()
    while time.monotonic() - revoked_at < 1:
        time.sleep(0.05)

    assert statuses(resident.base) == {401}
    assert httpx.post(url, data=form | {"client_secret": issued.secret}).status_code == 401
