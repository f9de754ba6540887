"""Generators shared by the property tests: JSON, filters, and the printer that writes a filter."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from hypothesis import strategies as st

from scim_facade.protocol.ast import (
    And,
    AttributePath,
    Comparison,
    ElementMatch,
    Filter,
    Not,
    Operator,
    Or,
    Presence,
)
from scim_facade.protocol.errors import ScimError


@contextmanager
def only_bad_requests() -> Iterator[None]:
    """Let a 400 pass for an answer; any other exception fails the test."""
    try:
        yield
    except ScimError as error:
        if error.status != 400:
            raise


json_values: st.SearchStrategy[Any] = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-9, 9)
    | st.text(max_size=6)
    | st.sampled_from(["", " "]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.text(max_size=6)
            | st.sampled_from(["value", "type", "primary", "members", "name", "emails", "active"]),
            inner,
            max_size=3,
        )
    ),
    max_leaves=6,
)

_names = st.sampled_from(["userName", "a", "x-1", "$ref", "emails", "order", "nothing", "andy"])
_paths = st.builds(
    AttributePath,
    st.none() | st.sampled_from(["urn:ietf:params:scim:schemas:core:2.0:User", "urn:x:1.0"]),
    _names,
    st.none() | _names,
)
_bare_paths = st.builds(AttributePath, st.none(), _names)
_scalars = (
    st.none()
    | st.booleans()
    | st.integers(-(2**53), 2**53)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=8)
)


def _comparisons(paths: st.SearchStrategy[AttributePath]) -> st.SearchStrategy[Filter]:
    return st.builds(Comparison, paths, st.sampled_from(Operator), _scalars) | st.builds(
        Presence, paths
    )


def combined(inner: st.SearchStrategy[Filter]) -> st.SearchStrategy[Filter]:
    """Negations and combinations of what `inner` generates, as the grammar can tell them apart."""
    several = st.lists(inner, min_size=2, max_size=3).map(tuple)
    return (
        st.builds(Not, inner)
        | several.map(lambda terms: And(tuple(_apart(terms, And))))
        | several.map(lambda terms: Or(tuple(_apart(terms, Or))))
    )


def _apart(terms: tuple[Filter, ...], kind: type) -> list[Filter]:
    """Put a Not around terms of the same kind; the grammar cannot tell nested ones apart."""
    return [Not(term) if isinstance(term, kind) else term for term in terms]


_leaves = _comparisons(_paths) | st.builds(
    ElementMatch, _bare_paths, st.recursive(_comparisons(_bare_paths), combined, max_leaves=3)
)
filters: st.SearchStrategy[Filter] = st.recursive(_leaves, combined, max_leaves=6)


def print_filter(tree: Filter) -> str:
    """The text of a filter, in the RFC's own grammar."""
    match tree:
        case Comparison(path, operator, value):
            return f"{path} {operator} {json.dumps(value)}"
        case Presence(path):
            return f"{path} pr"
        case ElementMatch(path, condition):
            return f"{path}[{print_filter(condition)}]"
        case Not(term):
            return f"not ({print_filter(term)})"
        case And(terms):
            return " and ".join(
                f"({print_filter(t)})" if isinstance(t, And | Or) else print_filter(t)
                for t in terms
            )
        case Or(terms):
            return " or ".join(
                f"({print_filter(t)})" if isinstance(t, Or) else print_filter(t) for t in terms
            )
