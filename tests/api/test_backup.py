"""A backup holds everything of one moment and comes back complete, or nothing changes."""

import asyncio
import json
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path
from subprocess import CompletedProcess
from urllib.parse import urlsplit

import asyncpg
import pytest

from api.embedded_binaries import choose_user, find_binaries
from tests.docs.pages import DOCS
from tests.docs.sessions import run, steps
from tests.support.begun_folder import begin
from tests.support.command_forge import write_program
from tests.support.command_line import CommandLine
from tests.support.database import DatabaseFactory, TestDatabase
from tests.support.server import (
    PROGRAM,
    rollcall,
    running_server,
    server_environment,
    stop_database,
)


@pytest.fixture
def other(data_dir: Path) -> Iterator[dict[str, str]]:
    """The settings of a machine on which nothing is yet."""
    folder = data_dir / "other"
    folder.mkdir(mode=0o711)
    yield server_environment(folder)
    stop_database(folder)


@pytest.fixture
def first(data_dir: Path) -> Iterator[dict[str, str]]:
    """The settings of a machine with the organization Acme."""
    folder = data_dir / "first"
    folder.mkdir(mode=0o711)
    environment = server_environment(folder)
    begin(folder / "data")
    made = rollcall("init", "-o", "Acme", "--owner", "olga@example.com", environment=environment)
    assert made.returncode == 0, made.stderr
    yield environment
    stop_database(folder)


def organizations(environment: dict[str, str]) -> list[str]:
    listed = rollcall("organization", "list", "--json", environment=environment)
    assert listed.returncode == 0, listed.stderr
    return [each["name"] for each in json.loads(listed.stdout)]


def verified(environment: dict[str, str]) -> "CompletedProcess[str]":
    return rollcall("audit", "verify", "-o", "Acme", environment=environment)


def test_comes_back_on_another_machine_with_its_history(
    first: dict[str, str], other: dict[str, str], data_dir: Path
) -> None:
    file = data_dir / "acme.backup"

    written = rollcall("backup", str(file), environment=first)
    read = rollcall("restore", str(file), environment=other)

    assert (written.returncode, read.returncode) == (0, 0), written.stderr + read.stderr
    assert file.stat().st_mode & 0o777 == 0o600
    assert "secret.key, but not beside the backup" in written.stderr + written.stdout
    folder = first["ROLLCALL_DATA_DIR"]
    assert f"{file} holds 1 organization: all of {folder}." in written.stderr
    kept = f"{other['ROLLCALL_DATA_DIR']}/secret.key"
    assert read.stderr.endswith(f"put the copy that you kept back as {kept}.\n")
    assert organizations(other) == ["Acme"]
    assert verified(other).returncode == 0
    # The rights of the server's role came along: history stays append-only.
    with running_server(Path(other["ROLLCALL_DATA_DIR"]).parent, env=other) as server:
        doctor = server.rollcall("doctor")
    assert "history is append-only" in doctor.stdout + doctor.stderr


def test_goes_to_the_output_for_a_program_that_encrypts_it(
    first: dict[str, str], other: dict[str, str], data_dir: Path
) -> None:
    file = data_dir / "piped.backup"
    with file.open("wb") as output:
        subprocess.run([PROGRAM, "backup", "-"], env=first, stdout=output, check=True)

    read = rollcall("restore", str(file), environment=other)

    assert read.returncode == 0, read.stderr
    assert organizations(other) == ["Acme"]


def test_is_taken_while_the_server_runs_and_brought_back_only_when_it_does_not(
    data_dir: Path,
) -> None:
    with running_server(data_dir) as server:
        server.init("Acme")
        file = data_dir / "acme.backup"
        assert server.rollcall("backup", str(file)).returncode == 0
        server.init("Later")

        refused = server.rollcall("restore", str(file), "--replace")

        assert refused.returncode == 1
        assert "The server runs. Stop it" in refused.stderr + refused.stdout
        assert organizations(server.environment) == ["Acme", "Later"]
    replaced = rollcall("restore", str(file), "--replace", environment=server.environment)
    assert replaced.returncode == 0, replaced.stderr
    assert organizations(server.environment) == ["Acme"]


