"""What every resource has: schemas, ids, meta, and how values are read."""

from __future__ import annotations

import re

from tests.conformance.client import (
    ENTERPRISE,
    GROUP,
    USER,
    Client,
    members_of,
    name,
    path_of,
)
from tests.conformance.registry import rule

MEMBERSHIP = "urn:rollcall:scim:schemas:membership:1.0:User"
INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)")


@rule("RES-01")
def schemas_are_listed_once(acme: Client) -> None:
    """`schemas` is never empty, names each schema once, and only schemas that are registered."""
    made = acme.user(**{ENTERPRISE: {"department": "Looms"}})
    assert sorted(made["schemas"] or []) == sorted([USER, ENTERPRISE])
    assert acme.user()["schemas"] == [USER]
    assert acme.group()["schemas"] == [GROUP]


@rule("RES-02")
def the_order_of_schemas_is_free(acme: Client) -> None:
    """The order of `schemas` in a request changes nothing."""
    more = {ENTERPRISE: {"department": "Looms"}, "title": "Weaver"}
    one = acme.user(schemas=[USER, ENTERPRISE], **more)
    other = acme.user(schemas=[ENTERPRISE, USER], **more)
    assert one[ENTERPRISE] == other[ENTERPRISE] == {"department": "Looms"}
    assert one["schemas"] == other["schemas"]


@rule("RES-03")
def extensions_stand_under_their_urn(acme: Client) -> None:
    """The base schema is in `schemas`; data of an extension stands under its URN."""
    made = acme.user(**{ENTERPRISE: {"employeeNumber": "17"}})
    read = acme.resource(made)
    assert read[ENTERPRISE] == {"employeeNumber": "17"}
    assert USER in read["schemas"]
    assert "employeeNumber" not in read


@rule("RES-04")
def ids_are_never_given_again(acme: Client) -> None:
    """An id is unique, stays the same, and is not given to another resource afterwards."""
    body = {"userName": name()}
    first = acme.post("/Users", body)
    acme.put(path_of(first), body | {"title": "x"})
    assert acme.resource(first).id == first.id
    assert first.id != ""
    acme.delete(path_of(first))
    second, group = acme.post("/Users", body), acme.group()
    assert len({first.id, second.id, group.id}) == 3


@rule("RES-05")
def a_sent_id_is_ignored(acme: Client) -> None:
    """An id that a client sends is ignored on POST and PUT."""
    made = acme.user(id="mine")
    assert made.id not in {"", "mine"}
    replaced = acme.put(path_of(made), {"id": "other", "userName": made["userName"]})
    assert (replaced.status, replaced.id) == (200, made.id)


@rule("RES-06")
def no_id_reads_like_a_reference(acme: Client) -> None:
    """No id holds the word bulkId."""
    for made in (acme.user(), acme.group()):
        assert re.fullmatch(r"[0-9a-f-]{36}", made.id)
        assert "bulkid" not in made.id.lower()


@rule("RES-07")
def external_ids_are_the_clients(acme: Client) -> None:
    """`externalId` is kept in its case, can be written, and is absent unless sent."""
    without = acme.user()
    assert without.id
    assert "externalId" not in without
    sent = name("Ext-ÄbC")
    made = acme.user(externalId=sent)
    assert acme.resource(made)["externalId"] == sent
    changed = acme.patch(path_of(made), {"op": "replace", "path": "externalId", "value": "New"})
    assert changed["externalId"] == "New"


@rule("RES-08")
def external_ids_belong_to_one_organization(acme: Client) -> None:
    """The same externalId in two organizations is no conflict."""
    other = acme.neighbour()
    sent = name("ext")
    made = [client.user(externalId=sent) for client in (acme, other)]
    assert [one.status for one in made] == [201, 201]
    assert acme.find(f'externalId eq "{sent}"') == [made[0].id]
    other.close()


@rule("RES-09")
def sent_meta_is_ignored(acme: Client) -> None:
    """`meta` that a client sends is ignored."""
    forged = {"resourceType": "Device", "created": "2001-01-01T00:00:00Z", "version": "x"}
    made = acme.user(meta=forged)
    replaced = acme.put(path_of(made), {"userName": made["userName"], "meta": forged, "title": "x"})
    for answer in (made, replaced):
        assert answer.meta["resourceType"] == "User"
        assert answer.meta["version"] == answer.version
        assert answer.meta["created"] > "2020"


