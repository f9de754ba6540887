"""The scalars: instants, UUIDs and JSON, as the admin API writes and reads them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import NewType

import orjson
import strawberry
from strawberry.types.scalar import ScalarDefinition

from domain.ids import UUID, parse_uuid

JSON = NewType("JSON", object)
_LENGTH = len("2026-01-31T12:00:00.000000Z")


def instant_text(instant: datetime) -> str:
    """RFC 3339 in UTC, always with microseconds and `Z`."""
    text = instant.astimezone(UTC).isoformat(timespec="microseconds")
    return f"{text[:-6]}Z"


def instant_texts(instants: list[datetime]) -> list[str]:
    """Many of them at once, in a tenth of the time where all are of UTC."""
    texts: list[str] = orjson.dumps(instants, option=orjson.OPT_UTC_Z).decode()[2:-2].split('","')
    # Another length is of another offset, or has no microseconds.
    if set(map(len, texts)) == {_LENGTH}:
        return texts
    return [instant_text(instant) for instant in instants]


def parse_instant(value: object) -> datetime:
    """An RFC 3339 instant; its offset is required."""
    if isinstance(value, str) and "T" in value.upper():
        try:
            instant = datetime.fromisoformat(value)
        except ValueError:
            instant = None
        if instant is not None and instant.tzinfo is not None:
            try:
                return instant.astimezone(UTC)
            except OverflowError:
                pass
    raise ValueError("Expected an RFC 3339 instant with an offset, such as 2026-01-31T12:00:00Z.")


def _parse_uuid(value: object) -> UUID:
    found = parse_uuid(value) if isinstance(value, str) else None
    if found is None:
        raise ValueError("Expected a UUID of 36 characters.")
    return found


SCALARS: Mapping[object, ScalarDefinition] = {
    datetime: strawberry.scalar(
        name="DateTime",
        description="RFC 3339 instant, always UTC with microseconds and a `Z` suffix.",
        serialize=instant_text,
        parse_value=parse_instant,
    ),
    UUID: strawberry.scalar(
        name="UUID",
        description="Canonical lower-case RFC 9562 UUID, as it appears in SCIM URLs.",
        serialize=str,
        parse_value=_parse_uuid,
    ),
    JSON: strawberry.scalar(
        name="JSON",
        description="A JSON value: a profile as the provider sent it, a public JWK.",
        serialize=lambda value: value,
        parse_value=lambda value: value,
    ),
}

__all__ = ["JSON", "SCALARS", "instant_text", "instant_texts", "parse_instant"]
