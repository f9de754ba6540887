"""PATCH of groups: edits of the membership, in order, without ever reading it."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scim_facade.protocol.dialect import Deviation, Warnings
from scim_facade.protocol.errors import ScimError
from scim_facade.protocol.patch import (
    UNSET,
    EditKind,
    GroupPatch,
    MembershipEdit,
    parse_patch,
    read_group_patch,
)
from tests.scim_facade.protocol.samples import GROUP, GROUP_PATCHES, patch_body
from tests.scim_facade.protocol.strategies import json_values, only_bad_requests


def read(*operations: dict[str, Any]) -> GroupPatch:
    warnings = Warnings()
    return read_group_patch(parse_patch(patch_body(*operations), warnings), warnings)


def deviations(*operations: dict[str, Any]) -> set[Deviation]:
    warnings = Warnings()
    read_group_patch(parse_patch(patch_body(*operations), warnings), warnings)
    return set(warnings.counts)


def refused(*operations: dict[str, Any]) -> tuple[str | None, str]:
    with pytest.raises(ScimError) as caught:
        read(*operations)
    assert caught.value.status == 400
    return caught.value.scim_type, caught.value.detail


def added(*ids: str) -> MembershipEdit:
    return MembershipEdit(EditKind.ADD, ids)


def removed(*ids: str) -> MembershipEdit:
    return MembershipEdit(EditKind.REMOVE, ids)


def replaced(*ids: str) -> MembershipEdit:
    return MembershipEdit(EditKind.REPLACE, ids)


def member(op: str, value: Any) -> dict[str, Any]:
    return {"op": op, "path": "members", "value": value}


@pytest.mark.parametrize(
    "value",
    [
        [{"value": "u1"}],
        {"value": "u1"},
        "u1",
        ["u1"],
        [{"value": "u1", "$ref": None, "display": "x"}, {"value": "u1"}],
        {"members": [{"value": "u1"}]},
        [{"Value": "u1", "$ref": "Users/u1"}],
    ],
)
def test_pat_a04_pat_a12_values_in_every_shape(value: Any) -> None:
    assert read(member("add", value)).memberships == (added("u1"),)


def test_pat_a01_member_named_in_the_path() -> None:
    operation = {"op": "add", "path": 'members[value eq "u1"]'}

    assert read(operation).memberships == (added("u1"),)
    assert deviations(operation) == {Deviation.VALUE_IN_PATH}


def test_pat_a02_pathless_add() -> None:
    assert read({"op": "add", "value": {"members": [{"value": "u1"}]}}).memberships == (
        added("u1"),
    )


def test_pat_d03_remove_without_value_empties() -> None:
    assert read({"op": "remove", "path": "members"}).memberships == (replaced(),)
    assert read(member("remove", None)).memberships == (replaced(),)


def test_pat_d04_value_in_remove_removes_only_those() -> None:
    operation = member("Remove", [{"$ref": None, "value": "u1"}, {"value": "u2"}])

    assert read(operation).memberships == (removed("u1", "u2"),)
    assert deviations(operation) == {Deviation.VALUE_IN_REMOVE, Deviation.UPPER_CASE_OP}


@pytest.mark.parametrize("value", [[], "", {"members": []}, {"members": None}, [None]])
def test_pat_d04_nothing_listed_removes_nobody(value: Any) -> None:
    assert read(member("remove", value)).memberships == ()


def test_pat_d05_remove_by_condition() -> None:
    assert read({"op": "remove", "path": 'members[value eq "u1"]'}).memberships == (removed("u1"),)
    assert read(
        {"op": "remove", "path": 'members[value eq "u1" or VALUE eq "u2"]'}
    ).memberships == (removed("u1", "u2"),)


def test_pat_d10_wrapped_members() -> None:
    operation = member("remove", {"members": [{"value": "u1"}]})

    assert read(operation).memberships == (removed("u1"),)
    assert Deviation.MEMBERS_WRAPPED in deviations(operation)


def test_pat_r03_replace() -> None:
    assert read(member("replace", [{"value": "u1"}])).memberships == (replaced("u1"),)
    values: tuple[object, ...] = ([], None, "")
    for nothing in values:
        assert read(member("replace", nothing)).memberships == (replaced(),)


def test_pat_05_edits_keep_their_order_and_neighbours_merge() -> None:
    patch = read(
        member("add", ["u1"]),
        member("add", ["u2", "u1"]),
        member("remove", ["u1"]),
        {"op": "remove", "path": 'members[value eq "u3"]'},
        member("add", ["u1"]),
        member("replace", ["u4"]),
        member("replace", ["u5"]),
        member("add", []),
    )

    assert patch.memberships == (
        added("u1", "u2"),
        removed("u1", "u3"),
        added("u1"),
        replaced("u5"),
    )


def test_pat_11_okta_renames_with_its_id() -> None:
    assert read({"op": "replace", "value": {"id": "g", "displayName": "New"}}) == GroupPatch("New")


def test_pat_11_authentik_replaces_the_whole_group() -> None:
    operation = {
        "op": "replace",
        "value": {
            "id": "g",
            "schemas": [GROUP],
            "meta": {"version": "1"},
            "externalId": "pk",
            "displayName": "New",
        },
    }

    assert read(operation) == GroupPatch("New", "pk")
    assert deviations(operation) == set()


@pytest.mark.parametrize(
    ("operation", "external_id"),
    [
        ({"op": "replace", "path": "externalId", "value": "e"}, "e"),
        ({"op": "replace", "path": f"{GROUP}:EXTERNALID", "value": "e"}, "e"),
        ({"op": "replace", "path": "externalId", "value": ""}, None),
        ({"op": "replace", "path": "externalId", "value": None}, None),
        ({"op": "remove", "path": "externalId"}, None),
        ({"op": "replace", "path": "displayName", "value": "x"}, UNSET),
    ],
)
def test_external_ids(operation: dict[str, Any], external_id: Any) -> None:
    assert read(operation).external_id is external_id or (
        read(operation).external_id == external_id
    )


def test_names_in_every_place() -> None:
    assert read({"op": "Replace", "path": "DISPLAYNAME", "value": "x"}).display_name == "x"
    assert read({"op": "add", "path": "", "value": {"displayName": "x"}}).display_name == "x"
    assert (
        read({"op": "replace", "path": None, "value": {GROUP: {"displayName": "x"}}}).display_name
        == "x"
    )


def test_unknown_attributes_are_dropped_with_a_warning() -> None:
    operation = {"op": "replace", "value": {"owner": "x", "urn:acme:Group:a": 1, "a b": 2}}

    assert read(operation) == GroupPatch()
    assert Deviation.UNKNOWN_ATTRIBUTE in deviations(operation)


@pytest.mark.parametrize(
    ("operation", "scim_type"),
    [
        ({"op": "remove"}, "noTarget"),
        ({"op": "remove", "path": "displayName"}, "mutability"),
        ({"op": "remove", "path": GROUP}, "mutability"),
        ({"op": "replace", "path": "displayName", "value": ""}, "invalidValue"),
        ({"op": "replace", "path": "displayName"}, "invalidValue"),
        ({"op": "replace", "path": "displayName", "value": 5}, "invalidValue"),
        ({"op": "replace", "path": "id", "value": "x"}, "mutability"),
        ({"op": "replace", "path": "meta.version", "value": "x"}, "mutability"),
        ({"op": "add", "path": "members"}, "invalidValue"),
        ({"op": "replace", "path": "members"}, "invalidValue"),
        ({"op": "add", "path": "members", "value": [{"display": "x"}]}, "invalidValue"),
        ({"op": "remove", "path": 'members[display eq "x"]'}, "invalidFilter"),
        ({"op": "remove", "path": 'members[value ne "x"]'}, "invalidFilter"),
        ({"op": "remove", "path": 'members[color eq "x"]'}, "invalidFilter"),
        ({"op": "remove", "path": "members[value eq"}, "invalidPath"),
        ({"op": "remove", "path": 'members[value xx "x"]'}, "invalidFilter"),
        ({"op": "replace", "path": 'members[value eq "x"]', "value": {}}, "mutability"),
        ({"op": "replace", "path": "members.value", "value": "x"}, "mutability"),
        ({"op": "replace", "path": 'displayName[a eq "x"]', "value": "x"}, "invalidPath"),
        ({"op": "add", "value": [{"value": "u1"}]}, "invalidValue"),
        ({"op": "add"}, "invalidValue"),
    ],
)
def test_what_is_refused_names_the_operation(operation: dict[str, Any], scim_type: str) -> None:
    found, detail = refused(member("add", ["u1"]), operation)

    assert found == scim_type
    assert detail.startswith("Operations[1]: ")


@pytest.mark.parametrize("name", GROUP_PATCHES)
def test_every_provider_s_group_patch_is_read(name: str) -> None:
    warnings = Warnings()

    patch = read_group_patch(parse_patch(GROUP_PATCHES[name], warnings), warnings)

    assert patch != GroupPatch()


def test_many_members_in_one_operation() -> None:
    ids = [f"u{number}" for number in range(20_000)]

    assert read(member("add", [{"value": one} for one in ids])).memberships == (added(*ids),)


@given(
    st.sampled_from(["add", "Replace", "REMOVE"]),
    st.sampled_from([None, "members", 'members[value eq "u"]', "displayName", "externalId", GROUP]),
    json_values,
)
def test_any_value_is_read_or_a_scim_error(op: str, path: str | None, value: Any) -> None:
    with only_bad_requests():
        patch = read({"op": op, "path": path, "value": value})
        for edit in patch.memberships:
            assert len(set(edit.members)) == len(edit.members)
            assert edit.members or edit.kind is EditKind.REPLACE


def test_a_patch_of_scim_1_is_told_apart_from_one_that_is_broken() -> None:
    body = {
        "schemas": ["urn:scim:schemas:core:1.0"],
        "members": [{"value": "1", "operation": "delete"}],
    }

    with pytest.raises(ScimError, match=r"SCIM 1\.1.+Operations") as caught:
        parse_patch(body, Warnings())

    assert (caught.value.status, caught.value.scim_type) == (400, "invalidSyntax")
