"""The provisioning request: one SCIM call and what came of it."""

from typing import Any

from sqlalchemy import BigInteger, Column, Index, Integer
from sqlmodel import Field, SQLModel

from domain.model.base import (
    UUID,
    datetime,
    instant_column,
    json_column,
    one_of,
    text_column,
    uuid_column,
    uuid_key,
    words_column,
)
from domain.vocabulary import (
    IdentityProvider,
    ProvisioningOutcome,
    ScimOperation,
    ScimResourceType,
    SubjectKind,
)

UNAPPLIED = "outcome <> 'APPLIED' AND operation <> 'READ'"
"""Of requests that changed nothing, reads aside; their index costs the others nothing."""


class ProvisioningRequestTable(SQLModel, table=True):
    """Written in batches, outside the command's transaction."""

    __tablename__ = "provisioning_requests"
    __table_args__ = (
        Index("provisioning_requests_position_idx", "organization_id", "position", unique=True),
        Index("provisioning_requests_outcome_idx", "organization_id", "outcome", "position"),
        Index("provisioning_requests_subject_idx", "organization_id", "subject_id", "position"),
        Index(
            "provisioning_requests_unapplied_idx",
            "organization_id",
            "subject_id",
            "received_at",
            "position",
            postgresql_where=UNAPPLIED,
        ),
        Index("provisioning_requests_received_idx", "organization_id", "received_at"),
        # What is rare enough to be looked for: writing the others stays as cheap as it was.
        Index(
            "provisioning_requests_write_idx",
            "organization_id",
            "operation",
            "position",
            postgresql_where="operation <> 'READ' AND operation <> 'SEARCH'",
        ),
        Index(
            "provisioning_requests_status_idx",
            "organization_id",
            "status_code",
            "position",
            postgresql_where="status_code <> 200",
        ),
        Index(
            "provisioning_requests_group_idx",
            "organization_id",
            "resource_type",
            "position",
            postgresql_where="resource_type = 'GROUP'",
        ),
        Index(
            "provisioning_requests_slow_idx",
            "organization_id",
            "duration_ms",
            "position",
            postgresql_where="duration_ms >= 100",
        ),
        one_of("operation", ScimOperation),
        one_of("resource_type", ScimResourceType),
        one_of("outcome", ProvisioningOutcome),
        one_of("provider", IdentityProvider),
        one_of("subject_kind", SubjectKind),
    )

    organization_id: UUID = uuid_key()
    id: UUID = uuid_key()
    position: int = Field(sa_column=Column(BigInteger, nullable=False))
    received_at: datetime = instant_column()
    duration_ms: int = Field(sa_column=Column(Integer, nullable=False))
    method: str = text_column()
    path: str = text_column()
    operation: str = text_column()
    resource_type: str | None = text_column(nullable=True)
    subject_kind: str | None = text_column(nullable=True)
    subject_id: UUID | None = uuid_column(nullable=True)
    subject_label: str | None = text_column(nullable=True)
    status_code: int = Field(sa_column=Column(Integer, nullable=False))
    outcome: str = text_column()
    scim_type: str | None = text_column(nullable=True)
    detail: str | None = text_column(nullable=True)
    error_code: str | None = text_column(nullable=True)
    warnings: list[str] = words_column()
    warning_names: list[str] = words_column()
    changed_attributes: list[str] = words_column()
    provider: str | None = text_column(nullable=True)
    user_agent: str | None = text_column(nullable=True)
    remote_ip: str | None = text_column(nullable=True)
    request_body: str | None = text_column(nullable=True)
    response_body: str | None = text_column(nullable=True)
    correlation_id: UUID = uuid_column()


class ProvisioningHeadTable(SQLModel, table=True):
    """The last position given out in each organization's request log."""

    __tablename__ = "provisioning_heads"

    organization_id: UUID = uuid_key()
    position: int = Field(sa_column=Column(BigInteger, nullable=False))
    last_request_at: datetime = instant_column()
    last_error_at: datetime | None = instant_column(nullable=True)
    counters: dict[str, Any] = json_column()
