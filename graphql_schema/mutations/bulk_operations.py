"""Any number of members, in the background: start an operation, cancel it."""

from __future__ import annotations

import strawberry

from domain.commands import CancelBulkOperation, StartBulkOperation
from domain.ids import UUID
from graphql_schema.context import Context, Info
from graphql_schema.enums import MemberAction, Scope
from graphql_schema.fields import resolved
from graphql_schema.ids import Kind
from graphql_schema.mutations.change import change, change_within, once, target_of
from graphql_schema.policy import costs, needs
from graphql_schema.types.bulk_operation import BulkOperation
from graphql_schema.types.inputs import MemberFilter, member_words
from graphql_schema.types.references import wrap_or_none
from graphql_schema.types.user_errors import MutationPayload

_WRITE = needs(Scope.MEMBERS_WRITE)
_OF_FILTER = {"groupId": "filter"}


@strawberry.input
class StartBulkOperationInput:
    organization_id: strawberry.ID
    action: MemberAction = strawberry.field(
        description=(
            "INVITE, CONFIRM, REINVITE, REVOKE, RESTORE or REMOVE. CONFIRM needs the scope"
            " MEMBERS_CONFIRM and an organization without key handshake."
        )
    )
    filter: MemberFilter = strawberry.field(description="An empty one selects every member.")
    expected_count: int = strawberry.field(
        description=(
            "Refuses to start when the filter selects another number, so that a stale screen"
            " cannot revoke a different crowd."
        )
    )
    idempotency_key: str


@strawberry.input
class CancelBulkOperationInput:
    id: strawberry.ID


@strawberry.type
class StartBulkOperationPayload(MutationPayload):
    bulk_operation: BulkOperation | None = None


@strawberry.type
class CancelBulkOperationPayload(MutationPayload):
    bulk_operation: BulkOperation | None = None


async def _operation(context: Context, owner: UUID, id_: UUID | None) -> BulkOperation | None:
    if id_ is None:
        return None
    found: BulkOperation | None = wrap_or_none(await context.load.bulk_operation.load((owner, id_)))
    return found


@strawberry.type
class BulkOperationMutations:
    @resolved(
        _WRITE,
        costs(100),
        description=(
            "Does one action to every member that a filter selects now, in the background, in the"
            " name of the caller and for as long as the caller may."
        ),
    )
    async def start_bulk_operation(
        self,
        info: Info,
        input: StartBulkOperationInput,  # noqa: A002
    ) -> StartBulkOperationPayload:
        context = info.context

        async def work(owner: UUID) -> StartBulkOperationPayload:
            if input.filter.group_id is not None:  # how many are in a group is told by the count
                context.caller.require(Scope.GROUPS_READ)
            command = StartBulkOperation(
                owner, input.action, member_words(input.filter), input.expected_count
            )
            outcome = await context.execute(once(command, input.idempotency_key))
            return StartBulkOperationPayload(
                bulk_operation=await _operation(context, owner, outcome.value.id),
                changed=outcome.changed,
            )

        return await change_within(
            context, input, StartBulkOperationPayload, work, renamed=_OF_FILTER
        )

    @resolved(
        _WRITE,
        costs(10),
        description="Lets the members at hand be the last. What is done stays done.",
    )
    async def cancel_bulk_operation(
        self,
        info: Info,
        input: CancelBulkOperationInput,  # noqa: A002
    ) -> CancelBulkOperationPayload:
        context = info.context

        async def work() -> CancelBulkOperationPayload:
            target = target_of(context, Kind.BULK_OPERATION, input.id, "id")
            command = CancelBulkOperation(target.organization_id, target.id)
            outcome = await context.execute(command)
            return CancelBulkOperationPayload(
                bulk_operation=await _operation(context, target.organization_id, target.id),
                changed=outcome.changed,
            )

        return await change(
            context,
            input,
            CancelBulkOperationPayload,
            work,
            subject="id",
            kind=Kind.BULK_OPERATION,
        )
