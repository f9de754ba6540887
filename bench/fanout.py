"""The least that hands an event to many: what `bench/subscribers.py` is measured beside.

An ASGI application without a database, without rights, without GraphQL: what is posted to /publish
is sent, as it is, to everybody who reads /events.
"""

from __future__ import annotations

import asyncio
from typing import Any

_READERS: set[asyncio.Queue[bytes]] = set()


async def app(scope: dict[str, Any], receive: Any, send: Any) -> None:
    """ASGI."""
    if scope["type"] != "http":
        return
    body, more = b"", True
    while more:
        message = await receive()
        body += message.get("body", b"")
        more = message.get("more_body", False)
    if scope["path"] == "/events":
        await _stream(send)
        return
    for reader in _READERS:
        reader.put_nowait(body)
    await send({"type": "http.response.start", "status": 204, "headers": []})
    await send({"type": "http.response.body"})


async def _stream(send: Any) -> None:
    queue: asyncio.Queue[bytes] = asyncio.Queue()
    _READERS.add(queue)
    try:
        headers = [(b"content-type", b"text/event-stream")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": b":\n\n", "more_body": True})
        while True:
            data = b"event: next\ndata: " + await queue.get() + b"\n\n"
            await send({"type": "http.response.body", "body": data, "more_body": True})
    finally:
        _READERS.discard(queue)
