"""`rollcall oidc`: providers are added, listed and removed; their secrets are never shown."""

from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from tests.support.command_line import CommandLine
from tests.support.database import TestDatabase
from tests.support.openid_provider import running_openid_provider

NAMED = ("--name", "Directory", "--client-id", "rollcall")
NOBODY = "https://127.0.0.1:1"
ISSUER = ("--issuer", NOBODY)


@pytest.fixture
def shell(worker_database: TestDatabase) -> CommandLine:
    return CommandLine(worker_database)


@pytest.fixture
def acme(shell: CommandLine) -> Any:
    return shell.json("init", "-o", f"Acme {uuid4().hex}", "--owner", "olga@example.com")


@pytest.fixture
def secret(tmp_path: Path) -> Path:
    file = tmp_path / "secret"
    file.write_text("the client's secret\n")
    return file


def test_a_provider_is_added_listed_and_removed(
    shell: CommandLine, acme: dict[str, Any], secret: Path
) -> None:
    organization = ("-o", acme["organizationId"])
    given = ("--client-secret-file", str(secret))

    made = shell.json("oidc", "add", *organization, *NAMED, *ISSUER, *given, "--trust-email")
    own = shell.json("oidc", "add", *organization, *NAMED, *ISSUER, *given, "--name", "Own")
    listed = shell.json("oidc", "list", *organization)
    shown = shell.run("oidc", "list", *organization)
    removed = shell.run("oidc", "remove", own["id"])
    again = shell.run("oidc", "remove", own["id"])

    assert made == {
        "id": made["id"],
        "redirectUrl": "https://rollcall.example.com/sign-in/oidc/callback",
        "startUrl": f"https://rollcall.example.com/sign-in/oidc/{made['id']}",
    }
    first, second = listed
    assert (first["id"], first["issuer"]) == (made["id"], NOBODY)
    assert (first["name"], first["clientId"], first["trustEmail"]) == (
        "Directory",
        "rollcall",
        True,
    )
    assert (second["id"], second["trustEmail"]) == (own["id"], False)
    assert "the client's secret" not in shown.stdout + str(listed)
    assert (removed.exit_code, again.exit_code) == (0, 1)
    assert "There is no such OIDC provider in this organization." in again.stderr
    assert [each["id"] for each in shell.json("oidc", "list", *organization)] == [made["id"]]


@pytest.mark.parametrize(
    ("arguments", "text"),
    [
        (ISSUER, "--client-secret-file"),
        ((*ISSUER, "--client-secret-file", "/nowhere"), "cannot be read"),
        (
            ("--issuer", "http://idp.example.com", "--client-secret-file", "SECRET"),
            "issuer must begin with https://",
        ),
        (
            (
                "--issuer",
                f"{NOBODY}/.well-known/openid-configuration/",
                "--client-secret-file",
                "SECRET",
            ),
            "issuer must not end in /.well-known/openid-configuration; leave that part out",
        ),
    ],
)
def test_what_could_never_work_is_one_line(
    shell: CommandLine,
    acme: dict[str, Any],
    secret: Path,
    arguments: tuple[str, ...],
    text: str,
) -> None:
    given = [str(secret) if each == "SECRET" else each for each in arguments]

    done = shell.run("oidc", "add", "-o", acme["organizationId"], *NAMED, *given)

    assert done.exit_code == 1
    assert text in done.stderr
    assert shell.json("oidc", "list", "-o", acme["organizationId"]) == []


def test_a_second_one_of_the_same_name_is_one_line(
    shell: CommandLine, acme: dict[str, Any], secret: Path
) -> None:
    organization = ("-o", acme["organizationId"])
    given = (*organization, *NAMED, *ISSUER, "--client-secret-file", str(secret))
    shell.json("oidc", "add", *given)

    done = shell.run("oidc", "add", *given, "--name", "DIRECTORY")

    assert (done.exit_code, done.stdout) == (1, "")
    assert "Another OIDC provider of this organization has the same name" in done.stderr
    assert len(shell.json("oidc", "list", *organization)) == 1


@pytest.mark.parametrize(
    ("metadata", "fault"),
    [
        ({}, None),
        (
            {"issuer": "https://login.example.com/{tenantid}/v2.0"},
            "discovery: it names another issuer than was entered",
        ),
        ({"token_endpoint": None}, "discovery: it names no token_endpoint"),
        (None, "discovery: it answered 500"),
    ],
    ids=str,
)
def test_a_provider_is_asked_once_what_it_says_of_itself(
    shell: CommandLine,
    acme: dict[str, Any],
    secret: Path,
    metadata: dict[str, Any] | None,
    fault: str | None,
) -> None:
    organization = ("-o", acme["organizationId"])
    configuration = "/.well-known/openid-configuration"
    with running_openid_provider() as provider:
        provider.metadata = metadata or {}
        provider.silent = {configuration} if metadata is None else set()
        issuer = ("--issuer", f" {provider.url} ", "--client-secret-file", str(secret))

        done = shell.run("oidc", "add", *organization, *NAMED, *issuer)

    assert done.exit_code == 0
    assert "address where a sign-in begins" in done.stdout
    assert provider.asked == [configuration]
    assert len(shell.json("oidc", "list", *organization)) == 1
    if fault is None:
        assert "Warning: nobody" not in done.stderr
    else:
        assert f"Warning: nobody can sign in with it as it answers now: {fault}." in done.stderr


def test_what_is_no_id_of_a_provider_is_one_line(shell: CommandLine) -> None:
    done = shell.run("oidc", "remove", "org_x")

    assert done.exit_code == 1
    assert "is no id of a provider" in done.stderr
