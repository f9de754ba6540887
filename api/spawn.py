"""Starts server processes, the first while its parent still imports what it needs itself.

Imports take most of a start, so this module needs the standard library alone.
"""

from __future__ import annotations

import atexit
import functools
import os
import shutil
import socket
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

METRICS_FOLDER = "PROMETHEUS_MULTIPROC_DIR"


@dataclass(frozen=True, slots=True)
class Spawned:
    """A process that was started, and the parent's end of what they talk through."""

    process: subprocess.Popen[bytes]
    control: socket.socket


_early: list[Spawned] = []


def spawn_early() -> None:
    """Start the first process before it is known whether and with what it will serve."""
    _early.append(_spawn())
    atexit.register(_give_up)


def spawn() -> Spawned:
    """The process that was started early, else a new one."""
    return _early.pop() if _early else _spawn()


def _spawn() -> Spawned:
    ours, theirs = socket.socketpair()
    with theirs:
        process = subprocess.Popen(
            [sys.executable, "-m", "api.process_entry", str(theirs.fileno())],
            env=os.environ | {METRICS_FOLDER: _metrics_folder()},
            stdin=subprocess.DEVNULL,
            stdout=2,  # what belongs on standard output is said by the parent
            pass_fds=[theirs.fileno()],
            # Ctrl-C reaches the parent alone, which stops its processes in order.
            process_group=0,
        )
    return Spawned(process, ours)


def _give_up() -> None:
    """End a process that was started early and never needed, before it misses its parent."""
    while _early:
        process = _early.pop().process
        process.kill()
        process.wait()


@functools.cache
def _metrics_folder() -> str:
    """Where the processes keep their figures, so that any of them can add them up.

    The parent keeps none there, so its own environment stays as it is.
    """
    given = os.environ.get(METRICS_FOLDER)
    if given is not None:
        return given
    folder = tempfile.mkdtemp(prefix="rollcall-metrics-")
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder


def forget_figures(pid: int) -> None:
    """Take out of /metrics what a process that has ended was at; what it counted stays."""
    for path in Path(_metrics_folder()).glob(f"gauge_live*_{pid}.db"):
        path.unlink(missing_ok=True)
