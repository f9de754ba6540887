"""What the outboxes have in common: the columns that the sender of mails works with."""

from sqlalchemy import Index
from sqlmodel import Field, SQLModel

from domain.model.base import datetime, instant_column, text_column


class OutboxColumns(SQLModel):
    """A mail that waits, is on its way, or has left.

    `due_at` is when the sender may next try, `claimed_until` keeps two senders apart, and after
    `expires_at` the mail is of no use any more. A mail that was tried in vain has fallen due for
    the first time at `waits_since`.
    """

    email: str = text_column()
    state: str = text_column()
    # The database's default: one of Python's would be written into every statement.
    attempts: int = Field(default=None, nullable=False, sa_column_kwargs={"server_default": "0"})
    last_error: str | None = text_column(nullable=True)
    queued_at: datetime = instant_column()
    due_at: datetime = instant_column()
    waits_since: datetime | None = instant_column(nullable=True)
    claimed_until: datetime | None = instant_column(nullable=True)
    sent_at: datetime | None = instant_column(nullable=True)
    expires_at: datetime = instant_column()


TRIED = "state = 'QUEUED' AND waits_since IS NOT NULL"
"""Of mails that were tried in vain, of which few exist."""


def tried_index(table: str, *columns: str) -> Index:
    """The index of the mails that were tried in vain."""
    return Index(f"{table}_tried_idx", *columns, "waits_since", postgresql_where=TRIED)
