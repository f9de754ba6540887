"""One server, asked with gql; waits where it says to wait, and asks again where that is safe."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextlib import AsyncExitStack, suppress
from http.cookies import CookieError, SimpleCookie
from types import TracebackType
from typing import Any, Self
from urllib.parse import urlsplit

from gql import Client, GraphQLRequest
from gql.client import AsyncClientSession
from gql.transport.exceptions import (
    TransportError,
    TransportQueryError,
    TransportServerError,
)
from gql.transport.httpx import HTTPXAsyncTransport

from api.remote.errors import RemoteError, Unreachable, expect_done, expect_no_errors
from api.remote.introduction import Introduction

TIMEOUT_S = 60
PATIENCE_S = 300
"""How long one operation may be put off by a busy server, in all."""
PAUSES_S = (0.5, 1, 2, 4)
"""Before a question is asked again that got no answer."""
TOO_MANY = 429
RATE_LIMITED = "RATE_LIMITED"
BEHIND_A_PROXY = (502, 503, 504)

Pause = Callable[[float], Awaitable[None]]


class Busy(Exception):
    """The server answered that it has no answer now."""


class RemoteServer:
    """The server at `url`. Use it as an asynchronous context; a stop ends its pauses."""

    def __init__(
        self, url: str, introduction: Introduction, *, pause: Pause = asyncio.sleep
    ) -> None:
        self.url = url.rstrip("/")
        self.introduction = introduction
        self.session_cookie: str | None = None
        """The session that the server gave with its last answer, as a Cookie header."""
        self._pause = pause
        self._transport = HTTPXAsyncTransport(
            url=f"{self.url}/graphql", headers=introduction.headers(), timeout=TIMEOUT_S
        )
        self._open = AsyncExitStack()
        self._session: AsyncClientSession | None = None

    async def __aenter__(self) -> Self:
        """Ready to ask; nothing is sent yet."""
        self._session = await self._open.enter_async_context(Client(transport=self._transport))
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close the connections."""
        await self._open.aclose()

    async def ask(self, document: str, **variables: Any) -> dict[str, Any]:
        """The data of a query, tried again where no answer comes.

        Raises Unreachable, NotLetIn, RemoteError.
        """
        for pause_s in PAUSES_S:
            try:
                return await self._run(document, variables, repeatable=True)
            except Unreachable:
                await self._pause(pause_s)
        return await self._run(document, variables, repeatable=True)

    async def change(self, document: str, **given: Any) -> dict[str, Any]:
        """The payload of a mutation with one field, whatever errors are in it.

        Raises Unreachable when no answer came (then it may have been done), NotLetIn, RemoteError.
        """
        (payload,) = (await self._run(document, given, repeatable=False)).values()
        found: dict[str, Any] = payload
        return found

    async def do(self, document: str, **given: Any) -> dict[str, Any]:
        """The payload of a mutation that was done. Raises Refused, and as `change` does."""
        payload = await self.change(document, **given)
        expect_done(payload)
        return payload

    async def _run(
        self, document: str, variables: dict[str, Any], *, repeatable: bool
    ) -> dict[str, Any]:
        """The data, after as much waiting as the server asks for.

        Who is over a limit had nothing done. Any other reason to come again, such as a 503, may
        have struck after the work: that is waited out only where it is `repeatable`.
        """
        if self._session is None:
            raise RuntimeError("the server is asked outside of its context")
        patience_s = float(PATIENCE_S)
        while True:
            self._transport.response_headers = None
            errors: list[Any] = []
            data: dict[str, Any] = {}
            trouble: Exception | None = None
            try:
                data = await self._session.execute(
                    GraphQLRequest(document, variable_values=variables)
                )
            except TransportQueryError as error:
                errors = error.errors or []
            except (TransportError, OSError) as error:
                trouble = error
            put_off_s = self._retry_after_s()
            if put_off_s is not None and put_off_s <= patience_s:
                if repeatable or _is_over_a_limit(errors, trouble):
                    patience_s -= put_off_s
                    await self._pause(put_off_s)
                    continue
                trouble = trouble or Busy()
            if trouble is not None:
                raise self._no_answer(trouble) from None
            self._keep_cookie()
            expect_no_errors(errors, introduced=self.introduction.kind)
            return data

    def _retry_after_s(self) -> float | None:
        """Seconds to wait, which the server says with 429 and 503."""
        headers = self._transport.response_headers
        text = "" if headers is None else headers.get("retry-after", "")
        return max(float(text), 0.1) if text.isdigit() else None

    def _no_answer(self, error: Exception) -> RemoteError:
        code = error.code if isinstance(error, TransportServerError) else None
        if code is not None and code not in BEHIND_A_PROXY:
            return RemoteError(f"{self.url}/graphql answered {code}. Is this a Rollcall server?")
        if isinstance(error, Busy):
            return Unreachable(f"{self.url} is busy and could not say whether it was done.")
        # Of a proxy's page only the status; a text of ours has nothing secret in it.
        why = f"it answered {code}" if code else str(error) or type(error).__name__
        return Unreachable(f"{self.url} does not answer: {why[:200]}.")

    def _keep_cookie(self) -> None:
        headers = self._transport.response_headers
        for text in [] if headers is None else headers.get_list("set-cookie"):
            jar = SimpleCookie()
            with suppress(CookieError):
                jar.load(text)
            for name, morsel in jar.items():
                if name.endswith("session"):
                    value = morsel.value
                    self.session_cookie = f"{name}={value}" if value else None


def _is_over_a_limit(errors: Sequence[Any], trouble: Exception | None) -> bool:
    if isinstance(trouble, TransportServerError):
        return trouble.code == TOO_MANY
    codes = [(error.get("extensions") or {}).get("code") for error in errors]
    return trouble is None and codes == [RATE_LIMITED]


def server_url(text: str) -> str:
    """The address of a server as it was given. Raises RemoteError."""
    parts = urlsplit(text.strip())
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise RemoteError(f"{text!r} is no address of a server: it begins with https:// or http://")
    return f"{parts.scheme}://{parts.netloc}{parts.path}".rstrip("/")
