"""The organization: its name, its seats and its policies."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, Column, Integer
from sqlmodel import Field, SQLModel

from domain.errors import SeatLimitReached
from domain.folding import fold
from domain.model.base import (
    UUID,
    datetime,
    instant_column,
    json_column,
    one_of,
    text_column,
    uuid_key,
)
from domain.model.policies import Policies
from domain.text import checked_name
from domain.vocabulary import KeyHandshake

MAX_NAME = 200


class OrganizationTable(SQLModel, table=True):
    """Global table: one row per organization.

    `seats_occupied` is exact while a seat limit is set and null otherwise, so that organizations
    without a limit pay nothing for counting.
    """

    __tablename__ = "organizations"
    __table_args__ = (
        one_of("key_handshake", KeyHandshake),
        CheckConstraint("seats >= 0", name="seats"),
        CheckConstraint("(seats IS NULL) = (seats_occupied IS NULL)", name="seats_counted"),
    )

    id: UUID = uuid_key()
    name: str = text_column()
    name_key: str = text_column(unique=True, collate_c=True)
    slug: str = text_column(unique=True, collate_c=True)
    seats: int | None = Field(default=None, sa_column=Column(Integer))
    seats_occupied: int | None = Field(default=None, sa_column=Column(Integer))
    key_handshake: str = text_column(default=KeyHandshake.OFF)
    key_version: int = Field(default=0, sa_column=Column(Integer, nullable=False))
    policies: dict[str, Any] = json_column()
    version: int = Field(default=1, sa_column=Column(BigInteger, nullable=False))
    created_at: datetime = instant_column()
    updated_at: datetime = instant_column()


@dataclass(frozen=True, slots=True)
class Organization:
    """The aggregate, as loaded under its lock."""

    id: UUID
    name: str
    slug: str
    seats: int | None
    seats_occupied: int | None
    key_handshake: KeyHandshake
    key_version: int
    policies: Policies
    version: int

    def occupy(self, delta: int) -> Organization:
        """The organization with `delta` more seats taken.

        Raises SeatLimitReached when that exceeds the limit; giving seats back always works.
        """
        if self.seats is None or self.seats_occupied is None or delta == 0:
            return self
        occupied = self.seats_occupied + delta
        if delta > 0 and occupied > self.seats:
            raise SeatLimitReached(self.seats)
        return replace(self, seats_occupied=occupied)


def organization_name(name: str) -> str:
    """The name without surrounding blanks; raises Invalid when empty or over 200 characters."""
    return checked_name(name, MAX_NAME)


def slug_of(name: str) -> str:
    """A URL-friendly word made of `name`: ASCII letters, digits and hyphens, at most 60."""
    slug = re.sub(r"[^a-z0-9]+", "-", fold(name)).strip("-")[:60].strip("-")
    return slug or "organization"
