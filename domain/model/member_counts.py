"""How many members an organization had in each status after an event of its history."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column
from sqlmodel import Field, SQLModel

from domain.model.base import UUID, datetime, instant_column, uuid_key


def _number() -> int:
    made: int = Field(sa_column=Column(BigInteger, nullable=False))
    return made


class MemberCountsTable(SQLModel, table=True):
    """What members come to with all events up to `position`, which follows from these alone.

    So any process may write it at any time, and a missing row is made anew. `counted_at` is when
    the members themselves were counted last.
    """

    __tablename__ = "member_counts"

    organization_id: UUID = uuid_key()
    position: int = _number()
    staged: int = _number()
    invited: int = _number()
    accepted: int = _number()
    confirmed: int = _number()
    revoked: int = _number()
    counted_at: datetime = instant_column()
