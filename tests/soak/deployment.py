"""A server that is made to break and is started again, as systemd does it.

Everything it starts is its own; nothing else is ever killed.
"""

from __future__ import annotations

import asyncio
import os
import shutil
import signal
import subprocess
import time
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from api.embedded_database import EmbeddedDatabase
from tests.support.database import TestDatabase
from tests.support.processes import children_of, is_running
from tests.support.server import (
    PROGRAM,
    RunningServer,
    server_environment,
    server_folder,
    stop_database,
)

if TYPE_CHECKING:
    from collections.abc import Mapping
    from random import Random

# The guard would hold what the load does on purpose.
_SETTINGS = {"ROLLCALL_DEPROVISION_GUARD": "off", "ROLLCALL_LOG_LEVEL": "warning"}


class Deployment:
    """One `rollcall serve`, whichever process of it is alive at the moment."""

    def __init__(
        self,
        env: Mapping[str, str],
        *,
        workers: int = 2,
        folder: Path | None = None,
        database: TestDatabase | None = None,
        wrapper: tuple[str, ...] = (),
    ) -> None:
        self.folder = folder or server_folder()
        self._own = folder is None
        self._wrapper = wrapper
        environment = server_environment(self.folder, database) | {"ROLLCALL_WORKERS": str(workers)}
        self.environment = environment | _SETTINGS | dict(env)
        self.url = f"http://127.0.0.1:{self.environment['ROLLCALL_PORT']}"
        self.log = self.folder / "server.log"
        self.server = self._start()

    def _start(self) -> RunningServer:
        with self.log.open("ab") as output:
            process = subprocess.Popen(
                [*self._wrapper, PROGRAM, "serve"],
                env=self.environment,
                stdout=output,
                stderr=output,
            )
        return RunningServer(self.url, self.folder, self.environment, process, self.log)

    async def until_ready(self, within: float = 240.0) -> None:
        """Waits until the server answers that it is ready; AssertionError when it does not."""
        await asyncio.to_thread(self.server.wait_until_ready, within)

    def superuser_url(self) -> str:
        """The embedded database as its superuser reaches it."""
        database = EmbeddedDatabase(self.folder / "data")
        url = database.start().superuser_url
        database.release()
        return url

    def kill_worker(self, rng: Random) -> None:
        """Kill -9 of one server process; its parent starts another."""
        if workers := self.server.worker_pids():
            _kill(rng.choice(workers))

    def kill_supervisor(self) -> None:
        """Kill -9 of the parent; its processes notice and end, and a new server is started."""
        self.server.process.kill()
        self.server.process.wait()
        self.server = self._start()

    def kill_database(self) -> None:
        """Kill -9 of the database, all of its processes."""
        with suppress(FileNotFoundError, ValueError, IndexError):
            postmaster = self.server.database_pid()
            for pid in [postmaster, *children_of(postmaster, "")]:
                _kill(pid)

    def start_again(self) -> None:
        """A new server in place of one that has ended."""
        self.server = self._start()

    def kill_everything(self) -> None:
        """As when the machine loses its power, but for what the kernel has in memory."""
        workers = self.server.worker_pids()
        self.server.process.kill()
        for pid in workers:
            _kill(pid)
        self.kill_database()
        self.server.process.wait()
        self.server = self._start()

    def stop(self) -> int:
        """Ends the server in order; its exit code."""
        self.server.process.send_signal(signal.SIGTERM)
        return self.server.process.wait(60)

    async def ends_in_order(self) -> list[str]:
        """What is wrong with how the server ends when it is asked to."""
        code = await asyncio.to_thread(self.stop)
        return [f"the server ended with {code} when it was asked to stop"] if code else []

    async def history_holds(self, organization_id: str) -> list[str]:
        """What is wrong with the history of an organization, computed anew."""
        done = await asyncio.to_thread(
            self.server.rollcall, "audit", "verify", "-o", organization_id
        )
        if done.returncode == 0:
            return []
        return [f"the history does not hold: {done.stdout} {done.stderr}"]

    def close(self) -> None:
        """Ends whatever is left and removes the folder."""
        if self.server.process.poll() is None:
            with suppress(subprocess.TimeoutExpired):
                self.stop()
        if self.server.process.poll() is None:
            self.server.process.kill()
            self.server.process.wait()
        deadline = time.monotonic() + 30
        while self.server.worker_pids() and time.monotonic() < deadline:
            time.sleep(0.1)
        stop_database(self.folder)
        if self._own:
            shutil.rmtree(self.folder, ignore_errors=True)


def _kill(pid: int) -> None:
    if is_running(pid):
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
