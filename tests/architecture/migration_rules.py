"""What a migration step may do while servers of the version before are at work."""

from __future__ import annotations

import io
import re
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING

from alembic.migration import MigrationContext
from alembic.operations import Operations

if TYPE_CHECKING:
    from collections.abc import Callable

STEPS = Path(__file__).parents[2] / "domain" / "migrations" / "versions"
FIRST_RELEASE = "0011"
"""The newest step of the first release: nobody ran a version before any step up to it."""

_NAME = r'"?(?:public\.)?(\w+)"?'
_BREAKS: tuple[tuple[str, str], ...] = (
    (r"ALTER TABLE \S+ RENAME", "the version before knows the old name"),
    (r"ALTER COLUMN \S+ (SET DATA )?TYPE", "a new type rewrites the table"),
    (r"ADD COLUMN (?!.*DEFAULT).*NOT NULL", "the version before writes no value"),
    (r"ADD COLUMN .*DEFAULT .*(random|clock_timestamp|uuid)\w*\(", "it rewrites the table"),
    (r"ADD COLUMN .*STORED", "a generated column rewrites the table"),
    (r"ADD CONSTRAINT .*(CHECK|FOREIGN KEY)(?!.*NOT VALID)", "NOT VALID first, then VALIDATE"),
    (r"ADD CONSTRAINT .*(UNIQUE|PRIMARY KEY)(?!.*USING INDEX)", "USING an INDEX made beside"),
    (r"CREATE (UNIQUE )?INDEX (?!CONCURRENTLY)", "of a table that exists, CONCURRENTLY"),
    (r"DROP INDEX (?!CONCURRENTLY)", "CONCURRENTLY"),
    (r"(UPDATE|DELETE FROM|INSERT INTO) ", "in small parts, by a background worker"),
    (r"(LOCK|TRUNCATE|CLUSTER|VACUUM|REINDEX|REFRESH) ?", "it locks the table"),
)
_CONTRACTS = (r"DROP TABLE", r"DROP COLUMN", r"ALTER COLUMN \S+ SET NOT NULL")
"""What only a step may do that says since when no version needs the old form: `contracts`."""


def steps() -> dict[str, ModuleType]:
    """The steps by revision, in order."""
    names = sorted(path.stem for path in STEPS.glob("[0-9]*.py"))
    modules = [import_module(f"domain.migrations.versions.{name}") for name in names]
    return {module.revision: module for module in modules}


def statements_of(upgrade: Callable[[], None]) -> list[str]:
    """The SQL of a step, as it would be sent, each statement in one line."""
    sent = io.StringIO()
    context = MigrationContext.configure(
        dialect_name="postgresql",
        opts={"as_sql": True, "output_buffer": sent, "transaction_per_migration": True},
    )
    with Operations.context(context):
        upgrade()
    lines = re.sub(r"--[^\n]*", "", sent.getvalue())
    return [flat for part in lines.split(";") if (flat := " ".join(part.split()))]


def troubles(statements: list[str], *, contracts: str | None = None) -> list[str]:
    """What of it the version before would not survive, or would have to wait for."""
    new = {
        found[1]
        for each in statements
        if (found := re.match(rf"CREATE TABLE {_NAME}", each, re.IGNORECASE))
    }
    return [
        f"{statement[:120]}: {why}"
        for statement in statements
        if _table_of(statement) not in new and (why := _why_not(statement, contracts))
    ]


def _why_not(statement: str, contracts: str | None) -> str | None:
    for pattern in _CONTRACTS:
        if re.search(pattern, statement, re.IGNORECASE) and contracts is None:
            return "only in a step that says since when nothing needs it: contracts = '…'"
    for pattern, why in _BREAKS:
        anchored = pattern if pattern.startswith(("ADD", "ALTER COLUMN")) else f"^{pattern}"
        if re.search(anchored, statement, re.IGNORECASE):
            return why
    return None


def _table_of(statement: str) -> str | None:
    found = re.match(
        rf"(?:ALTER TABLE(?: ONLY)?|INSERT INTO|CREATE (?:UNIQUE )?INDEX \S+ ON) {_NAME}",
        statement,
        re.IGNORECASE,
    )
    return found[1] if found else None
