"""Cursors of RFC 9865: opaque, unsigned, and bound to the organization and query they came from."""

from __future__ import annotations

from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as Base64Error
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import TYPE_CHECKING, Any

import orjson

from domain.ids import UUID
from domain.queries.sorting import Position
from scim_facade.protocol.errors import ScimError

if TYPE_CHECKING:
    from scim_facade.protocol.query import ListQuery

_INVALID = "Begin again with an empty cursor: this one does not belong to this query."


@dataclass(frozen=True, slots=True)
class Cursor:
    """Where the next page begins, how many rows a page has, and the total of the first page."""

    position: Position
    count: int
    total: int


def write_cursor(cursor: Cursor, fingerprint: str) -> str:
    """Text of unreserved characters only (RFC 9865 §2)."""
    value = cursor.position.value
    is_instant = isinstance(value, datetime)
    body = [
        fingerprint,
        cursor.count,
        cursor.total,
        cursor.position.id.hex,
        value.isoformat() if isinstance(value, datetime) else value,
        is_instant,
    ]
    return urlsafe_b64encode(orjson.dumps(body)).decode().rstrip("=")


def read_cursor(text: str, fingerprint: str) -> Cursor:
    """The cursor; ScimError 400 invalidCursor for one that was not made for this query."""
    try:
        padded = text + "=" * (-len(text) % 4)
        body: Any = orjson.loads(urlsafe_b64decode(padded.encode("ascii")))
        made_for, count, total, id_, value, is_instant = body
        if made_for != fingerprint or not isinstance(count, int) or not isinstance(total, int):
            raise ScimError.invalid_cursor(_INVALID)
        position = Position(datetime.fromisoformat(value) if is_instant else value, UUID(hex=id_))
    except (ValueError, TypeError, AttributeError, Base64Error, UnicodeEncodeError):
        raise ScimError.invalid_cursor(_INVALID) from None
    return Cursor(position, count, total)


def fingerprint_of(organization_id: UUID, endpoint: str, query: ListQuery) -> str:
    """What must stay the same from page to page."""
    parts = [
        organization_id.hex,
        endpoint,
        query.filter,
        query.sort_by,
        query.sort_order,
        query.attributes,
        query.excluded_attributes,
    ]
    return sha256(orjson.dumps(parts)).hexdigest()[:16]
