"""`rollcall scim guard`, and `scim set` with everything that it can set and give back."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest

from domain.errors import DeprovisionHeld
from domain.ids import UUID
from domain.model.deprovision_guard import WINDOW
from tests.support import factories
from tests.support.command_line import CommandLine
from tests.support.database import TestDatabase
from tests.support.guard import watched


@pytest.fixture
def shell(worker_database: TestDatabase) -> CommandLine:
    return CommandLine(worker_database)


@pytest.fixture
def acme(shell: CommandLine) -> tuple[str, str]:
    """The option that names a new organization."""
    made = shell.json("init", "-o", f"Acme {uuid4().hex}", "--owner", "olga@example.com")
    return "--organization", made["organizationId"]


def hold(database: TestDatabase, organization_id: str) -> list[str]:
    """Two members whose removal the guard holds."""

    async def work() -> list[str]:
        app = await factories.application(database.server_url, size=2)
        try:
            guarded = await watched(app, max_members=0, organization_id=UUID(organization_id))
            people = await guarded.people(2)
            for id_ in people:
                with pytest.raises(DeprovisionHeld):
                    await guarded.remove(id_)
            return [str(id_) for id_ in people]
        finally:
            await app.pool.close()

    return asyncio.run(work())


def test_a_guard_is_shown_with_what_it_holds(
    shell: CommandLine, acme: tuple[str, str], worker_database: TestDatabase
) -> None:
    before = shell.json("scim", "guard", "show", *acme)
    people = hold(worker_database, acme[1])

    seen = shell.json("scim", "guard", "show", *acme)
    shown = shell.run("scim", "guard", "show", *acme)
    text = shown.stdout

    assert before == {
        "organizationId": acme[1],
        "enabled": True,
        "state": "WATCHING",
        "since": None,
        "held": 0,
        "maxMembers": 50,
        "maxPercent": 10,
        "heldItems": [],
    }
    assert (seen["state"], seen["held"]) == ("HOLDING", 2)
    assert [(item["action"], item["memberId"]) for item in seen["heldItems"]] == [
        ("REMOVE", id_) for id_ in people
    ]
    assert all(id_ in text for id_ in people)
    assert "HOLDING" in text
    assert timedelta(hours=1) == WINDOW
    assert shown.stderr == (
        "Members who were created within the last hour are never held, and do not count.\n"
    )
    off = shell.run("scim", "guard", "show", *acme, "--json", ROLLCALL_DEPROVISION_GUARD="OFF")
    assert '"enabled": false' in off.stdout


@pytest.mark.parametrize("decision", ["release", "refuse"])
def test_a_decision_is_made_once(
    shell: CommandLine, acme: tuple[str, str], worker_database: TestDatabase, decision: str
) -> None:
    hold(worker_database, acme[1])

    done = shell.json("scim", "guard", decision, *acme)
    again = shell.run("scim", "guard", decision, *acme)

    assert done == {
        "organizationId": acme[1],
        "state": "WATCHING",
        "changed": True,
        "decided": 2,
    }
    assert again.exit_code == 0
    assert "The guard holds nothing." in again.stderr
    assert shell.json("scim", "guard", "show", *acme)["held"] == 0


def test_the_guard_is_not_switched_off_while_it_holds_and_says_how_to_decide(
    shell: CommandLine, acme: tuple[str, str], worker_database: TestDatabase
) -> None:
    hold(worker_database, acme[1])

    refused = shell.run("scim", "set", *acme, "--no-guard")
    shell.json("scim", "guard", "refuse", *acme)
    done = shell.json("scim", "set", *acme, "--no-guard")

    assert refused.exit_code == 1
    assert "--no-guard cannot be set while calls are held" in refused.stderr
    assert "`rollcall scim guard release`" in refused.stderr
    assert "`rollcall scim guard refuse`" in refused.stderr
    assert done["guardEnabled"] is False


OPTIONS: list[tuple[str, tuple[str, ...], str, Any]] = [
    ("on-provision", ("--on-provision", "stage"), "onProvision", "STAGE"),
    ("rehire", ("--rehire", "restore"), "rehire", "RESTORE"),
    ("omitted-members", ("--omitted-members", "keep"), "omittedGroupMembers", "KEEP"),
    ("patch-response", ("--patch-response", "body"), "patchResponse", "BODY"),
    ("strict-member-ids", ("--strict-member-ids",), "strictMemberIds", True),
    ("content-type", ("--content-type", "application/json"), "contentType", "application/json"),
    ("guard", ("--no-guard",), "guardEnabled", False),
    ("guard-max-members", ("--guard-max-members", "0"), "guardMaxMembers", 0),
    ("guard-max-percent", ("--guard-max-percent", "3"), "guardMaxPercent", 3),
    ("provider", ("--provider", "okta"), "provider", "OKTA"),
]


def test_every_switch_is_set_alone_and_given_back(
    shell: CommandLine, acme: tuple[str, str]
) -> None:
    preset = shell.json("scim", "set", *acme, "--provider", "KEYCLOAK")

    for name, option, key, value in OPTIONS[:-1]:
        assert preset[key] != value
        assert shell.json("scim", "set", *acme, *option) == preset | {key: value}
        assert shell.json("scim", "set", *acme) == preset | {key: value}
        assert shell.json("scim", "set", *acme, "--reset", name) == preset


def test_everything_is_given_back_at_once(shell: CommandLine, acme: tuple[str, str]) -> None:
    neutral = shell.json("scim", "set", *acme)
    for _, option, _, _ in reversed(OPTIONS):
        shell.json("scim", "set", *acme, *option)
    reset = [word for name, *_ in OPTIONS for word in ("--reset", name)]

    assert shell.json("scim", "set", *acme, *reset) == neutral


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (("--guard-max-percent", "101"), 1, "--guard-max-percent must lie between 0 and 100."),
        (("--guard-max-members", "-1"), 1, "--guard-max-members must lie between"),
        (("--rehire", "RESTORE", "--reset", "rehire"), 2, "both set and reset"),
        (("--reset", "everything"), 2, "everything"),
    ],
)
def test_wrong_settings_are_refused(
    shell: CommandLine, acme: tuple[str, str], arguments: tuple[str, ...], code: int, words: str
) -> None:
    refused = shell.run("scim", "set", *acme, *arguments)

    assert refused.exit_code == code
    assert words in refused.stderr
