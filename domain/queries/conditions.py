"""A small language of conditions on members and groups, compiled to SQL with bound parameters.

Facades say what they look for in these words; they never see tables. A condition has a shape, which
is everything but its values: statements are compiled once per shape.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import Enum, auto
from typing import Any

from domain.ids import UUID


class Op(Enum):
    """How a field is compared."""

    EQ = auto()
    NE = auto()
    CONTAINS = auto()
    STARTS = auto()
    ENDS = auto()
    GT = auto()
    GE = auto()
    LT = auto()
    LE = auto()
    PRESENT = auto()


class Kind(Enum):
    """What a JSON value is compared as; TEXT regardless of case, EXACT with it."""

    TEXT = auto()
    EXACT = auto()
    BOOLEAN = auto()
    NUMBER = auto()
    INSTANT = auto()
    ANY = auto()


@dataclass(frozen=True, slots=True)
class Column:
    """A field with a column of its own; the names are those of `members.py` and `groups.py`."""

    name: str


@dataclass(frozen=True, slots=True)
class ProfileValue:
    """A single value inside the profile, by its path."""

    path: tuple[str, ...]
    kind: Kind


@dataclass(frozen=True, slots=True)
class ElementValue:
    """A value inside the list element that the surrounding `AnyElement` looks at.

    An empty path is the element itself.
    """

    path: tuple[str, ...]
    kind: Kind


Field = Column | ProfileValue | ElementValue
Value = str | int | float | bool | datetime | UUID | None


@dataclass(frozen=True, slots=True)
class Compare:
    """A field compared with a value; PRESENT needs none. NE holds where the field is absent."""

    field: Field
    op: Op
    value: Value = None


@dataclass(frozen=True, slots=True)
class OneOf:
    """A column equal to one of several values."""

    field: Column
    values: tuple[Value, ...]


@dataclass(frozen=True, slots=True)
class Words:
    """A column equal to one of several words of a closed set, which are part of the statement.

    So the database knows how frequent each of them is when it plans, which it does once.
    """

    field: Column
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class AllOf:
    """Every term holds; true when there are none."""

    terms: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class AnyOf:
    """Some term holds; false when there are none."""

    terms: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class Negated:
    """The term does not hold."""

    term: Condition


@dataclass(frozen=True, slots=True)
class AnyElement:
    """Some element of a list in the profile meets the condition."""

    path: tuple[str, ...]
    condition: Condition


@dataclass(frozen=True, slots=True)
class Linked:
    """Of members: belongs to the group `id`; of groups: has the member `id`; None means any."""

    id: UUID | None


Condition = Compare | OneOf | Words | AllOf | AnyOf | Negated | AnyElement | Linked

EVERYTHING = AllOf(())
NOTHING = AnyOf(())


def shape_of(condition: Condition, values: list[Any]) -> tuple[Any, ...]:
    """The condition without its values, which are appended to `values` in a fixed order."""
    match condition:
        case Compare(field, op, value):
            if op is Op.PRESENT or value is None:
                return ("compare", field, op, value is None)
            values.append(value)
            return ("compare", field, op, type(value).__name__)
        case OneOf(field, several):
            values.append(list(several))
            return ("one_of", field)
        case Words(field, words):
            return ("words", field, words)
        case AllOf(terms) | AnyOf(terms):
            kind = "all" if isinstance(condition, AllOf) else "any"
            return (kind, *(shape_of(term, values) for term in terms))
        case Negated(term):
            return ("not", shape_of(term, values))
        case AnyElement(path, inner):
            return ("element", path, shape_of(inner, values))
        case Linked(id_):
            if id_ is not None:
                values.append(id_)
            return ("linked", id_ is not None)


def is_one_value(condition: Condition) -> bool:
    """Whether a column has one value in all rows that meet the condition."""
    match condition:
        case Words(_, words):
            return len(words) == 1
        case Compare(Column(_), op, _):
            return op is Op.EQ
        case _:
            return False
