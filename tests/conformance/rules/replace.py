"""PUT of users and groups."""

from __future__ import annotations

from typing import Any

from tests.conformance.client import ENTERPRISE, NOBODY, Client, members_of, name, path_of
from tests.conformance.registry import rule


@rule("PUT-01")
def resources_can_be_replaced(acme: Client) -> None:
    """PUT is offered for users and groups."""
    user, group = acme.user(), acme.group()
    body = {"userName": user["userName"], "title": "Weaver"}
    assert acme.put(path_of(user), body)["title"] == "Weaver"
    new = name("group")
    assert acme.put(path_of(group), {"displayName": new})["displayName"] == new


@rule("PUT-02")
def put_creates_nothing(acme: Client) -> None:
    """PUT to an id that does not exist is 404 and creates nothing."""
    body = {"userName": name(), "displayName": name()}
    for endpoint in ("/Users", "/Groups"):
        for id_ in (NOBODY, "mine"):
            assert acme.put(f"{endpoint}/{id_}", body).error == (404, None)
        assert acme.get(endpoint)["totalResults"] == 0


@rule("PUT-03")
def what_is_sent_replaces(acme: Client) -> None:
    """Values that are sent replace what was there; those that are read-only are ignored."""
    made = acme.user(title="x", phoneNumbers=[{"value": "+1"}], nickName="N")
    sent = {
        "id": "other",
        "meta": {"version": "x"},
        "groups": [{"value": NOBODY}],
        "userName": made["userName"],
        "title": "y",
        "phoneNumbers": [{"value": "+2"}],
    }
    replaced = acme.put(path_of(made), sent)
    assert (replaced.id, replaced["title"]) == (made.id, "y")
    assert (replaced["phoneNumbers"], replaced["groups"]) == ([{"value": "+2"}], [])
    read = acme.resource(made)
    assert read.json == replaced.json
    assert acme.put(path_of(made), read.json).json == read.json


@rule(
    "PUT-04",
    note="active and externalId stay as they are, since providers send sparse bodies; "
    "absent members of a group follow a setting of the connection.",
)
def what_is_not_sent_is_cleared(acme: Client) -> None:
    """Attributes of the profile that are not sent are cleared."""
    ext = name("ext")
    more = {"title": "x", "externalId": ext, "active": False, ENTERPRISE: {"division": "d"}}
    made = acme.user(**more)
    replaced = acme.put(path_of(made), {"userName": made["userName"]})
    assert (replaced.status, replaced["active"], replaced["externalId"]) == (200, False, ext)
    assert {"title", ENTERPRISE}.isdisjoint(replaced.keys)
    user = acme.user()
    group = acme.group(user.id)
    kept = acme.put(path_of(group), {"displayName": group["displayName"]})
    assert members_of(kept) == {user.id}


@rule(
    "PUT-05",
    note="The only immutable attributes are the parts of a member; a list with other "
    "members is another list, and taken.",
)
def members_are_replaced_whole(acme: Client) -> None:
    """Nothing immutable is changed: a member is another one, or gone."""
    first, second = acme.user(), acme.user(displayName="Ida")
    group = acme.group(first.id)
    body = {"displayName": group["displayName"], "members": [{"value": second.id, "type": "User"}]}
    replaced = acme.put(path_of(group), body)
    assert replaced["members"] == [
        {
            "value": second.id,
            "$ref": second.meta["location"],
            "display": "Ida",
            "type": "User",
        }
    ]


@rule("PUT-06", note="Where an e-mail address is sent, the stored userName stays.")
def the_user_name_is_required(acme: Client) -> None:
    """PUT without the required userName is 400 invalidValue and changes nothing."""
    made = acme.user(title="x")
    for body in ({"title": "y"}, {"userName": "", "title": "y"}, {"userName": None}):
        assert acme.put(path_of(made), body).error == (400, "invalidValue")
    assert acme.resource(made).json == made.json


@rule("PUT-07")
def the_whole_resource_is_returned(acme: Client) -> None:
    """A PUT is answered 200 with the whole resource."""
    made = acme.user()
    replaced = acme.put(path_of(made), {"userName": made["userName"], "title": "x"})
    assert (replaced.status, replaced["title"]) == (200, "x")
    assert replaced.json == acme.resource(made).json
    user = acme.user()
    group = acme.group()
    body = {"displayName": group["displayName"], "members": [{"value": user.id}]}
    whole = acme.put(path_of(group), body)
    assert (whole.status, members_of(whole)) == (200, {user.id})
    assert whole.json == acme.resource(group).json


@rule("PUT-08")
def a_taken_name_is_a_conflict(acme: Client) -> None:
    """PUT to a name that another has is 409 uniqueness and changes nothing."""
    first, second = acme.user(), acme.user(title="x")
    taken = acme.put(path_of(second), {"userName": (first["userName"] or "").upper()})
    assert taken.error == (409, "uniqueness")
    one, two = acme.group(), acme.group()
    again = acme.put(path_of(two), {"displayName": one["displayName"]})
    assert again.error == (409, "uniqueness")
    assert acme.resource(second).json == second.json


@rule(
    "PUT-09",
    note="The e-mail address of an invited member stays known, since the invitation went to it.",
)
def null_and_empty_clear(acme: Client) -> None:
    """`null` and [] clear an attribute, e-mail addresses too."""
    address = f"{name()}@example.com"
    made = acme.user(
        address, title="x", emails=[{"value": address}], phoneNumbers=[{"value": "+1"}]
    )
    sparse: dict[str, Any] = {
        "userName": address,
        "title": None,
        "emails": None,
        "phoneNumbers": [],
    }
    replaced = acme.put(path_of(made), sparse)
    assert (replaced.status, replaced["userName"]) == (200, address)
    assert {"title", "emails", "phoneNumbers"}.isdisjoint(replaced.keys)
    group = acme.group(made.id)
    nobody: tuple[Any, ...] = (None, [])
    for members in nobody:
        body = {"displayName": group["displayName"], "members": members}
        assert acme.put(path_of(group), body)["members"] == []


@rule("PUT-10")
def the_same_again_changes_nothing(acme: Client) -> None:
    """The same PUT again keeps version and time of the last change."""
    user = acme.user(title="x", phoneNumbers=[{"value": "+1", "type": "work"}])
    group = acme.group(user.id)
    for made in (acme.resource(user), acme.resource(group)):
        again = acme.put(path_of(made), made.json)
        assert again.status == 200
        assert again.version == made.version != ""
        assert again.json == made.json
