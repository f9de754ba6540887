"""Subscriptions over websockets, in the sub-protocol graphql-transport-ws and no other.

Strawberry speaks the protocol; what an operation may do is said in `live.py`, as for every other
way in. https://github.com/enisdenjo/graphql-ws/blob/master/PROTOCOL.md
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping
from contextlib import aclosing
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any, cast
from urllib.parse import urlsplit

import orjson
from starlette.websockets import WebSocket, WebSocketDisconnect, WebSocketState
from strawberry.asgi import ASGIWebSocketAdapter
from strawberry.exceptions import ConnectionRejectionError
from strawberry.http.exceptions import WebSocketDisconnected
from strawberry.subscriptions import GRAPHQL_TRANSPORT_WS_PROTOCOL
from strawberry.subscriptions.protocols.graphql_transport_ws.handlers import (
    BaseGraphQLTransportWSHandler,
    Operation,
)
from strawberry.types.unset import UNSET

from graphql_schema.errors import LIMIT_EXCEEDED, UNAUTHENTICATED, ApiError, unauthenticated
from graphql_schema.operations import expect_operation, refused
from graphql_schema.presented import ORGANIZATION_HEADER, Known, Presented
from graphql_schema.schema import schema

if TYPE_CHECKING:
    from strawberry.subscriptions.protocols.graphql_transport_ws.types import (
        Message,
        SubscribeMessage,
    )

    from graphql_schema.auth import Authenticator
    from graphql_schema.live import Live
    from graphql_schema.services import GraphqlServices

TRY_AGAIN, INTERNAL = 1012, 1011
INVALID, FORBIDDEN, EXISTS, NO_PROTOCOL, UNAUTHORIZED = 4400, 4403, 4409, 4406, 4401

logger = logging.getLogger("rollcall.graphql")


@dataclass(slots=True)
class Connection:
    """Who is at the other end; Strawberry sets `connection_params` to what it introduced with."""

    authenticator: Authenticator
    presented: Presented
    connection_params: dict[str, Any] = field(default_factory=dict)

    async def known(self) -> Known:
        """The caller, as of now: somebody in particular. Raises ApiError."""
        given = {name.lower(): value for name, value in self.connection_params.items()}
        presented = self.presented
        if "authorization" in given:
            presented = replace(presented, authorization=_text(given["authorization"]))
        if ORGANIZATION_HEADER in given:
            presented = replace(presented, organization=_text(given[ORGANIZATION_HEADER]))
        known = await self.authenticator.authenticate(presented)
        if known.is_nobody:
            raise unauthenticated()
        return known


def _text(value: object) -> str | None:
    return value if isinstance(value, str) else None


class _Socket(ASGIWebSocketAdapter):
    """A socket that may be gone whenever something is sent."""

    async def send_json(self, message: Mapping[str, object]) -> None:
        """Send a message, when the client has taken the ones before."""
        if self.ws.application_state is not WebSocketState.CONNECTED:
            raise WebSocketDisconnected
        try:
            await self.ws.send_text(orjson.dumps(message).decode())
        except (WebSocketDisconnect, RuntimeError) as error:
            raise WebSocketDisconnected from error

    async def close(self, code: int, reason: str) -> None:
        """Close, unless that was done."""
        if self.ws.application_state is WebSocketState.CONNECTED:
            try:
                await self.ws.close(code, reason)
            except (WebSocketDisconnect, RuntimeError):
                return


class _View:
    """What Strawberry's handler asks of the application around it."""

    async def on_ws_connect(self, context: Connection) -> Any:
        """Let in who has a valid token or session."""
        try:
            await context.known()
        except ApiError as error:
            raise ConnectionRejectionError from error
        return UNSET

    def decode_json(self, text: str) -> object:
        """A message as it came."""
        return orjson.loads(text)


