"""Bodies in the shapes the identity providers send them; all values are our own."""

from __future__ import annotations

from typing import Any

USER = "urn:ietf:params:scim:schemas:core:2.0:User"
GROUP = "urn:ietf:params:scim:schemas:core:2.0:Group"
ENTERPRISE = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
MEMBERSHIP = "urn:rollcall:scim:schemas:membership:1.0:User"
PATCH_OP = "urn:ietf:params:scim:api:messages:2.0:PatchOp"
ADSCIM_GROUP = "http://schemas.microsoft.com/2006/11/ResourceManagement/ADSCIM/2.0/Group"

Body = dict[str, Any]


def patch_body(*operations: Body) -> Body:
    return {"schemas": [PATCH_OP], "Operations": list(operations)}


OKTA_CREATE: Body = {
    "schemas": [USER],
    "userName": "ines@contoso.example",
    "name": {"givenName": "Ines", "familyName": "Roth"},
    "emails": [{"primary": True, "value": "ines@contoso.example", "type": "work"}],
    "displayName": "Ines Roth",
    "locale": "en-US",
    "externalId": "00u7aa",
    "groups": [],
    "password": "never-kept",
    "active": True,
}
OKTA_PUT: Body = {
    **{key: value for key, value in OKTA_CREATE.items() if key != "password"},
    "id": "2819",
    "title": "Buyer",
    "meta": {"resourceType": "User", "created": "2026-01-01T00:00:00Z"},
    MEMBERSHIP: {"status": "CONFIRMED", "role": "MEMBER"},
}
ENTRA_CREATE: Body = {
    "schemas": [USER, ENTERPRISE],
    "externalId": "bo.lind",
    "userName": "bo.lind@fabrikam.example",
    "active": True,
    "displayName": "Bo Lind",
    "emails": [{"primary": True, "type": "work", "value": "bo.lind@fabrikam.example"}],
    "meta": {"resourceType": "User"},
    "name": {"formatted": "Bo Lind", "familyName": "Lind", "givenName": "Bo"},
    "title": "Analyst",
    "preferredLanguage": "sv-SE",
    "roles": [],
    "addresses": None,
    "phoneNumbers": [{"type": "work", "value": "4618000001", "primary": True}],
    ENTERPRISE: {"employeeNumber": "E-1", "department": "Risk", "manager": None},
}
ONELOGIN_CREATE: Body = {
    "schemas": ["urn:scim:schemas:core:2.0", "urn:scim:schemas:extension:enterprise:2.0"],
    "id": None,
    "userName": "sam@adatum.example",
    "name": {"givenName": "Sam", "familyName": "Ito"},
    "emails": {"value": "sam@adatum.example", "type": "work"},
    "active": "1",
    "urn:scim:schemas:extension:enterprise:2.0": {
        "manager": {"managerId": "m-7", "displayName": "Chief"}
    },
}
JUMPCLOUD_SPARSE_PUT: Body = {
    "active": True,
    "emails": None,
    "id": "2819",
    "name": {"familyName": "Cole", "givenName": "June"},
    "schemas": [USER],
    "userName": "june@trey.example",
}
PING_CREATE: Body = {
    "schemas": [USER, ENTERPRISE],
    "userName": "kim@northwind.example",
    "externalId": "8f0c",
    "name": {"givenName": "Kim", "familyName": "Dahl", "formatted": "Kim Dahl"},
    "emails": [{"value": "kim@northwind.example", "type": "work", "primary": True}],
    "active": True,
    ENTERPRISE: {"employeeNumber": "5"},
}
AUTHENTIK_CREATE: Body = {
    "schemas": [USER],
    "userName": "ada",
    "externalId": "uid-1",
    "name": {"formatted": "Ada B", "givenName": "Ada", "familyName": "B"},
    "emails": [{"value": "ada@x.example", "type": "other", "primary": True}],
    "photos": None,
    "locale": None,
    "active": True,
}
GOOGLE_CREATE: Body = {"userName": "lee@x.example"}
USER_BODIES: dict[str, Body] = {
    "okta create": OKTA_CREATE,
    "okta put": OKTA_PUT,
    "entra create": ENTRA_CREATE,
    "onelogin create": ONELOGIN_CREATE,
    "jumpcloud sparse put": JUMPCLOUD_SPARSE_PUT,
    "ping create": PING_CREATE,
    "authentik create": AUTHENTIK_CREATE,
    "google create": GOOGLE_CREATE,
}

