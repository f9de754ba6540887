"""PATCH as a whole: its envelope, its order, what it answers."""

from __future__ import annotations

from typing import Any

from tests.conformance.client import (
    ENTERPRISE,
    NOBODY,
    PATCH_OP,
    Answer,
    Client,
    members_of,
    name,
    path_of,
)
from tests.conformance.registry import rule

TITLE = {"op": "add", "path": "title", "value": "x"}


def _send(acme: Client, made: Answer, body: Any) -> Answer:
    return acme.send("PATCH", path_of(made), body)


@rule("PAT-01", note="No schemas at all is tolerated, as some clients leave them out.")
def a_patch_names_its_schema(acme: Client) -> None:
    """A PATCH that names other schemas is 400 invalidSyntax."""
    made = acme.user()
    for schemas in (["urn:nothing"], "urn:nothing", [ENTERPRISE]):
        wrong = _send(acme, made, {"schemas": schemas, "Operations": [TITLE]})
        assert wrong.error == (400, "invalidSyntax")
    assert acme.resource(made).version == made.version
    assert _send(acme, made, {"Operations": [TITLE]})["title"] == "x"
    assert _send(acme, made, {"schemas": [PATCH_OP], "Operations": [TITLE]})["title"] == "x"


@rule("PAT-02")
def a_patch_has_operations(acme: Client) -> None:
    """Operations is a list with something in it; its name matches in any case."""
    made = acme.user()
    wrong: tuple[Any, ...] = (None, [], TITLE, ["x"])
    for operations in wrong:
        answer = _send(acme, made, {"schemas": [PATCH_OP], "Operations": operations})
        assert answer.error == (400, "invalidSyntax"), operations
    assert _send(acme, made, {"SCHEMAS": [PATCH_OP], "operations": [TITLE]})["title"] == "x"


@rule("PAT-03")
def operations_match_in_any_case(acme: Client) -> None:
    """`op` is add, remove or replace, in any case; without it a PATCH is 400 invalidSyntax."""
    made = acme.user()
    path = path_of(made)
    assert acme.patch(path, TITLE | {"op": "Add"})["title"] == "x"
    assert acme.patch(path, TITLE | {"op": "REPLACE", "value": "y"})["title"] == "y"
    removed = acme.patch(path, {"op": "Remove", "path": "title"})
    assert (removed.status, "title" in removed) == (200, False)
    assert acme.patch(path, {"path": "title", "value": "x"}).error == (400, "invalidSyntax")


@rule("PAT-04")
def other_operations_are_refused(acme: Client) -> None:
    """Another op is 400 invalidSyntax."""
    for made in (acme.user(), acme.group()):
        for op in ("move", "copy", "test", "", 7, None):
            answer = acme.patch(path_of(made), {"op": op, "path": "displayName", "value": "x"})
            assert answer.error == (400, "invalidSyntax"), op
        assert acme.resource(made).version == made.version


@rule("PAT-05")
def operations_follow_each_other(acme: Client) -> None:
    """Operations happen in their order, each upon what the one before left."""
    made = acme.user()
    patched = acme.patch(
        path_of(made),
        {"op": "add", "path": "phoneNumbers", "value": [{"value": "+1", "type": "work"}]},
        {"op": "replace", "path": 'phoneNumbers[type eq "work"].value', "value": "+2"},
        {"op": "add", "path": "nickName", "value": "x"},
        {"op": "remove", "path": "nickName"},
    )
    assert patched["phoneNumbers"] == [{"value": "+2", "type": "work"}]
    assert "nickName" not in patched


@rule("PAT-06")
def all_operations_or_none(acme: Client) -> None:
    """When one operation fails, nothing of the PATCH is kept."""
    user, taken = acme.user(title="a"), acme.user()
    group = acme.group(user.id)
    bad = {"op": "replace", "path": "userName", "value": taken["userName"]}
    for wrong in (bad, {"op": "remove", "path": "userName"}, {"op": "remove"}):
        assert 400 <= acme.patch(path_of(user), TITLE, wrong).error[0] < 500
    gone = {"op": "remove", "path": "members"}
    rename = {"op": "replace", "path": "displayName", "value": acme.group()["displayName"]}
    assert acme.patch(path_of(group), gone, rename).error == (409, "uniqueness")
    assert acme.resource(user).json == acme.get(path_of(user)).json
    assert acme.resource(user)["title"] == "a"
    assert acme.resource(user).version == user.version
    assert acme.resource(group).json == group.json


@rule(
    "PAT-07",
    note="Users are answered 200, groups 204 so that a PATCH never lists their members; "
    "a setting of the connection chooses otherwise.",
)
def a_patch_answers_with_the_resource_or_nothing(acme: Client) -> None:
    """A PATCH is answered 200 with the resource, or 204; 200 where attributes are asked for."""
    made = acme.user()
    patched = acme.patch(path_of(made), TITLE)
    assert (patched.status, patched.json) == (200, acme.resource(made).json)
    group = acme.group()
    rename = {"op": "replace", "path": "displayName", "value": name("group")}
    quiet = acme.patch(path_of(group), rename)
    assert (quiet.status, quiet.content) == (204, b"")
    assert quiet.version != ""
    asked = acme.patch(f"{path_of(group)}?attributes=displayName", rename)
    assert (asked.status, asked["displayName"]) == (200, rename["value"])


