"""Backs the embedded database up into one file, and brings one back: all of it, or nothing."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

import asyncpg

from api.database import is_known_revision, revision_of
from api.embedded_cluster import ADMIT_SERVER, DATABASE, OWNER_ROLE
from api.embedded_database import EmbeddedDatabase
from api.start_error import StartError

INCOMING = f"{DATABASE}_incoming"
OUTGOING = f"{DATABASE}_outgoing"
_HEAD = b"PGDMP"
"""With which every file of pg_dump's own format begins."""
# Statements that are sent at once take effect together.
_SWAP = f"""
ALTER DATABASE {DATABASE} RENAME TO {OUTGOING};
ALTER DATABASE {INCOMING} RENAME TO {DATABASE};
{ADMIT_SERVER}"""


async def count_organizations(owner_url: str) -> int:
    """How many organizations a running database holds; 0 where it was never migrated."""
    connection = await asyncpg.connect(owner_url)
    try:
        if await revision_of(connection) is None:
            return 0
        return int(await connection.fetchval("SELECT count(*) FROM organizations"))
    finally:
        await connection.close()


def write_backup(database: EmbeddedDatabase, target: BinaryIO) -> None:
    """Write the running database as it is at this moment; servers may go on meanwhile.

    Raises StartError when it cannot be written completely.
    """
    url = database.addresses().superuser_url
    _run([database.program("pg_dump"), "--format=custom", f"--dbname={url}"], stdout=target)


@contextmanager
def new_file(path: Path) -> Iterator[BinaryIO]:
    """A file for its owner's eyes that takes its name once it is complete and on the disk.

    Raises StartError when there is one, or the folder takes none.
    """
    if path.exists():
        raise StartError(f"{path} exists; choose another name.")
    building = path.with_name(f"{path.name}.part")
    try:
        descriptor = os.open(building, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            yield file
            file.flush()
            os.fsync(descriptor)
        building.rename(path)
    except OSError as error:
        raise StartError(f"{path} cannot be written ({error.strerror}).") from error
    finally:
        building.unlink(missing_ok=True)


async def read_backup(database: EmbeddedDatabase, path: Path, *, replace: bool) -> None:
    """Put the backup in the place of the database, which is complete before anything changes.

    Raises StartError when the file is none of ours, the database is in use, or holds organizations
    and `replace` does not say that they may go.
    """
    expect_backup(path)
    if database.is_shared():
        raise StartError("The server runs. Stop it, restore, and start it again.")
    addresses = database.addresses()
    if not replace and await count_organizations(addresses.owner_url):
        raise StartError(
            "The database holds organizations. With --replace they go, and the backup takes their"
            " place; make a backup of them first."
        )
    beside = addresses.superuser_url.replace(f"/{DATABASE}?", "/postgres?")
    admin = await asyncpg.connect(beside)
    try:
        await _drop(admin, INCOMING, OUTGOING)
        await admin.execute(f"CREATE DATABASE {INCOMING} OWNER {OWNER_ROLE} TEMPLATE template0")
        url = addresses.superuser_url.replace(f"/{DATABASE}?", f"/{INCOMING}?")
        restore = [database.program("pg_restore"), "--exit-on-error", "--single-transaction"]
        try:
            _run([*restore, f"--dbname={url}", str(path)])
            await _expect_known_revision(url)
        except StartError:
            await _drop(admin, INCOMING)
            raise
        await admin.execute(_SWAP)
        await _drop(admin, OUTGOING)
    finally:
        await admin.close()


def expect_backup(path: Path) -> None:
    """Raises StartError for a file that cannot be a backup."""
    try:
        with path.open("rb") as file:
            head = file.read(len(_HEAD))
    except OSError as error:
        raise StartError(f"{path} cannot be read ({error.strerror}).") from error
    if head != _HEAD:
        raise StartError(
            f"{path} is no backup: `rollcall backup` did not write it, or it is locked"
            " by a passphrase; open it first."
        )


async def _expect_known_revision(url: str) -> None:
    connection = await asyncpg.connect(url)
    try:
        revision = await revision_of(connection)
    finally:
        await connection.close()
    if revision is None or not is_known_revision(revision):
        raise StartError(
            f"The backup is of revision {revision}, which this version of Rollcall does not know:"
            " a newer version made it. Restore with that one."
        )


async def _drop(admin: asyncpg.Connection, *names: str) -> None:
    for name in names:
        await admin.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")


def _run(command: list[str], stdout: BinaryIO | None = None) -> None:
    done = subprocess.run(
        command, stdin=subprocess.DEVNULL, stdout=stdout, stderr=subprocess.PIPE, check=False
    )
    if done.returncode != 0:
        why = done.stderr.decode("utf-8", "replace").strip()[-800:]
        raise StartError(f"{Path(command[0]).name} failed: {why}")
