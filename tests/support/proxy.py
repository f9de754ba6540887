"""A way to a server that can be cut, stopped and restored, as networks are."""

from __future__ import annotations

import asyncio
import socket
from contextlib import suppress
from typing import Any
from urllib.parse import parse_qs, urlsplit, urlunsplit

CHUNK = 65_536


class Proxy:
    """Forwards TCP connections to a port or a PostgreSQL socket of this machine.

    Closed, it refuses; stalled, it takes connections and bytes and passes nothing on; `cut` resets
    what is connected.
    """

    def __init__(self, to: str | int, *, port: int = 0) -> None:
        self._to = to
        self.port = port
        self._server: asyncio.Server | None = None
        self._flowing = asyncio.Event()
        self._flowing.set()
        self._connections: set[asyncio.Transport] = set()
        self.taken = 0

    async def open(self) -> None:
        """Take connections."""
        self._server = await asyncio.start_server(
            self._serve, "127.0.0.1", self.port, reuse_address=True
        )
        self.port = self._server.sockets[0].getsockname()[1]

    async def close(self) -> None:
        """Refuse connections, and reset those there are."""
        if self._server is not None:
            self._server.close()
            self._server = None
        self.cut()
        await asyncio.sleep(0)

    def cut(self) -> None:
        """Reset every connection."""
        for transport in list(self._connections):
            transport.abort()

    def stall(self) -> None:
        """Pass nothing on from now."""
        self._flowing.clear()

    def flow(self) -> None:
        """Pass on again, also what came meanwhile."""
        self._flowing.set()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.taken += 1
        self._keep(writer)
        try:
            with suppress(OSError):
                far_reader, far_writer = await self._connect()
                self._keep(far_writer)
                try:
                    await asyncio.gather(
                        self._pass(reader, far_writer), self._pass(far_reader, writer)
                    )
                finally:
                    far_writer.close()
        finally:
            writer.close()

    async def _connect(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        await self._flowing.wait()
        if isinstance(self._to, int):
            return await asyncio.open_connection("127.0.0.1", self._to)
        return await asyncio.open_unix_connection(self._to)

    async def _pass(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError):
            while data := await reader.read(CHUNK):
                await self._flowing.wait()
                writer.write(data)
                await writer.drain()
        writer.close()

    def _keep(self, writer: asyncio.StreamWriter) -> None:
        transport: Any = writer.transport
        self._connections = {each for each in self._connections if not each.is_closing()}
        self._connections.add(transport)


def through(proxy: Proxy, url: str) -> str:
    """The database URL, over the proxy."""
    return rerouted(url, proxy.port)


def rerouted(url: str, port: int) -> str:
    """The database URL at another port of this machine."""
    parts = urlsplit(url)
    user = parts.netloc.rpartition("@")[0]
    return urlunsplit((parts.scheme, f"{user}@127.0.0.1:{port}", parts.path, "", ""))


def socket_of(url: str) -> str | int:
    """Where the database of a URL listens: the path of its socket, or its port."""
    parts = urlsplit(url)
    query = parse_qs(parts.query)
    if parts.hostname:
        return parts.port or 5432
    return f"{query['host'][0]}/.s.PGSQL.{query.get('port', ['5432'])[0]}"


def free_ports(count: int) -> list[int]:
    """Ports that nothing listened on a moment ago."""
    probes = [socket.socket() for _ in range(count)]
    try:
        for probe in probes:
            probe.bind(("127.0.0.1", 0))
        return [probe.getsockname()[1] for probe in probes]
    finally:
        for probe in probes:
            probe.close()
