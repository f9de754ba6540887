"""Evaluates a checked filter over one JSON document; the reference for every other compiler."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from operator import eq, ge, gt, le, lt, ne
from typing import Any

from .ast import And, AttributePath, Comparison, ElementMatch, Filter, Not, Operator, Or, Presence
from .schema_model import Attribute


def matches(tree: Filter, document: Mapping[str, Any]) -> bool:
    """Whether the document meets a filter that went through `check_filter`.

    null, absent, "", [] and {} are the same state, unassigned. On several values every operator
    asks for any one value that fits, but `ne` is the opposite of `eq`: none is identical; so it
    is true of an unassigned attribute, too. Strings compare in lower case unless case-exact,
    dates by instant.
    """
    match tree:
        case And(terms):
            return all(matches(term, document) for term in terms)
        case Or(terms):
            return any(matches(term, document) for term in terms)
        case Not(term):
            return not matches(term, document)
        case Presence(path):
            return any(True for _ in _values(document, path))
        case ElementMatch(path, condition):
            return any(
                matches(condition, element)
                for element in _values(document, path)
                if isinstance(element, Mapping)
            )
        case Comparison():
            return _compares(document, tree)


def is_assigned(value: object) -> bool:
    """RFC 7643 §2.5 with the blank string; an object of unassigned parts is unassigned."""
    match value:
        case None | "":
            return False
        case list():
            return any(is_assigned(item) for item in value)
        case Mapping():
            return any(is_assigned(item) for item in value.values())
        case _:
            return True


def fold(text: str, attribute: Attribute) -> str:
    """The form of a string in which two of them are compared."""
    return text if attribute.case_exact else text.lower()


def parse_instant(value: object) -> datetime | None:
    """An xsd:dateTime as datetime in UTC, also where it names no zone; None if it is none."""
    if isinstance(value, datetime):
        instant = value
    elif isinstance(value, str):
        try:
            instant = datetime.fromisoformat(value.strip())
        except ValueError:
            return None
    else:
        return None
    if instant.tzinfo is None:
        return instant.replace(tzinfo=UTC)
    try:
        return instant.astimezone(UTC)
    except OverflowError:
        # In UTC it would lie before the year 1 or after the year 9999.
        return None


def _values(document: Mapping[str, Any], path: AttributePath) -> Iterator[Any]:
    """The assigned values behind a path, one by one."""
    holder: object = document if path.urn is None else document.get(path.urn)
    if not isinstance(holder, Mapping):
        return
    value = holder.get(path.name)
    for item in value if isinstance(value, list) else [value]:
        leaf = item
        if path.sub is not None:
            leaf = item.get(path.sub) if isinstance(item, Mapping) else None
        if is_assigned(leaf):
            yield leaf


def _compares(document: Mapping[str, Any], comparison: Comparison) -> bool:
    operator, wanted = comparison.operator, comparison.value
    values = _values(document, comparison.path)
    if wanted is None:
        is_found = any(True for _ in values)
        return is_found is (operator is Operator.NE)
    attribute = comparison.path.attribute
    if operator is Operator.NE:
        return not any(_holds(found, Operator.EQ, wanted, attribute) for found in values)
    return any(_holds(found, operator, wanted, attribute) for found in values)


def _holds(found: object, operator: Operator, wanted: object, attribute: Attribute | None) -> bool:
    match wanted, found:
        case datetime(), _:
            instant = parse_instant(found)
            return instant is not None and _compare(instant, operator, wanted)
        case (bool(), _) | (_, bool()):
            return operator is Operator.EQ and found is wanted
        case str(), str():
            if attribute is not None:
                found, wanted = fold(found, attribute), fold(wanted, attribute)
            return _compare(found, operator, wanted)
        case ((int() | float()), (int() | float())):
            return _compare(found, operator, wanted)
        case _:
            return False


def _compare(found: Any, operator: Operator, wanted: Any) -> bool:
    return bool(_TESTS[operator](found, wanted))


_TESTS: dict[Operator, Callable[[Any, Any], Any]] = {
    Operator.EQ: eq,
    Operator.NE: ne,
    Operator.GT: gt,
    Operator.GE: ge,
    Operator.LT: lt,
    Operator.LE: le,
    Operator.CO: lambda found, wanted: wanted in found,
    Operator.SW: lambda found, wanted: found.startswith(wanted),
    Operator.EW: lambda found, wanted: found.endswith(wanted),
}
