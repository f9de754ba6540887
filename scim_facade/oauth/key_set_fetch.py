"""Fetches a key set from an address: briefly, little, from nowhere else than was named."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import httpx
import orjson

if TYPE_CHECKING:
    from collections.abc import Mapping

WITHIN_S = 5.0
MAX_BYTES = 262_144
# Plain bytes: a small compressed answer can be a large one.
_HEADERS = {"accept": "application/jwk-set+json, application/json", "accept-encoding": "identity"}


class NotFetched(Exception):
    """No key set came; the text says why, for the server's log."""


async def fetch_key_set(url: str) -> Mapping[str, Any]:
    """The key set at an address. Raises NotFetched; follows no redirect."""
    try:
        async with asyncio.timeout(WITHIN_S):
            # Reading the certificates of authorities takes some 20 ms, which others need not wait.
            verify = await asyncio.to_thread(httpx.create_ssl_context)
            async with (
                httpx.AsyncClient(
                    verify=verify, follow_redirects=False, timeout=WITHIN_S
                ) as client,
                client.stream("GET", url, headers=_HEADERS) as response,
            ):
                if response.status_code != httpx.codes.OK:
                    raise NotFetched(f"it answered {response.status_code}")
                content = await _read(response)
        found = orjson.loads(content)
    except TimeoutError as error:
        raise NotFetched(f"no answer within {WITHIN_S:g} s") from error
    except (httpx.HTTPError, httpx.InvalidURL, OSError) as error:
        raise NotFetched(type(error).__name__) from error
    except orjson.JSONDecodeError as error:
        raise NotFetched("it answered no JSON") from error
    if not isinstance(found, dict):
        raise NotFetched("it answered no key set")
    return found


async def _read(response: httpx.Response) -> bytes:
    content = bytearray()
    async for chunk in response.aiter_raw():
        content += chunk
        if len(content) > MAX_BYTES:
            raise NotFetched(f"it answered more than {MAX_BYTES} bytes")
    return bytes(content)
