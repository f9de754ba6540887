"""`rollcall scim-key`, `scim` and `token`: what identity providers and scripts come in with."""

from typing import Any
from uuid import uuid4

import pytest

from domain.vocabulary import Scope
from tests.support.command_line import CommandLine
from tests.support.database import TestDatabase


@pytest.fixture
def shell(worker_database: TestDatabase) -> CommandLine:
    return CommandLine(worker_database)


@pytest.fixture
def acme(shell: CommandLine) -> dict[str, Any]:
    name = f"Acme {uuid4().hex}"
    made: dict[str, Any] = shell.json("init", "-o", name, "--owner", "olga@example.com")
    return made | {"name": name}


@pytest.mark.parametrize("key", ["organizationId", "organizationSlug", "name"])
def test_organization_is_found_by_any_of_its_names(
    shell: CommandLine, acme: dict[str, Any], key: str
) -> None:
    assert len(shell.json("scim-key", "list", "--organization", acme[key])) == 1


@pytest.mark.parametrize(
    "named", ["01890000-0000-7000-8000-000000000000", "nobody", "", "x' OR true --"]
)
def test_unknown_organization_is_one_line(shell: CommandLine, named: str) -> None:
    refused = shell.run("scim-key", "list", "--organization", named)

    assert refused.exit_code == 1
    assert refused.stderr.startswith("There is no organization with the id, slug or name")
    assert len(refused.stderr.splitlines()) == 1


def test_rotated_key_ends_the_one_before_after_the_overlap(
    shell: CommandLine, acme: dict[str, Any]
) -> None:
    organization = ("--organization", acme["organizationId"])

    rotated = shell.json("scim-key", "rotate", *organization, "--overlap", "0")

    assert rotated["scimApiKey"].startswith("rck_")
    assert rotated["scimApiKey"] != acme["scimApiKey"]
    keys = shell.json("scim-key", "list", *organization)
    assert [key["state"] for key in keys] == ["expired", "active"]
    assert keys[1]["id"] == rotated["keyId"]
    assert rotated["scimApiKey"] not in str(keys)

    refused = shell.run("scim-key", "rotate", *organization, "--overlap", "-1")
    assert refused.exit_code == 2
    assert "'--overlap'" in refused.stderr


def test_a_further_key_has_a_name_and_ends_no_other(
    shell: CommandLine, acme: dict[str, Any]
) -> None:
    organization = ("--organization", acme["organizationId"])

    made = shell.json("scim-key", "create", *organization, "--name", "Okta, staging")
    brief = shell.json("scim-key", "create", *organization, "--lifetime-days", "1")
    rotated = shell.json("scim-key", "rotate", *organization, "--name", "Okta")

    assert made["scimApiKey"].startswith("rck_")
    assert (made["expiresAt"], brief["expiresAt"] is None) == (None, False)
    keys = shell.json("scim-key", "list", *organization)
    assert [key["name"] for key in keys] == [None, "Okta, staging", None, "Okta"]
    assert [key["state"] for key in keys] == ["active"] * 4
    assert keys[1]["id"] == made["keyId"]
    assert keys[3]["id"] == rotated["keyId"]
    assert "Okta, staging" in shell.run("scim-key", "list", *organization).stdout
    refused = shell.run("scim-key", "create", *organization, "--name", " ")
    assert refused.exit_code == 1
    assert "name must not be empty" in refused.stderr


def test_revoked_key_is_revoked_once(shell: CommandLine, acme: dict[str, Any]) -> None:
    organization = ("--organization", acme["organizationSlug"])
    (key,) = shell.json("scim-key", "list", *organization)

    first = shell.json("scim-key", "revoke", key["id"], *organization)
    again = shell.json("scim-key", "revoke", key["id"], *organization)

    assert (first["changed"], again["changed"]) == (True, False)
    assert shell.json("scim-key", "list", *organization)[0]["state"] == "revoked"
    unknown = shell.run("scim-key", "revoke", str(uuid4()), *organization)
    assert unknown.exit_code == 1
    assert unknown.stderr.startswith("There is no such SCIM key")


