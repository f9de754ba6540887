"""The socket of the server: whoever vanishes without a word is noticed by the system."""

from __future__ import annotations

import socket

import pytest

from api.listener import GONE_MS, listening_socket
from tests.support.server import free_port


@pytest.mark.skipif(not hasattr(socket, "TCP_USER_TIMEOUT"), reason="Linux alone has it")
def test_connections_inherit_the_watch_for_who_is_gone() -> None:
    with listening_socket("127.0.0.1", free_port()) as listener:
        listener.listen()
        with (
            socket.create_connection(listener.getsockname()),
            listener.accept()[0] as connection,
        ):
            kept = connection.getsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE)
            tcp = {
                name: connection.getsockopt(socket.IPPROTO_TCP, getattr(socket, name))
                for name in ("TCP_KEEPIDLE", "TCP_KEEPINTVL", "TCP_USER_TIMEOUT")
            }

    assert kept == 1
    # Silent: asked after a minute, and given up with the next question. Unreceived: after a minute.
    assert tcp == {"TCP_KEEPIDLE": 60, "TCP_KEEPINTVL": 15, "TCP_USER_TIMEOUT": GONE_MS}
