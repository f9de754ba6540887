"""PATCH of users: rule by rule, each with the exact document that comes out."""

from __future__ import annotations

from typing import Any

import pytest

from scim_facade.protocol.dialect import Deviation, Warnings
from scim_facade.protocol.errors import ScimError
from scim_facade.protocol.patch import apply_user_patch, parse_patch
from tests.scim_facade.protocol.samples import ENTERPRISE, MEMBERSHIP, USER, patch_body

WORK = {"type": "work", "value": "a@x", "primary": True}
HOME = {"type": "home", "value": "b@x"}
Operation = dict[str, Any]


def patched(document: dict[str, Any], *operations: Operation) -> dict[str, Any]:
    warnings = Warnings()
    return apply_user_patch(document, parse_patch(patch_body(*operations), warnings), warnings)


def deviations(document: dict[str, Any], *operations: Operation) -> set[Deviation]:
    warnings = Warnings()
    apply_user_patch(document, parse_patch(patch_body(*operations), warnings), warnings)
    return set(warnings.counts)


def refused(document: dict[str, Any], *operations: Operation) -> str | None:
    with pytest.raises(ScimError) as caught:
        patched(document, *operations)
    assert caught.value.status == 400
    assert caught.value.detail.startswith(f"Operations[{len(operations) - 1}]: ")
    return caught.value.scim_type


def add(path: str | None, value: Any) -> Operation:
    return {"op": "add", "path": path, "value": value}


def replace(path: str | None, value: Any) -> Operation:
    return {"op": "replace", "path": path, "value": value}


def remove(path: str) -> Operation:
    return {"op": "remove", "path": path}


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
    ["id", "groups", "meta.created", "meta", f"{ENTERPRISE}:manager.displayName"]
    + [MEMBERSHIP, f"{MEMBERSHIP}:status", "status"],
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


@pytest.mark.parametrize("kind", ["add", "replace"])
@pytest.mark.parametrize(
    "condition", ['type ne "work"', 'type eq "a" or type eq "b"', "type pr", "type eq null"]
)
def test_pat_r08_other_conditions_without_match_have_no_target(kind: str, condition: str) -> None:
    operation = {"op": kind, "path": f"emails[{condition}].value", "value": "x"}

    assert refused({}, operation) == "noTarget"


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
