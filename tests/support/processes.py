"""Looks at processes by /proc: who started whom."""

from pathlib import Path


def children_of(parent: int, doing: str) -> list[int]:
    """The living children of a process whose command line has `doing` in it."""
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            state, ppid = entry.joinpath("stat").read_text().rpartition(") ")[2].split()[:2]
            command = entry.joinpath("cmdline").read_bytes().decode("utf-8", "replace")
        except OSError:
            continue
        if int(ppid) == parent and state != "Z" and doing in command:
            found.append(int(entry.name))
    return sorted(found)


def is_running(pid: int) -> bool:
    """Whether the process exists and has not ended."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(") ")[2][:1]
    except OSError:
        return False
    return state not in ("Z", "X")
