"""What a measurement has to say of the machine, and what processes take of it."""

from __future__ import annotations

import os
import platform
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

MIB = 1024 * 1024
PAGE = os.sysconf("SC_PAGE_SIZE")


def load_average() -> float:
    """Of the last minute."""
    return os.getloadavg()[0]


@dataclass(frozen=True, slots=True)
class Conditions:
    """Under which something was measured; made before it."""

    load_before: float = field(default_factory=load_average)
    began: float = field(default_factory=time.monotonic)

    def text(self, *of_it: str) -> str:
        """One line: what was measured, on what machine, how busy, how long it took."""
        facts = [
            *of_it,
            f"{os.cpu_count()} cores",
            f"Python {platform.python_version()}",
            f"load average {self.load_before:.1f} before the run, {load_average():.1f} at its end",
            f"{time.monotonic() - self.began:.0f} s in all",
        ]
        return " · ".join(facts)


def family(pid: int) -> Iterator[tuple[int, str]]:
    """A process and all that come from it, each with its name; those that end are left out."""
    try:
        name = Path(f"/proc/{pid}/comm").read_text(encoding="utf-8").strip()
        tasks = list(Path(f"/proc/{pid}/task").iterdir())
    except (FileNotFoundError, ProcessLookupError):
        return
    yield pid, name
    for task in tasks:
        try:
            children = (task / "children").read_text(encoding="utf-8").split()
        except (FileNotFoundError, ProcessLookupError):
            continue
        for child in children:
            yield from family(int(child))


def server_pids(pid: int) -> list[int]:
    """A server's processes without those of its database."""
    return [each for each, name in family(pid) if "postgres" not in name]


def cpu_s(pid: int) -> float:
    """CPU of a server's processes, but for the database, in seconds."""
    total = 0
    for each in server_pids(pid):
        for task in Path(f"/proc/{each}/task").iterdir():
            total += int((task / "schedstat").read_text(encoding="utf-8").split()[0])
    return total / 1e9


def resident_bytes(pid: int) -> int:
    """Memory of one process that is in use now; 0 when it has ended."""
    try:
        return int(Path(f"/proc/{pid}/statm").read_text(encoding="utf-8").split()[1]) * PAGE
    except (FileNotFoundError, ProcessLookupError):
        return 0


def proportional_bytes(pid: int) -> int:
    """The same with what it shares divided among those who share it; 0 when it has ended."""
    try:
        text = Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="utf-8")
    except (FileNotFoundError, ProcessLookupError):
        return 0
    return next(int(line.split()[1]) * 1024 for line in text.splitlines() if line[:4] == "Pss:")


def server_memory_mib(pid: int) -> float:
    """Of all the server's processes, but for the database, in MiB."""
    return sum(resident_bytes(each) for each in server_pids(pid)) / MIB
