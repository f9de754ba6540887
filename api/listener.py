"""The socket on which the server answers, bound before anything else is started."""

from __future__ import annotations

import errno
import socket
import time

from api.start_error import StartError

RETRY_SECONDS = 3.0
GONE_MS = 60_000
_KEEP_ALIVE = {
    "TCP_KEEPIDLE": 60,
    "TCP_KEEPINTVL": 15,
    "TCP_KEEPCNT": 4,
    # For how long what was sent may go without a receipt.
    "TCP_USER_TIMEOUT": GONE_MS,
}


def listening_socket(host: str, port: int) -> socket.socket:
    """A bound socket that does not listen yet: until the server is ready, nobody gets through.

    Raises StartError when the address is taken or is not one of this machine.
    """
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    except OSError as error:
        raise StartError(f"ROLLCALL_HOST={host} is no address: {error.strerror}.") from error
    family, kind, protocol, _, address = found[0]
    listener = socket.socket(family, kind, protocol)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    _notice_who_is_gone(listener)
    if family == socket.AF_INET6 and host == "::":
        listener.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0)
    # The processes of a server that was killed a moment ago may still be on their way out.
    deadline = time.monotonic() + RETRY_SECONDS
    while True:
        try:
            listener.bind(address)
        except OSError as error:
            if error.errno == errno.EADDRINUSE and time.monotonic() < deadline:
                time.sleep(0.05)
                continue
            listener.close()
            raise StartError(_refusal(error, host, port)) from error
        return listener


def _notice_who_is_gone(listener: socket.socket) -> None:
    """Connections whose other end vanished without a word end by themselves; they inherit this."""
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    for name, seconds in _KEEP_ALIVE.items():
        if (option := getattr(socket, name, None)) is not None:  # Linux has all of them
            listener.setsockopt(socket.IPPROTO_TCP, option, seconds)


def _refusal(error: OSError, host: str, port: int) -> str:
    match error.errno:
        case errno.EADDRINUSE:
            return (
                f"Port {port} of {host} is in use. Stop what uses it, or choose another port with "
                f"--port or ROLLCALL_PORT."
            )
        case errno.EACCES:
            return f"Port {port} needs more rights; choose one above 1023."
        case _:
            return f"{host} port {port} cannot be used: {error.strerror}."
