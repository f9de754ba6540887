"""Asks an address that others named for JSON: briefly, little, from nowhere else than was named."""

from __future__ import annotations

import asyncio
import re
from typing import TYPE_CHECKING, Any

import httpx
import orjson

from domain.spans import traceparent
from scim_facade.oauth.signing_keys import KeySetAway

if TYPE_CHECKING:
    from collections.abc import Mapping

WITHIN_S = 5.0
MAX_BYTES = 262_144
_JSON = "application/json"
_KEY_SET = {"accept": "application/jwk-set+json, application/json"}
# RFC 6749 §5.2: a word such as invalid_grant. What else an error says may be anything.
_ERROR_CODE = re.compile(r"[a-z_]{1,64}")


class NotFetched(Exception):
    """No JSON object came; the text says why, for the server's log.

    `answered` says that the address works, and refused.
    """

    def __init__(self, why: str, *, answered: bool = False) -> None:
        super().__init__(why)
        self.answered = answered


async def fetch_json(
    url: str,
    *,
    form: Mapping[str, str] | None = None,
    headers: Mapping[str, str] | None = None,
) -> dict[str, Any]:
    """The JSON object that an address answers, to a POST of `form` where there is one, else a GET.

    Raises NotFetched; follows no redirect.
    """
    # Plain bytes: a small compressed answer can be a large one.
    sent = {"accept": _JSON, "accept-encoding": "identity", **traceparent(), **(headers or {})}
    try:
        async with asyncio.timeout(WITHIN_S):
            # Reading the certificates of authorities takes some 20 ms, which others need not wait.
            verify = await asyncio.to_thread(httpx.create_ssl_context)
            async with (
                httpx.AsyncClient(
                    verify=verify, follow_redirects=False, timeout=WITHIN_S
                ) as client,
                client.stream(
                    "GET" if form is None else "POST", url, data=form, headers=sent
                ) as response,
            ):
                content = await _read(response)
        found = orjson.loads(content) if response.status_code == httpx.codes.OK else content
    except TimeoutError as error:
        raise NotFetched(f"no answer within {WITHIN_S:g} s") from error
    except (httpx.HTTPError, httpx.InvalidURL, OSError) as error:
        raise NotFetched(type(error).__name__) from error
    except orjson.JSONDecodeError as error:
        raise NotFetched("it answered no JSON") from error
    if isinstance(found, bytes):
        raise NotFetched(
            f"it answered {response.status_code}{_error_code(found)}",
            answered=response.is_client_error,
        )
    if not isinstance(found, dict):
        raise NotFetched("it answered no JSON object")
    return found


async def fetch_key_set(url: str) -> Mapping[str, Any]:
    """The key set (RFC 7517 §5) at an address. Raises KeySetAway; follows no redirect."""
    try:
        return await fetch_json(url, headers=_KEY_SET)
    except NotFetched as error:
        raise KeySetAway(str(error)) from error


async def _read(response: httpx.Response) -> bytes:
    content = bytearray()
    async for chunk in response.aiter_raw():
        content += chunk
        if len(content) > MAX_BYTES:
            raise NotFetched(f"it answered more than {MAX_BYTES} bytes")
    return bytes(content)


def _error_code(content: bytes) -> str:
    """The code of an OAuth error, with a space before it, where there is one."""
    try:
        found = orjson.loads(content)
    except orjson.JSONDecodeError:
        return ""
    code = found.get("error") if isinstance(found, dict) else None
    return f" {code}" if isinstance(code, str) and _ERROR_CODE.fullmatch(code) else ""
