"""The facade as an ASGI application for everything under /v2.

It is plain ASGI: paths match in any case and with stray slashes, and answers are bytes already, so
that a router and its response classes would only cost time here.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, MutableMapping
from math import ceil
from typing import TYPE_CHECKING, Any

from domain.errors import DomainError
from domain.ids import new_id
from domain.reach import reaching
from domain.trouble import LONGEST_REQUEST_S, RETRY_AFTER_S, TEMPORARY
from scim_facade import answers, reading
from scim_facade.auth import Authenticator
from scim_facade.errors import scim_error
from scim_facade.exchange import SCIM_JSON, Answer, Exchange
from scim_facade.protocol.errors import ScimError
from scim_facade.recording import record
from scim_facade.rejected import RejectedCalls
from scim_facade.routes.discovery import is_public, provider_config
from scim_facade.routes.dispatch import MethodNotAllowed, Options, dispatch, split

if TYPE_CHECKING:
    from domain.ids import UUID
    from scim_facade.services import ScimServices

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
Headers = tuple[tuple[bytes, bytes], ...]

log = logging.getLogger("rollcall.scim")

"""When to come again after trouble with the database."""
_WITH_BODY = frozenset({"POST", "PUT", "PATCH"})


class ScimApp:
    """Serves SCIM for every organization; see `scim_app`."""

    def __init__(
        self, services: ScimServices, rejected: RejectedCalls, headers: Headers = ()
    ) -> None:
        self._services = services
        self._headers = headers
        self._authenticator = Authenticator(services)
        self._rejected = rejected

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request; only HTTP gets here."""
        found = split(scope["path"])
        if found is not None:
            with reaching(found[0]):
                await self._serve(scope, receive, send, *found)
        else:
            error = ScimError.not_found("There is no such endpoint: use /v2/{organizationId}.")
            await self._send(send, answers.refusal(error), SCIM_JSON, new_id())

    async def _serve(
        self,
        scope: Scope,
        receive: Receive,
        send: Send,
        organization_id: UUID,
        segments: list[str],
    ) -> None:
        exchange = Exchange(self._services, scope, organization_id)
        try:
            answer = await self._answer(exchange, segments, receive)
        except reading.ClientGone:
            return
        try:
            await self._send(send, answer, exchange.content_type(), exchange.id)
        finally:
            if exchange.has_connection:
                record(exchange, answer)
            elif answer.status == 401:
                self._rejected.note(exchange, answer)

    async def _answer(self, exchange: Exchange, segments: list[str], receive: Receive) -> Answer:
        async def work() -> Answer:
            if is_public(exchange, segments):
                return await provider_config(exchange)
            await self._authenticator.authenticate(exchange)
            turn = self._services.turn(exchange.organization_id)
            if turn is not None:
                await _await_turn(*turn)
            if exchange.method in _WITH_BODY:
                is_bulk = len(segments) == 1 and segments[0].lower() == "bulk"
                limit = reading.MAX_BULK_BODY if is_bulk else reading.MAX_BODY
                await reading.receive_body(exchange, receive, limit)
            return await dispatch(exchange, segments, self._carry)

        async def in_time() -> Answer:
            async with asyncio.timeout(LONGEST_REQUEST_S):
                return await work()

        return await _guarded(exchange, in_time)

    async def _carry(self, exchange: Exchange, segments: list[str]) -> Answer:
        """Serve one operation of a bulk request."""
        answer = await _guarded(exchange, lambda: dispatch(exchange, segments, self._carry))
        record(exchange, answer)
        return answer

    async def _send(self, send: Send, answer: Answer, content_type: str, request_id: UUID) -> None:
        body = answer.body
        headers = [
            *answer.headers,
            *self._headers,
            (b"x-request-id", str(request_id).encode()),
        ]
        if body is not None:
            headers.append((b"content-type", content_type.encode()))
        if isinstance(body, bytes):
            headers.append((b"content-length", str(len(body)).encode()))
        await send({"type": "http.response.start", "status": answer.status, "headers": headers})
        if body is None or isinstance(body, bytes):
            await send({"type": "http.response.body", "body": body or b""})
            return
        async for chunk in body:
            await send({"type": "http.response.body", "body": chunk, "more_body": True})
        await send({"type": "http.response.body", "body": b""})


async def _guarded(exchange: Exchange, work: Callable[[], Awaitable[Answer]]) -> Answer:
    """The answer of `work`; whatever it raises becomes an answer, too."""
    try:
        return await work()
    except ScimError as error:
        refusal = answers.refusal(error)
        if isinstance(error, MethodNotAllowed):
            return _with_allow(refusal, error.allowed)
        return refusal
    except Options as options:
        return _with_allow(Answer(204), options.allowed)
    except DomainError as error:
        return answers.refusal(scim_error(error), error.code)
    except reading.ClientGone:
        raise
    except TEMPORARY as error:
        log.warning("request %s: database trouble: %s", exchange.id, type(error).__name__)
        unavailable = "The database is busy or away; try again shortly."
        return answers.refusal(ScimError.unavailable(unavailable, RETRY_AFTER_S))
    except Exception:
        log.exception("request %s failed", exchange.id)
        internal = ScimError.internal(f"This went wrong here; quote the request {exchange.id}.")
        return answers.refusal(internal)


async def _await_turn(wait_s: float, refused: bool) -> None:
    """Return when it is the call's turn. ScimError 429 where that is too far away."""
    if not refused:
        await asyncio.sleep(wait_s)
        return
    seconds = ceil(wait_s)
    raise ScimError.too_many_requests(
        f"Too many requests at once; try again in {seconds} s.", seconds
    )


def scim_app(
    services: ScimServices, rejected: RejectedCalls | None = None, headers: Headers = ()
) -> ScimApp:
    """The ASGI application for paths that begin with /v2/; every answer carries `headers`."""
    return ScimApp(services, rejected or RejectedCalls(services), headers)


def _with_allow(answer: Answer, allowed: str) -> Answer:
    headers = (*answer.headers, (b"allow", allowed.encode()))
    return Answer(answer.status, answer.body, headers, detail=answer.detail)
