"""The invitation: one row per mail with an accept link, which is also the outbox of the sender."""

from sqlalchemy import ForeignKeyConstraint as ForeignKey
from sqlalchemy import Index

from domain.model.base import (
    UUID,
    bytes_column,
    datetime,
    instant_column,
    one_of,
    uuid_column,
    uuid_key,
)
from domain.model.outbox import OutboxColumns, tried_index
from domain.vocabulary import InvitationState


class InvitationTable(OutboxColumns, table=True):
    """Written in the transaction of the change that invites; sent by a worker that claims rows.

    At `reminded_at` a reminder of it was queued.
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
        Index(
            "invitations_unreminded_idx",
            "organization_id",
            "sent_at",
            postgresql_where="state = 'SENT' AND reminded_at IS NULL",
        ),
        tried_index("invitations", "organization_id"),
        one_of("state", InvitationState),
    )

    organization_id: UUID = uuid_key()
    id: UUID = uuid_key()
    member_id: UUID = uuid_column()
    token_hash: bytes = bytes_column()
    reminded_at: datetime | None = instant_column(nullable=True)
