"""The clock: all instants are aware, in UTC, with microseconds."""

from datetime import UTC, datetime


def utc_now() -> datetime:
    """The current instant."""
    return datetime.now(UTC)