@rule("PAT-08")
def an_unknown_resource_is_not_found(acme: Client) -> None:
    """A PATCH of an id that does not exist is 404."""
    for path in (f"/Users/{NOBODY}", "/Users/x", f"/Groups/{NOBODY}"):
        assert acme.patch(path, TITLE).error == (404, None)


@rule("PAT-09")
def an_extension_is_gained(acme: Client) -> None:
    """Writing an attribute of an extension adds the extension to schemas."""
    made = acme.user()
    path = f"{ENTERPRISE}:department"
    patched = acme.patch(path_of(made), {"op": "add", "path": path, "value": "Looms"})
    assert patched[ENTERPRISE] == {"department": "Looms"}
    assert ENTERPRISE in patched["schemas"]
    assert ENTERPRISE not in made["schemas"]


@rule("PAT-10")
def a_new_primary_replaces_the_former(acme: Client) -> None:
    """A value that becomes primary takes that from the others."""
    made = acme.user(phoneNumbers=[{"value": "+1", "primary": True}, {"value": "+2"}])
    patched = acme.patch(
        path_of(made),
        {"op": "replace", "path": 'phoneNumbers[value eq "+2"].primary', "value": True},
    )
    assert patched["phoneNumbers"] == [{"value": "+1"}, {"value": "+2", "primary": True}]
    added = [{"value": "+3", "primary": True}]
    again = acme.patch(path_of(made), {"op": "add", "path": "phoneNumbers", "value": added})
    assert [one["value"] for one in again["phoneNumbers"] if one.get("primary")] == ["+3"]


@rule(
    "PAT-11",
    note="Read-only attributes in a value without path are passed over: Okta and authentik "
    "echo them.",
)
def read_only_attributes_cannot_be_changed(acme: Client) -> None:
    """A path to a read-only attribute is 400 mutability."""
    made, group = acme.user(), acme.group()
    status = "urn:rollcall:scim:schemas:membership:1.0:User:status"
    paths = ("id", "meta.created", "meta", "groups", f"{ENTERPRISE}:manager.displayName", status)
    for path in paths:
        for op in ("add", "replace", "remove"):
            answer = acme.patch(path_of(made), {"op": op, "path": path, "value": "x"})
            assert answer.error == (400, "mutability"), (op, path)
    for path in ("id", "meta.version"):
        answer = acme.patch(path_of(group), {"op": "replace", "path": path, "value": "x"})
        assert answer.error == (400, "mutability")
    echo = {"op": "replace", "value": {"id": group.id, "schemas": [], "displayName": name()}}
    assert acme.patch(path_of(group), echo).status == 204


@rule("PAT-12")
def immutable_attributes_cannot_be_changed(acme: Client) -> None:
    """A change of an immutable attribute is 400 mutability; adding a new value is fine."""
    user, other = acme.user(), acme.user()
    group = acme.group(user.id)
    which = f'members[value eq "{user.id}"]'
    for path, value in (
        (f"{which}.value", other.id),
        (f"{which}.$ref", other.meta["location"]),
        (f"{which}.type", "Group"),
        (which, {"value": other.id}),
    ):
        answer = acme.patch(path_of(group), {"op": "replace", "path": path, "value": value})
        assert answer.error == (400, "mutability"), path
    acme.patch(path_of(group), {"op": "add", "path": "members", "value": [{"value": other.id}]})
    assert members_of(acme.resource(group)) == {user.id, other.id}


@rule("PAT-13")
def paths_match_in_any_case(acme: Client) -> None:
    """Names in paths match in any case, and core attributes may carry their URN."""
    made = acme.user()
    core = "urn:ietf:params:scim:schemas:core:2.0:User"
    for path, key in (
        ("TITLE", "title"),
        ("nickname", "nickName"),
        (f"{core}:displayName", "displayName"),
        (f"{core.upper()}:USERTYPE", "userType"),
    ):
        patched = acme.patch(path_of(made), {"op": "add", "path": path, "value": "x"})
        assert patched[key] == "x", path
    nested = acme.patch(
        path_of(made), {"op": "add", "path": f"{core}:name.GIVENNAME", "value": "Ada"}
    )
    assert nested["name"] == {"givenName": "Ada"}


@rule("PAT-14")
def operations_have_a_limit(acme: Client) -> None:
    """A PATCH has at most 1,000 operations; one of them may name as many members and more."""
    made, group = acme.user(), acme.group()
    assert acme.patch(path_of(made), *[TITLE] * 1000)["title"] == "x"
    assert acme.patch(path_of(made), *[TITLE] * 1001).error[0] in {400, 413}
    members = [{"value": NOBODY[:-4] + f"{i:04}"} for i in range(1, 1500)]
    add = {"op": "add", "path": "members", "value": [*members, {"value": made.id}]}
    assert acme.patch(path_of(group), add).status == 204
    assert members_of(acme.resource(group)) == {made.id}


@rule("PAT-15")
def the_outcome_fits_the_schema(acme: Client) -> None:
    """What a PATCH leaves must fit the schema: a name, and one nobody has."""
    made, other = acme.user(), acme.user()
    for value, error in (
        ("", (400, "invalidValue")),
        (None, (400, "invalidValue")),
        (7, (400, "invalidValue")),
        (other["userName"], (409, "uniqueness")),
    ):
        replace = {"op": "replace", "path": "userName", "value": value}
        assert acme.patch(path_of(made), replace).error == error
        assert acme.patch(path_of(made), {"op": "add", "value": {"userName": value}}).error == error
    assert acme.resource(made).json == made.json
