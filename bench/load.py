"""Drives a SCIM server with the load generator, which is a program of its own."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

OPERATIONS = ("get", "filter", "filter-miss", "patch-active", "page-first", "page-deep")
GROUP_SIZES = (10, 1000, 10_000, 100_000)
RACES = ("race-members:160", "race-username:16")
CONNECTIONS = (1, 16)
SEED_S = 900
WARMUP_S = 0.5


@dataclass(frozen=True, slots=True)
class Load:
    """What is asked of every server alike."""

    generator: Path
    users: int
    duration: float
    repeat: int
    row_limit_s: float = 20.0

    @property
    def group_sizes(self) -> tuple[int, ...]:
        """Those for which there are enough members, and one to add."""
        return tuple(size for size in GROUP_SIZES if size < self.users)

    @property
    def operations(self) -> tuple[str, ...]:
        """In the order of the table; creates come last, since they add members."""
        groups = (f"group-add:{size}" for size in self.group_sizes)
        return (*OPERATIONS, *groups, "create")

    @property
    def limit_s(self) -> float:
        """The longest that a row may take, never less than twice the time it is measured for."""
        return max(self.row_limit_s, 2 * self.repeat * self.duration + WARMUP_S)


@dataclass(frozen=True, slots=True)
class Target:
    """A server, and the file that remembers who is in it."""

    name: str
    base_url: str
    token: str = field(repr=False)
    state: Path


def drive(
    load: Load,
    target: Target,
    operations: Sequence[str],
    out: Path,
    *,
    connections: Sequence[int] = CONNECTIONS,
    limit_s: float | None = None,
) -> list[dict[str, Any]]:
    """The generator's results of these operations; it seeds what the state file lacks.

    Raises subprocess.TimeoutExpired past `limit_s`, CalledProcessError when it fails.
    """
    out.unlink(missing_ok=True)
    command = [
        *(sys.executable, str(load.generator)),
        *("--base", target.base_url, "--token", target.token, "--name", target.name),
        *("--users", str(load.users), "--state", str(target.state)),
        *("--conc", ",".join(map(str, connections)), "--duration", str(load.duration)),
        *("--repeat", str(load.repeat), "--warmup", str(WARMUP_S)),
        *("--out", str(out), "--seed-budget", str(SEED_S)),
        *("--ops", ",".join(operations)),
    ]
    subprocess.run(command, check=True, timeout=limit_s)
    if not out.exists():  # every operation was skipped
        return []
    return [json.loads(line) for line in out.read_text(encoding="utf-8").splitlines()]
