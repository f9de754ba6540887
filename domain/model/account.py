"""The account: a person who can sign in, global, one per verified e-mail."""

from typing import Any

from sqlalchemy import ForeignKeyConstraint as ForeignKey
from sqlmodel import SQLModel

from domain.model.base import (
    UUID,
    datetime,
    instant_column,
    json_column,
    text_column,
    uuid_column,
    uuid_key,
)


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


class AccountMembershipTable(SQLModel, table=True):
    """Global table: of which organizations a person is a member, and as which member.

    The only way from an account to its organizations: their own tables are found by organization.
    `sso_at` is when the person last came by the organization's own OIDC provider.
    """

    __tablename__ = "account_memberships"
    __table_args__ = (ForeignKey(["account_id"], ["accounts.id"]),)

    account_id: UUID = uuid_key()
    organization_id: UUID = uuid_key()
    member_id: UUID = uuid_column()
    accepted_at: datetime = instant_column()
    sso_at: datetime | None = instant_column(nullable=True)
