"""One server process as its parent sees it, and what the two say to each other.

They talk through a pair of sockets. The parent sends one message once the database is there: the
listening socket and, as JSON, the database's addresses and the settings that the command line gave.
The process answers when it is ready. When either end closes, the other process is gone. No
address of the database stands on a command line or in an environment.
"""

from __future__ import annotations

import asyncio
import json
import os
import socket
from contextlib import suppress
from dataclasses import asdict, dataclass

from api.database import DatabaseUrls
from api.settings import PREFIX
from api.spawn import Spawned, forget_figures, spawn

READY = b"ready\n"
CANNOT_START = 3
"""Exit code of a process that has said why it cannot start."""
_LONGEST_MESSAGE = 65_536


@dataclass(frozen=True, slots=True)
class Orders:
    """What a process needs to begin."""

    listener: socket.socket
    urls: DatabaseUrls


class Child:
    """A server process that runs."""

    def __init__(self, spawned: Spawned) -> None:
        self._process = spawned.process
        self._control = spawned.control

    @classmethod
    def start(cls) -> Child:
        """A process that imports its modules and then waits for orders."""
        return cls(spawn())

    def command(self, orders: Orders) -> None:
        """Tell the process where the database is and where to listen."""
        settings = {name: value for name, value in os.environ.items() if name.startswith(PREFIX)}
        message = json.dumps({"urls": asdict(orders.urls), "settings": settings}).encode()
        with suppress(OSError):  # it has ended, as whoever waits for it will see
            socket.send_fds(self._control, [message], [orders.listener.fileno()])

    async def is_ready(self) -> bool:
        """Waits until the process answers requests; False when it ends instead."""
        return await self._receive() == READY

    async def ended(self) -> int:
        """Waits for the end of the process; its exit code, negative for a signal."""
        while await self._receive():
            pass
        self._control.close()
        code = await asyncio.to_thread(self._process.wait)
        forget_figures(self._process.pid)
        return code

    def terminate(self) -> None:
        """Ask the process to finish what it is at and end."""
        self._process.terminate()

    def kill(self) -> None:
        """End the process at once."""
        self._process.kill()

    async def _receive(self) -> bytes:
        self._control.setblocking(False)
        try:
            return await asyncio.get_running_loop().sock_recv(self._control, len(READY))
        except OSError:
            return b""


def receive_orders(control: socket.socket) -> Orders | None:
    """In the process: its orders, once they come; None when the parent is gone."""
    message, descriptors, _, _ = socket.recv_fds(control, _LONGEST_MESSAGE, 1)
    if not message:
        return None
    content = json.loads(message)
    os.environ.update(content["settings"])
    return Orders(socket.socket(fileno=descriptors[0]), DatabaseUrls(**content["urls"]))
