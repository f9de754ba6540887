"""PATCH with add, in every shape of path and value."""

from __future__ import annotations

from typing import Any

from tests.conformance.client import ENTERPRISE, Answer, Client, members_of, name, path_of
from tests.conformance.registry import rule


def add(acme: Client, made: Answer, path: str | None, value: Any) -> Answer:
    """The answer to one add; a path of None is not sent."""
    operation = {"op": "add", "value": value}
    return acme.patch(path_of(made), operation if path is None else operation | {"path": path})


@rule(
    "PAT-A01", note="A member that is named in the path alone is added, as some providers write it."
)
def add_has_a_value(acme: Client) -> None:
    """`add` without a value is 400 invalidValue."""
    made, group = acme.user(), acme.group()
    for path in ("title", "name", "phoneNumbers", "name.givenName"):
        answer = acme.patch(path_of(made), {"op": "add", "path": path})
        assert answer.error == (400, "invalidValue"), path
    assert acme.patch(path_of(group), {"op": "add", "path": "members"}).error[0] == 400
    named = {"op": "add", "path": f'members[value eq "{made.id}"]'}
    assert acme.patch(path_of(group), named).status == 204
    assert members_of(acme.resource(group)) == {made.id}


@rule("PAT-A02")
def add_without_path_adds_each_attribute(acme: Client) -> None:
    """Without a path each attribute of the value is added: single ones replaced, lists grown."""
    made = acme.user(title="x", nickName="n", phoneNumbers=[{"value": "+1", "type": "work"}])
    more = [{"value": "+2", "type": "home"}]
    answer = add(acme, made, None, {"title": "y", "phoneNumbers": more, "name": {"givenName": "A"}})
    assert (answer["title"], answer["nickName"], answer["name"]) == ("y", "n", {"givenName": "A"})
    assert answer["phoneNumbers"] == [{"value": "+1", "type": "work"}, *more]
    missing = acme.patch(path_of(made), {"op": "add"})
    assert missing.error == (400, "invalidValue")


@rule("PAT-A03")
def add_replaces_a_single_value(acme: Client) -> None:
    """`add` to a single value replaces it."""
    made = acme.user(title="x")
    assert add(acme, made, "title", "y")["title"] == "y"
    assert add(acme, made, "nickName", "n")["nickName"] == "n"
    assert acme.resource(made)["title"] == "y"


@rule("PAT-A04")
def add_grows_a_list(acme: Client) -> None:
    """`add` to a multi-valued attribute appends, one value or several."""
    made = acme.user(phoneNumbers=[{"value": "+1"}])
    one = add(acme, made, "phoneNumbers", {"value": "+2"})
    several = add(acme, made, "phoneNumbers", [{"value": "+3"}, {"value": "+4"}])
    assert [number["value"] for number in one["phoneNumbers"] or []] == ["+1", "+2"]
    assert [number["value"] for number in several["phoneNumbers"]] == ["+1", "+2", "+3", "+4"]
    users = [acme.user().id for _ in range(3)]
    group = acme.group(users[0])
    for value in ({"value": users[1]}, [{"value": users[2]}]):
        assert add(acme, group, "members", value).status == 204
    assert members_of(acme.resource(group)) == set(users)


@rule("PAT-A05")
def adding_what_is_there_changes_nothing(acme: Client) -> None:
    """`add` of what is there already succeeds, and keeps version and time of change."""
    phone = {"value": "+1", "type": "work"}
    made = acme.user(title="x", phoneNumbers=[phone])
    for path, value in (("title", "x"), ("phoneNumbers", [phone]), (None, {"title": "x"})):
        answer = add(acme, made, path, value)
        assert (answer.status, answer.json) == (200, made.json)
        assert answer.version == made.version
    group = acme.group(made.id)
    again = add(acme, group, "members", [{"value": made.id}])
    assert (again.status, again.version) == (204, group.version)
    assert acme.resource(group).json == group.json