def test_what_is_there_stays_unless_told_and_whenever_the_file_is_damaged(
    first: dict[str, str], data_dir: Path
) -> None:
    file, cut, locked = (data_dir / name for name in ("acme.backup", "cut", "locked"))
    assert rollcall("backup", str(file), environment=first).returncode == 0
    whole = file.read_bytes()
    cut.write_bytes(whole[: len(whole) // 2])
    locked.write_bytes(b"age-encryption.org/v1")
    attempts = {
        "With --replace they go": ("restore", str(file)),
        "pg_restore failed": ("restore", str(cut), "--replace"),
        "is no backup": ("restore", str(locked), "--replace"),
        "exists; choose another name": ("backup", str(file)),
    }

    for says, command in attempts.items():
        refused = rollcall(*command, environment=first)

        assert refused.returncode == 1
        assert says in refused.stderr + refused.stdout
    assert file.read_bytes() == whole
    assert verified(first).returncode == 0


def test_what_is_no_backup_makes_no_database(other: dict[str, str], tmp_path: Path) -> None:
    refused = rollcall("restore", str(tmp_path / "missing"), environment=other)

    assert refused.returncode == 1
    assert refused.stderr == f"{tmp_path / 'missing'} cannot be read (No such file or directory).\n"
    assert not Path(other["ROLLCALL_DATA_DIR"]).exists()


def test_the_page_on_backups_can_be_followed(other: dict[str, str], tmp_path: Path) -> None:
    todo = steps(DOCS / "backup.md")
    begin(Path(other["ROLLCALL_DATA_DIR"]))
    programs = tmp_path / "programs"
    programs.mkdir()
    write_program(programs)
    path = f"{programs}{os.pathsep}{os.environ['PATH']}"

    result = run(todo, tmp_path, other | {"PATH": path})

    assert len(result.printed) == len(todo) == 2
    assert result.exit_code == 0, result.printed


def test_own_postgresql_comes_back_by_its_own_tools(
    database_factory: DatabaseFactory, worker_id: str, tmp_path: Path
) -> None:
    before, after = (database_factory.clone(f"{n}_{worker_id}") for n in ("dumped", "restored"))
    asyncio.run(empty(after, before.superuser_url))
    programs = find_binaries(set(), choose_user(None, None))
    assert CommandLine(before).run("init", "-o", "Acme", "--owner", "o@example.com").exit_code == 0
    file = tmp_path / "rollcall.dump"
    dump = ["pg_dump", "--format=custom", f"--file={file}", f"--dbname={before.superuser_url}"]
    restore = ["pg_restore", "--exit-on-error", f"--dbname={after.superuser_url}", str(file)]

    for program, *arguments in (dump, restore):
        subprocess.run([programs.program(program), *arguments], check=True)

    shell = CommandLine(after)
    assert shell.run("migrate").exit_code == 0
    found = {row["what"]: row["health"] for row in json.loads(shell.run("doctor", "--json").stdout)}
    assert {found[what] for what in ("database", "schema", "rights", "time limits")} == {"ok"}
    assert shell.json("audit", "verify", "-o", "acme")["holds"] is True
    assert [each["slug"] for each in shell.json("organization", "list")] == ["acme"]


async def empty(database: TestDatabase, elsewhere: str) -> None:
    """Make it a database without anything, which belongs to the owner."""
    name = urlsplit(database.superuser_url).path[1:]
    connection = await asyncpg.connect(elsewhere)
    try:
        await connection.execute(f"DROP DATABASE {name} WITH (FORCE)")
        await connection.execute(f"CREATE DATABASE {name} OWNER rollcall_owner")
    finally:
        await connection.close()


def test_own_postgresql_has_its_own_tools(data_dir: Path) -> None:
    environment = server_environment(data_dir) | {
        "ROLLCALL_DATABASE_URL": "postgresql://nobody@127.0.0.1:9/rollcall"
    }

    refused = rollcall("backup", str(data_dir / "x"), environment=environment)

    assert refused.returncode == 1
    assert "use its own pg_dump" in refused.stderr + refused.stdout
