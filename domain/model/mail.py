"""The mail: whatever is written to a member beside invitations and sign-in links."""

from typing import Any

from sqlalchemy import ForeignKeyConstraint as ForeignKey
from sqlalchemy import Index, UniqueConstraint

from domain.model.base import (
    UUID,
    json_column,
    one_of,
    text_column,
    uuid_column,
    uuid_key,
)
from domain.model.outbox import OutboxColumns, tried_index
from domain.vocabulary import MailState, NoticeKind


class MailTable(OutboxColumns, table=True):
    """An outbox row, written in the transaction of the change that the mail tells of.

    `about_id` is what it must be told of once only, such as the invitation of a reminder; `facts`
    are what the words need and the member's row does not hold. Never a secret in it.
    """

    __tablename__ = "mails"
    __table_args__ = (
        # Not to the member: that access has ended is told even when the member is gone.
        ForeignKey(["organization_id"], ["organizations.id"]),
        UniqueConstraint("organization_id", "kind", "about_id"),
        Index(None, "organization_id", "member_id", "id"),
        Index(None, "organization_id", "kind", "queued_at"),
        Index("mails_due_idx", "organization_id", "due_at", postgresql_where="state = 'QUEUED'"),
        tried_index("mails", "organization_id"),
        one_of("kind", NoticeKind),
        one_of("state", MailState),
    )

    organization_id: UUID = uuid_key()
    id: UUID = uuid_key()
    kind: str = text_column()
    member_id: UUID = uuid_column()
    about_id: UUID | None = uuid_column(nullable=True)
    facts: dict[str, Any] = json_column()
