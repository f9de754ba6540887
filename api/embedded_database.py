"""Supervises the embedded PostgreSQL: who uses it, that it lives, and when it stops.

Several processes may share one database. Each holds a shared lock on the lease file for as long
as it uses the database; whoever gives up the last lease stops it. A killed process leaves the
database running, and the next one adopts it.
"""

import asyncio
import fcntl
import logging
import os
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
    existing_majors,
    open_cluster,
    owner_of_cluster,
)
from api.embedded_process import PORT, ServerProcess

__all__ = ["DatabaseAddresses", "EmbeddedDatabase", "EmbeddedDatabaseError"]

log = logging.getLogger("rollcall.database")

LARGEST_LOG_BYTES = 8 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class DatabaseAddresses:
    """URLs of one database for the owner of the schema, the server, and for administration."""

    owner_url: str
    server_url: str
    superuser_url: str


class EmbeddedDatabase:
    """One data folder's database. `start()` it, `watch()` it, then `release()` it."""

    def __init__(self, data_dir: Path, *, pg_user: str | None = None) -> None:
        self.data_dir = data_dir.absolute()
        self._pg_user = pg_user
        self._server: ServerProcess | None = None
        self._lease: int | None = None
        self._log: int | None = None

    def start(self, *, make: bool = True) -> DatabaseAddresses:
        """Starts the database, or adopts it when it runs, and takes a lease on it.

        Where there is none, one is made if `make` says so. Raises EmbeddedDatabaseError with what
        to do about it.
        """
        if not make and not self._was_begun():
            raise self._missing()
        try:
            self.data_dir.mkdir(mode=0o755, parents=True, exist_ok=True)
        except OSError as error:
            raise EmbeddedDatabaseError(
                f"The data folder {self.data_dir} cannot be made ({error.strerror}). "
                f"ROLLCALL_DATA_DIR chooses another."
            ) from error
        with self._locked():
            if not make and not existing_majors(self.data_dir):
                raise self._missing()
            user = choose_user(self._pg_user, owner_of_cluster(self.data_dir))
            binaries = find_binaries(existing_majors(self.data_dir), user)
            cluster = open_cluster(self.data_dir, binaries, user)
            try:
                self._lease = self._open_file("lease")
                fcntl.flock(self._lease, fcntl.LOCK_SH)
                self._log = self._open_file("log", os.O_APPEND)
                if os.fstat(self._log).st_size > LARGEST_LOG_BYTES:
                    os.ftruncate(self._log, 0)
                self._server = ServerProcess(cluster, self._log)
                self._server.ensure_running()
            except BaseException:
                self._close_files()
                raise
        return self.addresses()

    def addresses(self) -> DatabaseAddresses:
        """The URLs of the running database, over its socket."""
        if self._server is None:
            raise EmbeddedDatabaseError("The embedded database was not started.")
        where = f"@/{DATABASE}?host={self._server.socket_folder}&port={PORT}"
        roles = (OWNER_ROLE, SERVER_ROLE, SUPERUSER)
        return DatabaseAddresses(*(f"postgresql://{role}{where}" for role in roles))

    def program(self, name: str) -> str:
        """The path of a program that came with the running database, such as `pg_dump`."""
        if self._server is None:
            raise EmbeddedDatabaseError("The embedded database was not started.")
        return self._server.program(name)

    def is_shared(self) -> bool:
        """Whether another process uses the database, too."""
        if self._lease is None:
            return False
        with self._locked():
            try:
                fcntl.flock(self._lease, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                return True
            fcntl.flock(self._lease, fcntl.LOCK_SH)
            return False

    def is_alive(self) -> bool:
        """Whether the database accepts connections."""
        return self._server is not None and self._server.answers()

    def restart_if_dead(self) -> bool:
        """Starts the database again at the same address when it died; True when it had to."""
        if self.is_alive():
            return False
        with self._locked():
            # Another process may have been faster, or ours may have released it meanwhile.
            if self._server is None or self._lease is None or self.is_alive():
                return False
            self._server.ensure_running()
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
                await asyncio.sleep(10 * interval_seconds)
                continue
            if restarted:
                log.warning("The embedded database had died and was started again.")
                if on_restart is not None:
                    on_restart()

    def release(self) -> None:
        """Gives up the lease and stops the database unless another process still uses it."""
        if self._lease is None or self._server is None:
            return
        with self._locked():
            try:
                fcntl.flock(self._lease, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                self._server.leave()
            else:
                self._server.stop()
            self._close_files()

    def _was_begun(self) -> bool:
        """Whether there is a database here, or one may be in the making; looks without a trace."""
        try:
            return bool(existing_majors(self.data_dir)) or self._file("lock").exists()
        except PermissionError:  # told better by what opens a file
            return True

    def _missing(self) -> EmbeddedDatabaseError:
        return EmbeddedDatabaseError(
            f"There is no database in {self.data_dir}; start the server once with `rollcall run`, "
            f"or name the folder in ROLLCALL_DATA_DIR."
        )

    def _file(self, suffix: str) -> Path:
        return self.data_dir / f"postgresql.{suffix}"

    @contextmanager
    def _locked(self) -> Iterator[None]:
        """Lets one process at a time start or stop the database of this data folder."""
        descriptor = self._open_file("lock")
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            yield
        finally:
            os.close(descriptor)

    def _open_file(self, suffix: str, flags: int = 0) -> int:
        """Opens a file that belongs to whoever owns the data folder, whoever comes first."""
        path = self._file(suffix)
        try:
            descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | flags, 0o600)
            if os.geteuid() == 0:
                owner = self.data_dir.stat()
                os.chown(descriptor, owner.st_uid, owner.st_gid)
        except OSError as error:
            raise EmbeddedDatabaseError(
                f"{path} cannot be opened ({error.strerror}). Start Rollcall as the user that owns "
                f"the data folder, or choose another with ROLLCALL_DATA_DIR."
            ) from error
        return descriptor

    def _close_files(self) -> None:
        for descriptor in (self._lease, self._log):
            if descriptor is not None:
                os.close(descriptor)
        self._lease = self._log = None
