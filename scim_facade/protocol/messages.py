"""The message envelopes of RFC 7644 and the URNs that name them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from .errors import ERROR_URN

LIST_RESPONSE_URN = "urn:ietf:params:scim:api:messages:2.0:ListResponse"
SEARCH_REQUEST_URN = "urn:ietf:params:scim:api:messages:2.0:SearchRequest"
PATCH_OP_URN = "urn:ietf:params:scim:api:messages:2.0:PatchOp"
BULK_REQUEST_URN = "urn:ietf:params:scim:api:messages:2.0:BulkRequest"
BULK_RESPONSE_URN = "urn:ietf:params:scim:api:messages:2.0:BulkResponse"

__all__ = [
    "BULK_REQUEST_URN",
    "BULK_RESPONSE_URN",
    "ERROR_URN",
    "LIST_RESPONSE_URN",
    "PATCH_OP_URN",
    "SEARCH_REQUEST_URN",
    "bulk_response",
    "cursor_response",
    "list_response",
]


def list_response(
    resources: Sequence[dict[str, Any]], total: int, start_index: int = 1
) -> dict[str, Any]:
    """A page by index; itemsPerPage is what the page really holds (RFC 7644 §3.4.2.4)."""
    return {
        "schemas": [LIST_RESPONSE_URN],
        "totalResults": total,
        "startIndex": start_index,
        "itemsPerPage": len(resources),
        "Resources": list(resources),
    }


def cursor_response(
    resources: Sequence[dict[str, Any]],
    total: int,
    next_cursor: str | None,
) -> dict[str, Any]:
    """A page by cursor (RFC 9865 §2); the last page has no nextCursor."""
    body: dict[str, Any] = {
        "schemas": [LIST_RESPONSE_URN],
        "totalResults": total,
        "itemsPerPage": len(resources),
    }
    if next_cursor is not None:
        body["nextCursor"] = next_cursor
    body["Resources"] = list(resources)
    return body


def bulk_response(operations: Sequence[dict[str, Any]]) -> dict[str, Any]:
    return {"schemas": [BULK_RESPONSE_URN], "Operations": list(operations)}
