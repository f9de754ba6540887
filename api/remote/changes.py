"""Hears of each change of a member as it happens, over server-sent events.

They come over the same kind of request as everything else: what lets a command ask lets it listen,
through the same proxies.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import suppress
from typing import NoReturn

import httpx
import orjson

from api.remote.errors import Unreachable, expect_no_errors
from api.remote.introduction import Introduction

SILENCE_S = 45
"""The server says something every 15 seconds: after this time the connection is lost."""
_CHANGES = """
subscription Changes($org: ID!) { memberChanges(organizationId: $org) { cursor } }
"""


async def member_changes(
    url: str, introduction: Introduction, organization_id: str
) -> AsyncGenerator[None]:
    """One item when the server listens, and one for each change from then on.

    Ends when the connection does. Raises Unreachable, NotLetIn, RemoteError.
    """
    body = {"query": _CHANGES, "variables": {"org": organization_id}}
    headers = introduction.headers() | {"Accept": "text/event-stream"}
    timeout = httpx.Timeout(10, read=SILENCE_S)
    try:
        async with (
            httpx.AsyncClient(headers=headers, timeout=timeout) as client,
            client.stream("POST", f"{url}/graphql", json=body) as response,
        ):
            if not response.headers.get("content-type", "").startswith("text/event-stream"):
                _refuse(await response.aread(), response.status_code, introduction)
            yield
            async for line in response.aiter_lines():
                if line.startswith("data:") and line[5:].strip():
                    errors = orjson.loads(line[5:]).get("errors") or []
                    expect_no_errors(errors, introduced=introduction.kind)
                    yield
    except (httpx.HTTPError, orjson.JSONDecodeError) as error:
        raise Unreachable(f"The server's changes are not heard: {type(error).__name__}.") from None


def _refuse(answer: bytes, status: int, introduction: Introduction) -> NoReturn:
    with suppress(orjson.JSONDecodeError, AttributeError):
        errors = orjson.loads(answer).get("errors") or []
        expect_no_errors(errors, introduced=introduction.kind)
    raise Unreachable(f"The server's changes are not heard: it answered {status}.")
