"""One PostgreSQL per test run, with a migrated template that every worker clones.

The embedded database by default; any PostgreSQL 15 to 18 through ROLLCALL_TEST_DATABASE_URL, the
URL of a superuser.
"""

import asyncio
import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import asyncpg

from api.embedded_database import EmbeddedDatabase
from domain.reach import EVERYTHING
from domain.store.held_connection import SETTING

RUN_FOLDER = "ROLLCALL_TEST_FOLDER"
EXTERNAL_URL = "ROLLCALL_TEST_DATABASE_URL"
PREFIX = "rollcall_test"
_SETTINGS = {
    "fsync": "off",
    "full_page_writes": "off",
    "max_connections": "400",
    # Plans hang on what is known of the tables, and must not on when somebody looked.
    "autovacuum": "off",
}
ROW_SECURITY = os.environ.get("ROLLCALL_TEST_ROW_SECURITY", "on") == "on"
"""Whether the database keeps organizations apart, too: it does, in the tests."""


@dataclass(frozen=True, slots=True)
class TestDatabase:
    """The URLs of one cloned database."""

    __test__ = False

    server_url: str
    owner_url: str
    superuser_url: str


def open_run() -> None:
    """Makes the folder of this test run; workers inherit it through the environment."""
    folder = Path(tempfile.mkdtemp(prefix="rollcall-test-"))
    folder.chmod(0o711)  # as root the database runs as another user, who must get in
    os.environ[RUN_FOLDER] = str(folder)
    os.environ["ROLLCALL_ROW_SECURITY"] = "on" if ROW_SECURITY else "off"


def close_run() -> None:
    """Removes what `open_run` and the clusters left behind."""
    folder = os.environ.pop(RUN_FOLDER, None)
    if folder is None:
        return
    if EXTERNAL_URL in os.environ:
        asyncio.run(_drop_all(os.environ[EXTERNAL_URL], _run_prefix(folder)))
    shutil.rmtree(folder, ignore_errors=True)


class DatabaseFactory:
    """Clones migrated databases in the cluster of this test run."""

    def __init__(self, superuser_url: str) -> None:
        self._superuser_url = superuser_url
        self._prefix = _run_prefix(os.environ[RUN_FOLDER])

    def clone(self, name: str, *, row_security: bool = ROW_SECURITY) -> TestDatabase:
        """A migrated database that no other test has touched; `name` is unique in the run.

        What plans cost is promised without `row_security`, of which the planner knows too little.
        """
        database = f"{self._prefix}_{name}"
        with exclusive("template"):
            asyncio.run(self._make(database))
        addresses = self._addresses(database)
        if row_security != ROW_SECURITY:
            _migrate(addresses.owner_url, row_security=row_security)
        return addresses

    async def _make(self, database: str) -> None:
        template = f"{self._prefix}_template"
        connection = await asyncpg.connect(self._superuser_url)
        try:
            await _ensure_roles(connection)
            exists = "SELECT 1 FROM pg_database WHERE datname = $1"
            if not await connection.fetchval(exists, template):
                building = f"{template}_building"
                await connection.execute(f"DROP DATABASE IF EXISTS {building} WITH (FORCE)")
                await connection.execute(f"CREATE DATABASE {building} OWNER rollcall_owner")
                await asyncio.to_thread(
                    _migrate, self._addresses(building).owner_url, row_security=ROW_SECURITY
                )
                await connection.execute(f"ALTER DATABASE {building} RENAME TO {template}")
            await connection.execute(f"DROP DATABASE IF EXISTS {database} WITH (FORCE)")
            await connection.execute(
                f"CREATE DATABASE {database} TEMPLATE {template} OWNER rollcall_owner"
            )
            # What a test looks up on a connection of its own, it looks up everywhere.
            await connection.execute(f"ALTER DATABASE {database} SET {SETTING} = '{EVERYTHING}'")
        finally:
            await connection.close()

    def _addresses(self, database: str) -> TestDatabase:
        return TestDatabase(
            server_url=_with_role(self._superuser_url, database, "rollcall_server"),
            owner_url=_with_role(self._superuser_url, database, "rollcall_owner"),
            superuser_url=_with_role(self._superuser_url, database, None),
        )


@contextmanager
def running_cluster() -> Iterator[DatabaseFactory]:
    """The cluster of this test run. The worker that leaves last stops it."""
    external = os.environ.get(EXTERNAL_URL)
    if external:
        yield DatabaseFactory(external)
        return
    folder = Path(os.environ[RUN_FOLDER]) / "data"
    with exclusive("cluster"):
        if not folder.exists():
            _set_up(folder)
    database = EmbeddedDatabase(folder)
    addresses = database.start()
    try:
        yield DatabaseFactory(addresses.superuser_url)
    finally:
        database.release()


def _migrate(owner_url: str, *, row_security: bool) -> None:
    from domain.migrations import migrate  # late: tests of the cluster alone need no schema

    migrate(owner_url, row_security=row_security)


def _set_up(folder: Path) -> None:
    """Nothing in this cluster outlives the run, so it need not wait for the disk; many use it."""
    database = EmbeddedDatabase(folder)
    superuser_url = database.start().superuser_url
    try:
        asyncio.run(_configure(superuser_url))
    finally:
        database.release()


async def _configure(superuser_url: str) -> None:
    connection = await asyncpg.connect(superuser_url)
    try:
        for setting, value in _SETTINGS.items():
            await connection.execute(f"ALTER SYSTEM SET {setting} = {value}")
    finally:
        await connection.close()


async def _ensure_roles(connection: asyncpg.Connection) -> None:
    for role in ("rollcall_owner", "rollcall_server"):
        if not await connection.fetchval("SELECT 1 FROM pg_roles WHERE rolname = $1", role):
            # Another server may want passwords; the embedded one ignores them.
            await connection.execute(f"CREATE ROLE {role} LOGIN PASSWORD '{PREFIX}'")
            if role == "rollcall_owner":
                await connection.execute(f"ALTER ROLE {role} CREATEROLE")
            else:
                await connection.execute(f"GRANT {role} TO rollcall_owner WITH ADMIN OPTION")


def _with_role(superuser_url: str, database: str, role: str | None) -> str:
    parts = urlsplit(superuser_url)
    netloc = parts.netloc
    if role is not None:
        userinfo, _, host = netloc.rpartition("@")
        password = f":{PREFIX}" if ":" in userinfo else ""
        netloc = f"{role}{password}@{host}"
    # urlunsplit would drop the empty host's slashes for some schemes: the path keeps its own.
    return urlunsplit((parts.scheme, netloc, f"/{database}", parts.query, ""))


def _run_prefix(folder: str) -> str:
    safe = "".join(letter if letter.isalnum() else "_" for letter in Path(folder).name.lower())
    return f"{PREFIX}_{safe.removeprefix('rollcall_test_')}"


@contextmanager
def exclusive(name: str) -> Iterator[None]:
    """One process of the run at a time, for what is made once."""
    with (Path(os.environ[RUN_FOLDER]) / f"{name}.lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


async def _drop_all(superuser_url: str, prefix: str) -> None:
    connection = await asyncpg.connect(superuser_url)
    try:
        like = "SELECT datname FROM pg_database WHERE starts_with(datname, $1)"
        for row in await connection.fetch(like, prefix):
            await connection.execute(f"DROP DATABASE IF EXISTS {row['datname']} WITH (FORCE)")
    finally:
        await connection.close()
