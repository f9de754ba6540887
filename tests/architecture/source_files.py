"""Which files are the project's own: what git would keep, without what tools wrote."""

import ast
import subprocess
from functools import cache
from pathlib import Path

REPOSITORY = Path(__file__).parents[2]
PACKAGES = ("api", "domain", "graphql_schema", "scim_facade")
GENERATED = ("domain/migrations/versions/", "graphql_schema/schema.graphql", "locks/", "LICENSE")


@cache
def own_files() -> tuple[str, ...]:
    """Paths relative to the repository, of files that git keeps or would keep."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
    listed = subprocess.run(command, cwd=REPOSITORY, capture_output=True, check=False, text=True)
    if listed.returncode == 0:
        names = listed.stdout.split("\0")
    else:  # an export without git
        names = [str(path.relative_to(REPOSITORY)) for path in REPOSITORY.rglob("*.*")]
        names = [name for name in names if "node_modules" not in name and name[0] != "."]
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
