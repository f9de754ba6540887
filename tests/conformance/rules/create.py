"""POST of users and groups."""

from __future__ import annotations

from tests.conformance.client import (
    ENTERPRISE,
    GROUP,
    NOBODY,
    USER,
    Client,
    members_of,
    name,
    path_of,
)
from tests.conformance.registry import rule

ADSCIM_GROUP = "http://schemas.microsoft.com/2006/11/ResourceManagement/ADSCIM/2.0/Group"


@rule("POST-01")
def a_created_resource_is_returned(acme: Client) -> None:
    """A POST is answered 201, with Location and the whole resource."""
    for made in (acme.user(title="Weaver"), acme.group()):
        assert made.status == 201
        assert made.headers["location"] == made.meta["location"]
        assert acme.resource(made).json == made.json


@rule("POST-02")
def read_only_attributes_are_ignored(acme: Client) -> None:
    """Read-only attributes in the body are ignored."""
    made = acme.user(id="x", meta={"version": "y"}, groups=[{"value": "z"}])
    assert (made.status, made["groups"]) == (201, [])
    assert made.id not in {"", "x"}
    assert made.meta["version"] == made.version


@rule("POST-03")
def active_is_true_unless_sent(acme: Client) -> None:
    """A user is active unless the body says otherwise."""
    assert acme.user()["active"] is True
    assert acme.user(active=False)["active"] is False


@rule("POST-04", note="active: null is the same as no active: the user is active.")
def null_is_taken(acme: Client) -> None:
    """`null` and an empty list are taken, and leave the attribute without a value."""
    made = acme.user(displayName=None, emails=[], active=None)
    assert (made.status, made["active"]) == (201, True)
    assert not {"displayName", "emails"} & made.keys


@rule("POST-05")
def a_taken_user_name_changes_nothing(acme: Client) -> None:
    """A userName that is taken, in any case, is 409 uniqueness and changes nothing."""
    made = acme.user(title="first")
    twice = acme.post("/Users", {"userName": made["userName"].upper() if made.id else "x"})
    assert twice.error == (409, "uniqueness")
    assert acme.resource(made).json == made.json
    assert acme.get("/Users")["totalResults"] == 1


@rule("POST-06")
def a_deleted_user_leaves_the_name_free(acme: Client) -> None:
    """The userName of a deleted user can be used again."""
    made = acme.user()
    acme.delete(path_of(made))
    again = acme.post("/Users", {"userName": made["userName"]})
    assert (again.status, again.id != made.id) == (201, True)


@rule("POST-07", note="Where an e-mail address is sent, the userName is derived from it.")
def a_user_name_is_required(acme: Client) -> None:
    """Without a userName, and with an empty one, a POST is 400 invalidValue."""
    for body in ({"schemas": [USER]}, {"userName": ""}, {"userName": None, "title": "x"}):
        assert acme.post("/Users", body).error == (400, "invalidValue")
    assert acme.get("/Users")["totalResults"] == 0


@rule("POST-08")
def the_endpoint_decides_what_is_created(acme: Client) -> None:
    """Schemas that are missing or of older drafts are tolerated."""
    for schemas in (
        None,
        [],
        ["urn:scim:schemas:core:1.0"],
        ["urn:scim:schemas:core:2.0"],
        [USER, "urn:ietf:params:scim:schemas:extension:enterprise:2.0User"],
        [GROUP],
    ):
        made = acme.user(schemas=schemas)
        assert (made.status, made.meta["resourceType"]) == (201, "User"), schemas
        assert USER in made["schemas"]


@rule("POST-09")
def groups_are_created_with_and_without_members(acme: Client) -> None:
    """A group may come without members, with [], null or some; unknown ids are left out."""
    user = acme.user()
    for members, held in (
        ("absent", set()),
        ([], set()),
        (None, set()),
        ([{"value": user.id}], {user.id}),
        ([{"value": user.id}, {"value": NOBODY}, {"value": "nobody"}], {user.id}),
    ):
        body = {"displayName": name("group")} | (
            {} if members == "absent" else {"members": members}
        )
        made = acme.post("/Groups", body)
        assert (made.status, members_of(made)) == (201, held)
        assert acme.resource(made).json == made.json


@rule("POST-10")
def groups_of_entra_id_are_taken(acme: Client) -> None:
    """The schema that Entra ID names for groups is taken."""
    made = acme.group(schemas=[GROUP, ADSCIM_GROUP], meta={"resourceType": "Group"})
    assert (made.status, made["schemas"]) == (201, [GROUP])


@rule("POST-11")
def the_answer_to_a_post_can_be_shaped(acme: Client) -> None:
    """`attributes` and excludedAttributes shape the answer to a POST."""
    body = {"userName": name(), "title": "x", ENTERPRISE: {"department": "Looms"}}
    made = acme.post("/Users?attributes=title", body)
    assert (made.status, made.keys) == (201, {"schemas", "id", "title"})
    assert made.headers["location"].endswith(made.id)
    group = acme.post("/Groups?excludedAttributes=members,meta", {"displayName": name()})
    assert (group.status, group.keys) == (201, {"schemas", "id", "displayName"})


@rule("POST-12")
def a_repeated_post_finds_the_first(acme: Client) -> None:
    """An identical POST is 409, and the first resource is found by userName and externalId."""
    body = {"userName": f"{name()}@example.com", "externalId": name("ext")}
    made = acme.post("/Users", body)
    again = acme.post("/Users", body)
    assert (made.status, again.error) == (201, (409, "uniqueness"))
    assert acme.find(f'userName eq "{body["userName"]}"') == [made.id]
    assert acme.find(f'externalId eq "{body["externalId"]}"') == [made.id]
