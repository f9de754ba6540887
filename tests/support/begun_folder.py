"""Data folders in which an embedded database has been begun: most tests need no first start."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

from api.embedded_database import EmbeddedDatabase
from domain.migrations import migrate
from tests.support.database import ROW_SECURITY, RUN_FOLDER, exclusive


def begin(data: Path) -> None:
    """Make `data`, which must not be there, with a migrated database that holds nothing."""
    template = Path(os.environ[RUN_FOLDER]) / "begun"
    with exclusive("begun"):
        if not template.exists():
            _make(template)
    subprocess.run(["cp", "-a", str(template), str(data)], check=True)


def _make(template: Path) -> None:
    building = template.with_name("begun.building")
    building.mkdir()
    building.chmod(0o711)
    database = EmbeddedDatabase(building)
    try:
        migrate(database.start().owner_url, row_security=ROW_SECURITY)
    finally:
        database.release()
    building.rename(template)
