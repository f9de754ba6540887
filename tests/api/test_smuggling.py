"""Nothing of one request becomes another: the server's own protocol, without a proxy before it.

`make soak ARGS=smuggling` sends the same through nginx.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import suppress

import pytest

from tests.support.http_site import Recorder, Seen, served, until_closed
from tests.support.smuggling import ATTACKS, HIDDEN, HIDDEN_PATH, HOST

Send = Callable[..., Awaitable[list[Seen]]]

# Not chunked by any reading: whoever sends a name of their own sends nothing ambiguous.
UNDERSCORE = "underscore"
UPGRADES = {
    "h2c": b"Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAAB\r\n",
    "websocket": b"Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n",
    "nothing known": b"Connection: upgrade\r\nUpgrade: tls/1.0, x\r\n",
    "two connections": b"Connection: upgrade\r\nConnection: keep-alive\r\nUpgrade: h2c\r\n",
}
CHUNKED = b"Transfer-Encoding: chunked\r\n"
NEXT = b"GET /next HTTP/1.1\r\nConnection: close\r\n" + HOST + b"\r\n"


@pytest.fixture
async def send() -> AsyncIterator[Send]:
    """Sends parts one after the other, and NEXT; gives what of it reached the application."""
    recorder = Recorder()

    async def sending(*parts: bytes) -> list[Seen]:
        recorder.seen.clear()
        reader, writer = await site.connect()
        for part in (*parts, NEXT):
            writer.write(part)
            await writer.drain()
            await asyncio.sleep(0.005)  # else the kernel may put them together
        answers = await until_closed(reader)
        writer.close()
        assert answers.count(b"HTTP/1.1 200 OK") == len(recorder.seen)
        assert [seen.path for seen in recorder.seen][-1:] == ["/next"], answers
        return recorder.seen[:-1]

    async with served(recorder) as site:
        yield sending


async def test_what_is_ambiguous_is_refused_and_the_hidden_request_reaches_nobody() -> None:
    recorder = Recorder()
    wrong = {}
    async with served(recorder) as site:
        for name, attack in ATTACKS.items():
            recorder.seen.clear()
            reader, writer = await site.connect()
            writer.write(attack)
            answer = b""
            with suppress(TimeoutError, OSError, asyncio.IncompleteReadError):
                async with asyncio.timeout(0.2):
                    answer = await reader.readuntil(b"\r\n")
            writer.close()
            paths = [seen.path for seen in recorder.seen]
            if HIDDEN_PATH in paths and name != f"TE.TE, {UNDERSCORE}":
                wrong[name] = f"reached: {paths}"
            elif not paths and not answer.startswith(b"HTTP/1.1 400 ") and name != "no version":
                wrong[name] = f"neither taken nor refused: {answer!r}"
            elif len(paths) > 1 and HIDDEN_PATH not in paths:
                wrong[name] = f"became {paths}"

    assert wrong == {}


@pytest.mark.parametrize("upgrade", UPGRADES.values(), ids=UPGRADES)
async def test_a_body_is_a_body_where_an_upgrade_was_asked_for(send: Send, upgrade: bytes) -> None:
    of_length = (b"Content-Length: %d\r\n" % len(HIDDEN), HIDDEN)
    of_chunks = (CHUNKED, b"%x\r\n%b\r\n0\r\n\r\n" % (len(HIDDEN), HIDDEN))
    for framing, body in (of_length, of_chunks):
        head = b"POST /outer HTTP/1.1\r\n" + HOST + upgrade + framing + b"\r\n"
        # In one piece, and with the body in segments of its own, as proxies send large ones.
        for parts in ((head + body,), (head, body), (head, body[:20], body[20:])):
            seen = await send(*parts)

            assert [(each.path, each.body) for each in seen] == [("/outer", HIDDEN)]
            assert seen[0].header(b"upgrade") == []


async def test_requests_one_after_the_other_stay_apart_where_no_upgrade_is_made(send: Send) -> None:
    asks = b"GET /outer HTTP/1.1\r\n" + HOST + UPGRADES["h2c"] + b"\r\n"

    assert [each.path for each in await send(asks + asks)] == ["/outer", "/outer"]


async def test_trailers_are_no_headers(send: Send) -> None:
    late = b"5\r\nhello\r\n0\r\nX-Late: Bearer\r\n\r\n"

    seen = await send(b"POST /outer HTTP/1.1\r\n" + HOST + CHUNKED + b"\r\n" + late)

    assert [(each.path, each.body, each.header(b"x-late")) for each in seen] == [
        ("/outer", b"hello", [])
    ]


async def test_a_target_with_a_host_is_taken_by_its_path(send: Send) -> None:
    for target in (b"http://evil.example/outer", b"HTTPS://evil.example:1/outer"):
        seen = await send(b"GET " + target + b" HTTP/1.1\r\n" + HOST + b"\r\n")

        assert [each.path for each in seen] == ["/outer"]


FORWARDED = (
    b"GET /outer HTTP/1.1\r\nX-Forwarded-For: 203.0.113.9\r\nX-Forwarded-Proto: https\r\n"
    b"X-Forwarded-Host: evil.example\r\nForwarded: for=203.0.113.9\r\nX-Real-IP: 203.0.113.9\r\n"
)


@pytest.mark.parametrize(
    ("trusted", "client"),
    [(None, "127.0.0.1"), ("10.0.0.1", "127.0.0.1"), ("127.0.0.1", "203.0.113.9")],
)
async def test_who_is_in_front_is_believed_of_a_known_proxy_alone(
    trusted: str | None, client: str
) -> None:
    recorder = Recorder()
    async with served(recorder, trusted_proxies=trusted) as site:
        reader, writer = await site.connect()
        writer.write(FORWARDED + HOST + b"\r\n")
        await reader.readuntil(b"\r\n")
        writer.close()

    assert [each.client for each in recorder.seen] == [client]
    assert [each.header(b"host") for each in recorder.seen] == [[b"rollcall.example.com"]]
