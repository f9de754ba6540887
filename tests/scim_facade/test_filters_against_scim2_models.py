"""Filters as scim2-models understands them: the same users, evaluated in memory and by SQL.

Where the two decide otherwise, the difference has a name and an example here; the generators keep
clear of them.
"""

from __future__ import annotations

from functools import cache
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scim_facade.protocol.ast import Comparison, ElementMatch, Filter, Presence
from scim_facade.protocol.dialect import Warnings
from scim_facade.protocol.errors import ScimError
from scim_facade.protocol.evaluation import matches
from scim_facade.protocol.filter_semantics import check_filter
from scim_facade.protocol.grammar import parse_filter
from scim_facade.protocol.resources import read_user
from scim_facade.protocol.schemas import USER_RESOURCE
from tests.scim_facade.crowd import NOT_SEARCHABLE, Crowd
from tests.scim_facade.filter_samples import leaves, person
from tests.scim_facade.protocol.strategies import combined, print_filter
from tests.support import scim2_peer
from tests.support.effort import examples
from tests.support.scim import ENTERPRISE, MEMBERSHIP, USER

_EXTENSION = {"manager", "department"}
_SEVERAL = {"emails", "roles", "phoneNumbers", "addresses", "groups", "schemas"}


def _is_undisputed(leaf: Filter) -> bool:
    """Whether the leaf is none of those on which the two differ by decision."""
    assert isinstance(leaf, Comparison | Presence | ElementMatch)
    path = leaf.path
    if path.urn == MEMBERSHIP or (path.urn != ENTERPRISE and path.name in _EXTENSION):
        return False
    match leaf:
        case ElementMatch():
            return path.name in _SEVERAL
        case Comparison(value=None):
            return path.name not in _SEVERAL | {"manager"}
        case Comparison():
            return path.name != "manager" or path.sub is not None
        case _:
            return True


_filters = st.recursive(leaves.filter(_is_undisputed), combined, max_leaves=5).map(print_filter)


def _document(seed: int) -> dict[str, Any]:
    body = person(seed, Random(seed))  # noqa: S311 - not for secrets
    return {
        "schemas": [USER, ENTERPRISE] if ENTERPRISE in body else [USER],
        "id": str(seed),
        **read_user(body, Warnings()).attributes,
        "meta": {
            "created": "2020-01-02T03:04:05Z",
            "lastModified": f"2021-01-{seed + 1:02}T00:00Z",
        },
    }


@cache
def _people() -> list[tuple[dict[str, Any], Any]]:
    documents = [_document(seed) for seed in range(30)]
    return [(document, scim2_peer.person(document)) for document in documents]


def _ours(text: str) -> Filter | None:
    try:
        return check_filter(parse_filter(text, Warnings()), USER_RESOURCE)
    except ScimError:
        return None


@examples(200)
@given(_filters)
def test_both_find_the_same_people_in_memory(text: str) -> None:
    tree = _ours(text)
    try:
        theirs = [document["id"] for document, one in _people() if scim2_peer.matches(text, one)]
    except scim2_peer.Refused:
        assert tree is None
        return

    assert tree is not None
    assert [document["id"] for document, _ in _people() if matches(tree, document)] == theirs


@pytest.fixture(scope="module")
def known(crowd: Crowd) -> list[Any]:
    """The crowd as the peer's models; it knows nothing of our own extension."""
    documents = [
        {name: value for name, value in document.items() if name != MEMBERSHIP}
        for document in crowd.documents
    ]
    return [scim2_peer.person(document) for document in documents]


@examples(150)
@given(text=_filters)
def test_both_find_the_same_people_by_sql(crowd: Crowd, known: list[Any], text: str) -> None:
    text = crowd.spelled(text)
    answer = crowd.find(text)
    if answer.status == 400 and answer["detail"] in NOT_SEARCHABLE:
        return

    try:
        theirs = [one.id for one in known if scim2_peer.matches(text, one)]
    except scim2_peer.Refused:
        assert answer.error() == (400, "invalidFilter")
        return

    assert answer.status == 200, answer.body
    assert [document["id"] for document in answer["Resources"]] == theirs


# What differs by decision: the filter, whether we find the person, and what the peer does (None:
# refused).
ADA = {
    "schemas": [USER, ENTERPRISE],
    "id": "1",
    "userName": "ada",
    "name": {"givenName": "Ada"},
    "emails": [{"value": "ada@x.example", "type": "work"}, {"value": "a@home.example"}],
    ENTERPRISE: {"department": "Looms", "manager": {"value": "m-1"}},
}
DIFFERENCES: dict[str, tuple[str, bool, bool | None]] = {
    # RFC 7643 §2.5: null is an attribute without any value, so the opposite of pr.
    "null, where some of several values lack the part": ("emails.type eq null", False, True),
    "not null, likewise": ("emails.type ne null", True, False),
    # Lenient where the meaning is plain: RFC 7644 §3.4.2.2 has brackets for several values only.
    "brackets behind a single value": ('name[givenName eq "ada"]', True, None),
    # Rippling and others compare what has a value as if it were it.
    "a single complex attribute compared": (f'{ENTERPRISE}:manager eq "m-1"', True, False),
    "an extension's attribute without its URN": ('department eq "looms"', True, None),
}


@pytest.mark.parametrize("name", DIFFERENCES)
def test_what_differs_by_decision(name: str) -> None:
    text, found, found_by_the_peer = DIFFERENCES[name]
    tree = _ours(text)

    assert tree is not None
    assert matches(tree, ADA) is found
    if found_by_the_peer is None:
        with pytest.raises(scim2_peer.Refused):
            scim2_peer.matches(text, scim2_peer.person(ADA))
    else:
        assert scim2_peer.matches(text, scim2_peer.person(ADA)) is found_by_the_peer
