"""Schemas, resource types and the configuration of the service."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from tests.conformance.client import ENTERPRISE, GROUP, LIST, NOBODY, USER, Client
from tests.conformance.registry import rule

META = "urn:ietf:params:scim:schemas:core:2.0:"
MEMBERSHIP = "urn:rollcall:scim:schemas:membership:1.0:User"
KEYWORDS = {
    "type": {
        "string", "boolean", "decimal", "integer", "dateTime", "binary", "reference", "complex",
    },
    "mutability": {"readOnly", "readWrite", "immutable", "writeOnly"},
    "returned": {"always", "never", "default", "request"},
    "uniqueness": {"none", "server", "global"},
}  # fmt: skip
REQUIRED = {
    "name", "type", "multiValued", "description", "required", "caseExact", "mutability",
    "returned", "uniqueness",
}  # fmt: skip
ENDPOINTS = ("/Schemas", "/ResourceTypes", "/ServiceProviderConfig")


CHARACTERISTICS: tuple[tuple[str, str, str, Any], ...] = (
    (USER, "userName", "required", True),
    (USER, "userName", "uniqueness", "server"),
    (USER, "userName", "caseExact", False),
    (USER, "displayName", "required", False),
    (USER, "password", "mutability", "writeOnly"),
    (USER, "password", "returned", "never"),
    (USER, "active", "type", "boolean"),
    (USER, "name.givenName", "type", "string"),
    (USER, "profileUrl", "referenceTypes", ["external"]),
    (USER, "emails.type", "canonicalValues", ["work", "home", "other"]),
    (USER, "emails.primary", "type", "boolean"),
    (
        USER,
        "phoneNumbers.type",
        "canonicalValues",
        ["work", "home", "mobile", "fax", "pager", "other"],
    ),
    (
        USER,
        "ims.type",
        "canonicalValues",
        ["aim", "gtalk", "icq", "xmpp", "msn", "skype", "qq", "yahoo"],
    ),
    (USER, "photos.type", "canonicalValues", ["photo", "thumbnail"]),
    (USER, "addresses.type", "canonicalValues", ["work", "home", "other"]),
    (USER, "x509Certificates.value", "type", "binary"),
    (USER, "groups", "mutability", "readOnly"),
    (USER, "groups.type", "canonicalValues", ["direct", "indirect"]),
    (GROUP, "members.value", "mutability", "immutable"),
    (GROUP, "members.$ref", "referenceTypes", ["User", "Group"]),
    (GROUP, "members.type", "canonicalValues", ["User", "Group"]),
    (GROUP, "members.display", "mutability", "readOnly"),
    (ENTERPRISE, "manager", "multiValued", False),
    (ENTERPRISE, "manager.$ref", "referenceTypes", ["User"]),
    (ENTERPRISE, "manager.displayName", "mutability", "readOnly"),
)


def attributes(schema: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Every attribute and sub-attribute with its path."""
    for attribute in schema.get("attributes", []):
        yield attribute["name"], attribute
        for sub in attribute.get("subAttributes", []):
            yield f"{attribute['name']}.{sub['name']}", sub


def _schemas(acme: Client) -> list[dict[str, Any]]:
    found = acme.get("/Schemas").resources
    assert len(found) >= 4
    return found


@rule("SCH-01")
def schemas_are_listed(acme: Client) -> None:
    """All schemas are in one list: users, groups, the extensions, and those of discovery."""
    answer = acme.get("/Schemas")
    assert answer["schemas"] == [LIST]
    assert answer["totalResults"] == len(answer.ids)
    wanted = {USER, GROUP, ENTERPRISE, MEMBERSHIP}
    wanted |= {META + name for name in ("Schema", "ResourceType", "ServiceProviderConfig")}
    assert set(answer.ids) == wanted


