"""PostgreSQL servers of our own on ports of this machine: a primary, and a standby that follows it.

They are made of the binaries that the embedded database is made of.
"""

from __future__ import annotations

import asyncio
import shutil
import subprocess
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from time import monotonic
from typing import Any

import asyncpg

from api.embedded_binaries import choose_user, find_binaries
from domain.migrations import migrate
from tests.support.database import ROW_SECURITY
from tests.support.proxy import free_ports
from tests.support.server import server_folder

START_S = 60.0
_SETTINGS = """
listen_addresses = '127.0.0.1'
max_connections = 120
fsync = on
wal_level = replica
hot_standby = on
max_wal_senders = 5
wal_keep_size = 256MB
shared_buffers = 64MB
log_min_messages = fatal
timezone = 'UTC'
"""
# Loopback only, in a folder that nobody else enters: the tests need no passwords.
_ACCESS = "host all all 127.0.0.1/32 trust\nhost replication all 127.0.0.1/32 trust\n"


@dataclass(slots=True)
class Server:
    """One PostgreSQL server."""

    folder: Path
    port: int
    process: subprocess.Popen[bytes] | None = None

    def url(self, role: str = "postgres", database: str = "rollcall") -> str:
        """Its address."""
        return f"postgresql://{role}@127.0.0.1:{self.port}/{database}"

    def start(self) -> None:
        """Run it."""
        with (self.folder.parent / f"{self.folder.name}.log").open("ab") as log:
            self.process = subprocess.Popen(
                [_program("postgres"), "-D", str(self.folder), "-p", str(self.port),
                 "-k", str(self.folder)],
                **_as_user() | {"cwd": self.folder, "stdout": log, "stderr": log},
            )  # fmt: skip

    async def until_ready(self) -> None:
        """Waits until it takes connections."""
        deadline = monotonic() + START_S
        while True:
            try:
                connection = await asyncpg.connect(self.url(database="postgres"), timeout=5)
            except (OSError, asyncpg.PostgresError):
                assert monotonic() < deadline, f"no database at port {self.port}"
                await asyncio.sleep(0.05)
            else:
                await connection.close()
                return

    def kill(self) -> None:
        """Kill -9 of its main process; the others notice at once."""
        if self.process is not None:
            self.process.kill()
            self.process.wait()

    def stop(self) -> None:
        """End it."""
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(2)
            with suppress(subprocess.TimeoutExpired):
                self.process.wait(20)
            self.kill()

    async def run(self, *statements: str) -> None:
        """Run statements as the superuser."""
        connection = await asyncpg.connect(self.url(database="postgres"), timeout=10)
        try:
            for statement in statements:
                await connection.execute(statement)
        finally:
            await connection.close()


async def primary(
    *, schema: bool = True, roles: bool = True, row_security: bool = ROW_SECURITY
) -> Server:
    """A new server with Rollcall's roles, and its schema; without `roles`, with nothing."""
    folder = server_folder() / "primary"
    server = Server(folder, free_ports(1)[0])
    user = choose_user(None, None)
    folder.mkdir(mode=0o700)
    shutil.chown(folder, user.uid, user.gid)
    await asyncio.to_thread(
        _run, "initdb", "-D", str(folder), "--encoding=UTF8", "--locale=C.UTF-8",
        "--auth=trust", "--username=postgres", "--no-sync",
    )  # fmt: skip
    with (folder / "postgresql.conf").open("a") as file:
        file.write(_SETTINGS)
    (folder / "pg_hba.conf").write_text(_ACCESS)
    server.start()
    await server.until_ready()
    if not roles:
        return server
    await server.run(
        "CREATE ROLE rollcall_owner LOGIN CREATEROLE",
        "CREATE ROLE rollcall_server LOGIN",
        "GRANT rollcall_server TO rollcall_owner WITH ADMIN OPTION",
        "CREATE DATABASE rollcall OWNER rollcall_owner",
    )
    if schema:
        await asyncio.to_thread(migrate, server.url("rollcall_owner"), row_security=row_security)
    return server


async def standby_of(first: Server, name: str = "standby", *, synchronous: bool) -> Server:
    """A server that follows the first; `synchronous` makes every commit wait for it."""
    folder = first.folder.parent / name
    server = Server(folder, free_ports(1)[0])
    user = choose_user(None, None)
    folder.mkdir(mode=0o700)
    shutil.chown(folder, user.uid, user.gid)
    conninfo = f"host=127.0.0.1 port={first.port} user=postgres application_name={name}"
    await asyncio.to_thread(
        _run, "pg_basebackup", "-D", str(folder), "-d", conninfo, "-X", "stream",
        "--checkpoint=fast", "-R", "--no-sync",
    )  # fmt: skip
    server.start()
    await server.until_ready()
    if synchronous:
        await first.run(
            f"ALTER SYSTEM SET synchronous_standby_names = '{name}'", "SELECT pg_reload_conf()"
        )
    return server


def remove(*servers: Server) -> None:
    """End them and forget their data."""
    for server in servers:
        server.stop()
    for server in servers:
        shutil.rmtree(server.folder.parent, ignore_errors=True)


def _program(name: str) -> str:
    return str(find_binaries(set(), choose_user(None, None)).program(name))


def _as_user() -> dict[str, Any]:
    return dict(choose_user(None, None).process_options())


def _run(program: str, *arguments: str) -> None:
    done = subprocess.run(
        [_program(program), *arguments], capture_output=True, check=False, text=True,
        **_as_user() | {"cwd": "/"},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-500:]
