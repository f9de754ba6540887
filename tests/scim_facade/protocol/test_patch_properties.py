"""PATCH of users as a whole: pure, repeatable, and never anything but a ScimError."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scim_facade.protocol.dialect import Warnings
from scim_facade.protocol.patch import apply_user_patch, parse_patch, read_group_patch
from scim_facade.protocol.resources import UserDocument, read_user
from tests.scim_facade.protocol.samples import (
    ENTERPRISE,
    ENTRA_CREATE,
    MEMBERSHIP,
    USER,
    USER_BODIES,
    USER_PATCHES,
    patch_body,
)
from tests.scim_facade.protocol.strategies import json_values, only_bad_requests

DOCUMENT: dict[str, Any] = {
    "schemas": [USER, ENTERPRISE],
    "id": "1",
    **read_user(ENTRA_CREATE, Warnings()).attributes,
    "roles": [{"value": "a", "primary": True}, {"value": "b"}],
}
PATHS = [
    "userName",
    "title",
    "active",
    "name",
    "name.givenName",
    "emails",
    "emails.value",
    "emails.primary",
    'emails[type eq "work"]',
    'emails[type eq "work"].value',
    'emails[type eq "home"].value',
    'roles[value eq "b"].primary',
    "roles",
    "addresses",
    "manager",
    "department",
    "groups",
    ENTERPRISE,
    USER,
    MEMBERSHIP,
    "unknown",
]
operations = st.fixed_dictionaries(
    {"op": st.sampled_from(["add", "replace", "remove", "Replace"])},
    optional={"path": st.none() | st.sampled_from(PATHS), "value": json_values},
)
good_values = st.sampled_from(
    [
        "x",
        True,
        None,
        "",
        {"value": "v", "primary": True},
        {"value": "v", "type": "home"},
        [{"value": "v", "type": "work"}, {"value": "w", "primary": True}],
        {"givenName": "G"},
        {"department": "d"},
        {"locality": "L", "primary": True},
        [{"locality": "L", "primary": True}, {"locality": "M", "primary": True}],
    ]
)


def apply(document: dict[str, Any], *changes: dict[str, Any]) -> dict[str, Any]:
    warnings = Warnings()
    return apply_user_patch(document, parse_patch(patch_body(*changes), warnings), warnings)


@given(st.lists(operations, min_size=1, max_size=3))
def test_a_patch_never_changes_its_input_and_gives_a_canonical_user(
    changes: list[dict[str, Any]],
) -> None:
    document, sent = deepcopy(DOCUMENT), deepcopy(changes)

    with only_bad_requests():
        outcome = apply(document, *changes)
        assert outcome["userName"]
        assert outcome["id"] == "1"
        stored = UserDocument.of(outcome).attributes
        again = read_user({"schemas": [USER], **stored}, Warnings())
        assert again.attributes == stored
        assert again.cleared == frozenset()
    assert document == DOCUMENT
    assert changes == sent


@given(st.sampled_from(["add", "replace"]), st.sampled_from(PATHS), good_values)
def test_add_and_replace_twice_is_the_same_as_once(op: str, path: str, value: Any) -> None:
    change = {"op": op, "path": path, "value": value}
    with only_bad_requests():
        once = apply(DOCUMENT, change)
        assert apply(once, change) == once
        assert apply(DOCUMENT, change, change) == once


@given(json_values)
def test_any_json_as_a_patch_is_read_or_a_scim_error(value: Any) -> None:
    bodies = [{"Operations": value}, {"schemas": value, "Operations": [value]}]
    if isinstance(value, dict):
        bodies.append(value)
    for body in bodies:
        with only_bad_requests():
            parsed = parse_patch(body, Warnings())
            apply_user_patch(DOCUMENT, parsed, Warnings())
        with only_bad_requests():
            read_group_patch(parse_patch(body, Warnings()), Warnings())


@given(st.text(max_size=30), json_values)
def test_any_path_is_read_or_a_scim_error(path: str, value: Any) -> None:
    for change in (
        {"op": "add", "path": path, "value": value},
        {"op": "add", "value": {path: value}},
    ):
        with only_bad_requests():
            apply(DOCUMENT, change)


@pytest.mark.parametrize("created", USER_BODIES)
@pytest.mark.parametrize("name", USER_PATCHES)
def test_every_provider_s_user_patch_fits_every_provider_s_user(created: str, name: str) -> None:
    user = read_user(USER_BODIES[created], Warnings())
    warnings = Warnings()

    outcome = apply_user_patch(user.attributes, parse_patch(USER_PATCHES[name], warnings), warnings)

    assert "password" not in outcome
    assert "never-kept" not in repr(outcome)
    assert "never-kept" not in " ".join(warnings.sentences)