@rule("SCH-02")
def a_schema_is_found_by_its_urn(acme: Client) -> None:
    """A schema is read by its URN; an unknown one is 404."""
    for schema in _schemas(acme):
        one = acme.get(f"/Schemas/{schema['id']}")
        assert one.json == schema
        assert one.meta["location"].endswith(f"/Schemas/{schema['id']}")
    assert acme.get("/Schemas/urn:nothing").error == (404, None)


@rule("SCH-03")
def attributes_say_all_their_characteristics(acme: Client) -> None:
    """Each attribute has all characteristics, a reference its types, a complex one its parts."""
    for schema in _schemas(acme):
        for path, attribute in attributes(schema):
            assert set(attribute) >= REQUIRED, path
            assert (attribute["type"] == "reference") is ("referenceTypes" in attribute), path
            assert (attribute["type"] == "complex") is ("subAttributes" in attribute), path
    for urn, path, key, value in CHARACTERISTICS:
        found = {p: a for s in _schemas(acme) if s["id"] == urn for p, a in attributes(s)}
        assert found[path][key] == value, (path, key)


@rule("SCH-04")
def parts_have_no_parts(acme: Client) -> None:
    """No sub-attribute is complex, but in the schema of schemas."""
    for schema in _schemas(acme):
        for path, attribute in attributes(schema):
            nested = "." in path and attribute["type"] == "complex"
            assert not nested or schema["id"] == META + "Schema", path


@rule("SCH-05")
def resource_types_name_schemas_that_exist(acme: Client) -> None:
    """The schema and the extensions of a resource type can be read by their names."""
    types = acme.get("/ResourceTypes").resources
    assert len(types) == 2
    for one in types:
        for urn in (one["schema"], *(part["schema"] for part in one["schemaExtensions"])):
            assert acme.get(f"/Schemas/{urn}")["id"] == urn


@rule("SCH-06")
def schemas_hold_no_null(acme: Client) -> None:
    """There is no null in the schemas, and every keyword is spelt as in the RFC."""
    assert b"null" not in acme.get("/Schemas").content
    for schema in _schemas(acme):
        for path, attribute in attributes(schema):
            for key, words in KEYWORDS.items():
                assert attribute[key] in words, (path, key)


@rule("SCH-07")
def discovery_is_never_paged(acme: Client) -> None:
    """Sorting and paging of discovery is passed over."""
    whole = acme.get("/Schemas")
    assert whole["totalResults"] == len(whole.ids)
    config = acme.get("/ServiceProviderConfig?sortBy=id&startIndex=999&filter=nonsense")
    assert config.json == acme.get("/ServiceProviderConfig").json
    for query in ("count=1", "startIndex=3", "sortBy=id&sortOrder=descending", "cursor="):
        assert acme.get(f"/Schemas?{query}").ids == whole.ids, query
        assert len(acme.get(f"/ResourceTypes?{query}").ids) == 2, query


@rule("SCH-08")
def discovery_cannot_be_filtered(acme: Client) -> None:
    """A filter on discovery is 403."""
    for endpoint in ENDPOINTS:
        assert acme.filtered('id eq "User"', endpoint).error == (403, None), endpoint


@rule("SCH-09")
def resource_types_are_listed(acme: Client) -> None:
    """Resource types have name, endpoint, schema and extensions; an unknown one is 404."""
    answer = acme.get("/ResourceTypes")
    assert answer["schemas"] == [LIST]
    by_name = {one["name"]: one for one in answer.resources}
    assert {key: one["endpoint"] for key, one in by_name.items()} == {
        "User": "/Users",
        "Group": "/Groups",
    }
    assert (by_name["User"]["schema"], by_name["Group"]["schema"]) == (USER, GROUP)
    extensions = [part["schema"] for part in by_name["User"]["schemaExtensions"]]
    assert extensions == [ENTERPRISE]
    assert acme.get("/ResourceTypes/User").json == by_name["User"]
    assert acme.get("/ResourceTypes/Device").error == (404, None)


