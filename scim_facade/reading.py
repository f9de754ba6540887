"""Reads what a request carries: its body, its conditions, its projection."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from scim_facade.protocol.body import decode_body
from scim_facade.protocol.conditions import Condition, parse_condition
from scim_facade.protocol.errors import ScimError
from scim_facade.protocol.projection import Projection

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from scim_facade.exchange import Exchange
    from scim_facade.protocol.schemas import ResourceSchema

MAX_BODY = 1_048_576
MAX_BULK_BODY = 4_194_304


class ClientGone(Exception):
    """The client went away before its request was read; nobody waits for an answer."""


async def receive_body(
    exchange: Exchange, receive: Callable[[], Awaitable[Any]], limit: int = MAX_BODY
) -> None:
    """Read the whole body into the exchange; ScimError 413 above `limit` bytes."""
    announced = exchange.headers.get(b"content-length")
    if announced is not None and announced.isdigit() and int(announced) > limit:
        raise _too_large(limit)
    chunks: list[bytes] = []
    size = 0
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise ClientGone
        chunk = message.get("body", b"")
        size += len(chunk)
        if size > limit:
            raise _too_large(limit)
        chunks.append(chunk)
        if not message.get("more_body"):
            break
    exchange.body = chunks[0] if len(chunks) == 1 else b"".join(chunks)


def json_body(exchange: Exchange) -> dict[str, Any]:
    """The body as a JSON object; ScimError 415 for another media type, 400."""
    content_type = exchange.headers.get(b"content-type", b"").strip()
    if content_type and b"json" not in content_type.lower():
        raise ScimError.unsupported_media_type("Send the body as application/scim+json.")
    return decode_body(exchange.body)


def projection(exchange: Exchange, resource: ResourceSchema) -> Projection:
    """Which attributes the answer shows; ScimError 400."""
    query = exchange.query()
    return Projection.parse(query.attributes, query.excluded_attributes, resource)


def if_match(exchange: Exchange) -> Condition | None:
    """The condition under which a write may happen."""
    return parse_condition(exchange.header(b"if-match"))


def expected_version(condition: Condition | None, current: int | None) -> int | None:
    """The version a command is to insist on.

    Of several named versions it is `current`, where that is among them; one that never was, where
    none fits.
    """
    if condition is None or condition.any_version:
        return None
    if len(condition.versions) == 1:
        return next(iter(condition.versions))
    if current is not None and condition.matches(current):
        return current
    return -1


def needs_current(condition: Condition | None) -> bool:
    """Whether the present version must be read to know what to insist on."""
    return condition is not None and not condition.any_version and len(condition.versions) > 1


def _too_large(limit: int) -> ScimError:
    return ScimError.too_large(f"Send a body of at most {limit} bytes.")
