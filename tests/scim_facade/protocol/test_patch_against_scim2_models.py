"""PATCH of users as scim2-models understands it: the same document, or a refusal on both sides.

Where the two decide otherwise, the difference has a name and an example here; the generators keep
clear of them.
"""

from __future__ import annotations

import json
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scim_facade.protocol.dialect import Warnings
from scim_facade.protocol.errors import ScimError
from scim_facade.protocol.patch import apply_user_patch, parse_patch
from scim_facade.protocol.resources import read_user
from tests.scim_facade import filter_samples
from tests.scim_facade.protocol.samples import ENTERPRISE, USER, patch_body
from tests.support import scim2_peer
from tests.support.effort import examples

Body = dict[str, Any]
LISTS = st.sampled_from(["emails", "roles"])

_kinds = st.sampled_from(["add", "replace", "remove"])
_writes = st.sampled_from(["add", "replace"])
_words = st.sampled_from(["ada", "Eva", "x", "b@x.example"])
_types = st.sampled_from(["work", "home"])
# New to every document: what happens to a value that is there already is a difference with a name.
_fresh = st.integers(0, 999).map("new{}".format)
_element = st.fixed_dictionaries(
    {"value": _fresh}, optional={"type": _types, "primary": st.booleans(), "display": _words}
)
# At a filter, which several may meet: only one of them could be primary.
_unmarked = st.fixed_dictionaries({"value": _fresh}, optional={"type": _types, "display": _words})
_elements = st.lists(_unmarked, max_size=1).flatmap(
    lambda others: _element.map(lambda first: _distinct([first, *others]))
)
_conditions = st.one_of(
    _types.map('type eq "{}"'.format),
    _words.map('value eq "{}"'.format),
    _words.map('not (value sw "{}")'.format),
    st.builds('type eq "{}" and value co "{}"'.format, _types, _words),
    st.builds('type eq "{}" or display pr and not (value ew "{}")'.format, _types, _words),
    st.just("primary eq true"),
)


def _distinct(several: list[Body]) -> list[Body]:
    """One of each value; of generated lists the first alone may be primary."""
    return list({one["value"]: one for one in reversed(several)}.values())


def _operation(kind: str, path: str, value: Any) -> Body:
    return {"op": kind, "path": path} | ({} if kind == "remove" else {"value": value})


def _at(kinds: Any, paths: list[str], values: Any) -> st.SearchStrategy[Body]:
    return st.builds(_operation, kinds, st.sampled_from(paths), values)


def _some(*names: str) -> st.SearchStrategy[Body]:
    return st.dictionaries(st.sampled_from(names), _words, min_size=1)


_TEXTS = ["title", "displayName", "nickName", "externalId", "name.givenName", "name.familyName"]
_EXTENSION = [f"{ENTERPRISE}:department", f"{ENTERPRISE}:costCenter", f"{ENTERPRISE}:manager.value"]
_operations = st.one_of(
    _at(_kinds, [*_TEXTS, *_EXTENSION, "userName", "id", "meta.version"], _words),
    _at(_writes, ["active"], st.booleans()),
    _at(_kinds, ["name"], _some("givenName", "familyName", "middleName")),
    _at(_kinds, [ENTERPRISE], _some("department", "costCenter")),
    _at(_kinds, ["emails", "roles", "phoneNumbers"], _elements),
    st.builds(
        lambda kind, name, condition, value: _operation(kind, f"{name}[{condition}]", value),
        _kinds,
        LISTS,
        _conditions,
        _unmarked,
    ),
    st.builds(
        lambda kind, name, condition, sub, value: _operation(
            kind, f"{name}[{condition}].{sub}", value
        ),
        _kinds,
        LISTS,
        _conditions,
        st.sampled_from(["value", "display"]),
        _fresh,
    ),
    st.builds(
        lambda kind, value: {"op": kind, "value": value},
        _writes,
        st.fixed_dictionaries(
            {"nickName": _words},
            optional={
                "title": _words,
                "active": st.booleans(),
                "name": _some("givenName", "familyName"),
                "emails": _elements,
                ENTERPRISE: _some("department"),
            },
        ),
    ),
)


def _person(seed: int) -> Body:
    body = filter_samples.person(seed, Random(seed))  # noqa: S311 - not for secrets
    schemas = [USER, ENTERPRISE] if ENTERPRISE in body else [USER]
    return {"schemas": schemas, "id": str(seed), **read_user(body, Warnings()).attributes}


def _ours(document: Body, body: Body) -> Body | None:
    warnings = Warnings()
    try:
        return apply_user_patch(document, parse_patch(body, warnings), warnings)
    except ScimError:
        return None


