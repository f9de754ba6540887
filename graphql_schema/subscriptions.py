"""What can be subscribed to: the logs of an organization, as they grow."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Awaitable, Callable
from dataclasses import asdict
from functools import partial
from typing import Any, TypeVar

import strawberry

from domain.errors import NotFound
from domain.ids import UUID
from domain.queries.following import Following, Log
from domain.queries.logs import MEMBER_CHANGES, MemberChangeRow, audit_log, request_log
from domain.queries.member_counts import MemberCounts as Counts
from domain.queries.member_counts import member_counts
from graphql_schema.connection import Edge, list_hash, read_cursor, write_cursor
from graphql_schema.context import Context, Info
from graphql_schema.enums import Scope
from graphql_schema.fields import resolved, shown, subscribed
from graphql_schema.ids import Kind, expect_id, make_id
from graphql_schema.operation_progress import follow_operation
from graphql_schema.policy import costs, needs
from graphql_schema.types.bulk_operation import BulkOperation
from graphql_schema.types.inputs import (
    AuditEventFilter,
    ProvisioningRequestFilter,
    audit_words,
    request_words,
)
from graphql_schema.types.organization_parts import MemberCounts
from graphql_schema.types.references import EventType, MemberType, RequestType, wrap, wrap_or_none

Item = TypeVar("Item")
Made = TypeVar("Made")


class Cursors:
    """The cursors of one list, and the position after which it is to go on; None is the end."""

    def __init__(self, after: str | None, *facts: object) -> None:
        self._of = list_hash(*facts)
        self.after = None if after is None else int(read_cursor("after", after, self._of)[1])

    def write(self, position: int) -> str:
        """The cursor of a position."""
        return write_cursor((None, position), self._of)


@strawberry.type(description="The status of a member changed, or the member is new, or gone.")
class MemberChange:
    row: strawberry.Private[MemberChangeRow]
    count: strawberry.Private[Callable[[], Awaitable[Counts]]]

    cursor: str
    member_id: strawberry.ID = shown(
        lambda self: make_id(Kind.MEMBER, self.row.organization_id, self.row.member_id)
    )
    member: MemberType | None = shown(
        lambda self: wrap_or_none(self.row.member),
        description="As it is now; `null` when it was removed, then or since.",
    )

    @resolved(costs(2), description="As they are now: in a burst of changes, those after it.")
    async def counts(self) -> MemberCounts:
        return MemberCounts(**asdict(await self.count()))


async def _organization(context: Context, text: str) -> UUID:
    """The organization that an id names. Raises NotFound for one that the caller may not see."""
    id_ = expect_id(Kind.ORGANIZATION, text, "organizationId").id
    if not context.may_see(id_) or await context.load.organization.load(id_) is None:
        raise NotFound("organization", text)
    return id_


async def follow(
    context: Context,
    organization_id: UUID,
    log: Log[Item],
    cursors: Cursors,
    make: Callable[[str, Item, Following[Item]], Made],
) -> AsyncGenerator[Made, None]:
    """What is made of the entries of a log and their cursors.

    Each is resolved with a view of the data of its own, and only while the caller may read it.
    """
    stream, services = context.stream, context.services
    if stream is None:  # pragma: no cover - subscriptions have no other way in
        raise RuntimeError("a subscription runs without its stream")
    with services.tails.open(organization_id) as tail:
        following = Following(services.reader, tail, log, cursors.after)
        # Given back before another is taken: as many as the pool has would wait for each other.
        await context.close()
        await following.start()
        stream.stands()
        while (batch := await following.batch(stream.due_s)) is not None:
            if stream.due_s:
                stream.hear_news()
            await stream.check()
            for entry in batch:
                await stream.check()
                await stream.begin_event()
                yield make(cursors.write(entry.position), entry.item, following)


def _edge(cursor: str, row: Any, _following: object) -> Edge[Any]:
    return Edge(cursor=cursor, node=wrap(row))


@strawberry.type
class Subscription:
    @subscribed(
        needs(Scope.AUDIT_READ),
        description=(
            "The history as it is written, oldest first, each event once: from now on, or what"
            " comes after the cursor `after`, perhaps one of `Organization.auditEvents` with the"
            " same filter."
        ),
    )
    async def audit_events(
        self,
        info: Info,
        organization_id: strawberry.ID,
        filter: AuditEventFilter | None = None,  # noqa: A002
        after: str | None = None,
    ) -> AsyncGenerator[Edge[EventType], None]:
        id_, wanted = await _organization(info.context, organization_id), audit_words(filter)
        cursors = Cursors(after, id_, "auditEvents", wanted)
        return follow(info.context, id_, audit_log(wanted), cursors, _edge)

    @subscribed(
        needs(Scope.PROVISIONING_READ),
        description=(
            "The calls of the identity provider as they are logged, oldest first, each once: from"
            " now on, or what comes after the cursor `after`. That may be one of"
            " `Organization.provisioningRequests` with the same filter."
        ),
    )
    async def provisioning_requests(
        self,
        info: Info,
        organization_id: strawberry.ID,
        filter: ProvisioningRequestFilter | None = None,  # noqa: A002
        after: str | None = None,
    ) -> AsyncGenerator[Edge[RequestType], None]:
        id_, wanted = await _organization(info.context, organization_id), request_words(filter)
        cursors = Cursors(after, id_, "provisioningRequests", wanted)
        return follow(info.context, id_, request_log(wanted), cursors, _edge)

    @subscribed(
        needs(Scope.MEMBERS_READ),
        description=(
            "Each time a member's status changes, or a member comes or goes: after the cursor"
            " `after` or from now on."
        ),
    )
    async def member_changes(
        self, info: Info, organization_id: strawberry.ID, after: str | None = None
    ) -> AsyncGenerator[MemberChange, None]:
        id_ = await _organization(info.context, organization_id)
        reader = info.context.services.reader

        def change(
            cursor: str, row: MemberChangeRow, following: Following[MemberChangeRow]
        ) -> MemberChange:
            count = partial(following.shared, "counts", lambda: member_counts(reader, id_))
            return MemberChange(row=row, count=count, cursor=cursor)

        cursors = Cursors(after, id_, "memberChanges")
        return follow(info.context, id_, MEMBER_CHANGES, cursors, change)

    @subscribed(
        needs(Scope.MEMBERS_READ),
        description=(
            "A bulk operation as it goes on: at once as it is, then at most some times a second"
            " when it differs. Completes when the operation has ended."
        ),
    )
    async def bulk_operation(
        self,
        info: Info,
        id: strawberry.ID,  # noqa: A002
    ) -> AsyncGenerator[BulkOperation, None]:
        context, found = info.context, expect_id(Kind.BULK_OPERATION, id, "id")
        organization_id = found.organization_id
        if organization_id is None or not context.may_see(organization_id):
            raise NotFound("bulk operation")
        if await context.load.bulk_operation.load((organization_id, found.id)) is None:
            raise NotFound("bulk operation")
        return follow_operation(context, organization_id, found.id)
