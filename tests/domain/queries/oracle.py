"""What conditions mean, told in Python over plain dictionaries, and strategies that make them."""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any
from unicodedata import normalize

from hypothesis import strategies as st

from domain.queries.conditions import (
    AllOf,
    AnyElement,
    AnyOf,
    Column,
    Compare,
    Condition,
    ElementValue,
    Kind,
    Negated,
    Op,
    ProfileValue,
)

ORDER: dict[Op, Callable[[Any, Any], bool]] = {
    Op.GT: operator.gt,
    Op.GE: operator.ge,
    Op.LT: operator.lt,
    Op.LE: operator.le,
}
TEXT: dict[Op, Callable[[str, str], bool]] = {
    Op.CONTAINS: lambda text, part: part in text,
    Op.STARTS: str.startswith,
    Op.ENDS: str.endswith,
}
EQUAL = {Op.EQ: operator.eq, Op.NE: operator.ne}
FOLDED = ("user_name", "email", "display_name")
LOWERED = ("given_name", "family_name")


def folded(text: str) -> str:
    return normalize("NFKC", normalize("NFKC", text).casefold())


def compared(value: Any, op: Op, operand: Any, prepare: Callable[[Any], Any]) -> bool:
    """A value that is None is absent: it differs from everything and meets nothing else."""
    if op is Op.PRESENT:
        return value is not None
    if operand is None:
        return (value is None) is (op is Op.EQ)
    if value is None:
        return op is Op.NE
    compare = (EQUAL | ORDER | TEXT)[op]
    return bool(compare(prepare(value), prepare(operand)))


def column_holds(person: Mapping[str, Any], name: str, op: Op, operand: Any) -> bool:
    value = person[name]
    if name in FOLDED:
        found = compared(value, op, operand, folded)
        if name == "email" and op in EQUAL and operand is not None:
            further = folded(operand) in {folded(text) for text in person["further_emails"]}
            return found or further if op is Op.EQ else found and not further
        return found
    return compared(value, op, operand, str.lower if name in LOWERED else lambda same: same)


def json_holds(value: Any, kind: Kind, op: Op, operand: Any) -> bool:
    if op is Op.PRESENT:
        return value not in (None, "", [], {})
    if value is not None and operand is not None:
        types: dict[Kind, tuple[type, ...]] = {
            Kind.BOOLEAN: (bool,),
            Kind.NUMBER: (int, float),
            Kind.INSTANT: (str,),
        }
        wanted = types.get(kind, (str,))
        text = value if isinstance(value, str) else ""
        if not isinstance(value, wanted) or (kind is Kind.NUMBER and isinstance(value, bool)):
            value = None
        elif kind is Kind.INSTANT:
            try:
                value = datetime.fromisoformat(text)
            except ValueError:
                value = None
    regardless = kind is Kind.TEXT
    return compared(value, op, operand, str.lower if regardless else lambda same: same)


def at(source: Any, path: tuple[str, ...]) -> Any:
    for step in path:
        source = source.get(step) if isinstance(source, dict) else None
    return source


def holds(condition: Condition, person: Mapping[str, Any], element: Any = None) -> bool:
    """Whether the person, inside a list the element of it, meets the condition."""
    match condition:
        case AllOf(terms):
            return all(holds(term, person, element) for term in terms)
        case AnyOf(terms):
            return any(holds(term, person, element) for term in terms)
        case Negated(term):
            return not holds(term, person, element)
        case Compare(Column(name), op, operand):
            return column_holds(person, name, op, operand)
        case Compare(ProfileValue(path, kind), op, operand):
            return json_holds(at(person["profile"], path), kind, op, operand)
        case Compare(ElementValue(path, kind), op, operand):
            return json_holds(at(element, path), kind, op, operand)
        case AnyElement(path, inner):
            listed = at(person["profile"] if element is None else element, path)
            if listed is None:
                return False
            several = listed if isinstance(listed, list) else [listed]
            return any(holds(inner, person, each) for each in several)
        case _:
            raise TypeError(condition)


WORDS = st.sampled_from(
    [
        *("ann", "ANN", "Änn", "%", "_", "a%", "\\", "a_b", "É", "e\u0301", "ß", "SS", "straße"),
        *("Ａｎｎ", "'", '"', "", "n", "zz", "x.org", "@", "ANN@X.ORG"),
    ]
)
TEXT_OPS = st.sampled_from([*EQUAL, *TEXT])


def _compare(field: Any, ops: Any, values: Any) -> st.SearchStrategy[Compare]:
    plain = st.builds(Compare, st.just(field), ops, values)
    absent = st.builds(Compare, st.just(field), st.sampled_from(list(EQUAL)), st.none())
    return plain | absent | st.just(Compare(field, Op.PRESENT))


INSTANTS = st.sampled_from(
    [datetime(2024, 2, 29, tzinfo=UTC), datetime(2025, 1, 1, 12, 30, tzinfo=UTC)]
)
NUMBERS = st.sampled_from([-1, 0, 1, 1.5, 41, 42, 1000])
ORDERED = st.sampled_from([*EQUAL, *ORDER])
COLUMNS = st.one_of(
    *(_compare(Column(name), TEXT_OPS | st.sampled_from(list(ORDER)), WORDS) for name in FOLDED),
    *(_compare(Column(name), TEXT_OPS, WORDS) for name in LOWERED),
    _compare(Column("external_id"), TEXT_OPS | st.sampled_from(list(ORDER)), WORDS),
    st.builds(Compare, st.just(Column("active")), st.sampled_from(list(EQUAL)), st.booleans()),
)
_TYPED: list[tuple[Kind, Any, Any]] = [
    (Kind.TEXT, TEXT_OPS, WORDS),
    (Kind.EXACT, TEXT_OPS, WORDS),
    (Kind.BOOLEAN, st.sampled_from(list(EQUAL)), st.booleans()),
    (Kind.NUMBER, ORDERED, NUMBERS),
    (Kind.INSTANT, ORDERED, INSTANTS),
]
PROFILE = st.one_of(
    *(
        _compare(ProfileValue(path, kind), ops, values)
        for kind, ops, values in _TYPED
        for path in ((kind.name.lower(),), ("deep", kind.name.lower()))
    )
)
IN_ELEMENT: st.SearchStrategy[Condition] = st.recursive(
    st.one_of(
        _compare(ElementValue(("value",), Kind.TEXT), TEXT_OPS, WORDS),
        _compare(ElementValue((), Kind.TEXT), TEXT_OPS, WORDS),
        _compare(
            ElementValue(("primary",), Kind.BOOLEAN), st.sampled_from(list(EQUAL)), st.booleans()
        ),
        st.builds(
            AnyElement,
            st.just(("labels",)),
            _compare(ElementValue((), Kind.TEXT), TEXT_OPS, WORDS),
        ),
    ),
    lambda inner: st.one_of(
        st.builds(AllOf, st.lists(inner, max_size=3).map(tuple)),
        st.builds(AnyOf, st.lists(inner, max_size=3).map(tuple)),
        st.builds(Negated, inner),
    ),
    max_leaves=4,
)
CONDITIONS: st.SearchStrategy[Condition] = st.recursive(
    COLUMNS
    | PROFILE
    | st.builds(AnyElement, st.sampled_from([("emails",), ("deep", "emails")]), IN_ELEMENT),
    lambda inner: st.one_of(
        st.builds(AllOf, st.lists(inner, max_size=3).map(tuple)),
        st.builds(AnyOf, st.lists(inner, max_size=3).map(tuple)),
        st.builds(Negated, inner),
    ),
    max_leaves=6,
)