def _theirs(someone: Any, body: Body) -> Body | None:
    try:
        return scim2_peer.patched(someone, body)
    except scim2_peer.Refused:
        return None


@examples(200)
@given(st.integers(0, 99), st.lists(_operations, min_size=1, max_size=4))
def test_both_come_to_the_same_document(seed: int, operations: list[Body]) -> None:
    document = _person(seed)
    for step, generated in enumerate(operations):
        operation = json.loads(json.dumps(generated).replace('"new', f'"new-{step}-'))
        # From one and the same document each time: what we made one of is two for the peer.
        someone, body, before = scim2_peer.person(document), patch_body(operation), str(document)
        try:
            theirs: Body | None = scim2_peer.patched(someone, body)
        except scim2_peer.Contradiction:
            return
        except scim2_peer.Refused:
            theirs = None

        ours = _ours(document, body)

        assert (ours and _normal(ours)) == (theirs and _normal(theirs)), operation
        assert str(document) == before
        document = ours or document


# What differs by decision. Each with what we make of it, and what the peer does (None: refused).
DIFFERENCES: dict[str, tuple[Body, Body, Body, Body | None]] = {
    # RFC 7643 §2.4: the same type and value should not be returned twice.
    "a value that is there already, in other case or with less beside it": (
        {"emails": [{"value": "A@x.example", "type": "work"}]},
        {"op": "add", "path": "emails", "value": [{"value": "a@x.example"}]},
        {"emails": [{"value": "A@x.example", "type": "work"}]},
        {"emails": [{"value": "A@x.example", "type": "work"}, {"value": "a@x.example"}]},
    ),
    "the same value twice in one request": (
        {},
        {"op": "add", "path": "roles", "value": [{"value": "a"}, {"value": "a"}]},
        {"roles": [{"value": "a"}]},
        {"roles": [{"value": "a"}, {"value": "a"}]},
    ),
    # The last one stays so, with a warning: a provider that sends its directory as it is.
    "two that claim to be primary": (
        {},
        {
            "op": "add",
            "path": "roles",
            "value": [{"value": "a", "primary": True}, {"value": "b", "primary": True}],
        },
        {"roles": [{"value": "a"}, {"value": "b", "primary": True}]},
        None,
    ),
    # Entra replaces what it filters by.
    "a created value that contradicts its filter": (
        {},
        {"op": "replace", "path": 'emails[value eq "x"].value', "value": "y@x.example"},
        {"emails": [{"value": "y@x.example"}]},
        None,
    ),
    "a value of labels alone": (
        {},
        {"op": "add", "path": 'emails[type eq "work"].primary', "value": True},
        {},
        {"emails": [{"type": "work", "primary": True}]},
    ),
    # Dropped with a warning, as providers send mappings of their own.
    "a path into an attribute that nobody knows": (
        {"title": "Q"},
        {"op": "add", "path": "nonsense", "value": "x"},
        {"title": "Q"},
        None,
    ),
    # Entra's and others' way to name what goes; read literally it would empty the list.
    "a value in a remove": (
        {"roles": [{"value": "a"}, {"value": "b"}]},
        {"op": "remove", "path": "roles", "value": [{"value": "a"}]},
        {"roles": [{"value": "b"}]},
        None,
    ),
}


@pytest.mark.parametrize("name", DIFFERENCES)
def test_what_differs_by_decision(name: str) -> None:
    attributes, operation, wanted, of_the_peer = DIFFERENCES[name]
    document = {"schemas": [USER], "id": "1", "userName": "u"}

    ours = _ours(document | attributes, patch_body(operation))
    theirs = _theirs(scim2_peer.person(document | attributes), patch_body(operation))

    assert ours == document | wanted
    assert theirs == (None if of_the_peer is None else document | of_the_peer)


def _normal(document: Body) -> Body:
    """Without order, without `primary: false`, and with equal elements in one."""
    normal = {name: _plain(value) for name, value in document.items() if name != "schemas"}
    return {name: value for name, value in normal.items() if value not in (None, [], {})} | {
        "schemas": sorted(document["schemas"])
    }


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _plain(part) for key, part in value.items() if (key, part) != _NOT_PRIMARY}
    if not isinstance(value, list):
        return value
    kept: dict[str, Body] = {}
    for element in map(_plain, value):
        # Which one is primary is no part of what two have in common.
        of = {part: told.lower() for part, told in element.items() if part != "primary"}
        if "value" in element:
            of = {"type": of.get("type", ""), "value": of["value"]}
        key = json.dumps(of, sort_keys=True)
        kept[key] = kept.get(key, {}) | element
    told = [element for element in kept.values() if set(element) - {"type", "primary"}]
    return sorted(told, key=lambda element: json.dumps(element, sort_keys=True))


_NOT_PRIMARY = ("primary", False)
