"""Fixtures for tests of what runs: a data folder of its own and programs that share it."""

import os
import subprocess
import sys
import tempfile
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from pydantic import SecretStr

from api.app import create_app
from api.embedded_database import EmbeddedDatabase
from api.runtime import Runtime, open_runtime
from api.settings import Settings
from tests.support.database import RUN_FOLDER, DatabaseFactory, TestDatabase

Hold = Callable[[Path], "subprocess.Popen[str]"]


@pytest.fixture
def data_dir() -> Iterator[Path]:
    """An empty folder that the database's user can enter; its database is stopped afterwards."""
    folder = Path(tempfile.mkdtemp(prefix="data-", dir=os.environ[RUN_FOLDER]))
    folder.chmod(0o711)
    yield folder
    for pid_file in folder.rglob("postmaster.pid"):
        database = EmbeddedDatabase(pid_file.parent.parent)
        database.start()
        database.release()


@pytest.fixture
def hold() -> Iterator[Hold]:
    """Starts another process that uses the database of a folder until its input is closed."""
    started: list[subprocess.Popen[str]] = []

    def start(folder: Path) -> "subprocess.Popen[str]":
        command = [sys.executable, "-m", "tests.support.embedded_holder", str(folder)]
        pipe = subprocess.PIPE
        process = subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True)
        started.append(process)
        assert process.stdout is not None
        assert process.stdout.readline().startswith("postgresql://")
        return process

    yield start
    for process in started:
        process.kill()
        process.communicate()


@pytest.fixture(scope="session")
def served_database(database_factory: DatabaseFactory, worker_id: str) -> TestDatabase:
    """For what has workers, which end with the round through all organizations that they are at.

    So that they end soon, it has none but those of these tests.
    """
    return database_factory.clone(f"served_{worker_id}")


@pytest.fixture
async def runtime(served_database: TestDatabase, tmp_path: Path) -> AsyncIterator[Runtime]:
    """All that one process of a server has, whose public address is https."""
    settings = Settings(
        data_dir=tmp_path,
        public_url="https://rollcall.example.com",
        database_url=SecretStr(served_database.server_url),
        database_direct_url=SecretStr(served_database.owner_url),
        invitation_reminder_hours=0,
    )
    async with open_runtime(settings, workers=True, migrate=True) as opened:
        yield opened


@pytest.fixture
async def client(runtime: Runtime, tmp_path: Path) -> AsyncIterator[httpx.AsyncClient]:
    """Asks the whole application, without a console."""
    app: Any = create_app(runtime, console_folder=tmp_path / "not built")
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as opened:
        yield opened
