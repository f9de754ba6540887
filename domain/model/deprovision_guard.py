"""The deprovision guard: how much a provider may take away within an hour, and what waits."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import BigInteger, CheckConstraint, Column, Index, Integer
from sqlalchemy import ForeignKeyConstraint as ForeignKey
from sqlmodel import Field, SQLModel

from domain.model.base import (
    UUID,
    datetime,
    instant_column,
    one_of,
    text_column,
    uuid_column,
    uuid_key,
)
from domain.vocabulary import GuardState

WINDOW = timedelta(hours=1)
MOST_MEMBERS = 1_000_000


class DeprovisionGuardTable(SQLModel, table=True):
    """One row per organization whose provider ever took access away; its lock is the guard's.

    `since` and `passed` say when it began to hold and how many had got through by then.
    `last_ordinal` numbers what is counted, so that counting is a subtraction.
    """

    __tablename__ = "deprovision_guards"
    __table_args__ = (
        ForeignKey(["organization_id"], ["organizations.id"]),
        one_of("state", GuardState),
    )

    organization_id: UUID = uuid_key()
    state: str = text_column()
    since: datetime | None = instant_column(nullable=True)
    passed: int = Field(default=0, sa_column=Column(Integer, nullable=False))
    last_ordinal: int = Field(default=0, sa_column=Column(BigInteger, nullable=False))
    last_counted_at: datetime | None = instant_column(nullable=True)
    members: int | None = Field(default=None, sa_column=Column(Integer, nullable=True))
    members_counted_at: datetime | None = instant_column(nullable=True)


class CountedDeprovisioningTable(SQLModel, table=True):
    """A member who lost access within the last hour or so; times rise with the ordinals."""

    __tablename__ = "counted_deprovisionings"
    __table_args__ = (
        ForeignKey(["organization_id"], ["deprovision_guards.organization_id"]),
        Index(None, "organization_id", "counted_at", "ordinal"),
        Index(None, "organization_id", "member_id"),
    )

    organization_id: UUID = uuid_key()
    ordinal: int = Field(sa_column=Column(BigInteger, primary_key=True, autoincrement=False))
    member_id: UUID = uuid_column()
    counted_at: datetime = instant_column()


class HeldDeprovisioningTable(SQLModel, table=True):
    """A call that waits for a person or, once released, for the worker that carries it out.

    Open items are one per member. What is released says by whom, and under which correlation id.
    """

    __tablename__ = "held_deprovisionings"
    __table_args__ = (
        ForeignKey(["organization_id"], ["deprovision_guards.organization_id"]),
        Index(None, "organization_id", "member_id"),
        Index(
            "held_deprovisionings_open_key",
            "organization_id",
            "member_id",
            unique=True,
            postgresql_where="released_at IS NULL",
        ),
        Index(
            "held_deprovisionings_released_idx",
            "organization_id",
            "id",
            postgresql_where="released_at IS NOT NULL",
        ),
        CheckConstraint("action IN ('REVOKE', 'REMOVE')", name="action"),
        CheckConstraint("(released_at IS NULL) = (release_id IS NULL)", name="released"),
    )

    organization_id: UUID = uuid_key()
    id: UUID = uuid_key()
    member_id: UUID = uuid_column()
    member_label: str = text_column()
    action: str = text_column()
    held_at: datetime = instant_column()
    request_id: UUID = uuid_column()
    released_at: datetime | None = instant_column(nullable=True)
    release_id: UUID | None = uuid_column(nullable=True)
    released_by_kind: str | None = text_column(nullable=True)
    released_by_id: UUID | None = uuid_column(nullable=True)
    released_by_label: str | None = text_column(nullable=True)
    released_origin: str | None = text_column(nullable=True)


@dataclass(frozen=True, slots=True)
class GuardSettings:
    """What a connection may take away within an hour before the rest is held."""

    enabled: bool = True
    max_members: int = 50
    max_percent: int = 10


@dataclass(frozen=True, slots=True)
class DeprovisionLimit:
    """A connection whose revocations and removals are counted, and how many may pass an hour."""

    connection_id: UUID
    max_members: int
    max_percent: int

    def allowed(self, members: int) -> int:
        """How many may pass in an organization of so many members."""
        return max(self.max_members, members * self.max_percent // 100)
