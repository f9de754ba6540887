"""From a path to what handles it: segments in any case, a trailing slash or not."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from domain.ids import UUID, parse_uuid
from domain.vocabulary import ScimOperation, ScimResourceType
from scim_facade import reading
from scim_facade.errors import no_such
from scim_facade.protocol.errors import ScimError
from scim_facade.protocol.query import ListQuery, parse_search
from scim_facade.routes import bulk, discovery, everything, groups, users

if TYPE_CHECKING:
    from scim_facade.exchange import Answer, Exchange


@dataclass(frozen=True, slots=True)
class Collection:
    """What a resource type's endpoints do."""

    name: str
    resource_type: ScimResourceType
    search: Callable[[Exchange, ListQuery | None], Awaitable[Answer]]
    create: Callable[[Exchange], Awaitable[Answer]]
    handlers: dict[str, Callable[[Exchange, UUID], Awaitable[Answer]]]


Carry = Callable[["Exchange", list[str]], Awaitable["Answer"]]
"""Serves one exchange as if it had come alone: errors become answers, and the log hears of it."""

READS = "GET, HEAD, OPTIONS"
_COLLECTION_METHODS = "GET, HEAD, OPTIONS, POST"
_RESOURCE_METHODS = "DELETE, GET, HEAD, OPTIONS, PATCH, PUT"


class MethodNotAllowed(ScimError):
    """405; `allowed` is the value of the Allow header."""

    def __init__(self, method: str, allowed: str) -> None:
        super().__init__(405, None, f"{method[:16]} is not possible here; use one of {allowed}.")
        self.allowed = allowed


class Options(Exception):
    """OPTIONS was asked; `allowed` is the value of the Allow header."""

    def __init__(self, allowed: str) -> None:
        super().__init__(allowed)
        self.allowed = allowed


def split(path: str) -> tuple[UUID, list[str]] | None:
    """The organization and the segments behind it of `/v2/{organizationId}/…`, else None."""
    segments = path.split("/")
    if len(segments) < 3:
        return None
    organization_id = parse_uuid(segments[2])
    if organization_id is None:
        return None
    return organization_id, [segment for segment in segments[3:] if segment]


async def dispatch(exchange: Exchange, segments: list[str], carry: Carry) -> Answer:
    """Hand the exchange to what handles it; ScimError 404, 405, 501.

    `carry` serves the operations of a bulk request.
    """
    first = segments[0].lower() if segments else ""
    collection = _COLLECTIONS.get(first)
    if collection is not None:
        exchange.resource_type = collection.resource_type
        if len(segments) == 1:
            return await _collection(exchange, collection)
        if len(segments) == 2:
            if segments[1].lower() == ".search":
                _allow(exchange, "POST", "OPTIONS, POST")
                exchange.operation = ScimOperation.SEARCH
                query = parse_search(reading.json_body(exchange))
                return await collection.search(exchange, query)
            return await _resource(exchange, collection, segments[1])
    elif len(segments) <= 2:
        second = segments[1] if len(segments) == 2 else None
        return await _other(exchange, first, second, carry)
    raise ScimError.not_found("There is no such endpoint; the base URL ends with the organization.")


async def _collection(exchange: Exchange, collection: Collection) -> Answer:
    match exchange.method:
        case "GET" | "HEAD":
            return await collection.search(exchange, None)
        case "POST":
            exchange.operation = ScimOperation.CREATE
            return await collection.create(exchange)
        case _:
            raise _refused(exchange, _COLLECTION_METHODS)


async def _resource(exchange: Exchange, collection: Collection, text: str) -> Answer:
    handler = collection.handlers.get(exchange.method)
    if handler is None:
        raise _refused(exchange, _RESOURCE_METHODS)
    exchange.operation = _OPERATIONS[exchange.method]
    id_ = parse_uuid(text)
    if id_ is None:
        raise ScimError.not_found(no_such(collection.name))
    return await handler(exchange, id_)


async def _other(exchange: Exchange, first: str, second: str | None, carry: Carry) -> Answer:
    match first, second:
        case "serviceproviderconfig" | "serviceproviderconfigs", None:
            _allow(exchange, "GET", READS)
            return await discovery.provider_config(exchange)
        case "resourcetypes", None:
            _allow(exchange, "GET", READS)
            return await discovery.resource_types(exchange)
        case "resourcetypes", name:
            _allow(exchange, "GET", READS)
            return await discovery.resource_type(exchange, name or "")
        case "schemas", None:
            _allow(exchange, "GET", READS)
            return await discovery.schemas(exchange)
        case "schemas", urn:
            _allow(exchange, "GET", READS)
            return await discovery.schema(exchange, urn or "")
        case "me", _:
            raise ScimError.not_implemented("An API key is no user: /Me is not supported.")
        case "bulk", None:
            _allow(exchange, "POST", "OPTIONS, POST")
            return await bulk.bulk(exchange, carry)
        case ".search", None:
            _allow(exchange, "POST", "OPTIONS, POST")
            return await everything.search(exchange, parse_search(reading.json_body(exchange)))
        case _:
            raise ScimError.not_found("There is no such endpoint; try /Users or /Groups.")


def _allow(exchange: Exchange, method: str, allowed: str) -> None:
    if exchange.method != method and not (method == "GET" and exchange.method == "HEAD"):
        raise _refused(exchange, allowed)


def _refused(exchange: Exchange, allowed: str) -> Exception:
    if exchange.method == "OPTIONS":
        return Options(allowed)
    return MethodNotAllowed(exchange.method, allowed)


_COLLECTIONS = {
    "users": Collection(
        "User",
        ScimResourceType.USER,
        users.search,
        users.create,
        {
            "GET": users.read,
            "HEAD": users.read,
            "PUT": users.replace,
            "PATCH": users.patch,
            "DELETE": users.delete,
        },
    ),
    "groups": Collection(
        "Group",
        ScimResourceType.GROUP,
        groups.search,
        groups.create,
        {
            "GET": groups.read,
            "HEAD": groups.read,
            "PUT": groups.replace,
            "PATCH": groups.patch,
            "DELETE": groups.delete,
        },
    ),
}
_OPERATIONS = {
    "GET": ScimOperation.READ,
    "HEAD": ScimOperation.READ,
    "PUT": ScimOperation.REPLACE,
    "PATCH": ScimOperation.PATCH,
    "DELETE": ScimOperation.DELETE,
}
