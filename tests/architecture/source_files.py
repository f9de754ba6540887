"""Which files are the project's own: what git would keep, without what tools wrote."""

import ast
import subprocess
from functools import cache
from pathlib import Path

REPOSITORY = Path(__file__).parents[2]
PACKAGES = ("api", "domain", "graphql_schema", "scim_facade")
GENERATED = ("domain/migrations/versions/", "graphql_schema/schema.graphql", "locks/", "LICENSE")

FOREIGN = {".git", ".venv", "data", "node_modules", "__pycache__", ".mypy_cache", ".ruff_cache"}


@cache
def own_files() -> tuple[str, ...]:
    """Paths relative to the repository, of files that git keeps or would keep."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
    try:
        done = subprocess.run(command, cwd=REPOSITORY, capture_output=True, check=True, text=True)
        names = done.stdout.split("\0")
    except (OSError, subprocess.CalledProcessError):  # no git here, or an export without it
        found = (path.relative_to(REPOSITORY) for path in REPOSITORY.rglob("*.*"))
        names = [str(path) for path in found if not FOREIGN & set(path.parts)]
    return tuple(sorted(name for name in names if name and (REPOSITORY / name).is_file()))


def written_by_hand(*endings: str) -> list[str]:
    return [
        name for name in own_files() if name.endswith(endings) and not name.startswith(GENERATED)
    ]


def python_files(*folders: str) -> list[str]:
    wanted = tuple(f"{folder}/" for folder in folders)
    return [name for name in own_files() if name.endswith(".py") and name.startswith(wanted)]


@cache
def syntax(name: str) -> ast.Module:
    return ast.parse((REPOSITORY / name).read_text("utf-8"), name)
