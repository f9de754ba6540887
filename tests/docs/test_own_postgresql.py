"""The statements of the page on settings make a database with which Rollcall is content."""

from __future__ import annotations

import asyncio
import json
import shutil
from collections.abc import Iterator

import pytest

from tests.docs.pages import DOCS, blocks
from tests.soak.postgres import Server, primary
from tests.support.command_line import CommandLine
from tests.support.database import TestDatabase


@pytest.fixture
def server() -> Iterator[Server]:
    """A PostgreSQL of somebody else's."""
    made = asyncio.run(primary(roles=False))
    yield made
    made.stop()
    shutil.rmtree(made.folder.parent)


@pytest.mark.parametrize(("owner", "database"), [("rollcall_owner", "rollcall"), ("me", "mine")])
def test_migrate_and_the_doctor_are_content(server: Server, owner: str, database: str) -> None:
    (sql,) = [block.text for block in blocks(DOCS / "settings.md") if block.info == ("sql",)]
    sql = sql.replace("rollcall_owner", owner).replace("DATABASE rollcall", f"DATABASE {database}")
    statements = [each.strip() for each in sql.split(";") if each.strip()]
    assert len(statements) == 4
    asyncio.run(server.run(*statements))
    urls = (server.url(role, database) for role in ("rollcall_server", owner, "postgres"))
    shell = CommandLine(TestDatabase(*urls))

    migrated = shell.run("migrate")
    found = {row["what"]: row["health"] for row in json.loads(shell.run("doctor", "--json").stdout)}

    assert migrated.exit_code == 0, migrated.stderr
    assert {found[what] for what in ("database", "schema", "rights", "time limits")} == {"ok"}
    made = shell.json("init", "--organization", "Acme", "--owner", "olga@example.com")
    assert made["organizationSlug"] == "acme"
