"""/ServiceProviderConfig, /ResourceTypes, /Schemas: what this server is and can do."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from domain.vocabulary import ScimOperation
from scim_facade import answers
from scim_facade.protocol.bulk import MAX_OPERATIONS
from scim_facade.protocol.dialect import Warnings
from scim_facade.protocol.discovery import (
    BEARER_TOKEN,
    CLIENT_CREDENTIALS,
    Capabilities,
    find_resource,
    find_schema,
    resource_type_document,
    resource_type_documents,
    schema_document,
    schema_documents,
    service_provider_config,
)
from scim_facade.protocol.errors import ScimError
from scim_facade.protocol.grammar import parse_filter
from scim_facade.protocol.messages import list_response
from scim_facade.reading import MAX_BULK_BODY

if TYPE_CHECKING:
    from collections.abc import Sequence

    from scim_facade.exchange import Answer, Exchange

CAPABILITIES = Capabilities(
    bulk=True,
    bulk_max_operations=MAX_OPERATIONS,
    bulk_max_payload_bytes=MAX_BULK_BODY,
    sort=True,
    cursor_pagination=True,
    authentication_schemes=(BEARER_TOKEN, CLIENT_CREDENTIALS),
)


def is_public(exchange: Exchange, segments: list[str]) -> bool:
    """Whether anybody may read this: how to authenticate (RFC 7643 §5).

    It is the same for every organization, those that do not exist included. A key that was sent is
    looked at, so that a provider's test of its key means something.
    """
    return (
        b"authorization" not in exchange.headers
        and len(segments) == 1
        and segments[0].lower() == "serviceproviderconfig"
        and exchange.method in {"GET", "HEAD"}
    )


async def provider_config(exchange: Exchange) -> Answer:
    """GET /ServiceProviderConfig."""
    exchange.operation = ScimOperation.DISCOVERY
    text = exchange.query().filter
    if text is not None and _is_filter(text):
        raise _no_filter()
    return answers.listing(service_provider_config(exchange.base_url, CAPABILITIES))


async def resource_types(exchange: Exchange) -> Answer:
    """GET /ResourceTypes."""
    return _list(exchange, resource_type_documents(exchange.base_url))


async def resource_type(exchange: Exchange, name: str) -> Answer:
    """GET /ResourceTypes/{name}."""
    exchange.operation = ScimOperation.DISCOVERY
    found = find_resource(name)
    if found is None:
        raise ScimError.not_found(f"There is no resource type {name[:64]}.")
    return answers.listing(resource_type_document(found, exchange.base_url))


async def schemas(exchange: Exchange) -> Answer:
    """GET /Schemas."""
    return _list(exchange, schema_documents(exchange.base_url))


async def schema(exchange: Exchange, urn: str) -> Answer:
    """GET /Schemas/{urn}."""
    exchange.operation = ScimOperation.DISCOVERY
    found = find_schema(urn)
    if found is None:
        raise ScimError.not_found(f"There is no schema {urn[:128]}.")
    return answers.listing(schema_document(found, exchange.base_url))


def _list(exchange: Exchange, documents: Sequence[dict[str, Any]]) -> Answer:
    exchange.operation = ScimOperation.DISCOVERY
    if exchange.query().filter is not None:
        raise _no_filter()
    return answers.listing(list_response(documents, len(documents)))


def _no_filter() -> ScimError:
    """RFC 7644 §4: a filter on discovery is refused, so that nobody takes part for all."""
    return ScimError.forbidden("Filtering is not supported here; read the whole.")


def _is_filter(text: str) -> bool:
    """Whether the text sets a condition; one document is no list, so that any other is ignored."""
    try:
        parse_filter(text, Warnings())
    except ScimError:
        return False
    return True
