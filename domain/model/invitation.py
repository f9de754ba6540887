"""The invitation: one row per mail with an accept link, which is also the outbox of the sender."""

from sqlalchemy import Column, Index, Integer
from sqlalchemy import ForeignKeyConstraint as ForeignKey
from sqlmodel import Field, SQLModel

from domain.model.base import (
    UUID,
    bytes_column,
    datetime,
    instant_column,
    one_of,
    text_column,
    uuid_column,
    uuid_key,
)
from domain.vocabulary import InvitationState


class InvitationTable(SQLModel, table=True):
    """Written in the transaction of the change that invites; sent by a worker that claims rows.

    `due_at` is when the sender may next try, `claimed_until` keeps two senders apart.
    """

    __tablename__ = "invitations"
    __table_args__ = (
        ForeignKey(
            ["organization_id", "member_id"],
            ["members.organization_id", "members.id"],
            ondelete="CASCADE",
        ),
        Index(None, "organization_id", "member_id", "id"),
        Index(
            "invitations_due_idx",
            "organization_id",
            "due_at",
            postgresql_where="state = 'QUEUED'",
        ),
        Index(
            "invitations_open_idx",
            "organization_id",
            "expires_at",
            postgresql_where="state IN ('QUEUED', 'SENT')",
        ),
        Index(
            "invitations_failed_idx",
            "organization_id",
            "state",
            "id",
            postgresql_where="state IN ('FAILED', 'BOUNCED')",
        ),
        one_of("state", InvitationState),
    )

    organization_id: UUID = uuid_key()
    id: UUID = uuid_key()
    member_id: UUID = uuid_column()
    email: str = text_column()
    token_hash: bytes = bytes_column()
    state: str = text_column()
    attempts: int = Field(default=0, sa_column=Column(Integer, nullable=False, server_default="0"))
    last_error: str | None = text_column(nullable=True)
    queued_at: datetime = instant_column()
    due_at: datetime = instant_column()
    claimed_until: datetime | None = instant_column(nullable=True)
    sent_at: datetime | None = instant_column(nullable=True)
    expires_at: datetime = instant_column()
