"""Runs commands of `rollcall` in this process, on a test's database."""

import json
import logging
import os
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from unittest.mock import patch

import structlog
from typer.testing import CliRunner

from api.cli import app
from tests.support.database import RUN_FOLDER, TestDatabase


class CommandLine:
    """A shell with the settings of one deployment."""

    def __init__(self, database: TestDatabase, **settings: str) -> None:
        folder = Path(tempfile.mkdtemp(prefix="cli-", dir=os.environ[RUN_FOLDER]))
        self.settings = {
            "ROLLCALL_DATA_DIR": str(folder / "data"),
            "ROLLCALL_DATABASE_URL": database.server_url,
            "ROLLCALL_DATABASE_DIRECT_URL": database.owner_url,
            "ROLLCALL_SECRET_KEY": "a secret of tests, and of tests only",
            "ROLLCALL_PUBLIC_URL": "https://rollcall.example.com",
            "ROLLCALL_ROW_SECURITY": os.environ["ROLLCALL_ROW_SECURITY"],
        } | settings

    def run(self, *arguments: str, **settings: str) -> Any:
        """The command's result: exit_code, stdout, stderr."""
        with _environment(self.settings | settings), _untouched_logs():
            return CliRunner().invoke(app, arguments, prog_name="rollcall")

    def json(self, *arguments: str) -> Any:
        """What a successful command prints with --json."""
        done = self.run(*arguments, "--json")
        assert done.exit_code == 0, done.stderr
        return json.loads(done.stdout)


@contextmanager
def _environment(settings: Mapping[str, str]) -> Iterator[None]:
    others = {name: value for name, value in os.environ.items() if not _is_setting(name)}
    with patch.dict(os.environ, others | dict(settings), clear=True):
        yield


def _is_setting(name: str) -> bool:
    return name.startswith("ROLLCALL_") and not name.startswith("ROLLCALL_TEST_")


@contextmanager
def _untouched_logs() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level = list(root.handlers), root.level
    try:
        yield
    finally:
        root.handlers[:] = handlers
        root.setLevel(level)
        structlog.reset_defaults()
