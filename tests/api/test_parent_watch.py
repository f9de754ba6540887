"""A server process whose parent is gone before it serves: it ends, and lets go of the port."""

from __future__ import annotations

import os
import socket

import pytest

from api.database import DatabaseUrls
from api.server_child import Child, Orders
from api.spawn import spawn


def test_process_that_has_not_begun_ends_with_its_parent() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener, database() as asked:
        # given a process that still imports its modules, with its orders on the way
        environment = dict(os.environ)
        spawned = spawn()
        assert os.environ == environment
        url = f"postgresql://nobody@127.0.0.1:{asked.getsockname()[1]}/rollcall"
        Child(spawned).command(Orders(listener, DatabaseUrls(url, url)))

        # when its parent's end of the line is closed
        spawned.control.close()

        # then it ends without a look at the database
        assert spawned.process.wait(60) == 0
        with pytest.raises(BlockingIOError):
            asked.accept()


def database() -> socket.socket:
    """Something that would take a connection to a database."""
    server = socket.create_server(("127.0.0.1", 0))
    server.setblocking(False)
    return server
