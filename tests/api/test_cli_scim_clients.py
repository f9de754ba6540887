"""`rollcall scim-key oauth-client` and `workload-identity`: clients of the token endpoint."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from tests.support.command_line import CommandLine
from tests.support.database import TestDatabase

WORKLOAD = ("--issuer", "https://issuer.example", "--subject", "robot")
URL = ("--jwks-url", "https://issuer.example/keys")


@pytest.fixture
def shell(worker_database: TestDatabase) -> CommandLine:
    return CommandLine(worker_database)


@pytest.fixture
def acme(shell: CommandLine) -> dict[str, Any]:
    made: dict[str, Any] = shell.json(
        "init", "-o", f"Acme {uuid4().hex}", "--owner", "olga@example.com"
    )
    return made


def test_an_oauth_client_is_made_listed_and_revoked(
    shell: CommandLine, acme: dict[str, Any]
) -> None:
    organization = ("-o", acme["organizationId"])

    lifetime = ("--lifetime-days", "730")
    made = shell.json("scim-key", "oauth-client", *organization, *lifetime, "--name", "Gallery")

    assert made["clientId"] == f"{acme['organizationId']}.{made['keyId']}"
    assert made["clientSecret"].startswith("rcs_")
    assert made["tokenEndpoint"] == "https://rollcall.example.com/oauth/token"
    ends_in = datetime.fromisoformat(made["expiresAt"]) - datetime.now(UTC)
    assert timedelta(days=729) < ends_in <= timedelta(days=730)
    key, client = shell.json("scim-key", "list", *organization)
    assert (key["kind"], key["clientId"]) == ("API_KEY", None)
    assert (client["kind"], client["clientId"]) == ("OAUTH_CLIENT", made["clientId"])
    assert (key["name"], client["name"]) == (None, "Gallery")
    assert made["clientSecret"] not in str(client)
    assert shell.json("scim-key", "revoke", made["keyId"], *organization)["changed"] is True


def test_a_workload_identity_has_no_secret(
    shell: CommandLine, acme: dict[str, Any], tmp_path: Path
) -> None:
    organization = ("-o", acme["organizationId"])
    file = tmp_path / "keys.json"
    file.write_text(json.dumps({"keys": [{"kty": "OKP", "crv": "Ed25519", "x": "eA"}]}))

    by_url = shell.json("scim-key", "workload-identity", *organization, *WORKLOAD, *URL)
    by_file = shell.json(
        "scim-key", "workload-identity", *organization, *WORKLOAD, "--jwks", str(file)
    )
    own = ("--jwks-url", "http://127.0.0.1:1/keys", "--audience", "api://x")
    shell.json("scim-key", "workload-identity", *organization, *WORKLOAD, *own, "--name", "Robot")

    for made in (by_url, by_file):
        assert made["clientSecret"] is None
        assert made["clientId"] == f"{acme['organizationId']}.{made['keyId']}"
    keys = shell.json("scim-key", "list", *organization)
    assert [key["kind"] for key in keys] == ["API_KEY", *["WORKLOAD_IDENTITY"] * 3]
    assert [key["name"] for key in keys] == [None, None, None, "Robot"]
    assert [key["hint"] is None for key in keys] == [False, True, True, True]


def test_a_key_set_without_keys_says_what_is_missing(
    shell: CommandLine, acme: dict[str, Any], tmp_path: Path
) -> None:
    file = tmp_path / "keys.json"
    file.write_text(json.dumps({"kty": "OKP"}))
    arguments = ("-o", acme["organizationId"], *WORKLOAD, "--jwks", str(file))

    refused = shell.run("scim-key", "workload-identity", *arguments)

    assert refused.stderr == (
        '--jwks must be a JSON object with a member "keys", which is a list of 1 to 20 keys.\n'
    )


@pytest.mark.parametrize(
    ("arguments", "text"),
    [
        ((), "either --jwks-url or --jwks."),
        (("--jwks-url", "https://issuer.example/keys", "--jwks", __file__), "either --jwks-url or"),
        (("--jwks-url", "http://issuer.example/keys"), "--jwks-url must begin with https://"),
        (("--jwks-url", "https://issuer.example/keys", "--audience", " "), "--audience must have"),
        (("--jwks", __file__), "holds no JSON"),
    ],
)
def test_what_could_never_work_is_one_line(
    shell: CommandLine, acme: dict[str, Any], arguments: tuple[str, ...], text: str
) -> None:
    organization = ("-o", acme["organizationId"])

    refused = shell.run("scim-key", "workload-identity", *organization, *WORKLOAD, *arguments)

    assert refused.exit_code == 1
    assert text in refused.stderr
    assert len(refused.stderr.splitlines()) == 1
    assert len(shell.json("scim-key", "list", *organization)) == 1
