"""A server, or a proxy before it, that says to come again: what is asked again, and what is not."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread

import pytest

from api.remote.errors import NotLetIn, RemoteError, Unreachable
from api.remote.introduction import Introduction
from api.remote.server import RemoteServer

Answer = tuple[int, dict[str, str], str]
Serve = Callable[..., tuple[str, list[str]]]

QUERY = "query Who { viewer { label } }"
MUTATION = "mutation Out { signOut { changed } }"
DONE: Answer = (200, {}, json.dumps({"data": {"viewer": {"label": "Ada"}}}))


def refused(code: str, status: int = 200, retry_after: str | None = None) -> Answer:
    error = {"message": "No.", "extensions": {"code": code, "correlationId": "c-1"}}
    headers = {} if retry_after is None else {"Retry-After": retry_after}
    return status, headers, json.dumps({"data": None, "errors": [error]})


@pytest.fixture
def serve() -> Iterator[Serve]:
    """Starts a server that gives these answers; its address, and the operations it was sent."""
    servers: list[HTTPServer] = []

    def start(*answers: Answer) -> tuple[str, list[str]]:
        left, asked = list(answers), list[str]()

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                asked.append(json.loads(body)["query"].split()[0])
                status, headers, text = left.pop(0)
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(text)))
                self.end_headers()
                self.wfile.write(text.encode())

            def log_message(self, *args: object) -> None:
                """Nothing on the terminal of the tests."""

        server = HTTPServer(("127.0.0.1", 0), Handler)
        Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        servers.append(server)
        return f"http://127.0.0.1:{server.server_port}", asked

    yield start
    for each in servers:
        each.shutdown()
        each.server_close()


async def no_pause(_seconds: float) -> None:
    return


@pytest.mark.parametrize(
    "busy",
    [
        (503, {"Retry-After": "1"}, "<html>maintenance</html>"),
        (502, {}, "<html>bad gateway</html>"),
        refused("INTERNAL", 503, "1"),
        refused("RATE_LIMITED", 429, "1"),
    ],
    ids=["proxy", "gateway", "server", "limit"],
)
async def test_a_question_is_asked_again(serve: Serve, busy: Answer) -> None:
    url, asked = serve(busy, busy, DONE)

    async with RemoteServer(url, Introduction(), pause=no_pause) as server:
        assert await server.ask(QUERY) == {"viewer": {"label": "Ada"}}

    assert asked == ["query"] * 3


async def test_a_change_that_was_over_a_limit_is_sent_again(serve: Serve) -> None:
    done: Answer = (200, {}, json.dumps({"data": {"signOut": {"changed": True}}}))
    url, asked = serve(refused("RATE_LIMITED", 429, "1"), (429, {"Retry-After": "1"}, "no"), done)

    async with RemoteServer(url, Introduction(), pause=no_pause) as server:
        assert await server.change(MUTATION) == {"changed": True}

    assert asked == ["mutation"] * 3


@pytest.mark.parametrize(
    "busy",
    [
        (503, {"Retry-After": "1"}, "<html>maintenance</html>"),
        (504, {}, "<html>gateway timeout</html>"),
        refused("INTERNAL", 503, "1"),
    ],
    ids=["proxy", "gateway", "server"],
)
async def test_a_change_that_may_have_been_done_is_not(serve: Serve, busy: Answer) -> None:
    url, asked = serve(busy)

    async with RemoteServer(url, Introduction(), pause=no_pause) as server:
        with pytest.raises(Unreachable, match=url):
            await server.change(MUTATION)

    assert asked == ["mutation"]


async def test_nobody_waits_for_ever(serve: Serve) -> None:
    url, asked = serve(refused("RATE_LIMITED", 429, "3600"))

    async with RemoteServer(url, Introduction(), pause=no_pause) as server:
        with pytest.raises(RemoteError, match=r"No\. \(correlation id c-1\)"):
            await server.ask(QUERY)

    assert asked == ["query"]


async def test_an_error_of_the_server_can_be_quoted(serve: Serve) -> None:
    url, _ = serve(refused("INTERNAL"), refused("FORBIDDEN"))

    async with RemoteServer(url, Introduction(), pause=no_pause) as server:
        with pytest.raises(RemoteError, match=r"^No\. \(correlation id c-1\)$"):
            await server.change(MUTATION)
        with pytest.raises(NotLetIn):
            await server.change(MUTATION)


async def test_a_session_is_taken_from_the_answer(serve: Serve) -> None:
    cookie = "__Host-session=ses_a_b; Path=/; HttpOnly; SameSite=Lax; Secure; Max-Age=604800"
    url, _ = serve((200, {"Set-Cookie": cookie}, DONE[2]), DONE)

    async with RemoteServer(url, Introduction()) as server:
        await server.ask(QUERY)
        first = server.session_cookie
        await server.ask(QUERY)

    assert (first, server.session_cookie) == ("__Host-session=ses_a_b",) * 2
