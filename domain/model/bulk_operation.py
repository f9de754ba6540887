"""The bulk operation: one action over many members, and what came of each of them."""

from sqlalchemy import Column, Index, Integer
from sqlalchemy import ForeignKeyConstraint as ForeignKey
from sqlmodel import Field, SQLModel

from domain.model.base import (
    UUID,
    datetime,
    instant_column,
    one_of,
    text_column,
    uuid_column,
    uuid_key,
)
from domain.vocabulary import ActorKind, BulkOperationState, BulkOutcome, MemberAction, Origin


def _number() -> int:
    number: int = Field(default=0, sa_column=Column(Integer, nullable=False, server_default="0"))
    return number


class BulkOperationTable(SQLModel, table=True):
    """Who started what, how far it is, and which process is at it.

    The numbers follow the items while it runs, and are exact once it is settled: nothing of it is
    under way any more. `leased_by` names a process, for no longer than `leased_until`.
    """

    __tablename__ = "bulk_operations"
    __table_args__ = (
        ForeignKey(["organization_id"], ["organizations.id"]),
        Index(
            "bulk_operations_open_idx",
            "organization_id",
            "id",
            postgresql_where="settled_at IS NULL",
        ),
        Index(
            "bulk_operations_kept_idx",
            "organization_id",
            "settled_at",
            postgresql_where="settled_at IS NOT NULL AND items_removed_at IS NULL",
        ),
        one_of("action", MemberAction),
        one_of("state", BulkOperationState),
        one_of("started_by_kind", ActorKind),
        one_of("started_origin", Origin),
    )

    organization_id: UUID = uuid_key()
    id: UUID = uuid_key()
    action: str = text_column()
    state: str = text_column()
    total: int = Field(sa_column=Column(Integer, nullable=False))
    changed: int = _number()
    unchanged: int = _number()
    failed: int = _number()
    failure_reason: str | None = text_column(nullable=True)
    started_by_kind: str = text_column()
    started_by_id: UUID | None = uuid_column(nullable=True)
    started_by_label: str = text_column()
    started_by_ip: str | None = text_column(nullable=True)
    started_origin: str = text_column()
    request_id: UUID = uuid_column()
    correlation_id: UUID = uuid_column()
    started_at: datetime = instant_column()
    finished_at: datetime | None = instant_column(nullable=True)
    settled_at: datetime | None = instant_column(nullable=True)
    items_removed_at: datetime | None = instant_column(nullable=True)
    leased_by: UUID | None = uuid_column(nullable=True)
    leased_until: datetime | None = instant_column(nullable=True)


class BulkOperationItemTable(SQLModel, table=True):
    """A member that was selected when the operation started; `outcome` is null until its turn.

    Without foreign keys: members may go, and a check of each of 100,000 rows would take longer than
    to write them.
    """

    __tablename__ = "bulk_operation_items"
    __table_args__ = (
        Index(
            "bulk_operation_items_open_idx",
            "organization_id",
            "operation_id",
            "member_id",
            postgresql_where="outcome IS NULL",
        ),
        Index(
            "bulk_operation_items_failed_idx",
            "organization_id",
            "operation_id",
            "member_id",
            postgresql_where="outcome = 'FAILED'",
        ),
        one_of("outcome", BulkOutcome),
    )

    organization_id: UUID = uuid_key()
    operation_id: UUID = uuid_key()
    member_id: UUID = uuid_key()
    outcome: str | None = text_column(nullable=True)
    error_code: str | None = text_column(nullable=True)
    error_message: str | None = text_column(nullable=True)
