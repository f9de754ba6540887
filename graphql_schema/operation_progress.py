"""Follows a bulk operation: how far it is, each time that this changes, until it has ended."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from dataclasses import replace

from domain.ids import UUID
from domain.queries.bulk_operations import BULK_OPERATION_LIST, BulkOperationRow
from domain.queries.tails import DATABASE_TROUBLE
from graphql_schema.context import Context
from graphql_schema.types.bulk_operation import BulkOperation

PAUSE_S = 0.5


async def follow_operation(
    context: Context, organization_id: UUID, operation_id: UUID
) -> AsyncGenerator[BulkOperation, None]:
    """The operation as it is at first, and whenever it differs; the last one is as it ended.

    Each is resolved with a view of the data of its own, and only while the caller may read it.
    """
    stream, services = context.stream, context.services
    if stream is None:  # pragma: no cover - subscriptions have no other way in
        raise RuntimeError("a subscription runs without its stream")
    reader = services.reader

    async def read() -> BulkOperationRow | None:
        return await BULK_OPERATION_LIST.one(reader, organization_id, operation_id)

    with services.tails.open(organization_id) as tail:
        await context.close()
        stream.stands()
        shown: BulkOperationRow | None = None
        while True:
            try:
                row = await tail.shared(("bulk operation", operation_id), read)
            except DATABASE_TROUBLE:
                # The listener says so in the log, once for all.
                await tail.news(PAUSE_S)
                if tail.is_closed:
                    return
                continue
            if row is None:
                return
            if stream.due_s:
                stream.hear_news()
            await stream.check()
            if shown is None or row != replace(shown, settled_at=row.settled_at):
                shown = row
                await stream.begin_event()
                yield BulkOperation(row=row)
            # A cancelled one has ended when the members at hand are through.
            if row.settled_at is not None:
                return
            await tail.news(stream.due_s)
            if tail.is_closed:
                return