def test_provider_brings_its_preset_and_single_switches_stay_apart(
    shell: CommandLine, acme: dict[str, Any]
) -> None:
    organization = ("--organization", acme["organizationId"])

    keycloak = shell.json("scim", "set", *organization, "--provider", "keycloak")
    own = shell.json("scim", "set", *organization, "--rehire", "RESTORE", "--strict-member-ids")

    assert keycloak["provider"] == "KEYCLOAK"
    assert keycloak["omittedGroupMembers"] == "CLEAR"
    assert own == keycloak | {"rehire": "RESTORE", "strictMemberIds": True}
    lenient = shell.json("scim", "set", *organization, "--lenient-member-ids")
    assert lenient == own | {"strictMemberIds": False}
    refused = shell.run("scim", "set", *organization, "--provider", "azure")
    assert refused.exit_code == 2


def test_disabled_and_enabled_again_without_another_key(
    shell: CommandLine, acme: dict[str, Any]
) -> None:
    organization = ("--organization", acme["organizationId"])

    assert shell.json("scim", "disable", *organization)["enabled"] is False
    rotate = shell.run("scim-key", "rotate", *organization)
    enabled = shell.json("scim", "enable", *organization)

    assert rotate.exit_code == 1
    assert "enable SCIM first" in rotate.stderr
    assert (enabled["enabled"], enabled["scimApiKey"]) == (True, None)


def test_token_has_the_scopes_it_was_given(shell: CommandLine, acme: dict[str, Any]) -> None:
    of_acme = ("--organization", acme["organizationId"], "--name", "dashboard")

    one = shell.json("token", "create", *of_acme, "--scope", "members_read")
    every = shell.json("token", "create", "--all-organizations", "--name", "all", "--all-scopes")

    assert one["accessToken"].startswith("adm_")
    assert one["scopes"] == ["MEMBERS_READ"]
    assert every["scopes"] == sorted(Scope)


def test_tokens_are_listed_and_end_once(shell: CommandLine, acme: dict[str, Any]) -> None:
    of_acme = ("--organization", acme["organizationId"])
    made = shell.json("token", "create", *of_acme, "--name", "desk", "--scope", "members_read")
    every = shell.json("token", "create", "--all-organizations", "--name", "all", "--all-scopes")

    first, desk = shell.json("token", "list", *of_acme)
    assert (first["name"], first["state"]) == ("First token", "active")
    assert desk["id"] == made["tokenId"]
    assert (desk["name"], desk["state"], desk["scopes"]) == ("desk", "active", ["MEMBERS_READ"])
    assert made["accessToken"][-43:].startswith(desk["hint"])
    assert made["accessToken"] not in str(desk)
    assert every["tokenId"] in [
        token["id"] for token in shell.json("token", "list", "--all-organizations")
    ]
    assert "everything" in shell.run("token", "list", "--all-organizations").stdout

    ended = [shell.json("token", "revoke", desk["id"])["changed"] for _ in range(2)]
    shell.json("token", "revoke", every["tokenId"])

    assert ended == [True, False]
    states = [token["state"] for token in shell.json("token", "list", *of_acme)]
    assert states == ["active", "revoked"]
    unknown = shell.run("token", "revoke", str(uuid4()))
    assert (unknown.exit_code, len(unknown.stderr.splitlines())) == (1, 1)
    assert shell.run("token", "list").exit_code == 2


@pytest.mark.parametrize(
    "arguments",
    [
        ("--all-scopes",),
        ("--all-organizations", "-o", "acme", "--all-scopes"),
        ("--all-organizations",),
        ("--all-organizations", "--scope", "EVERYTHING"),
        ("--all-organizations", "--all-scopes", "--scope", "MEMBERS_READ"),
    ],
)
def test_half_said_tokens_are_usage_errors(shell: CommandLine, arguments: tuple[str, ...]) -> None:
    assert shell.run("token", "create", "--name", "x", *arguments).exit_code == 2
