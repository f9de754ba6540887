"""A small HTTP server in a thread, for what plays another program in a test."""

from __future__ import annotations

from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from ssl import SSLContext

_JSON = {"content-type": "application/json"}


class Handler(BaseHTTPRequestHandler):
    """Reads and answers whole requests; derive from it and define `get`, `post` or both."""

    def do_GET(self) -> None:
        self.get()

    def do_POST(self) -> None:
        self.post()

    def get(self) -> None:
        """Answer a GET."""
        self.answer(404, b"{}")

    def post(self) -> None:
        """Answer a POST."""
        self.answer(404, b"{}")

    def body(self) -> bytes:
        """What was sent."""
        return self.rfile.read(int(self.headers.get("content-length") or 0))

    def answer(self, status: int, content: bytes, headers: Mapping[str, str] | None = None) -> None:
        """Answer so; without `headers` it is JSON."""
        self.send_response(status)
        for name, value in (_JSON if headers is None else headers).items():
            self.send_header(name, value)
        self.send_header("content-length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_: object) -> None:
        """Nobody reads it."""


@contextmanager
def serving(handler: type[Handler], tls: SSLContext | None = None) -> Iterator[str]:
    """The address of a server on this machine until the end, with `tls` https as `localhost`."""
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        url = f"http://127.0.0.1:{server.server_port}"
        if tls is not None:
            server.socket = tls.wrap_socket(server.socket, server_side=True)
            url = f"https://localhost:{server.server_port}"
        # The end is noticed after one of these.
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        thread.start()
        try:
            yield url
        finally:
            server.shutdown()
            thread.join()
