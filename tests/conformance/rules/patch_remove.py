"""PATCH with remove, in every shape of path and value."""

from __future__ import annotations

from typing import Any

from tests.conformance.client import ENTERPRISE, NOBODY, Answer, Client, members_of, path_of
from tests.conformance.registry import rule

NUMBERS = [
    {"value": "+1", "type": "work", "display": "desk"},
    {"value": "+2", "type": "home"},
    {"value": "+3", "type": "work", "display": "hall"},
]


def remove(acme: Client, made: Answer, path: str, **more: Any) -> Answer:
    """The answer to one remove."""
    return acme.patch(path_of(made), {"op": "remove", "path": path} | more)


@rule("PAT-D01")
def remove_has_a_path(acme: Client) -> None:
    """`remove` without a path is 400 noTarget."""
    for made in (acme.user(), acme.group()):
        for more in ({}, {"path": ""}, {"path": None, "value": {"displayName": "x"}}):
            answer = acme.patch(path_of(made), {"op": "remove"} | more)
            assert answer.error == (400, "noTarget"), more


@rule("PAT-D02")
def remove_takes_a_single_value(acme: Client) -> None:
    """`remove` of a single value leaves it unassigned; when it was, nothing changes."""
    made = acme.user(title="x")
    first = remove(acme, made, "title")
    assert (first.status, "title" in first) == (200, False)
    assert first.version not in {"", made.version}
    assert remove(acme, made, "title").json == first.json


@rule("PAT-D03")
def remove_takes_a_whole_list(acme: Client) -> None:
    """`remove` of a multi-valued attribute without condition and value takes all of it."""
    made = acme.user(phoneNumbers=NUMBERS)
    answer = remove(acme, made, "phoneNumbers")
    assert (answer.status, "phoneNumbers" in answer) == (200, False)
    group = acme.group(made.id, acme.user().id)
    assert remove(acme, group, "members").status == 204
    assert acme.resource(group)["members"] == []


@rule(
    "PAT-D04",
    note="Read literally, the RFC would empty the list; Entra ID, JumpCloud and OneLogin "
    "mean what they list. null means all, [] means none.",
)
def remove_takes_what_it_lists(acme: Client) -> None:
    """A remove that carries values takes those alone."""
    users = [acme.user().id for _ in range(3)]
    group = acme.group(*users)
    assert remove(acme, group, "members", value=[{"value": users[0]}]).status == 204
    assert members_of(acme.resource(group)) == set(users[1:])
    assert remove(acme, group, "members", value=[]).status == 204
    assert remove(acme, group, "members", value=[{"value": NOBODY}]).status == 204
    assert members_of(acme.resource(group)) == set(users[1:])
    assert remove(acme, group, "members", value=None).status == 204
    assert acme.resource(group)["members"] == []
    made = acme.user(phoneNumbers=NUMBERS)
    left = remove(acme, made, "phoneNumbers", value=[{"value": "+2"}])
    assert left["phoneNumbers"] == [NUMBERS[0], NUMBERS[2]]


@rule("PAT-D05")
def remove_takes_what_meets_the_condition(acme: Client) -> None:
    """`remove` with a condition takes the values that meet it; without any the attribute goes."""
    made = acme.user(phoneNumbers=NUMBERS)
    left = remove(acme, made, 'phoneNumbers[type eq "work"]')
    assert left["phoneNumbers"] == [NUMBERS[1]]
    none = remove(acme, made, 'phoneNumbers[value eq "+2" and type eq "home"]')
    assert (none.status, "phoneNumbers" in none) == (200, False)
    users = [acme.user().id for _ in range(3)]
    group = acme.group(*users)
    assert remove(acme, group, f'members[value eq "{users[0]}"]').status == 204
    assert members_of(acme.resource(group)) == set(users[1:])


@rule("PAT-D06")
def a_condition_that_nothing_meets_removes_nothing(acme: Client) -> None:
    """`remove` with a condition that nothing meets succeeds and changes nothing."""
    made = acme.user(phoneNumbers=NUMBERS)
    answer = remove(acme, made, 'phoneNumbers[type eq "fax"]')
    assert (answer.status, answer.json) == (200, made.json)
    group = acme.group(made.id)
    for path in (f'members[value eq "{NOBODY}"]', 'members[value eq "nobody"]'):
        answer = remove(acme, group, path)
        assert (answer.status, answer.version) == (204, group.version)


@rule("PAT-D07")
def remove_takes_a_part_of_each_match(acme: Client) -> None:
    """`remove` of a part takes it from each value that meets the condition; an empty one goes."""
    made = acme.user(phoneNumbers=NUMBERS)
    answer = remove(acme, made, 'phoneNumbers[type eq "work"].display')
    assert [one.get("display") for one in answer["phoneNumbers"] or []] == [None] * 3
    left = remove(acme, made, 'phoneNumbers[value eq "+2"].value')
    assert [one["value"] for one in left["phoneNumbers"]] == ["+1", "+3"]


@rule("PAT-D08")
def required_and_read_only_values_stay(acme: Client) -> None:
    """`remove` of a required or a read-only attribute is 400 mutability."""
    user, group = acme.user(), acme.group()
    for made, paths in (
        (user, ("userName", "id", "meta", "groups", "groups.value", "USERNAME")),
        (group, ("displayName", "id", "meta.version")),
    ):
        for path in paths:
            assert remove(acme, made, path).error == (400, "mutability"), path
        assert acme.resource(made).json == made.json


@rule("PAT-D09")
def remove_takes_parts_and_extensions(acme: Client) -> None:
    """`remove` takes a part of a complex attribute, an attribute of an extension, or all of one."""
    extension = {"department": "Looms", "manager": {"value": "7"}}
    made = acme.user(name={"givenName": "A", "middleName": "B"}, **{ENTERPRISE: extension})
    assert remove(acme, made, "name.middleName")["name"] == {"givenName": "A"}
    answer = remove(acme, made, f"{ENTERPRISE}:manager")
    assert answer[ENTERPRISE] == {"department": "Looms"}
    without = remove(acme, made, ENTERPRISE)
    assert without.status == 200
    assert ENTERPRISE not in without
    assert ENTERPRISE not in without["schemas"]


@rule("PAT-D10")
def wrapped_members_are_understood(acme: Client) -> None:
    """Members that stand in an object named members, as Salesforce writes them, are removed."""
    users = [acme.user().id for _ in range(2)]
    group = acme.group(*users)
    answer = remove(acme, group, "members", value={"members": [{"value": users[0]}]})
    assert answer.status == 204
    assert members_of(acme.resource(group)) == {users[1]}
