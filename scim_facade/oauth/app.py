"""The token endpoint and its metadata as an ASGI application."""

from __future__ import annotations

import logging
from math import ceil
from typing import TYPE_CHECKING, Any

import orjson
from authlib.oauth2.rfc6749 import InvalidRequestError, OAuth2Error

from domain.caller import NO_ORGANIZATION
from domain.trouble import RETRY_AFTER_S, TEMPORARY
from scim_facade import reading
from scim_facade.exchange import Answer, Exchange
from scim_facade.oauth.access_tokens import AccessTokens
from scim_facade.oauth.assertions import AssertionVerifier
from scim_facade.oauth.clients import Clients
from scim_facade.oauth.form import MAX_BODY, read_token_request
from scim_facade.oauth.metadata import METADATA_PATH, TOKEN_PATH, metadata
from scim_facade.oauth.token_server import TokenServer
from scim_facade.protocol.errors import ScimError

if TYPE_CHECKING:
    from scim_facade.app import Receive, Scope, Send
    from scim_facade.oauth.signing_keys import SigningKeys
    from scim_facade.oauth.token_server import Response
    from scim_facade.rejected import RejectedCalls
    from scim_facade.services import ScimServices

PATHS = frozenset({TOKEN_PATH, METADATA_PATH})

log = logging.getLogger("rollcall.oauth")


class OAuthApp:
    """Serves PATHS; see `oauth_app`."""

    def __init__(self, services: ScimServices, rejected: RejectedCalls, keys: SigningKeys) -> None:
        url = services.public_url
        self._services = services
        self._rejected = rejected
        # RFC 7523 §3: the token endpoint's address or the server's own name.
        audiences = frozenset({url, url + TOKEN_PATH})
        self._clients = Clients(services, AssertionVerifier(keys, audiences))
        self._server = TokenServer(AccessTokens(url, services.token_key))
        self._metadata = orjson.dumps(metadata(url))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request for one of PATHS."""
        method = scope["method"]
        if scope["path"].rstrip("/") == METADATA_PATH:
            await _send(send, self._describe(method))
            return
        # Whose log this belongs to is known only once the client is named.
        exchange = Exchange(self._services, scope, NO_ORGANIZATION)
        exchange.query_string = b""
        try:
            answer = await self._answer(exchange, receive)
        except reading.ClientGone:
            return
        await _send(send, answer)

    def _describe(self, method: str) -> Answer:
        if method in {"GET", "HEAD"}:
            return Answer(200, self._metadata, ((b"cache-control", b"public, max-age=3600"),))
        return _other_method(method, "GET, HEAD, OPTIONS")

    async def _answer(self, exchange: Exchange, receive: Receive) -> Answer:
        if exchange.method != "POST":
            return _other_method(exchange.method, "OPTIONS, POST")
        try:
            return await self._token(exchange, receive)
        except OAuth2Error as error:
            return _answer_of(self._server.refuse(error))
        except ScimError as error:  # of reading the body
            too_large = InvalidRequestError(error.detail, status_code=error.status)
            return _answer_of(self._server.refuse(too_large))
        except TEMPORARY as error:
            log.warning("request %s: database trouble: %s", exchange.id, type(error).__name__)
            return _trouble(503, "temporarily_unavailable", "Try again shortly.")
        except reading.ClientGone:
            raise
        except Exception:
            log.exception("request %s failed", exchange.id)
            return _trouble(500, "server_error", f"This went wrong here: {exchange.id}.")

    async def _token(self, exchange: Exchange, receive: Receive) -> Answer:
        await reading.receive_body(exchange, receive, MAX_BODY)
        body, exchange.body = exchange.body, b""  # no log ever sees it
        request = read_token_request(exchange.headers, body)
        proof = await self._clients.prove(request, exchange.received_at)
        answer = _answer_of(self._server.respond(proof.client, request.scope, exchange.received_at))
        if proof.client is not None:
            self._services.touch(proof.client.organization_id, proof.client.credential_id)
        elif proof.organization_id is not None:
            exchange.organization_id = proof.organization_id
            noted = Answer(answer.status, answer.body, detail=proof.reason)
            self._rejected.note(exchange, noted)
        if proof.client is None:
            wait_s = self._services.wrong_secret(exchange.remote_ip)
            if wait_s is not None:
                return _too_many(ceil(wait_s))
        return answer


def oauth_app(services: ScimServices, rejected: RejectedCalls, keys: SigningKeys) -> OAuthApp:
    """The ASGI application for PATHS; `rejected` is the one of the SCIM endpoint, too."""
    return OAuthApp(services, rejected, keys)


def _answer_of(response: Response) -> Answer:
    status, body, headers = response
    encoded = tuple((name.lower().encode(), value.encode()) for name, value in headers)
    return Answer(status, orjson.dumps(body), encoded)


def _other_method(method: str, allowed: str) -> Answer:
    allow = (b"allow", allowed.encode())
    if method == "OPTIONS":
        return Answer(204, None, (allow,))
    body = {"error": "invalid_request", "error_description": f"Use one of {allowed}."}
    return Answer(405, orjson.dumps(body), (allow,))


def _too_many(seconds: int) -> Answer:
    # RFC 6749 has no word for it; this is that of RFC 8628 §3.5.
    description = f"Too many requests that prove no client; try again in {seconds} s."
    body = {"error": "slow_down", "error_description": description}
    return Answer(429, orjson.dumps(body), ((b"retry-after", str(seconds).encode()),))


def _trouble(status: int, error: str, description: str) -> Answer:
    body = {"error": error, "error_description": description}
    headers = ((b"retry-after", str(RETRY_AFTER_S).encode()),) if status == 503 else ()
    return Answer(status, orjson.dumps(body), headers)


async def _send(send: Send, answer: Answer) -> None:
    headers = dict(answer.headers)
    body: Any = answer.body or b""
    if body:
        headers[b"content-type"] = b"application/json"
    headers.setdefault(b"cache-control", b"no-store")
    headers[b"content-length"] = str(len(body)).encode()
    start = {"type": "http.response.start", "status": answer.status, "headers": [*headers.items()]}
    await send(start)
    await send({"type": "http.response.body", "body": body})