GROUP_BODIES: dict[str, Body] = {
    "entra": {
        "schemas": [GROUP, ADSCIM_GROUP],
        "externalId": "oid",
        "displayName": "Treasury",
        "meta": {"resourceType": "Group"},
    },
    "okta": {"schemas": [GROUP], "displayName": "Depot", "members": []},
    "okta put": {
        "schemas": [GROUP],
        "id": "g",
        "displayName": "Depot",
        "members": [{"value": "u1", "display": "a"}],
    },
    "keycloak": {
        "schemas": [GROUP],
        "id": "g",
        "externalId": "k",
        "displayName": "Staff",
        "members": [{"value": "u1", "$ref": "Users/u1"}],
    },
    "null members": {"displayName": "Lab", "members": None},
}

USER_PATCHES: dict[str, Body] = {
    "okta deactivate": patch_body({"op": "replace", "value": {"active": False}}),
    "okta password": patch_body({"op": "replace", "value": {"password": "never-kept"}}),
    "list boolean": patch_body({"op": "replace", "path": "active", "value": [False]}),
    "entra legacy": patch_body(
        {"op": "Replace", "path": "displayName", "value": "Bo B"},
        {"op": "Replace", "path": 'emails[type eq "work"].value', "value": "b@x.example"},
        {"op": "Replace", "path": "name.givenName", "value": "B"},
        {"op": "Add", "path": f"{ENTERPRISE}:manager", "value": "m-1"},
        {"op": "Replace", "path": "active", "value": "False"},
    ),
    "entra compliant": patch_body(
        {"op": "replace", "path": 'emails[type eq "work"].value', "value": "b@x.example"},
        {
            "op": "replace",
            "value": {
                "displayName": "Bo B",
                "name.givenName": "B",
                f"{ENTERPRISE}:employeeNumber": "E-2",
            },
        },
    ),
    "entra creates": patch_body(
        {"op": "Add", "path": 'phoneNumbers[type eq "mobile"].value', "value": "+46 70"},
        {"op": "Add", "path": 'addresses[type eq "work"].country', "value": "SE"},
        {"op": "Add", "path": 'roles[primary eq "True"].value', "value": "approver"},
    ),
    "entra json roles": patch_body(
        {"op": "Add", "path": "roles", "value": [{"value": '{"id":"5c","value":"admin"}'}]}
    ),
    "entra null update": patch_body(
        {"op": "replace", "path": "title", "value": None},
        {"op": "replace", "path": "nickName", "value": ""},
        {"op": "Replace", "path": f"{ENTERPRISE}:manager", "value": ""},
    ),
    "keycloak": patch_body(
        {"op": "replace", "path": "active", "value": "true"},
        {"op": "replace", "path": "userName", "value": "k@x"},
    ),
    "jumpcloud": patch_body({"op": "replace", "path": "name.givenName", "value": "J"}),
}

GROUP_PATCHES: dict[str, Body] = {
    "entra add": patch_body(
        {"op": "Add", "path": "members", "value": [{"$ref": None, "value": "u1"}]}
    ),
    "entra remove": patch_body(
        {"op": "Remove", "path": "members", "value": [{"$ref": None, "value": "u1"}]}
    ),
    "okta push": patch_body(
        {"op": "remove", "path": 'members[value eq "u1"]'},
        {"op": "add", "path": "members", "value": [{"value": "u3", "display": "c"}]},
    ),
    "okta rename": patch_body({"op": "replace", "value": {"id": "g", "displayName": "New"}}),
    "authentik": patch_body(
        {
            "op": "replace",
            "value": {"id": "g", "schemas": [GROUP], "externalId": "pk", "displayName": "New"},
        }
    ),
    "keycloak all": patch_body({"op": "remove", "path": "members", "value": None}),
    "onelogin": patch_body({"op": "add", "path": 'members[value eq "u2"]'}),
    "salesforce": patch_body(
        {"op": "remove", "path": "members", "value": {"members": [{"value": "u1"}]}}
    ),
    "databricks": patch_body({"op": "add", "value": {"members": [{"value": "u1"}]}}),
}
