"""Keeps tests on this machine: only loopback addresses and UNIX sockets may be reached."""

import ipaddress
import sys
from typing import Any

import uvloop


class NetworkForbiddenError(RuntimeError):
    """A test tried to reach another machine."""


def require_local(host: object) -> None:
    """Raises NetworkForbiddenError unless `host` is this machine."""
    if host is None or host in ("", "localhost", b"localhost"):
        return
    text = host.decode() if isinstance(host, bytes) else str(host)
    try:
        local = ipaddress.ip_address(text.partition("%")[0]).is_loopback
    except ValueError:  # a name that would have to be asked for
        local = text.endswith(".localhost")
    if not local:
        raise NetworkForbiddenError(f"tests must not reach {text}")


def forbid_other_machines() -> None:
    """Checks every connection of Python's own sockets in this process, for good."""
    sys.addaudithook(_check)


def _check(event: str, arguments: tuple[Any, ...]) -> None:
    if event == "socket.connect" and isinstance(arguments[1], tuple):
        require_local(arguments[1][0])


class LocalLoop(uvloop.Loop):
    """uvloop with the same check: it connects below Python's sockets."""

    async def create_connection(
        self, protocol_factory: Any, host: Any = None, port: Any = None, **options: Any
    ) -> Any:
        """Connects as uvloop does, to this machine only."""
        if host is not None:
            require_local(host)
        return await super().create_connection(protocol_factory, host, port, **options)
