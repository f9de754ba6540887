"""Identifiers: every row is named by a UUIDv7 that the application makes."""

from uuid import UUID

from uuid_utils.compat import uuid7

__all__ = ["UUID", "new_id", "parse_uuid"]


def new_id() -> UUID:
    """A fresh UUIDv7; ids made later in one process sort after earlier ones."""
    return uuid7()


def parse_uuid(text: str) -> UUID | None:
    """The UUID that `text` spells in its canonical form (36 characters, any case), else None."""
    if len(text) != 36:
        return None
    try:
        return UUID(text)
    except ValueError:
        return None
