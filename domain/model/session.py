"""The session of a person, and the link by which one begins."""

from sqlalchemy import ForeignKeyConstraint as ForeignKey
from sqlalchemy import Index
from sqlmodel import SQLModel

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
from domain.model.outbox import OutboxColumns, tried_index
from domain.vocabulary import MailState, SignInMethod


class SessionTable(SQLModel, table=True):
    """Global table: one row per browser or program that a person is signed in with.

    `sso_organization_id` is the organization whose own OIDC provider vouched for the person.
    """

    __tablename__ = "sessions"
    __table_args__ = (
        ForeignKey(["account_id"], ["accounts.id"]),
        Index(None, "account_id", "id"),
        Index(None, "expires_at"),
        one_of("method", SignInMethod),
    )

    id: UUID = uuid_key()
    account_id: UUID = uuid_column()
    secret_hash: bytes = bytes_column()
    method: str = text_column()
    sso_organization_id: UUID | None = uuid_column(nullable=True)
    user_agent: str | None = text_column(nullable=True)
    ip: str | None = text_column(nullable=True)
    created_at: datetime = instant_column()
    last_seen_at: datetime | None = instant_column(nullable=True)
    expires_at: datetime = instant_column()
    ended_at: datetime | None = instant_column(nullable=True)


class SignInLinkTable(OutboxColumns, table=True):
    """Global table, and the outbox of the mails with these links; a link works once."""

    __tablename__ = "sign_in_links"
    __table_args__ = (
        ForeignKey(["account_id"], ["accounts.id"]),
        Index(None, "account_id", "queued_at"),
        Index(None, "expires_at"),
        Index("sign_in_links_due_idx", "due_at", postgresql_where="state = 'QUEUED'"),
        tried_index("sign_in_links"),
        one_of("state", MailState),
    )

    id: UUID = uuid_key()
    account_id: UUID = uuid_column()
    token_hash: bytes = bytes_column()
    redeemed_at: datetime | None = instant_column(nullable=True)
