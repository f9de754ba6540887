"""PATCH of users: add, rule by rule, each with the exact document that comes out."""

from __future__ import annotations

from typing import Any

import pytest

from scim_facade.protocol.dialect import Deviation
from tests.scim_facade.protocol.patching import (
    HOME,
    WORK,
    add,
    deviations,
    patched,
    replace,
)
from tests.scim_facade.protocol.samples import ENTERPRISE, USER


def test_pat_a02_pathless_add() -> None:
    assert patched(
        {"title": "a", "emails": [WORK]}, add(None, {"title": "b", "emails": [HOME]})
    ) == {"title": "b", "emails": [WORK, HOME]}


def test_pat_a03_single_value() -> None:
    assert patched({"title": "a"}, add("title", "b")) == {"title": "b"}


@pytest.mark.parametrize("value", [HOME, [HOME]])
def test_pat_a04_values_are_appended(value: Any) -> None:
    assert patched({"emails": [WORK]}, add("emails", value)) == {"emails": [WORK, HOME]}
    assert patched({}, add("emails", value)) == {"emails": [HOME]}


@pytest.mark.parametrize("value", [HOME, {"value": "B@X"}, [HOME, HOME]])
def test_pat_a05_a_value_already_there_changes_nothing(value: Any) -> None:
    document = {"emails": [WORK, HOME]}

    assert patched(document, add("emails", value)) == document


def test_pat_a06_pat_r05_parts_of_a_complex_attribute() -> None:
    document = {"name": {"givenName": "A", "familyName": "B"}}
    expected = {"name": {"givenName": "C", "familyName": "B"}}

    assert patched(document, add("name", {"givenName": "C"})) == expected
    assert patched(document, replace("name", {"givenName": "C"})) == expected
    assert patched(document, replace(None, {"name": {"givenName": "C"}})) == expected
    assert patched(document, replace("name", {"givenName": ""})) == {"name": {"familyName": "B"}}


def test_pat_a07_a_missing_parent_is_created() -> None:
    assert patched({}, add("name.givenName", "A")) == {"name": {"givenName": "A"}}


def test_pat_a08_sub_attribute_of_the_matching_value() -> None:
    assert patched({"emails": [WORK, HOME]}, add('emails[type eq "home"].value', "c@x")) == {
        "emails": [WORK, {"type": "home", "value": "c@x"}]
    }


@pytest.mark.parametrize("op", ["Add", "Replace"])
@pytest.mark.parametrize(
    ("path", "value", "expected"),
    [
        ('emails[type eq "work"].value', "a@x", {"emails": [{"type": "work", "value": "a@x"}]}),
        (
            'addresses[type eq "work"].country',
            "SE",
            {"addresses": [{"type": "work", "country": "SE"}]},
        ),
        ('roles[primary eq "True"].value', "r", {"roles": [{"primary": True, "value": "r"}]}),
        ("roles[primary eq true].value", "r", {"roles": [{"primary": True, "value": "r"}]}),
        (
            'emails[type eq "work" and primary eq true].value',
            "a@x",
            {"emails": [{"type": "work", "primary": True, "value": "a@x"}]},
        ),
        (
            'emails[type eq "home"]',
            {"value": "b@x"},
            {"emails": [{"type": "home", "value": "b@x"}]},
        ),
    ],
)
def test_pat_a09_pat_r08_a_described_value_is_created(
    op: str, path: str, value: Any, expected: dict[str, Any]
) -> None:
    operation = {"op": op, "path": path, "value": value}

    assert patched({}, operation) == expected
    assert Deviation.ELEMENT_CREATED in deviations({}, operation)


def test_pat_a10_extension_attributes() -> None:
    assert patched({}, add(f"{ENTERPRISE}:manager.value", "m")) == {
        ENTERPRISE: {"manager": {"value": "m"}}
    }
    assert patched({ENTERPRISE: {"division": "N"}}, add(ENTERPRISE, {"department": "d"})) == {
        ENTERPRISE: {"division": "N", "department": "d"}
    }
    assert patched({}, add(f"{ENTERPRISE}.department", "d")) == {ENTERPRISE: {"department": "d"}}


def test_pat_a11_keys_of_pathless_values_are_paths() -> None:
    operation = replace(
        None,
        {
            "name.givenName": "A",
            f"{ENTERPRISE}:department": "d",
            'emails[type eq "work"].value': "a@x",
            ENTERPRISE: {"division": "N", "manager": "m"},
            USER: {"title": "t"},
            "department": "e",
        },
    )

    assert patched({}, operation) == {
        "name": {"givenName": "A"},
        "emails": [{"type": "work", "value": "a@x"}],
        "title": "t",
        ENTERPRISE: {"department": "e", "division": "N", "manager": {"value": "m"}},
    }
    assert Deviation.PATHLESS_KEY_IS_PATH in deviations({}, operation)


def test_two_values_that_become_one_stay_primary() -> None:
    document = {
        "roles": [
            {"type": "work", "value": "a", "primary": True},
            {"type": "work", "value": "b", "primary": False, "display": "B"},
        ]
    }

    assert patched(document, replace('roles[type eq "work"].value', "c")) == {
        "roles": [{"type": "work", "value": "c", "primary": True, "display": "B"}]
    }
