"""PATCH of users: the envelope, order, read-only targets, and what is dropped or refused."""

from __future__ import annotations

from typing import Any

import pytest

from scim_facade.protocol.dialect import Deviation, Warnings
from scim_facade.protocol.errors import ScimError
from scim_facade.protocol.patch import parse_patch
from tests.scim_facade.protocol.patching import (
    HOME,
    WORK,
    Operation,
    add,
    deviations,
    patched,
    refused,
    remove,
    replace,
)
from tests.scim_facade.protocol.samples import ENTERPRISE, MEMBERSHIP, USER, patch_body


def test_pat_05_each_operation_sees_the_one_before() -> None:
    assert patched({}, add("title", "a"), replace("title", "b"), remove("title")) == {}


def test_pat_06_a_failing_operation_leaves_everything() -> None:
    document = {"userName": "x", "emails": [WORK]}

    assert refused(document, replace("title", "t"), replace("active", "maybe")) == "invalidValue"
    assert document == {"userName": "x", "emails": [WORK]}


def test_pat_09_schemas_follow_the_extensions() -> None:
    document = {"schemas": [USER], "userName": "x"}

    grown = patched(document, add(f"{ENTERPRISE}:department", "d"))
    shrunk = patched(grown, remove(f"{ENTERPRISE}:department"))

    assert grown == {
        "schemas": [USER, ENTERPRISE],
        "userName": "x",
        ENTERPRISE: {"department": "d"},
    }
    assert shrunk == document


def test_pat_10_one_primary() -> None:
    assert patched({"emails": [WORK, HOME]}, replace('emails[type eq "home"].primary', True)) == {
        "emails": [{"type": "work", "value": "a@x"}, HOME | {"primary": True}]
    }
    assert patched({"emails": [WORK]}, add("emails", [{"value": "c@x", "primary": True}])) == {
        "emails": [{"type": "work", "value": "a@x"}, {"value": "c@x", "primary": True}]
    }


@pytest.mark.parametrize(
    "path",
    [
        "id",
        "groups",
        "meta.created",
        "meta",
        f"{ENTERPRISE}:manager.displayName",
        MEMBERSHIP,
        f"{MEMBERSHIP}:status",
        "status",
    ],
)
def test_pat_11_read_only_targets(path: str) -> None:
    assert refused({}, replace(path, "x")) == "mutability"
    assert refused({}, remove(path)) == "mutability"


def test_pat_11_echoes_in_pathless_values() -> None:
    operation = replace(
        None,
        {
            "schemas": [USER],
            "id": "1",
            "meta": {"version": "1"},
            "groups": [],
            MEMBERSHIP: {"status": "CONFIRMED"},
            "title": "t",
        },
    )

    assert patched({}, operation) == {"title": "t"}
    assert deviations({}, operation) == set()


@pytest.mark.parametrize("path", ["USERNAME", f"{USER}:userName", f"{USER.upper()}:username"])
def test_pat_13_names_in_any_case_with_and_without_urn(path: str) -> None:
    assert patched({"userName": "x"}, replace(path, "y")) == {"userName": "y"}


def test_sub_attribute_without_condition_goes_to_the_primary_value() -> None:
    assert patched({"emails": [HOME, WORK]}, replace("emails.value", "n@x")) == {
        "emails": [HOME, WORK | {"value": "n@x"}]
    }
    assert patched({}, replace("emails.value", "n@x")) == {"emails": [{"value": "n@x"}]}
    assert patched({"emails": [HOME, WORK]}, remove("emails.type")) == {
        "emails": [{"value": "b@x"}, {"value": "a@x", "primary": True}]
    }


@pytest.mark.parametrize(
    ("operation", "deviation"),
    [
        (replace("shoeSize", 44), Deviation.UNKNOWN_ATTRIBUTE),
        (replace("name.nick", "n"), Deviation.UNKNOWN_ATTRIBUTE),
        (replace(None, {"shoe size": 44}), Deviation.UNKNOWN_ATTRIBUTE),
        (replace("urn:acme:1.0:User:a", 1), Deviation.UNKNOWN_EXTENSION),
        (remove("contacts[primary eq true].value"), Deviation.UNKNOWN_ATTRIBUTE),
        (replace("password", "secret"), Deviation.CREDENTIAL_DROPPED),
        (add("schemas", [ENTERPRISE]), Deviation.READ_ONLY_IGNORED),
    ],
)
def test_what_is_dropped_leaves_a_warning(operation: Operation, deviation: Deviation) -> None:
    assert patched({"userName": "x"}, operation) == {"userName": "x"}
    assert deviations({}, operation) == {deviation}


@pytest.mark.parametrize(
    ("operation", "scim_type"),
    [
        ({"op": "remove"}, "noTarget"),
        ({"op": "add", "path": "title"}, "invalidValue"),
        ({"op": "replace", "path": 'emails[type eq "work"].value'}, "invalidValue"),
        ({"op": "replace", "path": 'emails[type eq "work"]'}, "invalidValue"),
        ({"op": "replace", "path": ENTERPRISE}, "invalidValue"),
        ({"op": "add", "value": "x"}, "invalidValue"),
        (replace(ENTERPRISE, "x"), "invalidValue"),
        (replace("active", "maybe"), "invalidValue"),
        (replace("emails", [5]), "invalidValue"),
        (replace("title", {"a": 1}), "invalidValue"),
        (replace("emails[type eq", "x"), "invalidPath"),
        (replace(".x", "x"), "invalidPath"),
        (replace('title[type eq "x"]', "x"), "invalidPath"),
        (replace(None, {"emails[type": 1}), "invalidPath"),
        ({"op": "add", "path": 5, "value": "x"}, "invalidPath"),
        (replace('emails[type xx "x"].value', "x"), "invalidFilter"),
        (replace('emails[color eq "x"].value', "x"), "invalidFilter"),
        ({"op": "move", "path": "title", "value": "x"}, "invalidSyntax"),
        ({"path": "title", "value": "x"}, "invalidSyntax"),
    ],
)
def test_what_is_refused(operation: Operation, scim_type: str) -> None:
    assert refused({}, operation) == scim_type


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"schemas": [USER], "Operations": [add("title", "t")]},
        patch_body(),
        {"Operations": None},
        {"Operations": {}},
        {"Operations": [1]},
        {"Operations": [{"op": 1}]},
        {"schemas": ["urn:scim:schemas:core:1.0"], "members": [{"operation": "delete"}]},
    ],
)
def test_pat_01_pat_02_pat_04_envelopes_that_are_refused(body: dict[str, Any]) -> None:
    with pytest.raises(ScimError) as caught:
        parse_patch(body, Warnings())
    assert (caught.value.status, caught.value.scim_type) == (400, "invalidSyntax")


def test_pat_01_pat_02_pat_03_envelopes_that_are_tolerated() -> None:
    warnings = Warnings()

    operations = parse_patch({"operations": [{"OP": "ADD", "Path": "a", "VALUE": 1}]}, warnings)

    assert [(o.index, o.kind, str(o.path), o.value) for o in operations] == [(0, "add", "a", 1)]
    assert set(warnings.counts) == {Deviation.SCHEMAS_MISSING, Deviation.UPPER_CASE_OP}


def test_pat_14_too_many_operations() -> None:
    assert len(parse_patch(patch_body(*[add("title", "t")] * 1000), Warnings())) == 1000
    with pytest.raises(ScimError) as caught:
        parse_patch(patch_body(*[add("title", "t")] * 1001), Warnings())
    assert caught.value.status == 413
