"""Fixtures for tests of what runs: a data folder of its own and programs that share it."""

import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from api.embedded_database import EmbeddedDatabase
from tests.support.database import RUN_FOLDER

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
