"""Supervises the embedded PostgreSQL: starts, adopts, watches, restarts and stops it.

Several processes may share one database. Each holds a shared lock on the lease file for as long
as it uses the database; whoever gives up the last lease stops it. A killed process leaves the
database running, and the next one adopts it.
"""

import asyncio
import fcntl
import logging
import os
import re
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from api.embedded_binaries import EmbeddedDatabaseError, choose_user, find_binaries
from api.embedded_cluster import (
    DATABASE,
    OWNER_ROLE,
    SERVER_ROLE,
    SUPERUSER,
    Cluster,
    configure,
    existing_majors,
    open_cluster,
    owner_of_cluster,
)

log = logging.getLogger("rollcall.database")

PORT = 5432  # names the socket; nothing listens on the network
LONGEST_SOCKET_PATH = 107
START_SECONDS = 300.0  # recovery after a crash may read a lot of log
STOP_SECONDS = 30.0
POLL_SECONDS = 0.01


@dataclass(frozen=True, slots=True)
class DatabaseAddresses:
    """URLs of one database for the owner of the schema, the server, and for administration."""

    owner_url: str
    server_url: str
    superuser_url: str


@dataclass(frozen=True, slots=True)
class _Running:
    """What `postmaster.pid` says of a database server."""

    pid: int
    socket_folder: Path
    status: str


