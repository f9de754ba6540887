"""What stands around requests: headers and ids of answers, and where others look at both."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING

import structlog
from starlette.datastructures import MutableHeaders

from domain.ids import new_id

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from starlette.types import ASGIApp, Message, Receive, Scope, Send

REQUEST_ID = "X-Request-Id"


def safe_headers(public_url: str) -> dict[str, str]:
    """Headers under which a browser keeps to itself what it gets here."""
    headers = {
        "Content-Security-Policy": "default-src 'none'; base-uri 'none'; frame-ancestors 'none'",
        "Cache-Control": "no-store",
        "Referrer-Policy": "no-referrer",
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": "DENY",
    }
    if public_url.startswith("https://"):
        headers["Strict-Transport-Security"] = "max-age=31536000"
    return headers


def at_start(send: Send, act: Callable[[Message], None]) -> Send:
    """A `send` that shows `act` the head of the answer, which it may change, before it leaves."""

    async def sending(message: Message) -> None:
        if message["type"] == "http.response.start":
            act(message)
        await send(message)

    return sending


class PerRequest(ABC):
    """Middleware that looks at each request over HTTP; `routes` are the paths told apart.

    Websockets, which may last for days, pass it by.
    """

    def __init__(self, app: ASGIApp, routes: frozenset[str]) -> None:
        self._app = app
        self._routes = routes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on."""
        if scope["type"] == "http":
            route = scope["path"] if scope["path"] in self._routes else "other"
            await self._pass(route, scope, receive, send)
        else:
            await self._app(scope, receive, send)

    @abstractmethod
    async def _pass(self, route: str, scope: Scope, receive: Receive, send: Send) -> None: ...


class AddHeaders:
    """Adds headers to every answer that does not set them itself."""

    def __init__(self, app: ASGIApp, headers: Mapping[str, str]) -> None:
        self._app = app
        self._headers = headers

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on."""

        def add(head: Message) -> None:
            headers = MutableHeaders(scope=head)
            for name, value in self._headers.items():
                headers.setdefault(name, value)

        await self._app(scope, receive, at_start(send, add))


class NameRequests:
    """Gives each request an id, which its answer and its log lines carry."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on."""
        request_id = str(new_id())

        def name(head: Message) -> None:
            MutableHeaders(scope=head).setdefault(REQUEST_ID, request_id)

        with structlog.contextvars.bound_contextvars(request_id=request_id):
            await self._app(scope, receive, at_start(send, name))
