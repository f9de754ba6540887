"""Discovery documents: complete, without nulls, and as true as the capabilities given."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from scim_facade.protocol.discovery import (
    Capabilities,
    find_resource,
    find_schema,
    resource_type_documents,
    schema_documents,
    service_provider_config,
)
from scim_facade.protocol.schemas import (
    ENTERPRISE_USER_URN,
    GROUP_RESOURCE,
    GROUP_URN,
    MEMBERSHIP_USER_URN,
    USER_RESOURCE,
    USER_URN,
)

BASE = "https://rollcall.example/v2/org"
KEYWORDS = {
    "name",
    "type",
    "multiValued",
    "description",
    "required",
    "caseExact",
    "mutability",
    "returned",
    "uniqueness",
}


def attributes(documents: list[dict[str, Any]]) -> Iterator[tuple[dict[str, Any], bool]]:
    for document in documents:
        for attribute in document.get("attributes", []):
            yield attribute, False
            yield from ((sub, True) for sub in attribute.get("subAttributes", []))


def test_sch_01_all_schemas() -> None:
    assert [document["id"] for document in schema_documents(BASE)] == [
        USER_URN,
        GROUP_URN,
        ENTERPRISE_USER_URN,
        MEMBERSHIP_USER_URN,
        "urn:ietf:params:scim:schemas:core:2.0:Schema",
        "urn:ietf:params:scim:schemas:core:2.0:ResourceType",
        "urn:ietf:params:scim:schemas:core:2.0:ServiceProviderConfig",
    ]


def test_sch_02_schemas_by_urn_in_any_case() -> None:
    found = find_schema(USER_URN.upper())

    assert found is not None
    assert found.id == USER_URN
    assert find_schema("urn:none") is None


def test_sch_03_sch_06_every_attribute_is_complete() -> None:
    for attribute, _ in attributes(schema_documents(BASE)):
        assert set(attribute) >= KEYWORDS
        assert None not in attribute.values()
        assert attribute["description"]
        assert ("referenceTypes" in attribute) is (attribute["type"] == "reference")
        assert ("subAttributes" in attribute) is (attribute["type"] == "complex")


def test_sch_04_no_complex_sub_attributes_but_in_the_schema_of_schemas() -> None:
    nested = [
        attribute["name"]
        for attribute, is_sub in attributes(schema_documents(BASE))
        if is_sub and attribute["type"] == "complex"
    ]

    assert nested == ["subAttributes"]


@pytest.mark.parametrize(
    ("name", "sub", "expected"),
    [
        ("userName", None, (True, False, "readWrite", "default", "server")),
        ("password", None, (False, False, "writeOnly", "never", "none")),
        ("groups", None, (False, False, "readOnly", "default", "none")),
        ("active", None, (False, False, "readWrite", "default", "none")),
        ("addresses", "primary", (False, False, "readWrite", "default", "none")),
        ("id", None, (False, True, "readOnly", "always", "server")),
        ("externalId", None, (False, True, "readWrite", "default", "none")),
        ("manager", "displayName", (False, False, "readOnly", "default", "none")),
        ("status", None, (False, False, "readOnly", "request", "none")),
    ],
)
def test_characteristics(
    name: str, sub: str | None, expected: tuple[bool, bool, str, str, str]
) -> None:
    found = USER_RESOURCE.find(None, name, sub)

    assert found is not None
    leaf = found.leaf
    assert (
        leaf.required,
        leaf.case_exact,
        leaf.mutability,
        leaf.returned,
        leaf.uniqueness,
    ) == expected


def test_res_31_a_group_needs_a_name() -> None:
    found = GROUP_RESOURCE.find(None, "DISPLAYNAME")

    assert found is not None
    assert found.leaf.required


@pytest.mark.parametrize(
    ("urn", "name", "sub", "text"),
    [
        (None, "emails", "VALUE", "emails.value"),
        (USER_URN.lower(), "username", None, "userName"),
        (None, "Department", None, f"{ENTERPRISE_USER_URN}:department"),
        (ENTERPRISE_USER_URN, "manager", "value", f"{ENTERPRISE_USER_URN}:manager.value"),
        (
            "urn:ietf:params:scim:schemas:extension:enterprise:2.0",
            "User",
            "department",
            f"{ENTERPRISE_USER_URN}:department",
        ),
        (USER_URN, "meta", "created", "meta.created"),
        (None, "status", None, f"{MEMBERSHIP_USER_URN}:status"),
    ],
)
def test_res_17_names_are_found_in_any_case(
    urn: str | None, name: str, sub: str | None, text: str
) -> None:
    found = USER_RESOURCE.find(urn, name, sub)

    assert found is not None
    assert found.text == text


@pytest.mark.parametrize(
    ("urn", "name", "sub"),
    [
        (None, "unknown", None),
        (None, "name", "unknown"),
        ("urn:other", "userName", None),
        (USER_URN, "department", None),
    ],
)
def test_names_that_are_not_found(urn: str | None, name: str, sub: str | None) -> None:
    assert USER_RESOURCE.find(urn, name, sub) is None


def test_sch_05_sch_09_resource_types() -> None:
    user, group = resource_type_documents(BASE)

    assert user == {
        "schemas": ["urn:ietf:params:scim:schemas:core:2.0:ResourceType"],
        "id": "User",
        "name": "User",
        "description": "Members of the organization",
        "endpoint": "/Users",
        "schema": USER_URN,
        "schemaExtensions": [
            {"schema": ENTERPRISE_USER_URN, "required": False},
        ],
        "meta": {"resourceType": "ResourceType", "location": f"{BASE}/ResourceTypes/User"},
    }
    assert (group["name"], group["endpoint"], group["schema"]) == ("Group", "/Groups", GROUP_URN)
    assert find_resource("user") is USER_RESOURCE
    assert find_resource("Device") is None


def test_sch_10_sch_12_service_provider_config() -> None:
    config = service_provider_config(BASE, Capabilities())

    assert config == {
        "schemas": ["urn:ietf:params:scim:schemas:core:2.0:ServiceProviderConfig"],
        "patch": {"supported": True},
        "bulk": {"supported": False, "maxOperations": 1000, "maxPayloadSize": 1048576},
        "filter": {"supported": True, "maxResults": 1000},
        "changePassword": {"supported": False},
        "sort": {"supported": False},
        "etag": {"supported": True},
        "pagination": {
            "cursor": False,
            "index": True,
            "defaultPaginationMethod": "index",
            "defaultPageSize": 100,
            "maxPageSize": 1000,
        },
        "authenticationSchemes": [
            {
                "type": "oauthbearertoken",
                "name": "API key",
                "description": "An API key of the organization in the Authorization header, "
                "as a Bearer token.",
                "primary": True,
                "specUri": "https://www.rfc-editor.org/info/rfc6750",
            }
        ],
        "meta": {
            "resourceType": "ServiceProviderConfig",
            "location": f"{BASE}/ServiceProviderConfig",
        },
    }


def test_cur_07_cursor_pagination_when_offered() -> None:
    capabilities = Capabilities(
        cursor_pagination=True, cursor_timeout_seconds=600, documentation_uri="https://docs"
    )

    config = service_provider_config(BASE, capabilities)

    assert config["pagination"]["cursor"] is True
    assert config["pagination"]["cursorTimeout"] == 600
    assert config["documentationUri"] == "https://docs"
