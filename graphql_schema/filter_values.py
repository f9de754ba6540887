"""What stands in filters: ids, texts and lists, none of them longer than anybody needs."""

from __future__ import annotations

from typing import TypeVar

from domain.errors import Invalid
from domain.ids import UUID
from domain.text import check_text
from graphql_schema.ids import Kind, expect_id, read_id

MOST_VALUES = 100
LONGEST_VALUE = 512
LONGEST_SEARCH = 256

Value = TypeVar("Value")


def id_of(kind: Kind, text: str | None, attribute: str) -> UUID | None:
    """The UUID of an id of that kind. Raises Invalid."""
    return None if text is None else expect_id(kind, text, attribute).id


def any_id(text: str | None, attribute: str) -> UUID | None:
    """The UUID of an id of any kind. Raises Invalid."""
    if text is None:
        return None
    found = read_id(text)
    if found is None:
        raise Invalid(attribute, "is not an id")
    return found.id


def some(values: list[Value] | None, attribute: str) -> tuple[Value, ...] | None:
    """The values of a filter, of which there may be so many. Raises Invalid."""
    if values is None:
        return None
    if len(values) > MOST_VALUES:
        raise Invalid(attribute, f"may have at most {MOST_VALUES} values")
    for value in values:
        check_text(attribute, value if isinstance(value, str) else None, LONGEST_VALUE)
    return tuple(values)


def short(search: str | None) -> str | None:
    """What is searched for. Raises Invalid where it is too long."""
    check_text("search", search, LONGEST_SEARCH)
    return search
