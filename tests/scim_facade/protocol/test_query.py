"""List parameters from raw query strings and search bodies, and projections made of them."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scim_facade.protocol.errors import ScimError
from scim_facade.protocol.projection import Projection
from scim_facade.protocol.query import LARGEST_NUMBER, ListQuery, parse_query, parse_search
from scim_facade.protocol.schemas import (
    ENTERPRISE_USER_URN,
    GROUP_RESOURCE,
    MEMBERSHIP_USER_URN,
    USER_RESOURCE,
)
from tests.scim_facade.protocol.strategies import only_bad_requests

SEARCH = "urn:ietf:params:scim:api:messages:2.0:SearchRequest"


@pytest.mark.parametrize(
    ("raw", "query"),
    [
        (b"", ListQuery()),
        (b"&", ListQuery()),
        (b"filter=", ListQuery()),
        (b"filter=++", ListQuery()),
        (b"count", ListQuery()),
        (b"aadOptscim062020&foo=%zz&x=%00", ListQuery()),
        # FIL-26
        (b"filter=userName+eq+%22a%2Bb%40x%22&", ListQuery(filter='userName eq "a+b@x"')),
        (b"FILTER=a%20eq%20%27x%27", ListQuery(filter="a eq 'x'")),
        ('filter=a eq "å=ö"'.encode(), ListQuery(filter='a eq "å=ö"')),
        # PAG-01, PAG-03
        (b"startIndex=0&count=-4", ListQuery(start_index=1, count=0)),
        (b"startIndex=-5", ListQuery(start_index=1)),
        (b"startindex=101&COUNT=+100", ListQuery(start_index=101, count=100)),
        (b"startIndex=" + b"9" * 5000, ListQuery(start_index=LARGEST_NUMBER)),
        (b"count=-" + b"9" * 5000, ListQuery(count=0)),
        (b"count=" + b"0" * 30 + b"7", ListQuery(count=7)),
        (
            b"attributes=a%2Cb&excludedAttributes=c&sortBy=x&sortOrder=descending",
            ListQuery(
                attributes="a,b", excluded_attributes="c", sort_by="x", sort_order="descending"
            ),
        ),
        # CUR-01
        (b"cursor", ListQuery(cursor="")),
        (b"cursor=&count=2", ListQuery(cursor="", count=2)),
        (b"count=5&count=5", ListQuery(count=5)),
    ],
)
def test_http_11_query_strings(raw: bytes, query: ListQuery) -> None:
    assert parse_query(raw) == query


@pytest.mark.parametrize(
    ("raw", "scim_type"),
    [
        (b"count=ten", "invalidValue"),
        (b"count=1.5", "invalidValue"),
        (b"startIndex=%D9%A1", "invalidValue"),
        (b"filter=a%2", "invalidFilter"),
        (b"filter=%zz", "invalidFilter"),
        (b"filter=%ff", "invalidFilter"),
        (b"filter=a%00", "invalidFilter"),
        (b"filter=%ED%A0%80", "invalidFilter"),
        (b"attributes=%ff", "invalidValue"),
        (b"filter=a&filter=b", "invalidFilter"),
    ],
)
def test_pag_07_query_strings_that_are_refused(raw: bytes, scim_type: str) -> None:
    with pytest.raises(ScimError) as caught:
        parse_query(raw)
    assert (caught.value.status, caught.value.scim_type) == (400, scim_type)


@given(st.binary(max_size=40).map(lambda raw: b"filter=" + raw) | st.binary(max_size=40))
def test_any_query_string_is_read_or_a_scim_error(raw: bytes) -> None:
    with only_bad_requests():
        assert parse_query(raw).start_index >= 1


def test_sea_03_search_bodies() -> None:
    query = parse_search(
        {
            "schemas": [SEARCH],
            "filter": "a pr",
            "attributes": ["userName"],
            "StartIndex": 3,
            "count": 1,
            "cursor": "",
            "other": {},
        }
    )

    assert query == ListQuery(
        filter="a pr", attributes=["userName"], start_index=3, count=1, cursor=""
    )


@pytest.mark.parametrize(
    ("body", "scim_type"),
    [
        ({}, "invalidSyntax"),
        ({"schemas": ["urn:other"]}, "invalidSyntax"),
        ({"schemas": [SEARCH], "filter": 1}, "invalidFilter"),
        ({"schemas": [SEARCH], "count": True}, "invalidValue"),
        ({"schemas": [SEARCH], "count": [1]}, "invalidValue"),
        ({"schemas": [SEARCH], "attributes": [1]}, "invalidValue"),
    ],
)
def test_sea_02_search_bodies_that_are_refused(body: dict[str, Any], scim_type: str) -> None:
    with pytest.raises(ScimError) as caught:
        parse_search(body)
    assert caught.value.scim_type == scim_type


USER: dict[str, Any] = {
    "schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"],
    "id": "1",
    "userName": "pr@x",
    "name": {"givenName": "P", "familyName": "R"},
    "emails": [{"value": "a@x", "type": "work"}, {"type": "home"}],
    "groups": [],
    "meta": {"resourceType": "User"},
    ENTERPRISE_USER_URN: {"department": "d", "costCenter": "c", "manager": {"value": "m"}},
}
ALWAYS = {"schemas": USER["schemas"], "id": "1"}


@pytest.mark.parametrize(
    ("attributes", "shown"),
    [
        ("userName", {"userName": "pr@x"}),
        ("USERNAME", {"userName": "pr@x"}),
        (" userName , nonsense ", {"userName": "pr@x"}),
        ("nonsense", {}),
        ("id", {}),
        ("name.givenName", {"name": {"givenName": "P"}}),
        ("name.givenName,name", {"name": USER["name"]}),
        ("name,name.givenName", {"name": USER["name"]}),
        ("emails.value", {"emails": [{"value": "a@x"}]}),
        ("groups", {"groups": []}),
        ("urn:ietf:params:scim:schemas:core:2.0:User:userName", {"userName": "pr@x"}),
        (f"{ENTERPRISE_USER_URN}:department", {ENTERPRISE_USER_URN: {"department": "d"}}),
        ("department", {ENTERPRISE_USER_URN: {"department": "d"}}),
        (
            f"{ENTERPRISE_USER_URN}:manager.value",
            {ENTERPRISE_USER_URN: {"manager": {"value": "m"}}},
        ),
        (ENTERPRISE_USER_URN.upper(), {ENTERPRISE_USER_URN: USER[ENTERPRISE_USER_URN]}),
        (["userName", "meta.resourceType"], {"userName": "pr@x", "meta": USER["meta"]}),
    ],
)
def test_att_01_att_03_att_07_attributes(
    attributes: str | list[str], shown: dict[str, Any]
) -> None:
    projection = Projection.parse(attributes, None, USER_RESOURCE)

    assert projection.apply(USER) == ALWAYS | shown


@pytest.mark.parametrize(
    ("excluded", "gone"),
    [
        ("id", set()),
        ("schemas,ID", set()),
        ("name,emails", {"name", "emails"}),
        ("nonsense", set()),
        ("name.givenName,name.familyName", {"name"}),
        (ENTERPRISE_USER_URN, {ENTERPRISE_USER_URN}),
    ],
)
def test_att_02_excluded_attributes(excluded: str, gone: set[str]) -> None:
    shown = Projection.parse(None, excluded, USER_RESOURCE).apply(USER)

    assert shown == {key: value for key, value in USER.items() if key not in gone}


def test_att_02_excluded_parts() -> None:
    projection = Projection.parse(None, "emails.value,department", USER_RESOURCE)

    shown = projection.apply(USER)

    assert shown["emails"] == [{"type": "work"}, {"type": "home"}]
    assert shown[ENTERPRISE_USER_URN] == {"costCenter": "c", "manager": {"value": "m"}}


def test_att_04_both_at_once_are_refused() -> None:
    with pytest.raises(ScimError) as caught:
        Projection.parse("userName", "name", USER_RESOURCE)
    assert caught.value.scim_type == "invalidValue"
    assert Projection.parse("", "name", USER_RESOURCE).wants("name") is False


def test_what_a_projection_wants() -> None:
    without_members = Projection.parse(None, "members", GROUP_RESOURCE)
    only_name = Projection.parse("displayName", None, GROUP_RESOURCE)
    default = Projection.parse(None, None, GROUP_RESOURCE)

    assert [p.wants("members") for p in (without_members, only_name, default)] == [
        False,
        False,
        True,
    ]
    assert [p.is_default for p in (without_members, only_name, default)] == [False, False, True]
    assert Projection.parse(None, "members.value", GROUP_RESOURCE).wants("members")
    assert only_name.wants("id")
    assert Projection.parse("status", None, USER_RESOURCE).wants(MEMBERSHIP_USER_URN)
