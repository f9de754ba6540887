"""Ends a server process whose parent is gone before it has begun to serve.

Until then it has nothing to finish. What it holds, the listening socket for one, it may even hold
unknowingly, in a message that it has not read yet; the next server needs the port.
"""

from __future__ import annotations

import os
import select
from threading import Event, Thread

_begun = Event()


def end_with_parent(descriptor: int) -> None:
    """Watch, in a thread, the socket whose other end is the parent's."""
    Thread(target=_watch, args=(descriptor,), name="parent watch", daemon=True).start()


def serving_begins() -> None:
    """From now on the process itself notices, and finishes what it is at."""
    _begun.set()


def _watch(descriptor: int) -> None:
    poll = select.poll()
    poll.register(descriptor, 0)  # that the other end is closed is told without asking
    poll.poll()
    if not _begun.is_set():
        os._exit(0)
