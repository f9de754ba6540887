"""Fetches a key set from an address."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from scim_facade.oauth.careful_fetch import fetch_json

if TYPE_CHECKING:
    from collections.abc import Mapping

_HEADERS = {"accept": "application/jwk-set+json, application/json"}


async def fetch_key_set(url: str) -> Mapping[str, Any]:
    """The key set at an address. Raises NotFetched; follows no redirect."""
    return await fetch_json(url, headers=_HEADERS)
