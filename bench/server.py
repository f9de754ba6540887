"""A server to measure: its own process, its own embedded database, one organization."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import UUID

import httpx

from api.embedded_database import EmbeddedDatabase
from bench.client import SCIM, Client
from graphql_schema.ids import Kind, make_id

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from api.embedded_database import DatabaseAddresses

ROOT = Path(__file__).resolve().parent.parent
PROGRAM = str(Path(sys.executable).with_name("rollcall"))
START_S = 60
STOP_S = 30
PAUSE_S = 0.1


@dataclass(frozen=True, slots=True)
class ServedOrganization:
    """Where the server is, and an organization with what opens it."""

    url: str
    organization_id: UUID
    base_url: str
    api_key: str = field(repr=False)
    access_token: str = field(repr=False)
    process: subprocess.Popen[bytes] = field(repr=False)
    environment: Mapping[str, str] = field(repr=False)

    @property
    def pid(self) -> int:
        """The server's first process, from which all others come."""
        return self.process.pid

    @property
    def graphql_id(self) -> str:
        """The organization as the admin API names it."""
        return make_id(Kind.ORGANIZATION, None, self.organization_id)

    def member_id(self, id_: UUID) -> str:
        """A member as the admin API names them."""
        return make_id(Kind.MEMBER, self.organization_id, id_)

    def scim(self) -> Client:
        """A connection to the SCIM endpoint."""
        return Client(self.base_url, self.api_key, SCIM)

    def graphql(self) -> Client:
        """A connection to the admin API."""
        return Client(self.url, self.access_token)

    def end(self) -> None:
        """Stop the server before its time; what else uses its database goes on."""
        stop(self.process)

    def another(self, name: str) -> ServedOrganization:
        """One more organization on the same server."""
        return _found(name, self.url, self.process, self.environment)


@contextmanager
def serving(
    data_dir: Path, *, workers: int = 1, settings: Mapping[str, str] | None = None
) -> Iterator[ServedOrganization]:
    """A running server with a fresh organization; it is stopped at the end."""
    with serving_alone(data_dir, workers=workers, settings=settings) as (process, environment):
        yield _found("Bench", environment["ROLLCALL_PUBLIC_URL"], process, environment)


@contextmanager
def serving_alone(
    data_dir: Path,
    *,
    workers: int = 1,
    settings: Mapping[str, str] | None = None,
    pause_s: float = PAUSE_S,
) -> Iterator[tuple[subprocess.Popen[bytes], Mapping[str, str]]]:
    """A server that is ready, as its process and environment; `pause_s` is between two looks."""
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    environment = os.environ | {
        "ROLLCALL_ROW_SECURITY": "off",
        "ROLLCALL_DATA_DIR": str(data_dir),
        "ROLLCALL_PORT": str(port),
        "ROLLCALL_PUBLIC_URL": url,
        "ROLLCALL_LOG_LEVEL": "warning",
        "ROLLCALL_SCIM_RATE_LIMIT": "0",
        "ROLLCALL_GRAPHQL_OPERATIONS_PER_MINUTE": "0",
        "ROLLCALL_GRAPHQL_COST_PER_MINUTE": "0",
        # A benchmark takes away and gives back as no provider does.
        "ROLLCALL_DEPROVISION_GUARD": "off",
    }
    environment |= settings or {}
    process = subprocess.Popen([PROGRAM, "serve", "--workers", str(workers)], env=environment)
    try:
        wait_until_ready(f"{url}/ready", process, pause_s=pause_s)
        yield process, environment
    finally:
        stop(process)


@contextmanager
def serving_with_database(
    folder: Path, *, workers: int = 1, settings: Mapping[str, str] | None = None
) -> Iterator[tuple[ServedOrganization, DatabaseAddresses]]:
    """The same with its database in a folder of its own, which may be asked directly."""
    with serving(folder / "data", workers=workers, settings=settings) as served:
        database = EmbeddedDatabase(folder / "data")
        addresses = database.start()
        try:
            yield served, addresses
        finally:
            database.release()


@contextmanager
def serving_next_to_nothing(
    pause_s: float = PAUSE_S,
) -> Iterator[tuple[str, subprocess.Popen[bytes]]]:
    """The URL and process of `bench/fanout.py`, on the same HTTP server as ours."""
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    command = [sys.executable, "-m", "uvicorn", "bench.fanout:app", "--port", str(port)]
    command += ["--loop", "uvloop", "--http", "httptools", "--no-access-log", "--lifespan", "off"]
    process = subprocess.Popen([*command, "--log-level", "error"], cwd=ROOT)
    try:
        wait_until_ready(f"{url}/ready", process, pause_s=pause_s)
        yield url, process
    finally:
        stop(process)


def _found(
    name: str, url: str, process: subprocess.Popen[bytes], environment: Mapping[str, str]
) -> ServedOrganization:
    owner = f"owner@{name.lower()}.example.com"
    made = subprocess.run(
        [PROGRAM, "init", "--organization", name, "--owner", owner, "--json"],
        env=environment,
        check=True,
        capture_output=True,
        text=True,
    )
    first = json.loads(made.stdout)
    return ServedOrganization(
        url,
        UUID(first["organizationId"]),
        first["scimBaseUrl"],
        first["scimApiKey"],
        first["accessToken"],
        process,
        environment,
    )


class NotReadyError(RuntimeError):
    """A server that ended or took too long before it answered."""


def free_port() -> int:
    """A port of 127.0.0.1 that nothing listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_until_ready(
    url: str,
    process: subprocess.Popen[bytes],
    headers: Mapping[str, str] | None = None,
    pause_s: float = PAUSE_S,
) -> None:
    """Until this URL answers with success, asked again after a pause. Raises NotReadyError."""
    end = time.monotonic() + START_S
    while time.monotonic() < end:
        if process.poll() is not None:
            raise NotReadyError(f"the server ended with {process.returncode}")
        try:
            if httpx.get(url, timeout=2, headers=headers, trust_env=False).is_success:
                return
        except httpx.TransportError:
            pass
        time.sleep(pause_s)
    raise NotReadyError("the server did not become ready")


def stop(process: subprocess.Popen[bytes]) -> None:
    """Ends the process unless it has ended, by force when it does not heed the wish."""
    process.send_signal(signal.SIGTERM)
    try:
        process.wait(STOP_S)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
