"""Starts, adopts and stops the PostgreSQL server process of one cluster."""

import os
import re
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from api.embedded_binaries import EmbeddedDatabaseError
from api.embedded_cluster import Cluster, configure

PORT = 5432  # names the socket; nothing listens on the network
LONGEST_SOCKET_PATH = 107
START_SECONDS = 300.0  # recovery after a crash may read a lot of log
RETRY_SECONDS = 10.0
STOP_SECONDS = 30.0
POLL_SECONDS = 0.01


@dataclass(frozen=True, slots=True)
class _Running:
    """What `postmaster.pid` says of a server."""

    pid: int
    socket_folder: Path
    status: str


class ServerProcess:
    """The server of one cluster, whether this process started it or found it running.

    Call `ensure_running` and `stop` under the start lock.
    """

    def __init__(self, cluster: Cluster, log_descriptor: int) -> None:
        self.socket_folder = cluster.folder
        self._cluster = cluster
        self._log = log_descriptor
        self._child: subprocess.Popen[bytes] | None = None

    def program(self, name: str) -> str:
        """The path of a program of the same version, such as `pg_dump`."""
        return self._cluster.binaries.program(name)

    def answers(self) -> bool:
        """Whether the server accepts connections; a process id alone would not prove it."""
        return _answers(self.socket_folder)

    def ensure_running(self) -> None:
        """Adopts the running server or starts one, at the same address as before.

        Raises EmbeddedDatabaseError when it does not get ready.
        """
        running = _read_pid_file(self._cluster)
        if running and running.status == "stopping" and _answers(running.socket_folder):
            self._wait_until_gone(running)
            running = _read_pid_file(self._cluster)
        if running and _answers(running.socket_folder):
            self.socket_folder = running.socket_folder
            self._child = None
        else:
            if self._child is not None:  # it stopped answering: it may need a moment to end
                with suppress(subprocess.TimeoutExpired):
                    self._child.wait(RETRY_SECONDS)
            self._choose_socket_folder(running.socket_folder if running else None)
            self._launch()
        self._wait_until_ready()

    def stop(self) -> None:
        """Stops the server the fast way: sessions end, data is written."""
        running = _read_pid_file(self._cluster)
        if running and _answers(running.socket_folder):
            _signal(running.pid, signal.SIGINT)
            if not self._wait_until_gone(running):
                _signal(running.pid, signal.SIGQUIT)
                self._wait_until_gone(running)
        if self._child is not None:
            self._child.wait(STOP_SECONDS)
        if self.socket_folder != self._cluster.folder:
            shutil.rmtree(self.socket_folder, ignore_errors=True)

    def leave(self) -> None:
        """Leaves the server to the other processes that use it."""
        if self._child is not None:
            self._child.returncode = 0  # there is nothing to wait for

    def _launch(self) -> None:
        stale = _read_pid_file(self._cluster)
        if stale:
            _forget_dead_pid(self._cluster, stale)
        configure(self._cluster)
        options = self._cluster.user.process_options()
        folder = str(self._cluster.folder)
        program = self._cluster.binaries.program("postgres")
        self._child = subprocess.Popen(
            [program, "-D", folder, "-k", str(self.socket_folder), "-p", str(PORT)],
            stdout=self._log,
            stderr=self._log,
            cwd=folder,
            # Ctrl-C reaches the application alone, which finishes its work and then stops us.
            start_new_session=True,
            **options,
        )

    def _wait_until_ready(self) -> None:
        deadline = time.monotonic() + START_SECONDS
        retry_until = time.monotonic() + RETRY_SECONDS
        while time.monotonic() < deadline:
            running = _read_pid_file(self._cluster)
            if running and running.status == "ready" and _answers(running.socket_folder):
                return
            if self._child is not None and self._child.poll() is not None:
                # Processes of a killed server may hold its memory for a moment longer.
                if time.monotonic() > retry_until:
                    raise EmbeddedDatabaseError(f"PostgreSQL did not start: {self._log_tail()}")
                time.sleep(0.2)
                self._launch()
            time.sleep(POLL_SECONDS)
        raise EmbeddedDatabaseError(f"PostgreSQL is not ready yet: {self._log_tail()}")

    def _wait_until_gone(self, running: _Running) -> bool:
        deadline = time.monotonic() + STOP_SECONDS
        while time.monotonic() < deadline:
            if self._child is not None:
                self._child.poll()
            found = _read_pid_file(self._cluster)
            if found is None or found.pid != running.pid:
                return True
            time.sleep(POLL_SECONDS)
        return False

    def _choose_socket_folder(self, previous: Path | None) -> None:
        """The cluster's own folder; a private one under /tmp when that makes no usable address."""
        cluster = self._cluster
        address = os.fsencode(cluster.folder / f".s.PGSQL.{PORT}")
        if len(address) <= LONGEST_SOCKET_PATH and re.fullmatch(rb"[\w./+-]+", address):
            self.socket_folder = cluster.folder
            return
        for known in (self.socket_folder, previous):  # others hold the address already
            if known not in (None, cluster.folder) and _is_private(known, cluster.user.uid):
                self.socket_folder = known
                return
        self.socket_folder = Path(tempfile.mkdtemp(prefix="rollcall-", dir="/tmp"))
        os.chown(self.socket_folder, cluster.user.uid, cluster.user.gid)

    def _log_tail(self) -> str:
        size = os.fstat(self._log).st_size
        tail = os.pread(self._log, 2000, max(0, size - 2000)).decode("utf-8", "replace")
        return " | ".join(tail.splitlines()[-6:])


def _read_pid_file(cluster: Cluster) -> _Running | None:
    try:
        lines = (cluster.folder / "postmaster.pid").read_text("utf-8").splitlines()
    except FileNotFoundError:
        return None
    if len(lines) < 8:  # being written
        return _Running(int(lines[0]) if lines else 0, cluster.folder, "starting")
    return _Running(int(lines[0]), Path(lines[4]), lines[7].strip())


def _answers(socket_folder: Path) -> bool:
    with socket.socket(socket.AF_UNIX) as probe:
        probe.settimeout(2.0)
        try:
            probe.connect(str(socket_folder / f".s.PGSQL.{PORT}"))
        except OSError:
            return False
    return True


def _forget_dead_pid(cluster: Cluster, stale: _Running) -> None:
    """Removes the lock files of a server that is gone although a process of its number exists.

    PostgreSQL would refuse to start. The number may be another program's, as after a restart of a
    container; or a killed server's parent, another user of this database, has not heard of it yet.
    PostgreSQL still finds out by itself when other processes of the old server live.
    """
    process = Path(f"/proc/{stale.pid}")
    try:
        state = process.joinpath("stat").read_text("utf-8", "replace").rpartition(") ")[2][:1]
        # A server always works in its own folder.
        dead = state in ("Z", "X") or process.joinpath("cwd").readlink() != cluster.folder
    except OSError:
        return
    if dead:
        (stale.socket_folder / f".s.PGSQL.{PORT}.lock").unlink(missing_ok=True)
        (cluster.folder / "postmaster.pid").unlink(missing_ok=True)


def _is_private(folder: Path, uid: int) -> bool:
    try:
        status = folder.lstat()
    except OSError:
        return False
    return folder.parent == Path("/tmp") and (status.st_uid, status.st_mode) == (uid, 0o040700)  # noqa: S108


def _signal(pid: int, number: signal.Signals) -> None:
    try:
        os.kill(pid, number)
    except ProcessLookupError:
        return
