"""A peer's process: started, restarted when a row left it busy, and stopped at the end."""

from __future__ import annotations

import os
import secrets
import subprocess
from typing import IO, TYPE_CHECKING, Self

from bench.server import free_port, stop, wait_until_ready

if TYPE_CHECKING:
    from pathlib import Path

    from bench.peers.catalogue import Command, Peer


class PeerProcess:
    """One peer on a loopback port. Use it as a context manager."""

    def __init__(self, peer: Peer, command: Command, database: dict[str, str], log: Path) -> None:
        port = free_port()
        self.token = secrets.token_urlsafe(24)
        self.base_url = f"http://127.0.0.1:{port}{peer.scim_path}"
        self._command = command
        self._environment = _neutral() | database | command.environment
        self._environment |= {"BENCH_TOKEN": self.token, command.port_variable: str(port)}
        self._path = log
        self._log: IO[bytes] | None = None
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        self._log = self._path.open("ab")
        try:
            self._start()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self._stop()
        if self._log is not None:
            self._log.close()

    def restart(self) -> None:
        """Ends what it is still busy with."""
        self._stop()
        self._start()

    def said(self) -> str:
        """The end of what it printed."""
        return self._path.read_text(encoding="utf-8", errors="replace")[-2000:]

    def _start(self) -> None:
        self._process = subprocess.Popen(
            self._command.arguments,
            cwd=self._command.folder,
            env=self._environment,
            stdin=subprocess.DEVNULL,
            stdout=self._log,
            stderr=self._log,
        )
        headers = {"Authorization": f"Bearer {self.token}"}
        wait_until_ready(f"{self.base_url}/ServiceProviderConfig", self._process, headers)

    def _stop(self) -> None:
        if self._process is not None:
            stop(self._process)
            self._process = None


def _neutral() -> dict[str, str]:
    """Our environment without what would lead another Python into our packages."""
    unwanted = ("PYTHON", "VIRTUAL_ENV", "PG")
    return {name: value for name, value in os.environ.items() if not name.startswith(unwanted)}