@rule("PAT-A06")
def add_to_a_complex_attribute_keeps_the_rest(acme: Client) -> None:
    """`add` of an object to a complex attribute sets the parts it has and keeps the others."""
    made = acme.user(name={"givenName": "Ada", "familyName": "Byron"})
    answer = add(acme, made, "name", {"familyName": "Lovelace", "honorificPrefix": "Lady"})
    assert answer["name"] == {
        "givenName": "Ada",
        "familyName": "Lovelace",
        "honorificPrefix": "Lady",
    }


@rule("PAT-A07")
def add_makes_the_parent(acme: Client) -> None:
    """`add` to a sub-attribute makes the attribute around it, if it is not there."""
    made = acme.user()
    assert add(acme, made, "name.givenName", "Ada")["name"] == {"givenName": "Ada"}
    answer = add(acme, made, f"{ENTERPRISE}:manager.value", made.id)
    assert answer[ENTERPRISE] == {"manager": {"value": made.id}}


@rule("PAT-A08")
def add_reaches_a_part_of_each_match(acme: Client) -> None:
    """`add` to a part of values that meet a condition sets it on each of them."""
    numbers = [{"value": f"+{i}", "type": kind} for i, kind in enumerate(("work", "home", "work"))]
    made = acme.user(phoneNumbers=numbers)
    answer = add(acme, made, 'phoneNumbers[type eq "work"].display', "desk")
    shown = [number.get("display") for number in answer["phoneNumbers"] or []]
    assert shown == ["desk", None, "desk"]


@rule("PAT-A09")
def add_makes_the_value_that_the_path_describes(acme: Client) -> None:
    """`add` to a part of a value that is not there makes the value that the condition describes."""
    made, address = acme.user(), f"{name()}@example.com"
    answer = add(acme, made, 'emails[type eq "work"].value', address)
    assert answer["emails"] == [{"type": "work", "value": address}]
    answer = add(acme, made, 'addresses[type eq "home"].country', "FR")
    assert answer["addresses"] == [{"type": "home", "country": "FR"}]


@rule("PAT-A10")
def add_reaches_extensions(acme: Client) -> None:
    """Attributes of an extension are added by their URN, one by one or all in an object."""
    made = acme.user()
    one = add(acme, made, f"{ENTERPRISE}:department", "Looms")
    part = add(acme, made, f"{ENTERPRISE}:manager.value", "7")
    whole = add(acme, made, ENTERPRISE, {"division": "North", "costCenter": "12"})
    assert one[ENTERPRISE] == {"department": "Looms"}
    assert part[ENTERPRISE] == {"department": "Looms", "manager": {"value": "7"}}
    assert whole[ENTERPRISE] == part[ENTERPRISE] | {"division": "North", "costCenter": "12"}
    assert ENTERPRISE in whole["schemas"]


@rule("PAT-A11")
def keys_without_a_path_may_be_paths(acme: Client) -> None:
    """Keys of a value without path may be dotted, with a URN, a condition, or an extension."""
    made, address = acme.user(), f"{name()}@example.com"
    value = {
        "name.givenName": "Ada",
        f"{ENTERPRISE}:department": "Looms",
        'emails[type eq "work"].value': address,
        ENTERPRISE: {"division": "North"},
    }
    answer = add(acme, made, None, value)
    assert answer["name"] == {"givenName": "Ada"}
    assert answer[ENTERPRISE] == {"department": "Looms", "division": "North"}
    assert answer["emails"] == [{"type": "work", "value": address}]


@rule("PAT-A12")
def a_member_is_added_once(acme: Client) -> None:
    """A member that is added twice in one request is a member once."""
    made, group = acme.user(), acme.group()
    twice = {"op": "add", "path": "members", "value": [{"value": made.id}] * 2}
    assert acme.patch(path_of(group), twice, twice).status == 204
    held = acme.resource(group)["members"]
    assert [member["value"] for member in held] == [made.id]