class EmbeddedDatabase:
    """One data folder's database. `start()` it, then `release()` it."""

    def __init__(self, data_dir: Path, *, pg_user: str | None = None) -> None:
        self.data_dir = data_dir.absolute()
        self._pg_user = pg_user
        self._cluster: Cluster | None = None
        self._socket_folder: Path | None = None
        self._lease: int | None = None
        self._child: subprocess.Popen[bytes] | None = None

    def start(self) -> DatabaseAddresses:
        """Starts the database, or adopts it when it runs, and takes a lease on it.

        Raises EmbeddedDatabaseError with what to do about it.
        """
        try:
            self.data_dir.mkdir(mode=0o755, parents=True, exist_ok=True)
        except OSError as error:
            raise EmbeddedDatabaseError(
                f"The data folder {self.data_dir} cannot be made ({error.strerror}). "
                f"ROLLCALL_DATA_DIR chooses another."
            ) from error
        with self._locked():
            user = choose_user(self._pg_user, owner_of_cluster(self.data_dir))
            binaries = find_binaries(existing_majors(self.data_dir), user)
            self._cluster = open_cluster(self.data_dir, binaries, user)
            self._take_lease()
            try:
                self._adopt_or_start()
            except BaseException:
                self._drop_lease()
                raise
        return self.addresses()

    def addresses(self) -> DatabaseAddresses:
        """The URLs of the running database, over its socket."""
        where = f"@/{DATABASE}?host={self._socket_folder}&port={PORT}"
        roles = (OWNER_ROLE, SERVER_ROLE, SUPERUSER)
        return DatabaseAddresses(*(f"postgresql://{role}{where}" for role in roles))

    def is_alive(self) -> bool:
        """Whether the database accepts connections; a process id alone would not prove it."""
        return self._socket_folder is not None and _answers(self._socket_folder)

    def restart_if_dead(self) -> bool:
        """Starts the database again at the same address when it died; True when it had to."""
        if self.is_alive():
            return False
        with self._locked():
            if self.is_alive():  # another process was faster
                return False
            self._adopt_or_start()
        return True

    async def watch(
        self, on_restart: Callable[[], None] | None = None, *, interval_seconds: float = 0.5
    ) -> None:
        """Restarts the database whenever it dies, until cancelled."""
        while True:
            await asyncio.sleep(interval_seconds)
            try:
                restarted = await asyncio.to_thread(self.restart_if_dead)
            except EmbeddedDatabaseError as error:
                log.error("The embedded database does not start again: %s", error)
                continue
            if restarted:
                log.warning("The embedded database had died and was started again.")
                if on_restart is not None:
                    on_restart()

    def release(self) -> None:
        """Gives up the lease and stops the database unless another process still uses it."""
        if self._lease is None:
            return
        with self._locked():
            lease = self._lease
            try:
                fcntl.flock(lease, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                if self._child is not None:
                    self._child.returncode = 0  # left to the others: nothing to wait for
            else:
                self._stop()
            self._drop_lease()

    def _adopt_or_start(self) -> None:
        cluster = self._require_cluster()
        running = _read_pid_file(cluster)
        if running and running.status == "stopping" and _answers(running.socket_folder):
            self._wait_until_gone(running, STOP_SECONDS)
            running = _read_pid_file(cluster)
        if running is None or not _answers(running.socket_folder):
            if running is not None:
                _forget_recycled_pid(cluster, running)
            self._choose_socket_folder(running.socket_folder if running else None)
            self._launch()
        else:
            self._socket_folder = running.socket_folder
        self._wait_until_ready()

    def _launch(self) -> None:
        cluster = self._require_cluster()
        configure(cluster)
        folder = str(cluster.folder)
        place = ["-k", str(self._socket_folder), "-p", str(PORT)]
        options = cluster.user.process_options() | {"cwd": folder, "start_new_session": True}
        # A session of its own: Ctrl-C reaches the application first, which then stops us.
        with self._log_path().open("ab") as output:
            command = [cluster.binaries.program("postgres"), "-D", folder, *place]
            self._child = subprocess.Popen(command, stdout=output, stderr=output, **options)

    def _wait_until_ready(self) -> None:
        cluster = self._require_cluster()
        deadline = time.monotonic() + START_SECONDS
        retry_until = time.monotonic() + 10.0
        while time.monotonic() < deadline:
            running = _read_pid_file(cluster)
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

    def _stop(self) -> None:
        running = _read_pid_file(self._require_cluster())
        if running is not None and _answers(running.socket_folder):
            _signal(running.pid, signal.SIGINT)  # fast shutdown: sessions end, data is written
            if not self._wait_until_gone(running, STOP_SECONDS):
                _signal(running.pid, signal.SIGQUIT)
                self._wait_until_gone(running, STOP_SECONDS)
        if self._child is not None:
            self._child.wait(STOP_SECONDS)
        if self._socket_folder and self._socket_folder.parent == Path("/tmp"):  # noqa: S108
            shutil.rmtree(self._socket_folder, ignore_errors=True)

    def _wait_until_gone(self, running: _Running, seconds: float) -> bool:
        cluster, deadline = self._require_cluster(), time.monotonic() + seconds
        while time.monotonic() < deadline:
            if self._child is not None:
                self._child.poll()
            found = _read_pid_file(cluster)
            if found is None or found.pid != running.pid:
                return True
            time.sleep(POLL_SECONDS)
        return False

    def _choose_socket_folder(self, previous: Path | None) -> None:
        """The cluster's own folder; a private one under /tmp when that makes no usable address."""
        cluster = self._require_cluster()
        longest = os.fsencode(cluster.folder / f".s.PGSQL.{PORT}")
        if len(longest) <= LONGEST_SOCKET_PATH and re.fullmatch(rb"[\w./+-]+", longest):
            self._socket_folder = cluster.folder
            return
        for known in (self._socket_folder, previous):  # others hold the address already
            if known is not None and _is_private(known, cluster.user.uid):
                self._socket_folder = known
                return
        self._socket_folder = Path(tempfile.mkdtemp(prefix="rollcall-", dir="/tmp"))
        os.chown(self._socket_folder, cluster.user.uid, cluster.user.gid)

    @contextmanager
    def _locked(self) -> Iterator[None]:
        descriptor = self._open_lock_file("lock")
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            yield
        finally:
            os.close(descriptor)

    def _take_lease(self) -> None:
        if self._lease is None:
            self._lease = self._open_lock_file("lease")
            fcntl.flock(self._lease, fcntl.LOCK_SH)

    def _drop_lease(self) -> None:
        if self._lease is not None:
            os.close(self._lease)
            self._lease = None

    def _open_lock_file(self, suffix: str) -> int:
        """Opens a lock file that belongs to whoever owns the data folder, whoever comes first."""
        path = self.data_dir / f"postgresql.{suffix}"
        try:
            descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
            if os.geteuid() == 0:
                owner = self.data_dir.stat()
                os.chown(descriptor, owner.st_uid, owner.st_gid)
        except OSError as error:
            raise EmbeddedDatabaseError(
                f"{path} cannot be opened ({error.strerror}). Start Rollcall as the user that owns "
                f"the data folder, or choose another with ROLLCALL_DATA_DIR."
            ) from error
        return descriptor

    def _require_cluster(self) -> Cluster:
        if self._cluster is None:
            raise EmbeddedDatabaseError("The embedded database was not started.")
        return self._cluster

    def _log_path(self) -> Path:
        return self.data_dir / "postgresql.log"

    def _log_tail(self) -> str:
        lines = self._log_path().read_text("utf-8", "replace").splitlines()
        return f"{' | '.join(lines[-6:])} (from {self._log_path()})"


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


def _forget_recycled_pid(cluster: Cluster, stale: _Running) -> None:
    """Removes a pid file whose number now belongs to another program.

    That happens after a restart in a container, and PostgreSQL would refuse to start.
    """
    try:
        folder = Path(f"/proc/{stale.pid}/cwd").readlink()
    except OSError:
        return
    if folder != cluster.folder:  # a database server always works in its own folder
        (cluster.folder / "postmaster.pid").unlink(missing_ok=True)


def _is_private(folder: Path, uid: int) -> bool:
    try:
        status = folder.lstat()
    except OSError:
        return False
    return folder.is_dir() and status.st_uid == uid and status.st_mode & 0o177777 == 0o040700


def _signal(pid: int, number: signal.Signals) -> None:
    try:
        os.kill(pid, number)
    except ProcessLookupError:
        return
