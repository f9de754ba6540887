"""Groups of any size as JSON, in chunks, without holding their members."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import orjson

from domain.queries.groups import all_group_members
from scim_facade.mapping.groups import member_documents

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence

    from scim_facade.exchange import Exchange
    from scim_facade.protocol.projection import Projection

HELD_MEMBERS = 1000
"""Above so many members an answer is streamed."""


async def stream_group(
    exchange: Exchange, document: dict[str, Any], group_id: Any, shown: Projection
) -> AsyncIterator[bytes]:
    """One group; each page of members is read when the one before is on its way."""
    # `members` is written last, so that everything before it is plain JSON without its end.
    head = orjson.dumps(shown.apply(document))
    yield head[:-1] + b',"members":['
    first = True
    async for page in all_group_members(
        exchange.services.reader, exchange.organization_id, group_id
    ):
        documents = member_documents(page, exchange.base_url)
        if not shown.is_default:
            kept = [shown.apply({"members": [member]}) for member in documents]
            documents = [one["members"][0] for one in kept if one.get("members")]
        if documents:
            chunk = orjson.dumps(documents)[1:-1]
            yield chunk if first else b"," + chunk
            first = False
    yield b"]}"


async def stream_list(
    exchange: Exchange,
    envelope: dict[str, Any],
    documents: Sequence[tuple[Any, dict[str, Any]]],
    shown: Projection,
) -> AsyncIterator[bytes]:
    """A list response whose groups are streamed one after the other."""
    head = orjson.dumps({name: value for name, value in envelope.items() if name != "Resources"})
    yield head[:-1] + b',"Resources":['
    for index, (group_id, document) in enumerate(documents):
        if index:
            yield b","
        async for chunk in stream_group(exchange, document, group_id, shown):
            yield chunk
    yield b"]}"
