"""The access token: the secret of an admin caller, scoped, for one organization or all."""

from sqlalchemy import Column, Index, Text
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
    words_column,
)
from domain.vocabulary import ActorKind


class AccessTokenTable(SQLModel, table=True):
    """Global table; `organization_id` null reaches every organization."""

    __tablename__ = "access_tokens"
    __table_args__ = (
        Index(None, "organization_id", "id"),
        one_of("created_by_kind", ActorKind),
    )

    id: UUID = uuid_key()
    organization_id: UUID | None = uuid_column(nullable=True)
    name: str = text_column()
    secret_hash: bytes = bytes_column()
    hint: str = text_column()
    scopes: list[str] = words_column()
    created_by_kind: str = text_column()
    created_by_id: UUID | None = uuid_column(nullable=True)
    created_by_label: str = text_column()
    created_at: datetime = instant_column()
    expires_at: datetime | None = instant_column(nullable=True)
    last_used_at: datetime | None = instant_column(nullable=True)
    revoked_at: datetime | None = instant_column(nullable=True)


class IdempotencyKeyTable(SQLModel, table=True):
    """What a verb called with an idempotency key came to; kept 24 h, never a secret in it."""

    __tablename__ = "idempotency_keys"

    caller_id: UUID = uuid_key()
    key: str = Field(sa_column=Column(Text(), primary_key=True))
    input_hash: bytes = bytes_column()
    result_id: UUID | None = uuid_column(nullable=True)
    created_at: datetime = instant_column()
