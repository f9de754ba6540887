"""Gives a parsed filter its meaning: names, types and values checked against the schema."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from .ast import (
    And,
    AttributePath,
    Comparison,
    ElementMatch,
    Filter,
    Not,
    Operator,
    Or,
    Presence,
    Value,
)
from .errors import ScimError
from .evaluation import parse_instant
from .schema_model import Attribute, Resolved, ResourceSchema
from .values import FALSE_WORDS, TRUE_WORDS

TRUE = And(())
FALSE = Or(())

_TEXT_ONLY = frozenset({Operator.CO, Operator.SW, Operator.EW})
_ORDERED = frozenset({Operator.GT, Operator.GE, Operator.LT, Operator.LE})


def check_filter(
    tree: Filter, resource: ResourceSchema, *, absent_if_unknown: bool = False
) -> Filter:
    """The same filter with canonical names, their schema on every path and values of their type.

    A comparison with a complex attribute becomes one with its `value`. ScimError 400
    invalidFilter for an unknown attribute, for password, and for an operator or value that does
    not fit the type. With `absent_if_unknown` an unknown attribute has no value instead (queries
    over several resource types, RFC 7644 §3.4.2.1); the term is then the constant And(()) or
    Or(()).
    """
    match tree:
        case And(terms):
            return And(
                tuple(check_filter(t, resource, absent_if_unknown=absent_if_unknown) for t in terms)
            )
        case Or(terms):
            return Or(
                tuple(check_filter(t, resource, absent_if_unknown=absent_if_unknown) for t in terms)
            )
        case Not(term):
            return Not(check_filter(term, resource, absent_if_unknown=absent_if_unknown))
        case Comparison(path) | Presence(path) | ElementMatch(path):
            found = resource.find(path.urn, path.name, path.sub)
            if found is None and absent_if_unknown:
                return _without_value(tree)
            if found is None or found.attribute.returned == "never":
                raise ScimError.invalid_filter(f"Filter on an attribute that exists, not {path}.")
            return _check_leaf(tree, found)


def check_condition(condition: Filter, attribute: Attribute) -> Filter:
    """The condition of a value path, its names resolved as sub-attributes of `attribute`."""
    match condition:
        case And(terms):
            return And(tuple(check_condition(term, attribute) for term in terms))
        case Or(terms):
            return Or(tuple(check_condition(term, attribute) for term in terms))
        case Not(term):
            return Not(check_condition(term, attribute))
        case ElementMatch():
            raise ScimError.invalid_filter("Use no brackets inside brackets.")
        case Comparison(path) | Presence(path):
            sub = attribute.sub(path.name) if path.urn is None and path.sub is None else None
            if sub is None:
                raise ScimError.invalid_filter(
                    f"Inside the brackets name a sub-attribute of {attribute.name}, not {path}."
                )
            resolved = AttributePath(None, sub.name, attribute=sub)
            if isinstance(condition, Presence):
                return Presence(resolved)
            return _check_comparison(condition, resolved, sub)


def _without_value(tree: Comparison | Presence | ElementMatch) -> Filter:
    if isinstance(tree, Comparison):
        # Nothing is identical to null only, and not identical to anything else.
        return (
            TRUE
            if (tree.value is None) is (tree.operator is Operator.EQ)
            and (tree.operator in (Operator.EQ, Operator.NE))
            else FALSE
        )
    return FALSE


def _check_leaf(tree: Comparison | Presence | ElementMatch, found: Resolved) -> Filter:
    path = _canonical(found)
    match tree:
        case Presence():
            return Presence(path)
        case ElementMatch(_, condition):
            if found.sub is not None or not found.attribute.is_complex:
                raise ScimError.invalid_filter(f"Use brackets on complex attributes, not {path}.")
            return ElementMatch(path, check_condition(condition, found.attribute))
        case Comparison():
            return _check_comparison(tree, path, found.leaf)


def _canonical(found: Resolved) -> AttributePath:
    if found.sub is None:
        return AttributePath(found.urn, found.attribute.name, attribute=found.attribute)
    return AttributePath(
        found.urn,
        found.attribute.name,
        found.sub.name,
        attribute=found.sub,
        container=found.attribute,
    )


def _check_comparison(comparison: Comparison, path: AttributePath, leaf: Attribute) -> Comparison:
    operator = comparison.operator
    if leaf.is_complex:
        # `emails co "x"` in RFC 7644 Figure 2 and `members eq "id"` of Entra mean the value.
        value = leaf.sub("value")
        if value is None:
            raise ScimError.invalid_filter(f"Compare a sub-attribute of {path}.")
        path = replace(path, sub=value.name, attribute=value, container=leaf)
        leaf = value
    if comparison.value is None and operator not in (Operator.EQ, Operator.NE):
        raise ScimError.invalid_filter(f"Compare with null by eq or ne only, not {operator}.")
    is_text = leaf.type in ("string", "reference", "binary")
    if operator in _TEXT_ONLY and not is_text:
        raise ScimError.invalid_filter(f"Use {operator} on strings; {path} is {leaf.type}.")
    # RFC 7644 §3.4.2.2, Table 3
    if operator in _ORDERED and leaf.type in ("boolean", "binary"):
        raise ScimError.invalid_filter(f"Use eq or ne on {path}; it is {leaf.type}.")
    return Comparison(path, operator, _coerce(comparison.value, leaf, path))


def _coerce(value: Value, leaf: Attribute, path: AttributePath) -> Value:
    """The value in the type of the attribute; null stays null."""
    if value is None:
        return None
    read = _COERCIONS.get(leaf.type, _as_text)
    coerced = read(value)
    if coerced is None:
        raise ScimError.invalid_filter(f"Compare {path} with a value of type {leaf.type}.")
    return coerced


def _as_text(value: Value) -> str | None:
    match value:
        case bool():
            return "true" if value else "false"
        case str() | int() | float():
            # A number without quotes is text here, such as an unquoted externalId.
            return str(value)
        case _:
            return None


def _as_boolean(value: Value) -> bool | None:
    word = str(value).strip().lower()
    if word in TRUE_WORDS:
        return True
    return False if word in FALSE_WORDS else None


def _as_number(value: Value) -> int | float | None:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return value


_COERCIONS: dict[str, Callable[[Value], Value]] = {
    "boolean": _as_boolean,
    "integer": _as_number,
    "decimal": _as_number,
    "dateTime": parse_instant,
}
