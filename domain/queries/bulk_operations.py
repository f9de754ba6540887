"""Bulk operations as they are read: how far each is, and which members it could not do."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import literal_column

from domain.ids import UUID
from domain.queries.compiler import Queried
from domain.queries.listing import Listing, no_link
from domain.queries.paging import Order, Page, Window
from domain.queries.reader import Reader
from domain.store.bulk_rows import ITEMS, OPERATIONS
from domain.vocabulary import ActorKind, BulkOperationState, BulkOutcome, MemberAction


@dataclass(frozen=True, slots=True)
class BulkOperationRow:
    """An operation; the numbers may be a moment old until nothing of it is under way."""

    organization_id: UUID
    id: UUID
    action: MemberAction
    state: BulkOperationState
    total: int
    changed: int
    unchanged: int
    failed: int
    failure_reason: str | None
    started_by_kind: ActorKind
    started_by_id: UUID | None
    started_by_label: str
    correlation_id: UUID
    started_at: datetime
    finished_at: datetime | None
    settled_at: datetime | None


@dataclass(frozen=True, slots=True)
class BulkFailureRow:
    """A member that an operation could not do."""

    organization_id: UUID
    member_id: UUID
    error_code: str
    error_message: str


def _operation(record: Mapping[str, Any]) -> BulkOperationRow:
    values = {name: record[name] for name in BulkOperationRow.__dataclass_fields__}
    values["action"] = MemberAction(values["action"])
    values["state"] = BulkOperationState(values["state"])
    values["started_by_kind"] = ActorKind(values["started_by_kind"])
    return BulkOperationRow(**values)


def _failure(record: Mapping[str, Any]) -> BulkFailureRow:
    return BulkFailureRow(**{name: record[name] for name in BulkFailureRow.__dataclass_fields__})


_NOT_FILTERED = Queried(fields={}, profile=None, linked=no_link)

BULK_OPERATION_LIST: Listing[BulkOperationRow] = Listing(
    source=OPERATIONS,
    columns=[OPERATIONS.c[name] for name in BulkOperationRow.__dataclass_fields__],
    organization=OPERATIONS.c.organization_id,
    identity=OPERATIONS.c.id,
    orders=(Order("STARTED_AT", OPERATIONS.c.id),),
    row=_operation,
    queried=_NOT_FILTERED,
)
BULK_FAILURE_LIST: Listing[BulkFailureRow] = Listing(
    source=ITEMS,
    columns=[ITEMS.c[name] for name in BulkFailureRow.__dataclass_fields__],
    organization=ITEMS.c.organization_id,
    identity=ITEMS.c.member_id,
    orders=(Order("MEMBER", ITEMS.c.member_id),),
    row=_failure,
    queried=_NOT_FILTERED,
    parent=ITEMS.c.operation_id,
    # Word for word the condition of the index.
    always=ITEMS.c.outcome == literal_column(f"'{BulkOutcome.FAILED}'"),
)


async def page_bulk_operations(
    reader: Reader, organization_id: UUID, window: Window
) -> Page[BulkOperationRow]:
    """Operations of the organization, newest first."""
    return await BULK_OPERATION_LIST.page(
        reader, organization_id, window, order="STARTED_AT", descending=True
    )


async def page_bulk_failures(
    reader: Reader, operation: BulkOperationRow, window: Window
) -> Page[BulkFailureRow]:
    """Members that the operation could not do, in the order of their joining."""
    return await BULK_FAILURE_LIST.page(
        reader, operation.organization_id, window, order="MEMBER", parent_id=operation.id
    )
