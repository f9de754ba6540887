"""`rollcall audit`: export, verify and tail, as an operator calls them."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
from typing import Any
from uuid import uuid4

import asyncpg
import orjson
import pytest

from api.cli.audit import sentence_of
from domain.store.pool import open_pool
from domain.store.sealer import seal_pending
from tests.support.command_line import CommandLine
from tests.support.database import ROW_SECURITY, TestDatabase
from tests.support.server import PROGRAM


@pytest.fixture
def shell(worker_database: TestDatabase) -> CommandLine:
    return CommandLine(worker_database)


def on_database(url: str, work: Any) -> Any:
    async def run() -> Any:
        async with await open_pool(url, size=2, row_security=ROW_SECURITY) as pool:
            return await work(pool)

    return asyncio.run(run())


@pytest.fixture
def acme(shell: CommandLine, worker_database: TestDatabase) -> dict[str, Any]:
    made: dict[str, Any] = shell.json(
        "init", "-o", f"Acme {uuid4().hex}", "--owner", "olga@example.com"
    )
    on_database(worker_database.server_url, seal_pending)
    return made


def test_export_and_what_follows_it(shell: CommandLine, acme: dict[str, Any]) -> None:
    organization = ("-o", acme["organizationId"])

    whole = shell.run("audit", "export", *organization).stdout.splitlines()
    rest = shell.run("audit", "export", *organization, "--after", "2").stdout.splitlines()
    table = shell.run("audit", "export", *organization, "--csv").stdout.splitlines()

    events = [orjson.loads(line) for line in whole]
    assert [event["position"] for event in events] == list(range(1, len(events) + 1))
    assert events[0]["action"] == "organization.created"
    assert rest == whole[2:]
    assert len(table) == len(whole) + 1
    assert acme["scimApiKey"] not in "".join(whole)


def test_verify_says_that_it_holds(shell: CommandLine, acme: dict[str, Any]) -> None:
    organization = ("-o", acme["organizationId"])
    events = shell.run("audit", "export", *organization).stdout.splitlines()

    found = shell.json("audit", "verify", *organization)

    last = orjson.loads(events[-1])
    assert found == {
        "position": last["position"],
        "hash": last["hash"],
        "holds": True,
        "brokenAt": None,
    }


def test_verify_names_the_first_position_that_was_changed(
    shell: CommandLine, acme: dict[str, Any], worker_database: TestDatabase
) -> None:
    async def forge(pool: asyncpg.Pool) -> None:
        await pool.execute(
            "UPDATE audit_events SET actor_label = 'nobody'"
            " WHERE organization_id = $1 AND position >= 2",
            acme["organizationId"],
        )

    on_database(worker_database.owner_url, forge)

    done = shell.run("audit", "verify", "-o", acme["organizationId"], "--json")

    assert done.exit_code == 1
    assert orjson.loads(done.stdout)["brokenAt"] == 2
    assert done.stderr == "The history was changed after the fact: position 2 does not fit.\n"


def test_tail_shows_the_newest_as_sentences_or_as_json(
    shell: CommandLine, acme: dict[str, Any]
) -> None:
    organization = ("-o", acme["organizationId"])
    whole = shell.run("audit", "export", *organization).stdout.splitlines()

    read = shell.run("audit", "tail", *organization, "-n", "2").stdout.splitlines()
    as_json = shell.run("audit", "tail", *organization, "-n", "2", "--json").stdout.splitlines()
    more_than_there_are = shell.run("audit", "tail", *organization, "-n", "500", "--json")

    assert as_json == whole[-2:]
    assert more_than_there_are.stdout.splitlines() == whole
    for sentence, line in zip(read, as_json, strict=True):
        event = orjson.loads(line)
        assert sentence.split()[0] == str(event["position"])
        assert f"  {event['action']}  {event['subject_label']}  by rollcall command" in sentence


def test_tail_that_follows_shows_what_comes_until_it_is_interrupted(
    shell: CommandLine, acme: dict[str, Any], worker_database: TestDatabase
) -> None:
    organization = ("-o", acme["organizationId"])
    others = {name: value for name, value in os.environ.items() if "ROLLCALL_" not in name}
    command = [PROGRAM, "audit", "tail", *organization, "-n", "1", "--follow", "--json"]
    with subprocess.Popen(
        command, env=others | shell.settings, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as following:
        assert following.stdout is not None
        newest = orjson.loads(following.stdout.readline())
        assert shell.run("scim-key", "rotate", *organization).exit_code == 0
        on_database(worker_database.server_url, seal_pending)
        further = [orjson.loads(following.stdout.readline()) for _ in range(2)]
        following.send_signal(signal.SIGINT)
        try:
            _, said = following.communicate(timeout=30)
        finally:
            following.kill()

    assert [event["position"] - newest["position"] for event in further] == [1, 2]
    assert {event["action"] for event in further} == {
        "scim_connection.key_created",
        "scim_connection.key_rotated",
    }
    assert (following.returncode, said) == (130, b"Interrupted.\n")


def test_a_name_cannot_steer_the_terminal() -> None:
    event = {
        "position": 1,
        "occurred_at": "2026-01-02T03:04:05.000000Z",
        "action": "member.updated",
        "subject_label": "\x1b[2Jeve",
        "actor_label": "SCIM",
        "origin": "SCIM",
        "changes": [{"attribute": "displayName", "before": None, "after": "\x1b[2Jeve"}],
    }

    assert sentence_of(event) == (
        "       1  2026-01-02 03:04:05Z  member.updated  \N{REPLACEMENT CHARACTER}[2Jeve"
        "  by SCIM (SCIM): displayName"
    )