@rule("SCH-10")
def the_configuration_is_whole(acme: Client) -> None:
    """The configuration has all required parts in their types."""
    answer = acme.get("/ServiceProviderConfig")
    assert answer["schemas"] == [META + "ServiceProviderConfig"]
    for feature in ("patch", "bulk", "filter", "changePassword", "sort", "etag"):
        assert type(answer[feature]["supported"]) is bool, feature
    for feature, limit in (
        ("bulk", "maxOperations"),
        ("bulk", "maxPayloadSize"),
        ("filter", "maxResults"),
    ):
        assert type(answer[feature][limit]) is int
    for scheme in answer["authenticationSchemes"]:
        assert set(scheme) >= {"type", "name", "description"}
    assert answer["authenticationSchemes"]


@rule("SCH-11", note="A wrong key is refused here, too, since some providers test theirs so.")
def anybody_may_read_how_to_authenticate(acme: Client) -> None:
    """The schemes of authentication are readable without a key, and of types that the RFC lists."""
    known = {"oauth", "oauth2", "oauthbearertoken", "httpbasic", "httpdigest"}
    path = "/ServiceProviderConfig"
    answer = acme.send("GET", path, None, {"Authorization": None})
    assert answer.json == acme.get(path).json
    nowhere = acme.base.rpartition("/")[0] + f"/{NOBODY}"
    assert acme.send("GET", path, None, {"Authorization": None}, base=nowhere).status == 200
    wrong = acme.send("GET", path, None, {"Authorization": "Bearer x"})
    schemes = answer["authenticationSchemes"] or []
    assert (wrong.status, bool(schemes)) == (401, True)
    assert [one["type"] for one in schemes if one.get("primary")] == ["oauthbearertoken"]
    assert {one["type"] for one in schemes} <= known


@rule("SCH-12")
def what_is_advertised_works(acme: Client) -> None:
    """What is advertised as supported works, also in bulk."""
    config = acme.get("/ServiceProviderConfig")
    for feature in ("patch", "bulk", "filter", "sort", "etag"):
        assert (config[feature] or {}).get("supported") is True
    assert config["changePassword"] == {"supported": False}
    selected, ids = acme.people(2)
    path = f"/Users/{ids[0]}"
    patched = acme.patch(path, {"op": "add", "path": "title", "value": "x"})
    assert patched["title"] == "x"
    assert acme.find('title eq "x"') == [ids[0]]
    listed = acme.filtered(selected, more="&sortBy=userName&sortOrder=descending").ids
    assert listed == ids[::-1]
    assert acme.send("GET", path, None, {"If-None-Match": patched.version}).status == 304
    data = {"schemas": [], "Operations": [{"op": "remove", "path": "title"}]}
    bulk = acme.bulk({"method": "PATCH", "path": path, "data": data})
    assert [one["status"] for one in bulk["Operations"]] == ["200"]


@rule("SCH-13")
def discovery_says_where_it_is(acme: Client) -> None:
    """Discovery documents carry their type and their location, which leads to them."""
    config = acme.get("/ServiceProviderConfig")
    documents = [config.json, *acme.get("/ResourceTypes").resources, *_schemas(acme)]
    kinds = {document["meta"]["resourceType"] for document in documents}
    assert kinds == {"ServiceProviderConfig", "ResourceType", "Schema"}
    for document in documents:
        place = document["meta"]["location"]
        path = place.partition(acme.base.rpartition("/")[2])[2]
        assert acme.get(path).json == document


@rule("SCH-14")
def discovery_cannot_be_written(acme: Client) -> None:
    """Writing to discovery is 405."""
    for endpoint in (*ENDPOINTS, f"/Schemas/{USER}", "/ResourceTypes/User"):
        for method in ("POST", "PUT", "PATCH", "DELETE"):
            body = None if method == "DELETE" else b"{}"
            answer = acme.send(method, endpoint, body)
            assert answer.error == (405, None), (method, endpoint)
            assert answer.headers["allow"] == "GET, HEAD, OPTIONS"
