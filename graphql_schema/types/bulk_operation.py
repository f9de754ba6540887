"""A bulk operation as the admin API shows it: how far it is, and whom it could not do."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import strawberry

from domain.ids import UUID
from domain.queries.bulk_operations import BulkFailureRow, BulkOperationRow, page_bulk_failures
from domain.queries.paging import Page
from graphql_schema.connection import PageInfo, page_info_of, write_cursor
from graphql_schema.context import Context, Info
from graphql_schema.enums import BulkOperationState, MemberAction, Scope, UserErrorCode
from graphql_schema.fields import resolved, shown
from graphql_schema.ids import Kind, make_id
from graphql_schema.policy import needs
from graphql_schema.types.actors import actor_of
from graphql_schema.types.bulk_results import BulkMemberResult, BulkSummary
from graphql_schema.types.lists import Arguments
from graphql_schema.types.node import Node
from graphql_schema.types.references import ActorType, OrganizationType, shows, wrap, wrap_or_none
from graphql_schema.types.user_errors import BasicError


@strawberry.type
class BulkFailureEdge:
    cursor: str
    node: BulkMemberResult


@strawberry.type
class BulkFailureConnection:
    page: strawberry.Private[Page[Any]]
    of: strawberry.Private[bytes]
    results: strawberry.Private[list[BulkMemberResult]]

    edges: list[BulkFailureEdge] = shown(
        lambda self: [
            BulkFailureEdge(cursor=write_cursor(position, self.of), node=result)
            for result, position in zip(self.results, self.page.positions, strict=True)
        ]
    )
    nodes: list[BulkMemberResult] = shown("results")
    page_info: PageInfo = shown(page_info_of)


@shows(BulkOperationRow)
@strawberry.type(
    description="One action over many members, carried out in the background.",
    directives=[needs(Scope.MEMBERS_READ)],
)
class BulkOperation(Node):
    row: strawberry.Private[BulkOperationRow]

    id: strawberry.ID = shown(
        lambda self: make_id(Kind.BULK_OPERATION, self.row.organization_id, self.row.id)
    )
    action: MemberAction = shown()
    state: BulkOperationState = shown()
    total: int = shown(description="Members that were selected when it started.")
    summary: BulkSummary = shown(
        lambda self: BulkSummary(
            changed=self.row.changed, unchanged=self.row.unchanged, failed=self.row.failed
        ),
        description="Grows while it runs; the three make up `total` once it has FINISHED.",
    )
    failure_reason: str | None = shown(description="Why it FAILED.")
    started_by_label: str = shown()
    started_at: datetime = shown()
    finished_at: datetime | None = shown(description="When it ended, whichever way.")
    correlation_id: UUID = shown(description="All audit events of the operation share it.")

    @resolved()
    async def organization(self, info: Info) -> OrganizationType:
        return wrap(await info.context.load.organization.load(self.row.organization_id))

    @resolved(description="`null` when it no longer exists; the label stays.")
    async def started_by(self, info: Info) -> ActorType | None:
        row = self.row
        return await actor_of(
            info.context,
            row.organization_id,
            row.started_by_kind,
            row.started_by_id,
            row.started_by_label,
        )

    @resolved(
        description="Members that could not be done, oldest first. Kept for 30 days after the end."
    )
    async def failures(
        self, info: Info, first: int | None = None, after: str | None = None
    ) -> BulkFailureConnection:
        row, context = self.row, info.context
        arguments = Arguments(row.organization_id, row.id, "failures", first=first, after=after)
        page = await page_bulk_failures(context.reader, row, arguments.window)
        return BulkFailureConnection(
            page=page, of=arguments.of, results=await _results(context, page.rows)
        )


async def _results(context: Context, failures: Sequence[BulkFailureRow]) -> list[BulkMemberResult]:
    """The failures with their members as they now are, read in one statement."""
    keys = [(failure.organization_id, failure.member_id) for failure in failures]
    members = await context.load.member.load_many(keys)
    return [
        BulkMemberResult(
            member_id=make_id(Kind.MEMBER, failure.organization_id, failure.member_id),
            member=wrap_or_none(member),
            errors=[
                BasicError(
                    code=UserErrorCode(failure.error_code), message=failure.error_message, path=[]
                )
            ],
        )
        for failure, member in zip(failures, members, strict=True)
    ]
