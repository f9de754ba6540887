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

import httpx

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

START_S = 60
STOP_S = 30


@dataclass(frozen=True, slots=True)
class ServedOrganization:
    """Where the server is and how to call it."""

    url: str
    organization_id: str
    base_url: str
    api_key: str = field(repr=False)
    access_token: str = field(repr=False)
    pid: int


@contextmanager
def serving(data_dir: Path, *, workers: int = 1) -> Iterator[ServedOrganization]:
    """A running server with a fresh organization; it is stopped at the end."""
    rollcall = Path(sys.executable).with_name("rollcall")
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    environment = os.environ | {
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
    process = subprocess.Popen([str(rollcall), "serve", "--workers", str(workers)], env=environment)
    try:
        wait_until_ready(f"{url}/ready", process)
        made = subprocess.run(
            [
                str(rollcall),
                *["init", "--organization", "Bench", "--owner", "owner@example.com", "--json"],
            ],
            env=environment,
            check=True,
            capture_output=True,
            text=True,
        )
        first = json.loads(made.stdout)
        yield ServedOrganization(
            url,
            first["organizationId"],
            first["scimBaseUrl"],
            first["scimApiKey"],
            first["accessToken"],
            process.pid,
        )
    finally:
        stop(process)


class NotReadyError(RuntimeError):
    """A server that ended or took too long before it answered."""


def free_port() -> int:
    """A port of 127.0.0.1 that nothing listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_until_ready(
    url: str, process: subprocess.Popen[bytes], headers: Mapping[str, str] | None = None
) -> None:
    """Until this URL answers with success. Raises NotReadyError."""
    end = time.monotonic() + START_S
    while time.monotonic() < end:
        if process.poll() is not None:
            raise NotReadyError(f"the server ended with {process.returncode}")
        try:
            if httpx.get(url, timeout=2, headers=headers, trust_env=False).is_success:
                return
        except httpx.TransportError:
            pass
        time.sleep(0.1)
    raise NotReadyError("the server did not become ready")


def stop(process: subprocess.Popen[bytes]) -> None:
    """Ends the process, by force when it does not heed the wish."""
    process.send_signal(signal.SIGTERM)
    try:
        process.wait(STOP_S)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
