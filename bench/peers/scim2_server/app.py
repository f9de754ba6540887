"""The peer's ASGI application, for uvicorn. Reads PGHOST and its like, and BENCH_TOKEN."""

from __future__ import annotations

import os
import secrets
from typing import TYPE_CHECKING, Any

import asyncpg
from scim2_models import UnauthorizedException
from scim2_server.applications.asgi import ASGIApplication
from scim2_server.utils import load_default_provider

from bench.peers.scim2_server.documents import Documents
from bench.peers.scim2_server.storage import PostgresStorage

if TYPE_CHECKING:
    from scim2_server.requests import ScimRequest

CONNECTIONS = 16


async def nothing(_: asyncpg.Connection) -> None:
    """A connection needs no reset between uses, as none of ours does."""


class Application(ASGIApplication):
    """The library's application behind one bearer token."""

    expected = f"Bearer {os.environ['BENCH_TOKEN']}"

    def check_auth(self, request: ScimRequest) -> None:
        """Compares the token with the one it was started with; nothing is hashed or looked up."""
        if not secrets.compare_digest(request.header("Authorization") or "", self.expected):
            raise UnauthorizedException


async def application(scope: dict[str, Any], receive: Any, send: Any) -> None:
    """Opens the pool at the start, inside the server's own event loop, and closes it at the end."""
    if scope["type"] != "lifespan":
        await _running["application"](scope, receive, send)
        return
    await receive()
    provider = load_default_provider()
    async with asyncpg.create_pool(
        min_size=CONNECTIONS, max_size=CONNECTIONS, reset=nothing
    ) as pool:
        _running["application"] = Application(PostgresStorage(Documents(pool), provider), provider)
        await send({"type": "lifespan.startup.complete"})
        await receive()
    await send({"type": "lifespan.shutdown.complete"})


_running: dict[str, Application] = {}
