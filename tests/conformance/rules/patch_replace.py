"""PATCH with replace, in every shape of path and value."""

from __future__ import annotations

from typing import Any

from tests.conformance.client import ENTERPRISE, Answer, Client, members_of, name, path_of
from tests.conformance.registry import rule

NUMBERS = [
    {"value": "+1", "type": "work"},
    {"value": "+2", "type": "home"},
    {"value": "+3", "type": "work"},
]


def replace(acme: Client, made: Answer, path: str | None, value: Any) -> Answer:
    """The answer to one replace; a path of None is not sent."""
    operation = {"op": "replace", "value": value}
    return acme.patch(path_of(made), operation if path is None else operation | {"path": path})


@rule("PAT-R01")
def replace_without_path_replaces_what_it_lists(acme: Client) -> None:
    """Without a path the attributes in the value are replaced, and all others stay."""
    made = acme.user(title="x", nickName="n", phoneNumbers=NUMBERS)
    answer = replace(acme, made, None, {"title": "y", "phoneNumbers": NUMBERS[:1]})
    assert (answer["title"], answer["nickName"]) == ("y", "n")
    assert answer["phoneNumbers"] == NUMBERS[:1]
    group, new = acme.group(made.id), name("group")
    assert replace(acme, group, None, {"displayName": new}).status == 204
    read = acme.resource(group)
    assert (read["displayName"], members_of(read)) == (new, {made.id})


@rule("PAT-R02")
def replace_changes_a_single_value(acme: Client) -> None:
    """`replace` of a single value changes it."""
    made = acme.user(title="x")
    assert replace(acme, made, "title", "y")["title"] == "y"
    assert replace(acme, made, "active", value=False)["active"] is False
    assert acme.resource(made)["title"] == "y"


@rule("PAT-R03")
def replace_changes_a_whole_list(acme: Client) -> None:
    """`replace` of a multi-valued attribute without condition changes all of it."""
    made = acme.user(phoneNumbers=NUMBERS)
    answer = replace(acme, made, "phoneNumbers", [{"value": "+9"}])
    assert answer["phoneNumbers"] == [{"value": "+9"}]
    group = acme.group(acme.user().id)
    assert replace(acme, group, "members", [{"value": made.id}]).status == 204
    assert members_of(acme.resource(group)) == {made.id}
    assert replace(acme, group, "members", []).status == 204
    assert acme.resource(group)["members"] == []


@rule("PAT-R04")
def replace_of_nothing_adds(acme: Client) -> None:
    """`replace` of an attribute without a value adds it."""
    made = acme.user()
    assert replace(acme, made, "title", "x")["title"] == "x"
    assert replace(acme, made, "phoneNumbers", NUMBERS)["phoneNumbers"] == NUMBERS
    answer = replace(acme, made, f"{ENTERPRISE}:department", "Looms")
    assert answer[ENTERPRISE] == {"department": "Looms"}


@rule("PAT-R05")
def replace_of_a_complex_attribute_keeps_the_rest(acme: Client) -> None:
    """`replace` of a complex attribute changes the parts that are sent and keeps the others."""
    made = acme.user(name={"givenName": "Ada", "familyName": "Byron"})
    answer = replace(acme, made, "name", {"familyName": "Lovelace"})
    assert answer["name"] == {"givenName": "Ada", "familyName": "Lovelace"}


@rule("PAT-R06")
def replace_changes_every_match(acme: Client) -> None:
    """`replace` with a condition changes every value that meets it."""
    made = acme.user(phoneNumbers=NUMBERS)
    answer = replace(acme, made, 'phoneNumbers[type eq "work"]', {"display": "desk"})
    shown = [number.get("display") for number in answer["phoneNumbers"] or []]
    assert shown == ["desk", None, "desk"]
    whole = replace(acme, made, 'phoneNumbers[type eq "home"]', {"value": "+9", "type": "other"})
    assert {"value": "+9", "type": "other"} in whole["phoneNumbers"]


@rule("PAT-R07")
def replace_changes_a_part_of_every_match(acme: Client) -> None:
    """`replace` of a part of values that meet a condition changes it on each of them."""
    made = acme.user(phoneNumbers=NUMBERS)
    answer = replace(acme, made, 'phoneNumbers[type eq "work"].type', "other")
    kinds = [number["type"] for number in answer["phoneNumbers"] or []]
    assert kinds == ["other", "home", "other"]
    assert acme.resource(made).json == answer.json


@rule(
    "PAT-R08",
    note="Entra ID expects a replace to make the value that eq terms describe, where its type "
    "is one that the schema suggests; anything else is noTarget.",
)
def a_condition_that_nothing_meets_has_no_target(acme: Client) -> None:
    """`replace` with a condition that nothing meets is 400 noTarget."""
    made = acme.user(phoneNumbers=NUMBERS)
    for condition in ('type ne "work" and type ne "home"', 'value sw "+7"', "not (type pr)"):
        answer = replace(acme, made, f"phoneNumbers[{condition}].value", "+9")
        assert answer.error == (400, "noTarget"), condition
    unusual = replace(acme, made, 'phoneNumbers[type eq "carrier pigeon"].value', "+9")
    assert unusual.error == (400, "noTarget")
    assert acme.resource(made).json == made.json
    answer = replace(acme, made, 'phoneNumbers[type eq "fax"].value', "+9")
    assert answer["phoneNumbers"] == [*NUMBERS, {"type": "fax", "value": "+9"}]


@rule("PAT-R09")
def null_and_blank_clear(acme: Client) -> None:
    """`replace` with null, blank or [] leaves a single value unassigned, unless it is required."""
    blanks: tuple[Any, ...] = (None, "", [])
    for value in blanks:
        made = acme.user(title="x")
        answer = replace(acme, made, "title", value)
        assert (answer.status, "title" in answer) == (200, False)
        assert replace(acme, made, "userName", value).error == (400, "invalidValue")
    assert replace(acme, acme.group(), "displayName", "").error == (400, "invalidValue")


@rule("PAT-R10")
def booleans_may_be_words(acme: Client) -> None:
    """Booleans may be sent as the words true and false in any case; for text words stay text."""
    made = acme.user()
    for value, active in (("False", False), ("true", True), ("FALSE", False), ([True], True)):
        assert replace(acme, made, "active", value)["active"] is active
    assert replace(acme, made, "active", "maybe").error == (400, "invalidValue")
    assert replace(acme, made, "title", "True")["title"] == "True"


@rule("PAT-R11")
def managers_come_in_every_shape(acme: Client) -> None:
    """A manager may be a plain id, an object, or a list of one; blank takes it away."""
    made, path = acme.user(), f"{ENTERPRISE}:manager"
    for value in ("7", {"value": "7"}, [{"value": "7"}], {"$ref": "../Users/7", "value": "7"}):
        extension = replace(acme, made, path, value)[ENTERPRISE] or {"manager": {}}
        assert extension["manager"].get("value") == "7", value
    answer = replace(acme, made, path, "")
    assert (answer.status, ENTERPRISE in answer) == (200, False)


@rule("PAT-R12")
def an_empty_path_is_none(acme: Client) -> None:
    """An empty path and a path of null are no path."""
    made = acme.user()
    for path, title in (("", "a"), (None, "b")):
        operation = {"op": "replace", "path": path, "value": {"title": title}}
        assert acme.patch(path_of(made), operation)["title"] == title
