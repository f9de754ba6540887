"""Filters in SQL against the reference: the same users as `matches` finds in their documents."""

from __future__ import annotations

from typing import Any

from hypothesis import given

from scim_facade.protocol.dialect import Warnings
from scim_facade.protocol.errors import ScimError
from scim_facade.protocol.evaluation import matches
from scim_facade.protocol.filter_semantics import check_filter
from scim_facade.protocol.grammar import parse_filter
from scim_facade.protocol.schemas import USER_RESOURCE
from tests.scim_facade.crowd import NOT_SEARCHABLE, Crowd
from tests.scim_facade.filter_samples import filters
from tests.scim_facade.protocol.strategies import print_filter
from tests.support.effort import examples


@examples(250)
@given(filters.map(print_filter))
def test_sql_and_reference_find_the_same(crowd: Crowd, text: str) -> None:
    text = crowd.spelled(text)
    answer = crowd.find(text)

    if answer.status == 400:
        assert answer.error() == (400, "invalidFilter")
        if answer["detail"] in NOT_SEARCHABLE:
            return
    tree = _checked(text)
    if tree is None:
        assert answer.error() == (400, "invalidFilter")
        return
    expected = [document["id"] for document in crowd.documents if matches(tree, document)]
    assert answer.status == 200, answer.body
    assert [document["id"] for document in answer["Resources"]] == expected, text
    assert answer["totalResults"] == len(expected)


def _checked(text: str) -> Any:
    """The tree, or None where the protocol refuses the filter."""
    try:
        return check_filter(parse_filter(text, Warnings()), USER_RESOURCE)
    except ScimError:
        return None
