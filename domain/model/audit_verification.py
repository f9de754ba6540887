"""How far an organization's audit chain has been verified, and where it was found broken."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column
from sqlmodel import Field, SQLModel

from domain.model.base import UUID, bytes_column, datetime, instant_column, uuid_key


class AuditVerificationTable(SQLModel, table=True):
    """Two walks along the chain: one that follows its end, one that begins anew every day.

    Of each the position, hash and moment where it stands; `again_position` is null while no second
    walk is under way. The row's lock is what makes the verifier one at a time.
    """

    __tablename__ = "audit_verifications"

    organization_id: UUID = uuid_key()
    position: int = Field(sa_column=Column(BigInteger, nullable=False))
    hash: bytes = bytes_column()
    occurred_at: datetime = instant_column()
    verified_at: datetime | None = instant_column(nullable=True)
    broken_at: int | None = Field(default=None, sa_column=Column(BigInteger, nullable=True))
    again_position: int | None = Field(default=None, sa_column=Column(BigInteger, nullable=True))
    again_hash: bytes | None = bytes_column(nullable=True)
    again_occurred_at: datetime | None = instant_column(nullable=True)
    again_began_at: datetime = instant_column()
