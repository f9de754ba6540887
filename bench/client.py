"""One kept connection to a server, with next to nothing between: its own work is not measured."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any, NamedTuple, Self
from urllib.parse import urlsplit

import httptools
import orjson

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

SCIM = "application/scim+json"
JSON = "application/json"
EVENTS = "text/event-stream"


class Answer(NamedTuple):
    """What came back."""

    status: int
    body: bytes


class UnexpectedAnswerError(RuntimeError):
    """An answer that a measurement cannot go on with."""


class _Wire(asyncio.Protocol):
    """One request in flight at a time."""

    def __init__(self) -> None:
        self.transport: Any = None
        self.answer: asyncio.Future[Answer] | None = None
        self.begin()

    def begin(self) -> None:
        self._parser = httptools.HttpResponseParser(self)
        self._body: list[bytes] = []

    def connection_made(self, transport: Any) -> None:
        self.transport = transport

    def connection_lost(self, _reason: Exception | None) -> None:
        self.transport = None
        if self.answer is not None and not self.answer.done():
            self.answer.set_exception(ConnectionError("the server closed the connection"))

    def data_received(self, data: bytes) -> None:
        self._parser.feed_data(data)

    def on_body(self, body: bytes) -> None:
        self._body.append(body)

    def on_message_complete(self) -> None:
        status = self._parser.get_status_code()
        if not self._parser.should_keep_alive() and self.transport is not None:
            self.transport.close()
            self.transport = None
        if self.answer is not None and not self.answer.done():
            self.answer.set_result(Answer(status, b"".join(self._body)))


class Client:
    """Sends requests one after the other. Use it as a context manager, or close it."""

    def __init__(self, url: str, token: str, media_type: str = JSON) -> None:
        """`url` is scheme, host, port and what comes before every path."""
        address = urlsplit(url)
        self._host, self._port = str(address.hostname), address.port or 80
        self._prefix = address.path
        self._head = (
            f" HTTP/1.1\r\nhost: {address.netloc}\r\nauthorization: Bearer {token}\r\n"
            f"accept: {media_type}\r\ncontent-type: {media_type}\r\ncontent-length: "
        )
        self._wire: _Wire | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    async def send(self, method: str, path: str, body: bytes = b"") -> Answer:
        """The answer, whatever its status. Raises ConnectionError."""
        loop = asyncio.get_running_loop()
        if self._wire is None or self._wire.transport is None:
            _, self._wire = await loop.create_connection(_Wire, self._host, self._port)
        wire = self._wire
        wire.begin()
        wire.answer = loop.create_future()
        head = f"{method} {self._prefix}{path}{self._head}{len(body)}\r\n\r\n"
        wire.transport.write(head.encode() + body)
        return await wire.answer

    async def expect(self, method: str, path: str, sent: object = None) -> Any:
        """What a successful answer holds, read as JSON; None without a body.

        Raises UnexpectedAnswerError for any other.
        """
        body = b"" if sent is None else orjson.dumps(sent)
        answer = await self.send(method, path, body)
        if not 200 <= answer.status < 300:
            text = answer.body.decode(errors="replace")[:500]
            raise UnexpectedAnswerError(f"{method} {path}: {answer.status} {text}")
        return orjson.loads(answer.body) if answer.body else None

    async def graphql(self, query: str, **variables: object) -> Any:
        """The data of an operation. Raises UnexpectedAnswerError for errors of any kind."""
        answer = await self.expect("POST", "/graphql", {"query": query, "variables": variables})
        data = answer.get("data") or {}
        refused = [
            each["errors"]
            for each in data.values()
            if isinstance(each, dict) and each.get("errors")
        ]
        if "errors" in answer or refused:
            raise UnexpectedAnswerError(str(answer.get("errors") or refused)[:500])
        return data

    async def ask(self, selection: str, organization: str) -> Any:
        """What is selected of the organization of that id."""
        query = f"query ($org: ID!) {{ organization(by: {{id: $org}}) {{ {selection} }} }}"
        return (await self.graphql(query, org=organization))["organization"]

    def close(self) -> None:
        """Give the connection up."""
        if self._wire is not None and self._wire.transport is not None:
            self._wire.transport.close()


async def events(url: str, token: str, body: bytes, begun: asyncio.Event) -> AsyncIterator[bytes]:
    """The data of server-sent events that answer a POST; `begun` is set once they are sure to come.

    Raises UnexpectedAnswerError when the server refuses.
    """
    address = urlsplit(url)
    reader, writer = await asyncio.open_connection(address.hostname, address.port, limit=2**20)
    try:
        writer.write(
            f"POST {address.path} HTTP/1.1\r\nhost: {address.netloc}\r\n"
            f"authorization: Bearer {token}\r\naccept: {EVENTS}\r\ncontent-type: {JSON}\r\n"
            f"content-length: {len(body)}\r\n\r\n".encode()
            + body
        )
        head = await reader.readuntil(b"\r\n\r\n")
        if b" 200 " not in head.split(b"\r\n")[0]:
            raise UnexpectedAnswerError(head.decode(errors="replace")[:300])
        begun.set()
        async for line in reader:  # sizes of chunks stand on lines of their own
            if line.startswith(b"data: "):
                yield line[6:]
    finally:
        writer.close()
