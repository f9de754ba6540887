"""The admin API over HTTP: POST of one operation as JSON, answered as GraphQL over HTTP asks."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Coroutine
from typing import Any

import orjson
from starlette.types import Receive, Scope, Send
from starlette.websockets import WebSocket

from domain.ids import new_id
from domain.reach import reaching
from domain.trouble import LONGEST_REQUEST_S, RETRY_AFTER_S, TEMPORARY
from graphql_schema.auth import Authenticator
from graphql_schema.cookies import SessionCookie
from graphql_schema.errors import (
    BAD_REQUEST,
    FORBIDDEN,
    HTTP_STATUS,
    LIMIT_EXCEEDED,
    RATE_LIMITED,
    ApiError,
    failed,
    unauthenticated,
)
from graphql_schema.live import Live, may_subscribe
from graphql_schema.operations import (
    UNAVAILABLE,
    Answer,
    Operation,
    expect_operation,
    refused,
    run,
)
from graphql_schema.presented import PROOF_HEADER, Known, presented_by
from graphql_schema.services import GraphqlServices
from graphql_schema.sse import EventStream, accepts_events
from graphql_schema.websocket import serve_websocket

Headers = tuple[tuple[bytes, bytes], ...]

PLAIN_JSON = "application/json"
GRAPHQL_JSON = "application/graphql-response+json"
UNKNOWN = 401
TOO_MANY = 429
FOR_NOW = (TOO_MANY, UNAVAILABLE)
"""What is worth trying again; any client hears it as a status, whatever it accepts."""
BEARER = (b"www-authenticate", b"Bearer")
_NEWER = GRAPHQL_JSON.encode()
_JSON = re.compile(rb'\s*application/json\s*(;\s*charset="?utf-8"?\s*)?;?\s*', re.IGNORECASE)
_WEIGHT = re.compile(rb"\bq=([01](?:\.[0-9]{0,3})?)")


class Refusal(Exception):
    """A request that never becomes an operation: its status holds whatever the client accepts."""

    def __init__(self, status: int, error: ApiError, *headers: tuple[bytes, bytes]) -> None:
        super().__init__(error.message)
        self.status = status
        self.error = error
        self.headers = headers


class GraphqlApp:
    """An ASGI application that answers at whatever path it is asked."""

    def __init__(self, services: GraphqlServices) -> None:
        self._services = services
        self._authenticator = Authenticator(services)
        self._cookie = SessionCookie.of(
            services.public_url, services.application.sign_in.session_lifetime
        )
        self.live = Live(services)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request, or all that comes over one websocket."""
        with reaching():
            await self._serve(scope, receive, send)

    async def _serve(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "websocket":
            websocket = WebSocket(scope, receive, send)
            presented = presented_by(scope, self._cookie)
            await serve_websocket(
                websocket, presented, self._authenticator, self.live, self._services
            )
        if scope["type"] == "http" and (streaming := await self._answer(scope, receive, send)):
            await streaming

    async def _answer(
        self, scope: Scope, receive: Receive, send: Send
    ) -> Coroutine[Any, Any, None] | None:
        """Answer, unless what comes is a stream of answers: what is returned sends that."""
        headers: dict[bytes, bytes] = dict(scope["headers"])
        modern = wants_statuses(_accepted(headers).lower())
        more: Headers = ()
        try:
            async with asyncio.timeout(LONGEST_REQUEST_S):
                operation, known = await self._operation(scope, headers, receive)
                if self._is_streamed(operation, _accepted(headers)):
                    return self._stream(operation, known, receive, send)
                answer = await run(self._services, operation, known, self._cookie)
            if self._services.ran is not None:
                told = [error["extensions"] for error in answer.body.get("errors", ())]
                self._services.ran(operation.name, known.caller, told)
            status = answer.status if modern or answer.status in (UNKNOWN, *FOR_NOW) else 200
            more = self._headers(answer, known, status)
        except Refusal as refusal:
            answer, status, more = refused(refusal.error), refusal.status, refusal.headers
        except Exception as error:  # noqa: BLE001 - `failed` logs it
            answer = refused(failed(error, new_id()))
            status = 500
            if isinstance(error, TEMPORARY):
                status, more = UNAVAILABLE, ((b"retry-after", str(RETRY_AFTER_S).encode()),)
        await _respond(send, status, GRAPHQL_JSON if modern else PLAIN_JSON, answer, more)
        return None

    def _headers(self, answer: Answer, known: Known, status: int) -> Headers:
        more: list[tuple[bytes, bytes]] = []
        if status in FOR_NOW:
            more.append((b"retry-after", str(answer.retry_after_s).encode()))
        if status == UNKNOWN:
            more.append(BEARER)
        # Whoever presents a session that is over is told to forget it.
        cookie = answer.set_cookie or (self._cookie.taken_away if known.is_stale else None)
        if cookie is not None:
            more.append((b"set-cookie", cookie.encode()))
        return tuple(more)

    def _is_streamed(self, operation: Operation, accept: bytes) -> bool:
        """Subscriptions where events are accepted; all else only where JSON is not."""
        return accepts_events(accept) and (
            b"json" not in accept.lower() or may_subscribe(operation)
        )

    async def _stream(
        self, operation: Operation, known: Known, receive: Receive, send: Send
    ) -> None:
        stream = EventStream(receive, send, self._services.limits.keep_alive_s)
        results = self.live.results(
            operation,
            known,
            lambda: self._authenticator.authenticate(known.presented),
            stream.tell_begun,
        )
        await stream.run(results, lambda: self.live.is_closing)

    async def _operation(
        self, scope: Scope, headers: dict[bytes, bytes], receive: Receive
    ) -> tuple[Operation, Known]:
        if scope["method"] != "POST":
            raise Refusal(
                405, ApiError(BAD_REQUEST, "Send operations by POST."), (b"allow", b"POST")
            )
        if not _JSON.fullmatch(headers.get(b"content-type", b"")):
            message = f"Send the operation as {PLAIN_JSON}, in UTF-8."
            raise Refusal(415, ApiError(BAD_REQUEST, message))
        presented = presented_by(scope, self._cookie)
        if presented.session is not None and PROOF_HEADER.encode() not in headers:
            # Browsers send cookies for any page; only our own can add a header.
            message = "Send the header X-Rollcall, of any value, beside a session cookie."
            raise Refusal(403, ApiError(FORBIDDEN, message))
        try:
            known = await self._authenticator.authenticate(presented)
        except ApiError as error:
            raise _not_let_in(error) from None
        limits = self._services.limits
        most = limits.anonymous_body_bytes if known.is_nobody else limits.body_bytes
        body = await self._body(headers, receive, most)
        try:
            operation = expect_operation(self._services, known.caller, orjson.loads(body))
        except orjson.JSONDecodeError:
            raise Refusal(400, ApiError(BAD_REQUEST, "The body is not JSON.")) from None
        except ApiError as error:
            raise Refusal(HTTP_STATUS[(error.extensions or {})["code"]], error) from None
        if known.is_nobody and may_subscribe(operation) and accepts_events(_accepted(headers)):
            # No subscription is open; as a stream it would begin with a status of 200.
            raise _not_let_in(unauthenticated())
        return operation, known

    async def _body(self, headers: dict[bytes, bytes], receive: Receive, most: int) -> bytes:
        announced = headers.get(b"content-length", b"")
        too_large = Refusal(
            413, ApiError(LIMIT_EXCEEDED, f"A request body may have at most {most} bytes.")
        )
        if announced.isdigit() and int(announced) > most:
            raise too_large
        parts: list[bytes] = []
        size = 0
        while True:
            message = await receive()
            if message["type"] == "http.disconnect":
                raise Refusal(400, ApiError(BAD_REQUEST, "The request ended too early."))
            part = message.get("body", b"")
            size += len(part)
            if size > most:
                raise too_large
            parts.append(part)
            if not message.get("more_body", False):
                return b"".join(parts)


def wants_statuses(accept: bytes) -> bool:
    """Whether the client names the newer media type, and does not like plain JSON better.

    Then the HTTP status speaks of GraphQL as well. Who accepts neither gets plain JSON.
    """
    if _NEWER not in accept:
        return False
    if b"q=" not in accept:
        return True
    liked = {PLAIN_JSON.encode(): 0.0}
    for part in accept.split(b","):
        name, _, parameters = part.partition(b";")
        weight = _WEIGHT.search(parameters)
        liked[name.strip()] = float(weight[1]) if weight else 1.0
    return 0 < liked.get(_NEWER, 0.0) >= liked[PLAIN_JSON.encode()]


def _accepted(headers: dict[bytes, bytes]) -> bytes:
    return headers.get(b"accept", b"")


def _not_let_in(error: ApiError) -> Refusal:
    found = error.extensions or {}
    if found["code"] == RATE_LIMITED:
        return Refusal(TOO_MANY, error, (b"retry-after", str(found["retryAfter"]).encode()))
    return Refusal(UNKNOWN, error, BEARER)


async def _respond(send: Send, status: int, media_type: str, answer: Answer, more: Headers) -> None:
    body = orjson.dumps(answer.body)
    await send(
        {
            "type": "http.response.start",
            "status": status,
            "headers": [
                (b"content-type", media_type.encode()),
                (b"content-length", str(len(body)).encode()),
                (b"cache-control", b"no-store"),
                *more,
            ],
        }
    )
    await send({"type": "http.response.body", "body": body})


def graphql_app(services: GraphqlServices) -> GraphqlApp:
    """The admin API as an ASGI application, for the path /graphql."""
    return GraphqlApp(services)
