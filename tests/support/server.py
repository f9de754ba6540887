"""A real server in processes of its own, for tests that go in by its front door.

    with running_server(database=test_database) as server:
        made = server.init("Acme")
        httpx.get(f"{server.url}/ready")

Without `database` the server runs an embedded one of its own in `folder`.
"""

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from socket import AF_INET, SOCK_STREAM, socket
from typing import Any

from api.cli import SERVING
from api.embedded_database import EmbeddedDatabase
from tests.support import begun_folder, command_forge
from tests.support.database import ROW_SECURITY, RUN_FOLDER, TestDatabase
from tests.support.processes import children_of

PROGRAM = Path(sys.executable).parent / "rollcall"
START_SECONDS = 60.0
STOP_SECONDS = 30.0


@dataclass(slots=True)
class RunningServer:
    """A server that answers; `environment` is what every command needs to find it."""

    url: str
    folder: Path
    environment: dict[str, str]
    process: subprocess.Popen[bytes]
    log: Path

    def rollcall(self, *arguments: str, within: float = 60.0) -> "subprocess.CompletedProcess[str]":
        """Runs a command with the server's settings; its exit code is the caller's to look at."""
        return rollcall(*arguments, environment=self.environment, within=within)

    def init(self, organization: str, owner: str = "owner@example.com") -> dict[str, Any]:
        """A new organization, as `init --json` prints it: organizationId, scimApiKey …"""  # noqa: D400
        named = ("--organization", organization, "--owner", owner)
        done = self.rollcall("init", *named, "--json")
        assert done.returncode == 0, done.stderr
        made: dict[str, Any] = json.loads(done.stdout)
        return made

    def worker_pids(self) -> list[int]:
        """The processes that answer requests."""
        return children_of(self.process.pid, "api.process_entry")

    def database_pid(self) -> int:
        """The main process of the server's own embedded database."""
        (pid_file,) = self.folder.glob("data/postgresql-*/postmaster.pid")
        return int(pid_file.read_text().split()[0])

    def is_ready(self) -> bool:
        """Whether /ready says so, now."""
        # Not a client of httpx, whose making costs more than the server's answer.
        connection = HTTPConnection(self.url.removeprefix("http://"), timeout=5)
        try:
            connection.request("GET", "/ready")
            return connection.getresponse().status == 200
        except (OSError, HTTPException):
            return False
        finally:
            connection.close()

    def wait_until_ready(self, within: float = START_SECONDS) -> None:
        """Raises AssertionError, with the log, when it does not come true."""
        deadline = time.monotonic() + within
        while not self.is_ready():
            ended = self.process.poll()
            late = time.monotonic() > deadline
            assert ended is None and not late, f"not ready ({ended}): {self.log.read_text()}"  # noqa: PT018
            time.sleep(0.05)

    def stop(self, number: signal.Signals = signal.SIGINT) -> int:
        """Asks the server to stop; its exit code."""
        self.process.send_signal(number)
        return self.process.wait(STOP_SECONDS)


@contextmanager
def running_server(
    folder: Path | None = None,
    *,
    workers: int = 1,
    database: TestDatabase | None = None,
    env: Mapping[str, str] | None = None,
    from_nothing: bool = False,
) -> Iterator[RunningServer]:
    """A server on a free port, stopped at the end with all that belongs to it.

    `folder` must let the database's user in where tests run as root (the fixture `data_dir` does);
    one is made when none is given. `env` adds settings. Its embedded database has been begun
    before, unless it is to start `from_nothing`.
    """
    own = folder is None
    folder = folder or server_folder()
    environment = server_environment(folder, database) | {"ROLLCALL_WORKERS": str(workers)}
    if database is None and not from_nothing and not (folder / "data").exists():
        begun_folder.begin(folder / "data")
    environment |= env or {}
    log = folder / "server.log"
    with log.open("ab") as output:
        process = subprocess.Popen(
            [PROGRAM, "serve"], env=environment, stdout=output, stderr=output
        )
    port = environment["ROLLCALL_PORT"]
    server = RunningServer(f"http://127.0.0.1:{port}", folder, environment, process, log)
    try:
        server.wait_until_ready()
        yield server
    finally:
        if process.poll() is None:
            try:
                server.stop()
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        stop_database(folder)
        if own:
            shutil.rmtree(folder, ignore_errors=True)


def server_folder() -> Path:
    """A new folder that the database's user can enter."""
    folder = Path(tempfile.mkdtemp(prefix="server-", dir=os.environ.get(RUN_FOLDER)))
    folder.chmod(0o711)
    return folder


def server_environment(folder: Path, database: TestDatabase | None = None) -> dict[str, str]:
    """The settings of a server on a free port with its data in `folder`."""
    inherited = {name: value for name, value in os.environ.items() if "ROLLCALL_" not in name}
    settings = {
        "ROLLCALL_DATA_DIR": str(folder / "data"),
        "ROLLCALL_PORT": str(free_port()),
        "ROLLCALL_INVITATION_GRACE_SECONDS": "0",
        "ROLLCALL_SCIM_RATE_LIMIT": "0",
        "ROLLCALL_GRAPHQL_OPERATIONS_PER_MINUTE": "0",
        "ROLLCALL_GRAPHQL_COST_PER_MINUTE": "0",
        "ROLLCALL_ROW_SECURITY": "on" if ROW_SECURITY else "off",
    }
    if database is not None:
        settings["ROLLCALL_DATABASE_URL"] = database.server_url
        settings["ROLLCALL_DATABASE_DIRECT_URL"] = database.owner_url
    return inherited | settings


def rollcall(
    *arguments: str, environment: Mapping[str, str], within: float = 60.0
) -> "subprocess.CompletedProcess[str]":
    """Runs the command line program as a person would.

    Another version of it, which `PYTHONPATH` names, is not what the forge has imported.
    """
    if arguments[0] not in SERVING and "PYTHONPATH" not in environment:
        return command_forge.run(arguments, environment, within)
    return subprocess.run(
        [PROGRAM, *arguments],
        env=environment,
        capture_output=True,
        check=False,
        text=True,
        timeout=within,
    )


def stop_database(folder: Path) -> None:
    """Stops an embedded database that a killed server left running."""
    for pid_file in folder.glob("data/postgresql-*/postmaster.pid"):
        database = EmbeddedDatabase(pid_file.parent.parent)
        database.start()
        database.release()


def free_port() -> int:
    """A port that nothing listened on a moment ago."""
    with socket(AF_INET, SOCK_STREAM) as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
