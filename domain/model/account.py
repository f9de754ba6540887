"""The account: a person who can sign in, global, one per verified e-mail."""

from typing import Any

from sqlmodel import SQLModel

from domain.model.base import UUID, datetime, instant_column, json_column, text_column, uuid_key


class AccountTable(SQLModel, table=True):
    """Global table: one row per person; keys are added by the key handshake."""

    __tablename__ = "accounts"

    id: UUID = uuid_key()
    email: str = text_column()
    email_key: str = text_column(unique=True, collate_c=True)
    display_name: str | None = text_column(nullable=True)
    public_key: dict[str, Any] | None = json_column(nullable=True)
    encrypted_private_key: str | None = text_column(nullable=True)
    created_at: datetime = instant_column()
    updated_at: datetime = instant_column()
