"""Server-sent events: one operation's results as they come, in graphql-sse's distinct connections.

Nothing is queued: the next event is read from the database when the last one is sent.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import suppress
from typing import Any

import orjson
from graphql import GraphQLError
from starlette.types import Receive, Send

from graphql_schema.operations import refused

Results = AsyncGenerator[dict[str, Any], None]

MEDIA_TYPE = "text/event-stream"
COMPLETE = b"event: complete\ndata:\n\n"
KEEP_ALIVE = b":\n\n"
_HEADERS = [
    (b"content-type", f"{MEDIA_TYPE}; charset=utf-8".encode()),
    (b"cache-control", b"no-store, no-transform"),
    # nginx would gather events until a buffer is full.
    (b"x-accel-buffering", b"no"),
]


def accepts_events(accept: bytes) -> bool:
    """Whether a client that sends this `Accept` understands server-sent events."""
    return MEDIA_TYPE.encode() in accept.lower()


class EventStream:
    """The answer to one request."""

    def __init__(self, receive: Receive, send: Send, keep_alive_s: float) -> None:
        self._receive = receive
        self._send = send
        self._keep_alive_s = keep_alive_s
        self._begun = asyncio.Event()
        self.tell_begun = self._begun.set
        """To be called when the operation has begun: the client is told."""

    async def run(self, results: Results, may_resume: Callable[[], bool]) -> None:
        """Send results until there are no more or the client is gone.

        Without `complete` where the client may resume: it tells clients that all is said.
        """
        gone = asyncio.create_task(self._until_gone())
        # Headers go out once the operation has begun: a client that has them misses nothing.
        begun = asyncio.create_task(self._begun.wait())
        step = asyncio.create_task(_step(results))
        try:
            await asyncio.wait({gone, begun, step}, return_when=asyncio.FIRST_COMPLETED)
            await self._send({"type": "http.response.start", "status": 200, "headers": _HEADERS})
            await self._write(KEEP_ALIVE)
            while not gone.done():
                await asyncio.wait(
                    {gone, step}, timeout=self._keep_alive_s, return_when=asyncio.FIRST_COMPLETED
                )
                if not step.done():
                    await self._write(KEEP_ALIVE)
                    continue
                body = step.result()
                if body is None:
                    break
                await self._write(b"event: next\ndata: " + orjson.dumps(body) + b"\n\n")
                step = asyncio.create_task(_step(results))
            await self._write(b"" if may_resume() else COMPLETE, more=False)
        finally:
            for task in (gone, begun, step):
                task.cancel()
                with suppress(asyncio.CancelledError):
                    await task
            await results.aclose()

    async def _until_gone(self) -> None:
        while (await self._receive())["type"] != "http.disconnect":
            pass

    async def _write(self, data: bytes, *, more: bool = True) -> None:
        await self._send({"type": "http.response.body", "body": data, "more_body": more})


async def _step(results: Results) -> dict[str, Any] | None:
    try:
        return await anext(results, None)
    except GraphQLError as error:
        return refused(error).body
