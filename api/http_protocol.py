"""HTTP over one connection, with an end to everything: slow clients cannot wear the server out.

Uvicorn bounds only the pause between two requests. Here a request has a time in which its head, and
one in which all of it must arrive, and an answer one in which the client must go on reading. When
there are as many connections as may be, the one that has been silent longest makes room.

And it is strict where two parsers may disagree: what one of them takes for a body must never become
a request to the other. Most of that is llhttp's doing; see `on_headers_complete` and `_feed`.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from time import monotonic
from typing import Any

from httptools import HttpParserError, HttpParserUpgrade, HttpRequestParser
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle

HEAD_S = 10.0
"""In which the head of a request must have arrived, counted from its first byte."""
ARRIVAL_S = 30.0
"""In which a whole request must have arrived."""
STALLED_S = 30.0
"""For how long a client may leave an answer unread."""
LINGER_S = 0.5
"""For how long a server that stops still takes a request on a connection that is open."""
LARGEST_HEAD_BYTES = 65_536
SWEEP_EVERY_S = 0.5

_OF_A_BODY = frozenset({b"content-length", b"transfer-encoding"})
_INVALID = "Invalid HTTP request received."
_LATE = (408, b"Request Timeout", b"The request took too long to arrive.")
_LARGE = (431, b"Request Header Fields Too Large", b"The head of a request may have 64 KiB.")


class _Trailers(list[tuple[bytes, bytes]]):
    """What comes behind a chunked body is no header (RFC 9110 §6.5.1) and kept nowhere."""

    def append(self, pair: tuple[bytes, bytes], /) -> None:
        """Forget it."""


class HttpProtocol(HttpToolsProtocol):
    """One connection."""

    cycle: RequestResponseCycle | None  # type: ignore[assignment]  # None until the first request

    most_connections = 0
    """How many a process keeps; 0 is no limit. Set once, before the first."""

    ends_soon = False
    """Whether the process stops. Set once: connections are still made that were let in before."""

    def __init__(self, *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        self._head_bytes = 0
        self._arriving_since: float | None = None
        self._head_is_complete = False
        self._stalled_since: float | None = None
        self._silent_since = 0.0
        self._stopping = False
        self._refused = False

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Counts the time until the first byte like that between two requests."""
        super().connection_made(transport)
        self._silent_since = monotonic()
        self._await_request()
        if 0 < self.most_connections < len(self.connections):
            _make_room(self.connections, self)
        if self.ends_soon:
            self.shutdown()

    def data_received(self, data: bytes) -> None:
        """Some bytes more of a request."""
        if self._refused:
            return
        if not self._head_is_complete:
            self._head_bytes += len(data)
        self._unset_keepalive_if_required()
        self._feed(data)
        if self._head_bytes > LARGEST_HEAD_BYTES and not self._head_is_complete:
            self._refuse(_LARGE)

    def on_message_begin(self) -> None:
        """The first byte of a request."""
        super().on_message_begin()
        self._arriving_since = self.loop.time()

    def on_headers_complete(self) -> None:
        """The head is there: the application begins."""
        # What came in one piece with a large body is measured only where it may matter.
        if self._head_bytes > LARGEST_HEAD_BYTES and self._head_size() > LARGEST_HEAD_BYTES:
            self._refuse(_LARGE)
            return
        # RFC 9112 §3.2: exactly one, or the next server may route by another. No tunnels.
        hosts = sum(name == b"host" for name, _ in self.headers)
        is_old = self.parser.get_http_version() == "1.0"
        if (hosts != 1 and not is_old) or self.parser.get_method() == b"CONNECT":
            self._refused = True
            self.send_400_response(_INVALID)
            return
        if self._is_no_upgrade():
            return
        self._head_is_complete = True
        super().on_headers_complete()
        if not self.parser.should_upgrade():
            self.headers = _Trailers()  # the application keeps the list that it was given
        if self._stopping and self.cycle is not None:
            self.cycle.keep_alive = False

    def on_body(self, body: bytes) -> None:
        """Some bytes more of a body."""
        if not self._refused and not self._is_no_upgrade():
            super().on_body(body)

    def on_message_complete(self) -> None:
        """All of the request is there; what comes next is another."""
        if self._refused or self._is_no_upgrade():
            return
        super().on_message_complete()
        self._arriving_since = None
        self._head_is_complete = False
        self._head_bytes = 0

    def on_response_complete(self) -> None:
        """The client may be silent from now on."""
        self._silent_since = monotonic()
        super().on_response_complete()
        if self._stopping and not self.transport.is_closing() and self._is_idle():
            self.transport.close()

    def pause_writing(self) -> None:
        """The client does not read."""
        self._stalled_since = self.loop.time()
        super().pause_writing()

    def resume_writing(self) -> None:
        """The client reads."""
        self._stalled_since = None
        super().resume_writing()

    def shutdown(self) -> None:
        """Answer what is on its way, and then no more.

        A request may have left the client before it could know that the server stops.
        """
        self._stopping = True
        if self._is_idle():
            self.loop.call_later(LINGER_S, self._close_when_idle)
        elif self.cycle is not None:
            self.cycle.keep_alive = False

    def sweep(self, now: float) -> None:
        """End the connection if its client takes too long."""
        if self.transport.is_closing():
            return
        if self._stalled_since is not None and now > self._stalled_since + STALLED_S:
            self.transport.abort()
        elif self._arriving_since is not None:
            limit = ARRIVAL_S if self._head_is_complete else HEAD_S
            if now > self._arriving_since + limit:
                self._refuse(_LATE)

    @property
    def silent_since(self) -> float | None:
        """Since when the connection has waited for a whole head; None when it is at work.

        By the finest clock: the loop's own gives many connections the same millisecond.
        """
        return self._silent_since if not self._head_is_complete and self._is_answered() else None

    def make_room(self) -> None:
        """End a connection that does nothing, in favour of another."""
        self.transport.abort()

    def _feed(self, data: bytes) -> None:
        """Parse; a request that asks for an upgrade which it does not get is one like any other.

        The parser leaves the body of such a request unread: the next bytes would be a request of
        their own. It is told the head once more, without the header (RFC 9110 §7.8 lets us).
        """
        try:
            self.parser.feed_data(data)
        except HttpParserError:
            self.logger.warning(_INVALID)
            self.send_400_response(_INVALID)
        except HttpParserUpgrade as upgrade:
            if self._refused:
                return
            if self._should_upgrade():
                self.handle_websocket_upgrade()
                return
            method, version = self.parser.get_method(), self.parser.get_http_version()
            head = [b"%b %b HTTP/%b\r\n" % (method, self.url, version.encode())]
            head += [b"%b: %b\r\n" % pair for pair in self.headers if pair[0] != b"upgrade"]
            self.parser = HttpRequestParser(self)
            self._feed(b"".join(head) + b"\r\n" + data[upgrade.args[0] :])

    def _is_no_upgrade(self) -> bool:
        return self.parser.should_upgrade() and not self._should_upgrade()

    def _should_upgrade(self) -> bool:
        """Whether this is a handshake of a websocket (RFC 6455 §4.1): by GET, without a body."""
        return (
            super()._should_upgrade()
            and self.parser.get_method() == b"GET"
            and not any(name in _OF_A_BODY for name, _ in self.headers)
        )

    def _await_request(self) -> None:
        self.timeout_keep_alive_task = self.loop.call_later(
            self.timeout_keep_alive, self.timeout_keep_alive_handler
        )

    def _head_size(self) -> int:
        return len(self.url) + sum(len(name) + len(value) for name, value in self.headers)

    def _is_answered(self) -> bool:
        return self.cycle is None or self.cycle.response_complete

    def _is_idle(self) -> bool:
        return self._is_answered() and self._arriving_since is None and not self.pipeline

    def _close_when_idle(self) -> None:
        if not self.transport.is_closing() and self._is_idle():
            self.transport.close()

    def _refuse(self, refusal: tuple[int, bytes, bytes]) -> None:
        """Say why, unless an answer has begun, and close."""
        self._refused = True
        if self.cycle is None or not self._head_is_complete or not self.cycle.response_started:
            status, phrase, text = refusal
            head = b"HTTP/1.1 %d %b\r\ncontent-type: text/plain; charset=utf-8\r\n"
            rest = b"content-length: %d\r\nconnection: close\r\n\r\n%b"
            self.transport.write(head % (status, phrase) + rest % (len(text), text))
        if self.cycle is not None and not self.cycle.response_complete:
            self.cycle.disconnected = True
            self.cycle.message_event.set()
        self.transport.close()


async def sweep_connections(connections: Iterable[Any]) -> None:
    """End the connections of clients that take too long, again and again."""
    loop = asyncio.get_running_loop()
    while True:
        await asyncio.sleep(SWEEP_EVERY_S)
        now = loop.time()
        for connection in list(connections):
            if isinstance(connection, HttpProtocol):
                connection.sweep(now)


def _make_room(connections: Iterable[Any], newest: HttpProtocol) -> None:
    """End the connection that has been silent longest; where all are at work, the newest one."""
    silent = [
        (since, number, connection)
        for number, connection in enumerate(connections)
        if isinstance(connection, HttpProtocol)
        and connection is not newest
        and not connection.transport.is_closing()
        and (since := connection.silent_since) is not None
    ]
    victim = min(silent)[2] if silent else newest
    victim.make_room()
