"""The member's tables: the one definition of the columns that `Member` carries as a value."""

from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, Column, Index, Integer, String, UniqueConstraint
from sqlalchemy import ForeignKeyConstraint as ForeignKey
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
from domain.vocabulary import MemberRole, ProvisioningSource, Stage


class MemberTable(SQLModel, table=True):
    """One row per member."""

    __tablename__ = "members"
    __table_args__ = (
        UniqueConstraint("organization_id", "user_name_key"),
        UniqueConstraint("organization_id", "email_key"),
        UniqueConstraint("organization_id", "external_id"),
        ForeignKey(["organization_id"], ["organizations.id"]),
        Index(None, "organization_id", "display_name_key", "id"),
        Index(None, "organization_id", "updated_at", "id"),
        Index(
            "members_account_idx",
            "organization_id",
            "account_id",
            unique=True,
            postgresql_where="account_id IS NOT NULL",
        ),
        Index(
            "members_wrapped_key_idx",
            "organization_id",
            "wrapped_key_version",
            "id",
            postgresql_where="stage = 'CONFIRMED' AND revoked_at IS NULL",
        ),
        Index(
            "members_pending_idx",
            "organization_id",
            "accepted_at",
            "id",
            postgresql_where="stage = 'ACCEPTED' AND revoked_at IS NULL",
        ),
        Index(
            "members_accepted_idx",
            "organization_id",
            "accepted_at",
            "id",
            postgresql_where="accepted_at IS NOT NULL",
        ),
        Index("members_status_idx", "organization_id", "stage", "revoked_at", "id"),
        Index(
            "members_owners_idx",
            "organization_id",
            "id",
            postgresql_where="role = 'OWNER' AND stage = 'CONFIRMED' AND revoked_at IS NULL",
        ),
        Index(
            "members_role_idx",
            "organization_id",
            "role",
            "id",
            postgresql_where="role <> 'USER'",
        ),
        Index(
            "members_source_idx",
            "organization_id",
            "source",
            "id",
            postgresql_where="source <> 'SCIM'",
        ),
        one_of("role", MemberRole),
        one_of("stage", Stage),
        one_of("source", ProvisioningSource),
        CheckConstraint("stage = 'STAGED' OR email IS NOT NULL", name="invited_has_email"),
        CheckConstraint("(email IS NULL) = (email_key IS NULL)", name="email_folded"),
    )

    organization_id: UUID = uuid_key()
    id: UUID = uuid_key()
    user_name: str = text_column()
    user_name_key: str = text_column(collate_c=True)
    email: str | None = text_column(nullable=True)
    email_key: str | None = text_column(nullable=True, collate_c=True)
    external_id: str | None = text_column(nullable=True, collate_c=True)
    display_name: str | None = text_column(nullable=True)
    display_name_key: str | None = text_column(nullable=True, collate_c=True)
    given_name: str | None = text_column(nullable=True)
    family_name: str | None = text_column(nullable=True)
    profile: dict[str, Any] = json_column()
    role: str = text_column(default=MemberRole.USER)
    permissions: list[str] = words_column()
    stage: str = text_column()
    revoked_at: datetime | None = instant_column(nullable=True)
    revocation_reason: str | None = text_column(nullable=True)
    account_id: UUID | None = uuid_column(nullable=True)
    wrapped_organization_key: str | None = text_column(nullable=True)
    wrapped_key_version: int = Field(
        default=0, sa_column=Column(Integer, nullable=False, server_default="0")
    )
    wrapped_key_kid: str | None = text_column(nullable=True)
    source: str = text_column()
    created_at: datetime = instant_column()
    updated_at: datetime = instant_column()
    staged_at: datetime | None = instant_column(nullable=True)
    invited_at: datetime | None = instant_column(nullable=True)
    accepted_at: datetime | None = instant_column(nullable=True)
    confirmed_at: datetime | None = instant_column(nullable=True)
    version: int = Field(default=1, sa_column=Column(BigInteger, nullable=False))


class MemberEmailTable(SQLModel, table=True):
    """Further e-mail addresses of a member, beside `members.email`: only there to be found by."""

    __tablename__ = "member_emails"
    __table_args__ = (
        ForeignKey(
            ["organization_id", "member_id"],
            ["members.organization_id", "members.id"],
            ondelete="CASCADE",
        ),
        Index(None, "organization_id", "member_id"),
    )

    organization_id: UUID = uuid_key()
    email_key: str = Field(sa_column=Column(String(collation="C"), primary_key=True))
    member_id: UUID = uuid_key()
