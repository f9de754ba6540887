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
    assert (refused.exit_code, len(refused.stderr.splitlines())) == (1, 1)


def test_revoked_key_is_revoked_once(shell: CommandLine, acme: dict[str, Any]) -> None:
    organization = ("--organization", acme["organizationSlug"])
    (key,) = shell.json("scim-key", "list", *organization)

    first = shell.json("scim-key", "revoke", key["id"], *organization)
    again = shell.json("scim-key", "revoke", key["id"], *organization)

    assert (first["changed"], again["changed"]) == (True, False)
    assert shell.json("scim-key", "list", *organization)[0]["state"] == "revoked"
    unknown = shell.run("scim-key", "revoke", str(uuid4()), *organization)
    assert unknown.exit_code == 1
    assert unknown.stderr.startswith("There is no SCIM key")


def test_provider_brings_its_preset_and_single_switches_stay_apart(
    shell: CommandLine, acme: dict[str, Any]
) -> None:
    organization = ("--organization", acme["organizationId"])

    keycloak = shell.json("scim", "set", *organization, "--provider", "keycloak")
    own = shell.json("scim", "set", *organization, "--rehire", "RESTORE", "--strict-member-ids")

    assert keycloak["provider"] == "KEYCLOAK"
    assert keycloak["omittedGroupMembers"] == "CLEAR"
    assert own == keycloak | {"rehire": "RESTORE", "strictMemberIds": True}
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
