"""What every table is made of: metadata with stable constraint names, and column shorthands."""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

# Columns are given by type where tables share them: each then makes one of its own.
from sqlalchemy import CheckConstraint, Column, DateTime, LargeBinary, String, Text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.dialects.postgresql import UUID as UuidType
from sqlmodel import Field, SQLModel

SQLModel.metadata.naming_convention = {
    "pk": "%(table_name)s_pkey",
    "ix": "%(table_name)s_%(column_0_N_name)s_idx",
    "uq": "%(table_name)s_%(column_0_N_name)s_key",
    "fk": "%(table_name)s_%(column_0_N_name)s_fkey",
    "ck": "%(table_name)s_%(constraint_name)s_check",
}
metadata = SQLModel.metadata


def uuid_key() -> Any:
    """A UUID column of the primary key."""
    return Field(sa_column=Column(UuidType(as_uuid=True), primary_key=True))


def uuid_column(*, nullable: bool = False) -> Any:
    """A UUID column."""
    return Field(default=None, sa_column=Column(UuidType(as_uuid=True), nullable=nullable))


def text_column(
    *, nullable: bool = False, unique: bool = False, collate_c: bool = False, default: Any = None
) -> Any:
    """A text column; `collate_c` for keys that pages are ordered by."""
    kind: Any = String(collation="C") if collate_c else Text()
    options = {} if default is None else {"server_default": default}
    return Field(
        default=None, sa_type=kind, nullable=nullable, unique=unique, sa_column_kwargs=options
    )


def instant_column(*, nullable: bool = False) -> Any:
    """An instant in UTC, to the microsecond."""
    kind: Any = DateTime(timezone=True)
    return Field(default=None, sa_type=kind, nullable=nullable)


def json_column(*, nullable: bool = False) -> Any:
    """A JSONB column."""
    return Field(default=None, sa_column=Column(JSONB(none_as_null=True), nullable=nullable))


def words_column() -> Any:
    """An array of words, never null."""
    return Field(default=(), sa_column=Column(ARRAY(Text()), nullable=False, server_default="{}"))


def bytes_column(*, nullable: bool = False) -> Any:
    """A byte string column."""
    return Field(default=None, sa_column=Column(LargeBinary(), nullable=nullable))


def one_of(column: str, words: type[StrEnum]) -> CheckConstraint:
    """A check that `column` holds one of `words`; plain text columns keep migrations cheap."""
    listed = ", ".join(f"'{word.value}'" for word in words)
    return CheckConstraint(f"{column} IN ({listed})", name=column)


__all__ = [
    "UUID",
    "bytes_column",
    "datetime",
    "instant_column",
    "json_column",
    "metadata",
    "one_of",
    "text_column",
    "uuid_column",
    "uuid_key",
    "words_column",
]
