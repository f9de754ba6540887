"""`rollcall distribute`: the plan to read, and a refusal where there is no Citus."""

from __future__ import annotations

import pytest

from domain.model.tables import metadata
from tests.support.command_line import CommandLine
from tests.support.database import TestDatabase


@pytest.fixture
def shell(worker_database: TestDatabase) -> CommandLine:
    """A shell on the worker's database."""
    return CommandLine(worker_database)


def test_the_plan_is_printed_as_statements(shell: CommandLine) -> None:
    done = shell.run("distribute", "--print")

    assert done.exit_code == 0, done.stderr
    lines = done.stdout.splitlines()
    assert all(line.endswith(";") for line in lines)
    spread = [line for line in lines if line.startswith("SELECT create_")]
    assert len(spread) == len(metadata.tables)
    assert (
        "SELECT create_distributed_table('groups', 'organization_id', colocate_with => 'members');"
        in lines
    )


def test_without_citus_it_says_what_to_do(shell: CommandLine) -> None:
    done = shell.run("distribute")

    assert done.exit_code == 1
    assert done.stdout == ""
    assert done.stderr.startswith("This database has no Citus.")
    assert len(done.stderr.splitlines()) == 1
