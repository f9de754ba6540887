"""The server's processes: they start, survive what kills them, share a port, and end in order."""

import os
import shutil
import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from socket import create_connection

import httpx
import pytest

from tests.support.database import DatabaseFactory, TestDatabase
from tests.support.processes import is_running
from tests.support.server import (
    PROGRAM,
    START_SECONDS,
    RunningServer,
    free_port,
    rollcall,
    running_server,
    server_environment,
    server_folder,
)


def wait_until(true: Callable[[], bool], within: float = START_SECONDS) -> None:
    deadline = time.monotonic() + within
    while not true():
        assert time.monotonic() < deadline, "it did not come true"
        time.sleep(0.02)


def members(server: RunningServer, organization: dict[str, str]) -> int:
    """The number of members, asked over SCIM on a fresh connection."""
    answer = httpx.get(
        f"{organization['scimBaseUrl']}/Users",
        params={"count": 0},
        headers={"Authorization": f"Bearer {organization['scimApiKey']}"},
        timeout=20,
    )
    assert answer.status_code == 200, answer.text
    total: int = answer.json()["totalResults"]
    return total


@pytest.mark.parametrize("workers", [1, 2])
def test_starts_serves_and_ends_in_order(data_dir: Path, workers: int) -> None:
    # The database is the parent's matter, however many processes it starts.
    with running_server(data_dir, workers=workers, from_nothing=workers == 1) as server:
        acme = server.init("Acme")
        assert members(server, acme) == 1
        assert len(server.worker_pids()) == workers
        processes = [*server.worker_pids(), server.database_pid()]

        assert server.stop() == 0

        assert not any(map(is_running, processes))
        assert not list(data_dir.glob("data/postgresql-*/postmaster.pid"))
        assert "Traceback" not in server.log.read_text()

    with running_server(data_dir, workers=workers) as again:
        assert again.stop(signal.SIGTERM) == 0


def test_options_of_the_command_come_before_the_settings(worker_database: TestDatabase) -> None:
    folder = server_folder()
    environment = server_environment(folder, worker_database) | {"ROLLCALL_WORKERS": "1"}
    port = str(free_port())
    log = folder / "server.log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            [PROGRAM, "serve", "--host", "127.0.0.1", "--port", port, "--workers", "2"],
            env=environment,
            stdout=output,
            stderr=output,
        )
    server = RunningServer(f"http://127.0.0.1:{port}", folder, environment, process, log)
    try:
        server.wait_until_ready()
        assert len(server.worker_pids()) == 2
    finally:
        assert server.stop() == 0
        shutil.rmtree(folder)


@pytest.mark.faults
@pytest.mark.parametrize("workers", [1, 2])
def test_killed_worker_is_replaced(data_dir: Path, workers: int) -> None:
    with running_server(data_dir, workers=workers) as server:
        acme = server.init("Acme")
        before = server.worker_pids()

        os.kill(before[0], signal.SIGKILL)

        # A connection waits in the listening socket's queue, it is not refused.
        assert members(server, acme) == 1
        wait_until(lambda: len(server.worker_pids()) == workers)
        assert before[0] not in server.worker_pids()
        assert server.stop() == 0


@pytest.mark.faults
def test_killed_database_is_restarted_and_keeps_what_it_had(data_dir: Path) -> None:
    with running_server(data_dir) as server:
        acme = server.init("Acme")
        workers = server.worker_pids()
        database = server.database_pid()

        os.kill(database, signal.SIGKILL)
        wait_until(lambda: not is_running(database))
        server.wait_until_ready(within=20)

        assert server.database_pid() != database
        assert members(server, acme) == 1
        assert server.worker_pids() == workers


@pytest.mark.faults
def test_killed_server_leaves_nothing_in_the_way_of_the_next(data_dir: Path) -> None:
    with running_server(data_dir, workers=2) as server:
        acme = server.init("Acme")
        workers = server.worker_pids()
        database = server.database_pid()
        server.process.kill()
        server.process.wait()

        wait_until(lambda: not any(map(is_running, workers)), within=10)
        assert is_running(database)

    with running_server(data_dir, env={"ROLLCALL_PORT": server.url.rpartition(":")[2]}) as again:
        assert members(again, acme) == 1


def test_request_that_runs_is_answered_before_the_end(data_dir: Path) -> None:
    with running_server(data_dir) as server:
        acme = server.init("Acme")
        body = (
            b'{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"userName":"a@example.com"}'
        )

        def slowly() -> "list[bytes]":
            server.process.send_signal(signal.SIGTERM)
            time.sleep(0.5)
            return [body[40:]]

        def parts() -> "object":
            yield body[:40]
            yield from slowly()

        answer = httpx.post(
            f"{acme['scimBaseUrl']}/Users",
            content=parts(),  # type: ignore[arg-type]
            headers={
                "Authorization": f"Bearer {acme['scimApiKey']}",
                "Content-Type": "application/scim+json",
                "Content-Length": str(len(body)),
            },
            timeout=20,
        )

        assert answer.status_code == 201
        assert server.process.wait(20) == 0


def test_who_comes_while_the_server_stops_is_refused_not_left_waiting(data_dir: Path) -> None:
    with running_server(data_dir) as server:
        port = int(server.url.rpartition(":")[2])
        # given a server that stops and still has a request to answer
        with create_connection(("127.0.0.1", port)) as slow:
            slow.sendall(b"POST /graphql HTTP/1.1\r\nhost: x\r\ncontent-length: 9\r\n\r\n")
            server.process.send_signal(signal.SIGTERM)

            # when others come, then they soon hear that nobody is there
            wait_until(lambda: is_refused(port), within=8)
            assert server.worker_pids()
            slow.sendall(b"{}       ")
            assert slow.recv(100).startswith(b"HTTP/1.1 ")
        assert server.process.wait(20) == 0


def is_refused(port: int) -> bool:
    """Whether nothing listens on the port any more."""
    try:
        create_connection(("127.0.0.1", port), timeout=5).close()
    except ConnectionRefusedError:
        return True
    return False


def test_port_in_use_is_one_clear_line(database_factory: DatabaseFactory, data_dir: Path) -> None:
    database = database_factory.clone("port_in_use")
    with running_server(data_dir, database=database) as server:
        port = server.environment["ROLLCALL_PORT"]

        refused = server.rollcall("serve")

        assert refused.returncode == 1
        assert refused.stderr.strip().startswith(f"Port {port} of 127.0.0.1 is in use.")
        assert len(refused.stderr.splitlines()) == 1
        assert server.is_ready()


def test_unreachable_database_is_one_clear_line_without_the_password(data_dir: Path) -> None:
    environment = server_environment(data_dir)
    url = "postgresql://someone:hidden@127.0.0.1:9/rollcall"
    environment["ROLLCALL_DATABASE_URL"] = url

    for command in (("serve",), ("organization", "list")):
        refused = rollcall(*command, environment=environment)

        assert refused.returncode == 1
        assert refused.stderr.startswith("The database at 127.0.0.1:9/rollcall does not answer")
        assert len(refused.stderr.splitlines()) == 1
        assert "hidden" not in refused.stderr


def test_interrupt_during_the_start_leaves_no_database_behind(data_dir: Path) -> None:
    process = subprocess.Popen([PROGRAM, "serve"], env=server_environment(data_dir))
    wait_until(lambda: bool(list(data_dir.glob("data/postgresql-*/postmaster.pid"))))

    process.send_signal(signal.SIGINT)

    assert process.wait(30) == 0
    assert not list(data_dir.glob("data/postgresql-*/postmaster.pid"))
