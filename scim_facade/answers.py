"""Makes answers: resources with their tags, lists, errors."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import orjson

from domain.secrets import masked
from scim_facade.exchange import Answer
from scim_facade.protocol.conditions import etag, parse_condition
from scim_facade.protocol.errors import ScimError, error_body

if TYPE_CHECKING:
    from scim_facade.exchange import Exchange

DELETED = Answer(204, changed=True)


def resource(
    document: dict[str, Any],
    version: int,
    *,
    status: int = 200,
    location: str | None = None,
    changed: bool = False,
) -> Answer:
    """A single resource, its version as ETag."""
    headers = [(b"etag", etag(version).encode())]
    if location is not None:
        headers.append((b"location", location.encode()))
    return Answer(status, orjson.dumps(document), tuple(headers), changed)


def without_content(version: int, *, changed: bool) -> Answer:
    """204 with the version the resource has now."""
    return Answer(204, None, ((b"etag", etag(version).encode()),), changed)


def without_reading(exchange: Exchange, version: int) -> Answer | None:
    """304 to a client that has this version already; ScimError 412 to one that wants another.

    RFC 9110 §13.2.2: If-Match comes first.
    """
    wanted = parse_condition(exchange.header(b"if-match"))
    if wanted is not None and not wanted.matches(version):
        raise ScimError.precondition_failed("The resource has another version than If-Match names.")
    known = parse_condition(exchange.header(b"if-none-match"))
    if known is not None and known.matches(version):
        return Answer(304, None, ((b"etag", etag(version).encode()),))
    return None


def listing(body: dict[str, Any]) -> Answer:
    """A list or a discovery document."""
    return Answer(200, orjson.dumps(body))


def refusal(error: ScimError, error_code: str | None = None) -> Answer:
    """The SCIM error body; 401 names the scheme, 503 and 429 when to come again."""
    headers: tuple[tuple[bytes, bytes], ...] = ()
    if error.status == 401:
        headers = ((b"www-authenticate", b'Bearer realm="scim"'),)
    elif error.retry_after_s is not None:
        headers = ((b"retry-after", str(error.retry_after_s).encode()),)
    return Answer(
        error.status,
        masked(orjson.dumps(error_body(error)).decode()).encode(),
        headers,
        scim_type=error.scim_type,
        detail=error.detail,
        error_code=error_code,
    )
