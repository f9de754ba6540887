"""What is particular to users and to groups."""

from __future__ import annotations

import unicodedata

from tests.conformance.client import GROUP, USER, Client, members_of, name, path_of
from tests.conformance.registry import rule


@rule("RES-25")
def passwords_go_nowhere(acme: Client) -> None:
    """A password is accepted, never returned, never stored or logged."""
    secret = f"Pass-{name()}"
    made = acme.user(password=secret)
    path = path_of(made)
    replaced = acme.put(path, {"userName": made["userName"], "password": secret})
    patched = acme.patch(
        path,
        {"op": "replace", "path": "password", "value": secret},
        {"op": "add", "value": {"password": secret}},
    )
    assert [made.status, replaced.status, patched.status] == [201, 200, 200]
    asked = acme.get(f"{path}?attributes=password,userName")
    for answer in (made, replaced, patched, asked, acme.get("/Users")):
        assert answer.json
        assert secret.encode() not in answer.content
        assert "password" not in answer
    assert secret not in acme.stored()


@rule("RES-26")
def user_names_are_unique_in_any_case(acme: Client) -> None:
    """`userName` is required, not empty, and unique whatever its case."""
    made = acme.user(f"{name()}.Name@Example.com")
    other_case = {"userName": made["userName"].swapcase() if made["userName"] else "x"}
    assert acme.post("/Users", other_case).error == (409, "uniqueness")
    for empty in ({}, {"userName": ""}, {"userName": None}, {"userName": "  "}):
        assert acme.post("/Users", empty).error == (400, "invalidValue")


@rule("RES-27")
def user_names_are_compared_as_people_read_them(acme: Client) -> None:
    """`userNames` that differ only in composition or width are the same."""
    composed = f"é{name()}"
    made = acme.user(composed)
    wide = "".join(chr(ord(c) + 0xFEE0) if "a" <= c <= "z" else c for c in composed)
    for spelling in (unicodedata.normalize("NFD", composed), wide, composed.upper()):
        assert acme.find(f'userName eq "{spelling}"') == [made.id]
        assert acme.post("/Users", {"userName": spelling}).error == (409, "uniqueness")


@rule("RES-28")
def groups_of_a_user_are_read_only(acme: Client) -> None:
    """`groups` of a user is ignored on POST and PUT; a PATCH of it is 400 mutability."""
    group = acme.group()
    sent = [{"value": group.id}]
    made = acme.user(groups=sent)
    path = path_of(made)
    replaced = acme.put(path, {"userName": made["userName"], "groups": []})
    assert (made["groups"], replaced["groups"]) == ([], [])
    patched = acme.patch(path, {"op": "add", "path": "groups", "value": sent})
    assert patched.error == (400, "mutability")
    assert members_of(acme.resource(group)) == set()


@rule("RES-29")
def groups_of_a_user_name_the_groups(acme: Client) -> None:
    """`groups` has id, URI and name of the group, and that the membership is direct."""
    made = acme.user()
    group = acme.group(made.id)
    assert acme.resource(made)["groups"] == [
        {
            "value": group.id,
            "$ref": group.meta["location"],
            "display": group["displayName"],
            "type": "direct",
        }
    ]


@rule("RES-30")
def members_name_resources(acme: Client) -> None:
    """A member has id and URI of the resource; neither can be changed, only removed and added."""
    made, other = acme.user(displayName="Ada"), acme.user()
    group = acme.group(made.id)
    assert group["members"] == [
        {"value": made.id, "$ref": made.meta["location"], "display": "Ada", "type": "User"}
    ]
    path = f'members[value eq "{made.id}"].value'
    patched = acme.patch(path_of(group), {"op": "replace", "path": path, "value": other.id})
    assert patched.error == (400, "mutability")
    assert members_of(acme.resource(group)) == {made.id}


@rule("RES-31")
def group_names_are_required(acme: Client) -> None:
    """`displayName` of a group is required, and advertised so."""
    assert acme.post("/Groups", {"members": []}).error == (400, "invalidValue")
    assert acme.post("/Groups", {"displayName": " "}).error == (400, "invalidValue")
    attributes = acme.get(f"/Schemas/{GROUP}")["attributes"] or [{}]
    assert (attributes[0].get("name"), attributes[0].get("required")) == ("displayName", True)


@rule("RES-33")
def locales_are_taken_in_both_spellings(acme: Client) -> None:
    """Locales are taken with a hyphen and with an underscore."""
    for locale in ("en-US", "en_US"):
        assert acme.user(locale=locale)["locale"] == locale


@rule(
    "RES-34",
    note="RFC 7643 wants two letters, but its own example has USA and providers send "
    "names: any text is kept.",
)
def countries_are_kept_as_sent(acme: Client) -> None:
    """`country` is kept as it was sent."""
    for country in ("DE", "USA", "Côte d’Ivoire"):
        sent = [{"type": "work", "country": country}]
        assert acme.user(addresses=sent)["addresses"] == sent


@rule("TEN-01", note="The URL names the organization; a key of another one is 401, as in HTTP-14.")
def the_url_names_the_organization(acme: Client) -> None:
    """The organization is part of the URL, and the key must be one of its own."""
    other = acme.neighbour()
    made = acme.user()
    assert acme.get("/Users").ids == [made.id]
    assert other.get("/Users").ids == []
    assert acme.send("GET", "/Users", base=other.base).error == (401, None)
    other.close()


@rule("TEN-02")
def two_organizations_share_no_external_ids(acme: Client) -> None:
    """An externalId is unique within one organization only, and so is the name of a group."""
    other = acme.neighbour()
    same = {"displayName": name("group"), "externalId": name("ext")}
    made = [client.post("/Groups", same) for client in (acme, other)]
    assert [one.status for one in made] == [201, 201]
    assert made[0].id != made[1].id
    other.close()


@rule("TEN-03")
def user_names_are_unique_in_one_organization(acme: Client) -> None:
    """The same userName may be in two organizations, and once in each."""
    other = acme.neighbour()
    body = {"schemas": [USER], "userName": f"{name()}@example.com"}
    statuses = [client.post("/Users", body).status for client in (acme, other, acme, other)]
    assert statuses == [201, 201, 409, 409]
    other.close()


@rule("TEN-04")
def nothing_of_another_organization_can_be_named(acme: Client) -> None:
    """Ids, bulk paths and cursors of another organization are refused or lead nowhere."""
    other = acme.neighbour()
    theirs = other.user()
    cursor = other.get("/Users?cursor=&count=1")["nextCursor"]
    assert cursor is None
    assert members_of(acme.group(theirs.id)) == set()
    assert acme.resource(theirs).error == (404, None)
    assert acme.find(f'groups.value eq "{theirs.id}"') == []
    bulk = acme.bulk({"method": "DELETE", "path": f"/Users/{theirs.id}"})
    assert [one["status"] for one in bulk["Operations"]] == ["404"]
    other.user()
    cursor = other.get("/Users?cursor=&count=1")["nextCursor"]
    assert acme.get(f"/Users?cursor={cursor}&count=1").error == (400, "invalidCursor")
    assert other.resource(theirs).id == theirs.id
    other.close()