class _Handler(BaseGraphQLTransportWSHandler[Connection, None]):
    """Strawberry's handler with our operations, limits and errors."""

    def __init__(
        self, socket: _Socket, connection: Connection, live: Live, services: GraphqlServices
    ) -> None:
        super().__init__(
            view=cast("Any", socket.view),
            websocket=socket,
            context=connection,
            root_value=None,
            schema=schema,
            connection_init_wait_timeout=timedelta(seconds=services.limits.connection_init_s),
        )
        self._live = live
        self._services = services

    async def handle_message(self, message: Message) -> None:
        """One message; what is none of the protocol closes the socket."""
        given: Any = message
        if not isinstance(given, dict) or not isinstance(given.get("type"), str):
            await self.handle_invalid_message("A message is an object with a type")
        elif given["type"] in {"subscribe", "complete"} and not (
            isinstance(given.get("id"), str) and given["id"]
        ):
            await self.handle_invalid_message("The message needs an id")
        else:
            await super().handle_message(message)

    async def handle_subscribe(self, message: SubscribeMessage) -> None:
        """Begin an operation; later messages are read when it has begun."""
        id_, payload = message["id"], cast("Any", message.get("payload"))
        if not self.connection_acknowledged:
            await self.websocket.close(UNAUTHORIZED, "Unauthorized")
            return
        if id_ in self.operations:
            await self.websocket.close(EXISTS, f"Subscriber for {id_[:40]} already exists")
            return
        if not isinstance(payload, dict):
            await self.handle_invalid_message("A subscribe message needs a payload")
            return
        most = self._services.limits.subscriptions_per_connection
        if len(self.operations) >= most:
            why = f"A connection may have at most {most} operations open at once."
            await self.send_message(_error(id_, refused(ApiError(LIMIT_EXCEEDED, why)).body))
            return
        # What is asked for is in the payload, not in here.
        operation: Operation[Connection, None] = Operation(self, id_, "", None, None)
        begun = asyncio.Event()
        self.operations[id_] = operation
        operation.task = asyncio.create_task(self._serve(operation, payload, begun))
        operation.task.add_done_callback(self._task_done)
        await begun.wait()

    async def _serve(
        self, operation: Operation[Connection, None], payload: Any, begun: asyncio.Event
    ) -> None:
        try:
            known = await self.context.known()
            request = expect_operation(self._services, known.caller, payload)
            results = self._live.results(request, known, self.context.known, begun.set)
            async with aclosing(results):
                async for body in results:
                    await self._send(operation, body)
            if self._live.is_closing:
                await self.websocket.close(TRY_AGAIN, "The server stops; resume elsewhere")
            else:
                await operation.send_operation_message({"id": operation.id, "type": "complete"})
        except ApiError as error:
            await self._send(operation, refused(error).body)
        except WebSocketDisconnected:
            return
        except Exception:
            logger.exception("a subscription failed")
            await self.websocket.close(INTERNAL, "Something went wrong here")
        finally:
            begun.set()

    async def _send(self, operation: Operation[Connection, None], body: dict[str, Any]) -> None:
        if body.get("data") is not None:
            await operation.send_operation_message(
                cast("Message", {"id": operation.id, "type": "next", "payload": body})
            )
            return
        await operation.send_operation_message(_error(operation.id, body))
        if any(error["extensions"]["code"] == UNAUTHENTICATED for error in body["errors"]):
            await self.websocket.close(FORBIDDEN, "Forbidden")


def origin_of(url: str) -> str:
    """The origin of an address, as browsers name it."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


def _error(id_: str, body: dict[str, Any]) -> Message:
    return {"id": id_, "type": "error", "payload": body["errors"]}


async def serve_websocket(
    websocket: WebSocket,
    presented: Presented,
    authenticator: Authenticator,
    live: Live,
    services: GraphqlServices,
) -> None:
    """Answer one connection until it ends.

    Browsers open sockets for any page, cookies and all, and say for which: only our own counts.
    """
    origin = websocket.headers.get("origin")
    if origin is not None and origin != origin_of(services.public_url):
        presented = replace(presented, session=None)
    if GRAPHQL_TRANSPORT_WS_PROTOCOL not in websocket["subprotocols"]:
        await websocket.accept()
        await websocket.close(NO_PROTOCOL, f"Speak {GRAPHQL_TRANSPORT_WS_PROTOCOL}")
        return
    await websocket.accept(GRAPHQL_TRANSPORT_WS_PROTOCOL)
    connection = Connection(authenticator, presented)
    socket = _Socket(cast("Any", _View()), websocket, websocket)
    try:
        await _Handler(socket, connection, live, services).handle()
    except WebSocketDisconnected:
        return
    except Exception:
        logger.exception("a websocket failed")
        await socket.close(INTERNAL, "Something went wrong here")
