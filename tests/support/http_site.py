"""The server's own HTTP protocol over real sockets, in the loop of a test."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

import uvicorn

from api.http_protocol import HttpProtocol, sweep_connections


@dataclass(frozen=True, slots=True)
class Site:
    """A server in this loop."""

    server: uvicorn.Server
    port: int
    clients: list[asyncio.StreamWriter] = field(default_factory=list)

    async def connect(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        """One client."""
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        self.clients.append(writer)
        return reader, writer

    @property
    def connections(self) -> int:
        """How many there are."""
        return len(self.server.server_state.connections)


@asynccontextmanager
async def served(app: Any, *, trusted_proxies: str | None = None) -> AsyncIterator[Site]:
    """The protocol, with `app` behind it."""
    config = uvicorn.Config(
        app, port=0, http=HttpProtocol, ws="websockets-sansio", lifespan="off", log_config=None,
        access_log=False, timeout_keep_alive=30, timeout_graceful_shutdown=5,
        server_header=False, proxy_headers=bool(trusted_proxies),
        forwarded_allow_ips=trusted_proxies,
    )  # fmt: skip
    server = uvicorn.Server(config)
    serving = asyncio.create_task(server._serve())
    while not server.started:
        await asyncio.sleep(0.01)
    sweeping = asyncio.create_task(sweep_connections(server.server_state.connections))
    site = Site(server, server.servers[0].sockets[0].getsockname()[1])
    try:
        yield site
    finally:
        # A test that failed leaves clients behind, and uvloop waits for them without end.
        for client in site.clients:
            client.transport.abort()
        server.should_exit = True
        await serving
        sweeping.cancel()


async def until_closed(reader: asyncio.StreamReader) -> bytes:
    """All that comes until the server ends the connection."""
    came = b""
    with suppress(ConnectionResetError):
        async with asyncio.timeout(20):
            while part := await reader.read(65_536):
                came += part
    return came


async def body_of(receive: Any) -> bytes | None:
    """The whole body of a request; None when the client leaves before its end."""
    body = b""
    while True:
        message: dict[str, Any] = await receive()
        if message["type"] == "http.disconnect":
            return None
        body += bytes(message["body"])
        if not message.get("more_body"):
            return body


@dataclass(frozen=True, slots=True)
class Seen:
    """A request as it reached the application."""

    method: str
    path: str
    headers: list[tuple[bytes, bytes]]
    client: str | None
    scheme: str
    body: bytes

    def header(self, name: bytes) -> list[bytes]:
        """Every value of a header, by its lower-case name."""
        return [value for key, value in self.headers if key == name]


@dataclass(slots=True)
class Recorder:
    """An application that remembers what reached it, and answers with method, path and size."""

    seen: list[Seen] = field(default_factory=list)

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            return
        body = await body_of(receive)
        if body is None:
            return
        client = scope["client"][0] if scope["client"] else None
        seen = Seen(scope["method"], scope["path"], scope["headers"], client, scope["scheme"], body)
        self.seen.append(seen)
        answer = f"{seen.method} {seen.path} {len(body)};".encode()
        headers = [(b"content-length", str(len(answer)).encode())]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": answer})
