"""Slow, silent, greedy and vanished clients: each has its time, and nobody else waits for it."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import Any

import pytest

from api import http_protocol
from api.http_protocol import HttpProtocol
from tests.support.http_site import body_of, served, until_closed

GET = b"GET / HTTP/1.1\r\nhost: x\r\n\r\n"
SHORT_S = 0.3
LARGE = b"x" * 8_000_000


async def app(scope: Any, receive: Any, send: Any) -> None:
    """Answers with what it was sent; refuses at /early before it reads, is long at /large."""
    body = b"" if scope["path"] == "/early" else await body_of(receive)
    if body is None:
        return
    if scope["path"] == "/slow":
        await asyncio.sleep(1)
    if scope["path"] == "/large":
        body = LARGE
    headers = [(b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": body})


@pytest.fixture(autouse=True)
def hurried(monkeypatch: pytest.MonkeyPatch) -> None:
    """Limits that a test can wait for."""
    for name in ("HEAD_S", "ARRIVAL_S", "STALLED_S"):
        monkeypatch.setattr(http_protocol, name, SHORT_S)
    monkeypatch.setattr(http_protocol, "SWEEP_EVERY_S", 0.05)


@pytest.mark.parametrize(
    "part",
    [b"GET / HT", b"GET / HTTP/1.1\r\nhost: x\r\nx-a: 1\r\n", GET + b"GET / HTTP/1.1\r\nhost:"],
    ids=["line", "headers", "second request"],
)
async def test_a_head_that_does_not_end_is_answered_408(part: bytes) -> None:
    async with served(app) as site:
        reader, writer = await site.connect()
        writer.write(part)

        answers = await until_closed(reader)

        assert answers.count(b"HTTP/1.1 200 OK") == part.count(GET)
        assert b"HTTP/1.1 408 Request Timeout" in answers
        assert answers.endswith(b"The request took too long to arrive.")
        assert site.connections == 0
        writer.close()


async def test_a_body_that_drips_is_answered_408() -> None:
    async with served(app) as site:
        reader, writer = await site.connect()
        writer.write(b"POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 1000\r\n\r\n")

        async def drip() -> None:
            while not site.connections:
                await asyncio.sleep(0.01)
            while site.connections:  # a byte to a closed one would cost the answer
                writer.write(b"x")
                await asyncio.sleep(0.02)

        dripping = asyncio.create_task(drip())
        answer = await until_closed(reader)

        dripping.cancel()
        assert answer.startswith(b"HTTP/1.1 408 ")
        writer.close()


async def test_a_body_that_nobody_reads_any_more_is_not_taken_for_ever() -> None:
    async with served(app) as site:
        reader, writer = await site.connect()
        writer.write(b"POST /early HTTP/1.1\r\nhost: x\r\ncontent-length: 1000\r\n\r\nx")

        answer = await until_closed(reader)

        # answered once, and then closed without another word
        assert answer.startswith(b"HTTP/1.1 200 OK")
        assert answer.count(b"HTTP/1.1") == 1
        writer.close()


async def test_a_request_that_takes_its_time_inside_is_not_disturbed() -> None:
    async with served(app) as site:
        reader, writer = await site.connect()
        writer.write(GET.replace(b" / ", b" /slow "))

        assert (await reader.readline()) == b"HTTP/1.1 200 OK\r\n"
        writer.close()


async def test_a_client_that_does_not_read_is_cut_off() -> None:
    async with served(app) as site:
        _, writer = await site.connect()
        writer.transport.pause_reading()  # type: ignore[attr-defined]
        writer.write(GET.replace(b" / ", b" /large "))
        while site.connections == 0:
            await asyncio.sleep(0.01)

        async with asyncio.timeout(20):
            while site.connections:
                await asyncio.sleep(0.02)
        writer.close()


async def test_silent_connections_make_room_for_one_that_speaks(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(HttpProtocol, "most_connections", 20)
    monkeypatch.setattr(http_protocol, "HEAD_S", 60)
    async with served(app) as site:
        # given a connection at work, and as many that say nothing or half a word as may be
        at_work, working = await site.connect()
        working.write(GET.replace(b" / ", b" /slow "))
        silent = [await site.connect() for _ in range(25)]
        for _, writer in silent[::2]:
            with suppress(OSError):
                writer.write(b"GET / HT")
        await asyncio.sleep(0.1)

        # when another comes
        reader, writer = await site.connect()
        writer.write(GET)

        # then it is answered, and so is the one at work; the oldest of the silent have gone
        assert await reader.readline() == b"HTTP/1.1 200 OK\r\n"
        assert await at_work.readline() == b"HTTP/1.1 200 OK\r\n"
        assert site.connections == 20
        assert await until_closed(silent[0][0]) == b""
        for _, each in [*silent, (at_work, working), (reader, writer)]:
            each.close()


@pytest.mark.parametrize("pieces", [1, 100], ids=["at once", "in pieces"])
async def test_a_head_that_is_too_large_is_answered_431(pieces: int) -> None:
    head = b"GET / HTTP/1.1\r\nhost: x\r\n" + b"x-a: %b\r\n" % (b"a" * 70_000) + b"\r\n"
    async with served(app) as site:
        reader, writer = await site.connect()
        for start in range(0, len(head), len(head) // pieces + 1):
            with suppress(OSError):
                writer.write(head[start : start + len(head) // pieces + 1])
                await writer.drain()

        assert (await until_closed(reader)).startswith(b"HTTP/1.1 431 ")
        writer.close()


async def test_a_large_body_that_comes_along_with_its_head_is_taken() -> None:
    async with served(app) as site:
        reader, writer = await site.connect()
        head = b"POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 200000\r\nconnection: close\r\n\r\n"
        writer.write(head + b"b" * 200_000)

        answer = await until_closed(reader)

        assert answer.startswith(b"HTTP/1.1 200 OK")
        assert answer.endswith(b"b" * 200_000)
        writer.close()


async def test_a_request_on_an_open_connection_is_answered_while_the_server_stops() -> None:
    async with served(app) as site:
        # given an open connection that has been used
        reader, writer = await site.connect()
        writer.write(GET)
        assert b"content-length: 0" in await reader.readuntil(b"\r\n\r\n")

        # when the server stops and a request was on its way
        site.server.should_exit = True
        while site.server.servers[0].is_serving():
            await asyncio.sleep(0.01)
        writer.write(GET)

        # then it is answered, and told to be the last one
        answer = await until_closed(reader)
        assert answer.startswith(b"HTTP/1.1 200 OK")
        assert b"connection: close" in answer
        writer.close()


@pytest.mark.parametrize("sent", [GET, b""], ids=["a request", "nothing"])
async def test_whoever_is_let_in_while_the_process_stops_is_answered_once(
    sent: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with served(app) as site:
        monkeypatch.setattr(HttpProtocol, "ends_soon", True)
        reader, writer = await site.connect()
        writer.write(sent)

        answer = await until_closed(reader)

        assert answer.count(b"HTTP/1.1 200 OK") == sent.count(GET)
        assert site.connections == 0
        writer.close()
