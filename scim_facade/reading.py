"""Reads what a request carries: its body, its conditions, its projection."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any, TypeVar

from domain.errors import NotFound
from scim_facade.protocol.body import decode_body
from scim_facade.protocol.conditions import Condition, parse_condition
from scim_facade.protocol.errors import ScimError
from scim_facade.protocol.projection import Projection

if TYPE_CHECKING:
    from scim_facade.exchange import Exchange
    from scim_facade.protocol.schemas import ResourceSchema

Read = TypeVar("Read")
Current = Callable[[], Awaitable[int | None]]
"""Reads the present version of the resource; None when there is none."""

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


async def insisted_version(exchange: Exchange, current: Current) -> int | None:
    """The version that If-Match and If-None-Match make a command insist on; ScimError 412.

    The present one is read only where several are named, or where it must be none of some.
    """
    condition = if_match(exchange)
    unwanted = parse_condition(exchange.header(b"if-none-match"))
    if unwanted is not None:
        present = await current()
        if present is not None and unwanted.matches(present):
            raise ScimError.precondition_failed("If-None-Match names the version there is.")
        return present if condition is None else expected_version(condition, present)
    several = condition is not None and not condition.any_version and len(condition.versions) > 1
    return expected_version(condition, await current() if several else None)


async def or_not_found(
    exchange: Exchange, read: Callable[[Exchange], Read], current: Current, kind: str
) -> Read:
    """What `read` makes of the body; where that fails, 404 for an unknown id comes first."""
    try:
        return read(exchange)
    except ScimError:
        if await current() is None:
            raise NotFound(kind) from None
        raise


def _too_large(limit: int) -> ScimError:
    return ScimError.too_large(f"Send a body of at most {limit} bytes.")
