"""Looks at processes by /proc: who started whom, and who holds a connection."""

from collections.abc import Iterable
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


def owner_of(port: int, pids: Iterable[int]) -> int:
    """Which of these processes holds the other end of a connection from this local port."""
    pids = list(pids)
    for line in Path("/proc/net/tcp").read_text().splitlines()[1:]:
        _, _, remote, state, *_, inode = line.split()[:10]
        if state == "01" and int(remote.partition(":")[2], 16) == port:
            for pid in pids:
                for link in Path(f"/proc/{pid}/fd").iterdir():
                    if link.is_symlink() and str(link.readlink()) == f"socket:[{inode}]":
                        return pid
    raise AssertionError("no process has the connection")