@rule("RES-10")
def meta_is_filled_by_the_server(acme: Client) -> None:
    """`meta` has type, times, location; a new resource was modified when it was created."""
    for made in (acme.user(), acme.group()):
        assert set(made.meta) == {"resourceType", "created", "lastModified", "location", "version"}
        assert made.meta["created"] == made.meta["lastModified"]


@rule("RES-11")
def the_resource_type_fits_the_endpoint(acme: Client) -> None:
    """meta.resourceType is the one of the endpoint."""
    acme.user()
    acme.group()
    for endpoint, kind in (("/Users", "User"), ("/Groups", "Group")):
        kinds = {one["meta"]["resourceType"] for one in acme.get(endpoint).resources}
        assert kinds == {kind}


@rule("RES-12")
def locations_lead_to_the_resource(acme: Client) -> None:
    """meta.location is absolute, equals Location, and leads to the resource."""
    for made in (acme.user(), acme.group()):
        location = made.meta["location"]
        assert location == made.headers.get("location", "none")
        assert location.startswith(("http://", "https://"))
        assert acme.get(path_of(made)).json == made.json


@rule("RES-13")
def the_version_is_the_entity_tag(acme: Client) -> None:
    """meta.version equals ETag, with its W/."""
    for made in (acme.user(), acme.group()):
        read = acme.resource(made)
        assert made.version == made.meta["version"] == read.version == read.meta["version"]
        assert re.fullmatch(r'W/"[^"]+"', read.version)


@rule("RES-14")
def instants_are_whole(acme: Client) -> None:
    """Instants have date, time and zone."""
    made = acme.user()
    for answer in (made, acme.group()):
        for key in ("created", "lastModified"):
            assert INSTANT.fullmatch(answer.meta[key])
    standing = acme.get(f"{path_of(made)}?attributes={MEMBERSHIP}")[MEMBERSHIP]
    assert INSTANT.fullmatch(standing["invitedAt"])


@rule("RES-32")
def common_attributes_are_everywhere(acme: Client) -> None:
    """`id`, externalId, meta and schemas are on every resource, whatever its schema lists."""
    for made in (acme.user(externalId=name()), acme.group(externalId=name())):
        read = acme.resource(made)
        assert read.keys >= {"schemas", "id", "externalId", "meta"}
    listed = acme.get(f"/Schemas/{USER}")["attributes"] or []
    assert not {"id", "externalId", "meta"} & {one["name"] for one in listed}


@rule("RES-35")
def answers_tell_what_is_stored(acme: Client) -> None:
    """An answer tells what was stored, and is no echo of the request."""
    made = acme.user(active="True", nonsense="x", password="Secret-1")
    assert made["active"] is True
    assert not {"nonsense", "password"} & made.keys
    assert acme.resource(made).json == made.json


@rule("RES-36")
def what_is_unknown_is_dropped(acme: Client) -> None:
    """Unknown attributes and schemas never make a request fail."""
    urn = "urn:example:params:scim:schemas:2.0:Pet"
    more = {"shoeSize": 44, urn: {"name": "Rex"}, "schemas": [USER, urn]}
    made = acme.user(**more)
    assert made.status == 201
    body = {"userName": made["userName"]} | more
    assert acme.put(path_of(made), body).id == made.id
    assert acme.patch(path_of(made), {"op": "add", "path": "shoeSize", "value": 4}).id == made.id
    assert acme.patch(path_of(made), {"op": "add", "path": f"{urn}:name", "value": 4}).id == made.id
    assert members_of(acme.group(shoeSize=4)) == set()


@rule("RES-37")
def extensions_are_optional(acme: Client) -> None:
    """Extensions are advertised as optional, and resources without them are taken."""
    types = acme.get("/ResourceTypes").resources
    flags = [part["required"] for one in types for part in one["schemaExtensions"]]
    assert flags == [False]
    made = acme.user()
    assert (made.status, ENTERPRISE in made) == (201, False)
