"""Generated requests: from nearly right to nonsense."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import strategies as st

from tests.scim_facade.filter_samples import filters
from tests.scim_facade.protocol.strategies import json_values, print_filter
from tests.support.scim import ENTERPRISE, GROUP, MEMBERSHIP, PATCH_OP, SEARCH, USER

BULK = "urn:ietf:params:scim:api:messages:2.0:BulkRequest"
# What they stand for is known only when the resources are there.
IDS = ["<user 0>", "<user 1>", "<group 0>", "<group 1>", "<foreign user>", "<foreign group>"]


_odd_texts = st.text(max_size=12) | st.sampled_from(
    ["", " ", "\x01", "\u0130", "\ufdfa", "\U0010ffff", "a@x.example", "rck_", "%00", "'; --", "*"]
)
_names = st.sampled_from(
    ["userName", "displayName", "externalId", "active", "emails", "name", "members", "groups", "id",
     "meta", "schemas", "password", "title", "roles", "addresses", "manager", "x509Certificates",
     "photos", "USERNAME", "name.givenName", "emails.value", "unknown", ENTERPRISE, USER, GROUP,
     MEMBERSHIP, f"{ENTERPRISE}:manager", f"{USER}:emails", "urn:x:1.0:y", "$ref", ""]
)  # fmt: skip
_references = st.sampled_from([*IDS, "no id", "00000000-0000-0000-0000-000000000000"])
_elements = st.fixed_dictionaries(
    {},
    optional={
        "value": _references | _odd_texts | json_values,
        "type": st.sampled_from(["work", "home", "User", "Group", "direct"]) | json_values,
        "primary": st.sampled_from([True, False, "True", "no", None, 1]),
        "display": _odd_texts,
        "$ref": st.none() | _odd_texts,
    },
)
_values = st.one_of(
    json_values,
    _odd_texts,
    st.booleans(),
    st.sampled_from(["True", "false", 2**53, -(2**60), 1.5, 10**30]),
    _elements,
    st.lists(_elements, max_size=3),
    st.fixed_dictionaries({"members": st.lists(_elements, max_size=2)}),
    st.fixed_dictionaries({}, optional={"givenName": _odd_texts, "familyName": json_values}),
)
_resources = st.dictionaries(_names, _values, max_size=5) | st.fixed_dictionaries(
    {
        "userName": st.sampled_from(["taken", "free", "free2"]),
        "displayName": st.sampled_from(["Taken", "Free", ""]),
    },
    optional={
        "emails": st.lists(_elements, max_size=2),
        "members": st.lists(_elements, max_size=3),
        "active": st.sampled_from([True, False, "False", None]),
        "externalId": st.sampled_from(["taken", "free", None, ""]),
        "schemas": json_values | st.lists(st.sampled_from([USER, GROUP, ENTERPRISE, "urn:x"])),
    },
)
_conditions = st.builds(
    "{}[{} {} {}]{}".format,
    _names,
    st.sampled_from(["type", "value", "primary", "x", "not ("]),
    st.sampled_from(["eq", "ne", "pr", "co", "zz", ""]),
    st.sampled_from(['"work"', '"<user 0>"', "true", "null", "work", '"', "1e999", '"\\u0000"']),
    st.sampled_from(["", ".value", ".primary", ".x", "x", "[", ".value.x"]),
)
_operations = st.fixed_dictionaries(
    {"op": st.sampled_from(["add", "replace", "remove", "Add", "REMOVE", "move", "", None])},
    optional={
        "path": _names | _conditions | _odd_texts | st.none() | json_values,
        "value": _values | _resources,
        "Value": _values,
    },
)
_patches = st.fixed_dictionaries(
    {"schemas": st.just([PATCH_OP]), "Operations": st.lists(_operations, max_size=4)},
) | st.fixed_dictionaries({}, optional={"schemas": json_values, "operations": json_values})
_filters = filters.map(print_filter) | _conditions | _odd_texts
_searches = st.fixed_dictionaries(
    {"schemas": st.just([SEARCH])},
    optional={
        "filter": _filters,
        "count": st.integers(-5, 5) | json_values,
        "startIndex": st.integers(-(2**70), 2**70) | json_values,
        "attributes": st.lists(_names, max_size=3) | json_values,
        "sortBy": _names | _conditions,
        "sortOrder": st.sampled_from(["ascending", "descending", "sideways"]),
        "cursor": _odd_texts | json_values,
    },
)
_collections = st.sampled_from(["/Users", "/Groups", "/users/", "/GROUPS"])
_paths = st.one_of(
    _collections,
    st.builds("{}/{}".format, _collections, _references),
    st.sampled_from(
        ["", "/", "/Users/.search", "/Groups/.search", "/.search", "/Bulk", "/Me", "/Schemas",
         f"/Schemas/{USER}", "/ServiceProviderConfig", "/ResourceTypes/User", "/nothing",
         "/Users/%00", "/Users/<user 0>/x", "/%FF", "/Users/..%2F..", "/Groups/%F0%9F%98%80"]
    ),
)  # fmt: skip
_bulks = st.fixed_dictionaries(
    {
        "schemas": st.just([BULK]),
        "Operations": st.lists(
            st.fixed_dictionaries(
                {"method": st.sampled_from(["POST", "PUT", "PATCH", "DELETE", "GET", "x", None])},
                optional={
                    "path": _paths | _odd_texts | json_values,
                    "bulkId": st.sampled_from(["a", "b"]) | json_values,
                    "data": _resources | _patches | json_values,
                    "version": _odd_texts,
                },
            ),
            max_size=4,
        ),
    },
    optional={"failOnErrors": st.integers(-1, 2) | json_values},
)
_bodies = st.one_of(_resources, _patches, _searches, _bulks, json_values)
_raw_bodies = st.one_of(
    _bodies.map(lambda body: json.dumps(body, ensure_ascii=False).encode("utf-8", "replace")),
    st.binary(max_size=40),
    st.builds(
        lambda body, at, junk: body[:at] + junk + body[at:],
        _bodies.map(lambda body: json.dumps(body).encode()),
        st.integers(0, 60),
        st.binary(min_size=1, max_size=3)
        | st.sampled_from([b"\\ud800", b"\\u0000", b'{"a":' * 70, b"9" * 20]),
    ),
)
_queries = st.lists(
    st.one_of(
        st.tuples(st.just("filter"), _filters),
        st.tuples(st.sampled_from(["count", "startIndex"]), st.integers(-(2**65), 2**65).map(str)),
        st.tuples(st.sampled_from(["attributes", "excludedAttributes"]), _names),
        st.tuples(st.sampled_from(["sortBy", "sortOrder", "cursor", "count", "x"]), _odd_texts),
        st.tuples(_odd_texts, _odd_texts),
    ),
    max_size=3,
)
_tags = st.sampled_from(
    ["*", 'W/"1"', 'W/"1", W/"2"', '"1"', "x", "", ",", 'W/"9999999999999999999"', 'W/"', "\u00ff"]
)
_headers = st.fixed_dictionaries(
    {},
    optional={
        "if-match": _tags,
        "if-none-match": _tags,
        "accept": st.sampled_from(["application/json", "*/*", "text/html", "\u00ff", ""]),
        "content-type": st.sampled_from(["application/json", "text/plain", "json", "", "\u00ff"]),
        "user-agent": st.text(st.characters(max_codepoint=255, min_codepoint=32), max_size=9),
    },
)
_methods = st.sampled_from(
    ["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS", "TRACE", "X"]
)
fitting = st.one_of(
    st.tuples(st.just("POST"), _collections, _resources),
    st.tuples(st.just("PUT"), st.builds("{}/{}".format, _collections, _references), _resources),
    st.tuples(st.just("PATCH"), st.builds("{}/{}".format, _collections, _references), _patches),
    st.tuples(st.just("POST"), st.sampled_from(["/Users/.search", "/.search"]), _searches),
    st.tuples(st.just("POST"), st.just("/Bulk"), _bulks),
).map(lambda parts: (parts[0], parts[1], json.dumps(parts[2]).encode()))
_anything: st.SearchStrategy[tuple[str, str, bytes | None]] = st.tuples(
    _methods, _paths, st.none() | _raw_bodies
)
requests: st.SearchStrategy[tuple[tuple[str, str, bytes | None], Any, dict[str, str]]] = st.tuples(
    fitting | _anything, _queries, _headers
)
