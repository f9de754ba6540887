"""Other versions of Rollcall, in folders of their own: the one before, and a next one made up."""

from __future__ import annotations

import io
import shutil
import subprocess
import tarfile
from pathlib import Path

from domain.migrations import head_revision
from tests.support.server import server_folder

REPOSITORY = Path(__file__).parents[2]
ROOMS = ("api", "domain", "graphql_schema", "scim_facade")
_STEPS = "domain/migrations/versions"
_NEXT_STEP = """
import sqlalchemy as sa
from alembic import op
from domain.migrations.statements import create_index_beside

revision = "{revision}"
down_revision = "{before}"


def upgrade() -> None:
    op.add_column("members", sa.Column("remark", sa.Text(), nullable=True))
    op.add_column("members", sa.Column("rank", sa.Integer(), server_default="0", nullable=False))
    keys = [sa.Column(name, sa.UUID(), primary_key=True) for name in ("organization_id", "id")]
    op.create_table("remarks", *keys)
    create_index_beside("members_rank_idx", "members", ["organization_id", "rank", "id"])
"""


def commit_before_the_newest_step() -> str | None:
    """The last commit with the schema before this one; None in a clone without its history."""
    step = f"{_STEPS}/{head_revision()}_*.py"
    added = _git("log", "-1", "--diff-filter=A", "--format=%H", "--", step)
    parent = _git("rev-parse", "--verify", "--quiet", f"{added}^") if added else None
    # Where the clone was cut, every file seems to be new.
    return parent if parent and _git("ls-tree", "-r", parent, "--name-only", _STEPS) else None


def checked_out(commit: str) -> Path:
    """The server's packages as of a commit, in a new folder."""
    done = subprocess.run(
        ["git", "archive", commit, *ROOMS], cwd=REPOSITORY, capture_output=True, check=True
    )
    folder = _folder()
    with tarfile.open(fileobj=io.BytesIO(done.stdout)) as archive:
        archive.extractall(folder, filter="data")
    return folder


def next_version() -> Path:
    """The server's packages as they are, with one more step of the schema, in a new folder."""
    folder = _folder()
    ignored = shutil.ignore_patterns("__pycache__", "console_files")
    for room in ROOMS:
        shutil.copytree(REPOSITORY / room, folder / room, ignore=ignored)
    before = head_revision()
    revision = f"{int(before) + 1:04}"
    step = _NEXT_STEP.format(revision=revision, before=before)
    (folder / _STEPS / f"{revision}_a_next_version.py").write_text(step)
    return folder


def _folder() -> Path:
    folder = server_folder() / "version"
    folder.mkdir()
    return folder


def _git(*arguments: str) -> str | None:
    try:
        done = subprocess.run(
            ["git", *arguments], cwd=REPOSITORY, capture_output=True, check=True, text=True
        )
    except (OSError, subprocess.CalledProcessError):
        return None
    return done.stdout.strip() or None
