"""`rollcall doctor` and `rollcall migrate`: what they find, and what they say to do."""

import asyncio
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import asyncpg
import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.handlers import Sink

from tests.support.command_line import CommandLine
from tests.support.database import DatabaseFactory, TestDatabase
from tests.support.server import free_port


@pytest.fixture
def shell(worker_database: TestDatabase) -> CommandLine:
    return CommandLine(worker_database)


@pytest.fixture
def mail_server() -> Iterator[Controller]:
    controller = Controller(Sink(), hostname="127.0.0.1", port=free_port())
    controller.start()
    yield controller
    controller.stop()


def findings(shell: CommandLine, **settings: str) -> dict[str, tuple[str, str]]:
    done = CommandLine.run(shell, "doctor", "--json", **settings)
    return {row["what"]: (row["health"], row["text"]) for row in json.loads(done.stdout)}


def test_healthy_deployment_is_exit_code_zero(shell: CommandLine, mail_server: Controller) -> None:
    settings = {
        "ROLLCALL_SMTP_HOST": "127.0.0.1",
        "ROLLCALL_SMTP_PORT": str(mail_server.port),
        "ROLLCALL_SMTP_SECURITY": "none",
        "ROLLCALL_SECRET_KEY": "k" * 32,
    }

    done = shell.run("doctor", **settings)
    found = findings(shell, **settings)

    assert done.exit_code == 0
    assert {what: health for what, (health, _) in found.items()} == {
        "database": "ok",
        "schema": "ok",
        "rights": "ok",
        "time limits": "ok",
        "clock": "ok",
        "secret key": "ok",
        "mail": "ok",
        "public URL": "ok",
    }
    assert "the server is rollcall_server" in found["rights"][1]


def test_one_role_for_all_is_advice(shell: CommandLine, worker_database: TestDatabase) -> None:
    both = {
        "ROLLCALL_DATABASE_URL": worker_database.owner_url,
        "ROLLCALL_DATABASE_DIRECT_URL": worker_database.owner_url,
    }

    found = findings(shell, **both)

    assert found["rights"][0] == "advice"
    assert "may rewrite history" in found["rights"][1]
    assert found["time limits"][0] == "advice"


def test_a_server_that_cannot_remove_is_advice(
    shell: CommandLine, worker_database: TestDatabase
) -> None:
    found = findings(shell, ROLLCALL_DATABASE_DIRECT_URL=worker_database.server_url)

    assert found["rights"][0] == "advice"
    assert "the schema belongs to rollcall_owner" in found["rights"][1]
    assert found["rights"][1].endswith("give ROLLCALL_DATABASE_DIRECT_URL the role rollcall_owner.")


def test_a_schema_of_the_next_version_is_advice(database_factory: DatabaseFactory) -> None:
    database = database_factory.clone("doctor_newer")

    async def migrate_further() -> None:
        owner = await asyncpg.connect(database.owner_url)
        await owner.execute("UPDATE alembic_version SET version_num = '9999'")
        await owner.close()

    asyncio.run(migrate_further())

    assert findings(CommandLine(database))["schema"] == (
        "advice",
        "revision 9999 is of a newer version: start that one.",
    )


def test_what_a_laptop_lacks_is_advice(shell: CommandLine) -> None:
    done = shell.run("doctor", ROLLCALL_PUBLIC_URL="http://127.0.0.1:8000")
    found = findings(shell, ROLLCALL_PUBLIC_URL="http://127.0.0.1:8000")

    assert done.exit_code == 0
    assert {what for what, (health, _) in found.items() if health == "advice"} == {
        "secret key",
        "mail",
        "public URL",
    }


def test_unreachable_mail_server_is_broken(shell: CommandLine) -> None:
    settings = {"ROLLCALL_SMTP_HOST": "127.0.0.1", "ROLLCALL_SMTP_PORT": str(free_port())}

    assert shell.run("doctor", **settings).exit_code == 1
    assert findings(shell, **settings)["mail"][0] == "broken"


def test_unreachable_database_is_broken_and_the_rest_is_told(shell: CommandLine) -> None:
    url = "postgresql://someone:hidden@127.0.0.1:9/rollcall"
    settings = {"ROLLCALL_DATABASE_URL": url, "ROLLCALL_DATABASE_DIRECT_URL": ""}

    done = shell.run("doctor", **settings)
    found = findings(shell, **settings)

    assert done.exit_code == 1
    assert found["database"][0] == "broken"
    assert {"mail", "public URL", "secret key"} < set(found)
    assert "hidden" not in done.stdout + done.stderr


def test_damaged_secret_is_broken(shell: CommandLine) -> None:
    folder = Path(shell.settings["ROLLCALL_DATA_DIR"])
    folder.mkdir(parents=True)
    (folder / "secret.key").write_bytes(b"short")

    assert findings(shell)["secret key"][0] == "broken"


def test_migrate_makes_and_keeps_a_schema(
    database_factory: DatabaseFactory, shell: CommandLine
) -> None:
    database = database_factory.clone("cli_migrate")
    shell = CommandLine(database)
    shell.json("init", "-o", "Kept", "--owner", "olga@example.com")

    done = shell.run("migrate")

    assert done.exit_code == 0
    assert done.stdout == ""
    kept: list[Any] = shell.json("organization", "list")
    assert [entry["name"] for entry in kept] == ["Kept"]
