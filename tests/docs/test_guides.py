"""The commands of the guides do what the guides say, against a real server."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Iterator
from fnmatch import fnmatch
from pathlib import Path

import pytest

from tests.docs.pages import DOCS, ROOT
from tests.docs.sessions import Step, run, steps
from tests.support.command_forge import write_program
from tests.support.database import DatabaseFactory
from tests.support.server import PROGRAM, RunningServer, running_server

GUIDES = [
    *sorted(DOCS.glob("guides/*.md")),
    DOCS / "audit.md",
    DOCS / "oauth.md",
    DOCS / "confirm-members.md",
    DOCS / "graphql.md",
]

pytestmark = pytest.mark.skipif(shutil.which("curl") is None, reason="the guides call curl")


@pytest.fixture(scope="module")
def server(database_factory: DatabaseFactory, worker_id: str) -> Iterator[RunningServer]:
    """A server whose database no other test looks at."""
    with running_server(database=database_factory.clone(f"guides_{worker_id}")) as running:
        yield running


@pytest.mark.parametrize("guide", GUIDES, ids=lambda guide: guide.stem)
def test_commands_do_what_the_guide_says(
    guide: Path, server: RunningServer, tmp_path: Path
) -> None:
    todo = steps(guide)
    programs = tmp_path / "programs"
    programs.mkdir()
    write_program(programs)
    environment = server.environment | {
        "PATH": os.pathsep.join([str(programs), str(PROGRAM.parent), os.environ["PATH"]]),
        "LC_ALL": "C.UTF-8",
        # Nobody's session, and no record of what was confirmed, is left where it was not.
        "XDG_CONFIG_HOME": str(tmp_path / "config"),
        "XDG_STATE_HOME": str(tmp_path / "state"),
    }

    result = run(todo, tmp_path, environment)

    for step, printed in zip(todo, result.printed, strict=False):
        assert step.shows(printed), f"{guide.name}:{step.line}: {step.command}\n{printed}"
    assert result.exit_code == 0, f"{guide.name}:{todo[len(result.printed) - 1].line} failed"
    assert len(result.printed) == len(todo)


def test_every_guide_has_commands_to_try() -> None:
    for guide in GUIDES:
        assert len(steps(guide)) >= 2, guide.name


def test_every_guide_to_a_provider_says_how_far_it_is_tested() -> None:
    for guide in DOCS.glob("guides/*.md"):
        told = " ".join(guide.read_text().split()).partition("**How far this is tested.**")[2]
        assert re.search(r"[Nn]o (live|running) \w+( \w+)? was used", told[:700]), guide.name


def test_secrets_that_the_pages_write_are_kept_out_of_git() -> None:
    named = {
        name
        for page in DOCS.glob("*.md")
        for name in re.findall(
            r"(?<![\w/-])[\w-]+\.(?:backup|key\.json)(?:\.\w+)?", page.read_text()
        )
    }
    ignored = (ROOT / ".gitignore").read_text().splitlines()

    assert {"northwind.backup", "northwind.backup.age", "harbour.key.json"} <= named
    assert {name for name in named if not any(fnmatch(name, each) for each in ignored)} == set()


def test_stated_output_allows_gaps_only_where_it_says_so() -> None:
    step = Step("echo", 1, '{"id":"…"}\n200')

    assert step.shows('{"id":"0198"}\n200\n')
    assert not step.shows('{"id":"0198"}\n409\n')
    assert not step.shows('{"id":"0198"}\n200\nmore')
