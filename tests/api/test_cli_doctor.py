"""`rollcall doctor` and `rollcall migrate`: what they find, and what they say to do."""

import asyncio
import json
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import asyncpg
import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.handlers import Sink

from graphql_schema.trusted import hash_of
from tests.api.test_public_address import CERTIFICATE, rollcall, tls
from tests.support.command_line import CommandLine
from tests.support.database import DatabaseFactory, TestDatabase
from tests.support.http_server import serving
from tests.support.server import free_port

SECRET = "k" * 32
NOBODY = "http://127.0.0.1:9"


@pytest.fixture
def shell(worker_database: TestDatabase) -> CommandLine:
    return CommandLine(worker_database, ROLLCALL_PUBLIC_URL=NOBODY, ROLLCALL_SECRET_KEY="")


@pytest.fixture
def mail_server() -> Iterator[Controller]:
    controller = Controller(Sink(), hostname="127.0.0.1", port=free_port())
    controller.start()
    yield controller
    controller.stop()


def findings(shell: CommandLine, **settings: str) -> dict[str, tuple[str, str]]:
    done = CommandLine.run(shell, "doctor", "--json", **settings)
    return {row["what"]: (row["health"], row["text"]) for row in json.loads(done.stdout)}


@pytest.fixture
def public_url(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """An https address with a name of the world, at which this deployment answers."""
    resolve = socket.getaddrinfo

    def here(host: Any, *rest: Any, **options: Any) -> Any:
        known = host in ("rollcall.example.com", b"rollcall.example.com")
        return resolve("127.0.0.1" if known else host, *rest, **options)

    monkeypatch.setattr(socket, "getaddrinfo", here)
    monkeypatch.setenv("SSL_CERT_FILE", str(CERTIFICATE))
    with serving(rollcall(SECRET.encode()), tls()) as url:
        yield url.replace("localhost", "rollcall.example.com")


def test_healthy_deployment_is_exit_code_zero(
    shell: CommandLine, mail_server: Controller, public_url: str, tmp_path: Path
) -> None:
    document = "{ viewer { scopes } }"
    documents = tmp_path / "documents.json"
    documents.write_text(json.dumps({hash_of(document): document}))
    settings = {
        "ROLLCALL_SMTP_HOST": "127.0.0.1",
        "ROLLCALL_SMTP_PORT": str(mail_server.port),
        "ROLLCALL_SMTP_SECURITY": "none",
        "ROLLCALL_SECRET_KEY": SECRET,
        "ROLLCALL_PUBLIC_URL": public_url,
        "ROLLCALL_GRAPHQL_DOCUMENTS": str(documents),
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
        "trusted documents": "ok",
    }
    assert "the server is rollcall_server" in found["rights"][1]
    assert found["public URL"][1] == f"{public_url}: this Rollcall answers there."
    assert found["trusted documents"][1] == f"1 of {documents}"


@pytest.mark.parametrize(
    ("content", "health", "said"),
    [
        (None, "broken", "cannot be read (No such file or directory)"),
        ("[]", "broken", "cannot be used: it must be an object of hashes and texts"),
        ({"x": "{ viewer { scopes } }"}, "broken", "x is not the SHA-256 of its document"),
        ("{}", "advice", "is an empty object"),
        ("{ viewer { gone } }", "broken", "1 of 2 do not fit this version's schema"),
        ("{ viewer ", "broken", "1 of 2 do not fit this version's schema"),
    ],
)
def test_trusted_documents_are_read_as_the_server_reads_them(
    shell: CommandLine, tmp_path: Path, content: Any, health: str, said: str
) -> None:
    file = tmp_path / "documents.json"
    match content:
        case dict():
            file.write_text(json.dumps(content))
        case "[]" | "{}":
            file.write_text(content)
        case None:
            pass
        case _:
            texts = ("{ viewer { scopes } }", content)
            file.write_text(json.dumps({hash_of(text): text for text in texts}))

    found = findings(shell, ROLLCALL_GRAPHQL_DOCUMENTS=str(file))["trusted documents"]

    assert found[0] == health
    assert said in found[1]


@pytest.mark.parametrize("secret", [SECRET, "t" * 32])
def test_an_unsafe_address_is_advice_and_another_rollcall_is_broken(
    shell: CommandLine, secret: str
) -> None:
    with serving(rollcall(SECRET.encode())) as url:
        found = findings(shell, ROLLCALL_PUBLIC_URL=url, ROLLCALL_SECRET_KEY=secret)["public URL"]

    assert found[0] == ("advice" if secret == SECRET else "broken")


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

    assert findings(CommandLine(database, ROLLCALL_PUBLIC_URL=NOBODY))["schema"] == (
        "advice",
        "revision 9999 is of a newer version: start that one.",
    )


def test_what_a_laptop_lacks_is_advice(shell: CommandLine) -> None:
    done = shell.run("doctor")
    found = findings(shell)

    assert done.exit_code == 0
    assert "trusted documents" not in found
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
