"""PATCH of users: remove and replace, each with the exact document that comes out."""

from __future__ import annotations

from typing import Any

import pytest

from scim_facade.protocol.dialect import Deviation
from tests.scim_facade.protocol.patching import (
    HOME,
    WORK,
    deviations,
    patched,
    refused,
    remove,
    replace,
)
from tests.scim_facade.protocol.samples import ENTERPRISE, USER


@pytest.mark.parametrize("kind", ["add", "replace"])
@pytest.mark.parametrize(
    "condition", ['type ne "work"', 'type eq "a" or type eq "b"', "type pr", "type eq null"]
)
def test_pat_r08_other_conditions_without_match_have_no_target(kind: str, condition: str) -> None:
    operation = {"op": kind, "path": f"emails[{condition}].value", "value": "x"}

    assert refused({}, operation) == "noTarget"


def test_pat_d02_single_values() -> None:
    assert patched({"title": "t"}, remove("title")) == {}
    assert patched({}, remove("title")) == {}


def test_pat_d03_all_values() -> None:
    assert patched({"emails": [WORK, HOME]}, remove("emails")) == {}
    assert patched({"emails": [WORK]}, {"op": "remove", "path": "emails", "value": None}) == {}


@pytest.mark.parametrize(
    ("value", "left"),
    [
        ([{"value": "B@x"}], [WORK]),
        ("b@x", [WORK]),
        ({"type": "work"}, [HOME]),
        ([{"type": "work", "value": "b@x"}], [WORK, HOME]),
        ([], [WORK, HOME]),
        ("", [WORK, HOME]),
    ],
)
def test_pat_d04_value_in_remove_removes_only_those(value: Any, left: list[Any]) -> None:
    operation = {"op": "Remove", "path": "emails", "value": value}

    assert patched({"emails": [WORK, HOME]}, operation) == {"emails": left}
    assert Deviation.VALUE_IN_REMOVE in deviations({"emails": [WORK, HOME]}, operation)


def test_pat_d05_matching_values() -> None:
    assert patched({"emails": [WORK, HOME]}, remove('emails[type eq "home"]')) == {"emails": [WORK]}
    assert patched({"emails": [HOME]}, remove('emails[type eq "home"]')) == {}


def test_pat_d06_nothing_matches() -> None:
    assert patched({"emails": [WORK]}, remove('emails[type eq "home"]')) == {"emails": [WORK]}
    assert patched({}, remove('emails[type eq "home"].value')) == {}


def test_pat_d07_an_emptied_value_is_dropped() -> None:
    phones = [{"type": "mobile", "value": "1"}, {"type": "work", "value": "2"}]

    assert patched({"phoneNumbers": phones}, remove('phoneNumbers[type eq "work"].value')) == {
        "phoneNumbers": phones[:1]
    }
    assert patched({"emails": [WORK]}, remove('emails[type eq "work"].primary')) == {
        "emails": [{"type": "work", "value": "a@x"}]
    }


@pytest.mark.parametrize("path", ["userName", USER])
def test_pat_d08_required_attributes(path: str) -> None:
    assert refused({"userName": "x"}, remove(path)) == "mutability"


def test_pat_d09_parts_and_whole_extensions() -> None:
    document = {
        "schemas": [USER, ENTERPRISE],
        "name": {"middleName": "M"},
        ENTERPRISE: {"manager": {"value": "m"}},
    }

    assert patched(document, remove("name.middleName"), remove(f"{ENTERPRISE}:manager")) == {
        "schemas": [USER]
    }
    assert patched(document, remove("name"), remove(ENTERPRISE)) == {"schemas": [USER]}


def test_pat_r01_pathless_replace_is_no_put() -> None:
    assert patched({"title": "a", "nickName": "n"}, replace(None, {"title": "b"})) == {
        "title": "b",
        "nickName": "n",
    }


@pytest.mark.parametrize(("value", "left"), [([HOME], [HOME]), (HOME, [HOME]), ([], None)])
def test_pat_r03_the_whole_list(value: Any, left: list[Any] | None) -> None:
    expected = {} if left is None else {"emails": left}

    assert patched({"emails": [WORK]}, replace("emails", value)) == expected


def test_pat_r04_replace_of_nothing_adds() -> None:
    assert patched({}, replace("title", "t")) == {"title": "t"}


def test_pat_r06_pat_r07_all_matching_values() -> None:
    phones = [{"type": "work", "value": "1"}, {"type": "work", "value": "2"}]

    assert patched({"phoneNumbers": phones}, replace('phoneNumbers[type eq "work"].type', "o")) == {
        "phoneNumbers": [{"type": "o", "value": "1"}, {"type": "o", "value": "2"}]
    }
    assert patched({"emails": [WORK]}, replace('emails[type eq "work"]', {"value": "n@x"})) == {
        "emails": [WORK | {"value": "n@x"}]
    }


@pytest.mark.parametrize("nothing", [None, "", " ", []])
def test_pat_r09_blank_values_clear(nothing: Any) -> None:
    document = {"title": "t", "name": {"givenName": "A"}, ENTERPRISE: {"manager": {"value": "m"}}}

    assert (
        patched(
            document,
            replace("title", nothing),
            replace("name", nothing),
            replace(f"{ENTERPRISE}:manager", nothing),
        )
        == {}
    )
    assert refused({"userName": "x"}, replace("userName", nothing)) == "invalidValue"


def test_pat_r09_blank_values_at_a_condition_clear() -> None:
    assert patched({"emails": [WORK, HOME]}, replace('emails[type eq "home"].value', "")) == {
        "emails": [WORK]
    }
    assert patched({"emails": [WORK, HOME]}, replace('emails[type eq "home"]', None)) == {
        "emails": [WORK]
    }
    assert patched({}, replace('emails[type eq "home"].value', None)) == {}


@pytest.mark.parametrize(
    ("sent", "active"), [("False", False), ("true", True), (False, False), ([False], False)]
)
def test_pat_r10_active(sent: Any, active: bool) -> None:
    assert patched({}, replace("active", sent)) == {"active": active}
    assert patched({}, replace(None, {"active": sent})) == {"active": active}


@pytest.mark.parametrize("sent", ["m", {"value": "m"}, [{"value": "m"}], {"managerId": "m"}])
@pytest.mark.parametrize("path", [f"{ENTERPRISE}:manager", "manager"])
def test_pat_r11_manager(path: str, sent: Any) -> None:
    document = {ENTERPRISE: {"manager": {"value": "old", "$ref": "Users/old"}}}

    assert patched(document, {"op": "Add", "path": path, "value": sent}) == {
        ENTERPRISE: {"manager": {"value": "m"}}
    }


@pytest.mark.parametrize("path", ["", None, " "])
def test_pat_r12_blank_paths_are_no_path(path: str | None) -> None:
    assert patched({}, replace(path, {"title": "t"})) == {"title": "t"}
