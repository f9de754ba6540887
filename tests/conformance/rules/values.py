"""How values are read and given back: null, case, order, lists, numbers, references."""

from __future__ import annotations

import re
from typing import Any

from tests.conformance.client import ENTERPRISE, USER, Client, name, path_of
from tests.conformance.registry import rule


@rule("RES-15")
def null_and_empty_are_not_assigned(acme: Client) -> None:
    """`null` and an empty list are the same as nothing."""
    made = acme.user(nickName=None, phoneNumbers=[], title="x", name={"givenName": None})
    read = acme.resource(made)
    assert read["title"] == "x"
    assert not {"nickName", "phoneNumbers", "name"} & read.keys
    cleared = acme.put(path_of(made), {"userName": made["userName"], "title": None})
    assert cleared.status == 200
    assert "title" not in cleared


@rule("RES-16", note="members of a group are [] rather than absent, which authentik needs.")
def what_is_not_assigned_is_left_out(acme: Client) -> None:
    """Attributes without a value are left out, never null; an empty group says members: []."""
    assert acme.group()["members"] == []
    made = acme.user()
    assert made["active"] is True
    assert b"null" not in made.content
    assert "emails" not in made


@rule("RES-17")
def names_match_in_any_case(acme: Client) -> None:
    """Names of attributes and URNs in a request match in any case."""
    body = {
        "SCHEMAS": [USER.upper()],
        "USERNAME": name(),
        "Nickname": "Nick",
        "NAME": {"GIVENNAME": "Ada"},
        ENTERPRISE.upper(): {"DEPARTMENT": "Looms"},
    }
    made = acme.post("/Users", body)
    assert (made.status, made["nickName"], made["name"]) == (201, "Nick", {"givenName": "Ada"})
    assert made[ENTERPRISE] == {"department": "Looms"}


@rule("RES-18")
def the_order_of_keys_is_free(acme: Client) -> None:
    """The order of the keys of an object changes nothing."""
    body: dict[str, Any] = {
        "emails": [{"value": f"{name()}@example.com", "type": "work"}],
        "title": "x",
        "userName": name(),
        "schemas": [USER],
    }
    made = acme.post("/Users", body)
    turned = {key: body[key] for key in reversed(body)}
    turned["emails"] = [dict(reversed(body["emails"][0].items()))]
    replaced = acme.put(path_of(made), turned)
    assert made.status == 201
    assert replaced.json == made.json


@rule("RES-19")
def one_value_is_primary(acme: Client) -> None:
    """Of the values of an attribute at most one stays primary."""
    numbers = [{"value": f"+{i}", "type": "work", "primary": True} for i in range(3)]
    made = acme.user(phoneNumbers=numbers)
    primary = [one for one in made["phoneNumbers"] or [] if one.get("primary")]
    assert [one["value"] for one in primary] == ["+2"]
    assert len(acme.resource(made)["phoneNumbers"]) == 3


@rule("RES-20")
def values_do_not_repeat(acme: Client) -> None:
    """The same type and value is kept once."""
    same = {"value": "+1", "type": "work"}
    made = acme.user(phoneNumbers=[same, same, {"value": "+1", "type": "home"}])
    assert acme.resource(made)["phoneNumbers"] == [same, {"value": "+1", "type": "home"}]


@rule(
    "RES-21",
    note="Entra ID compares what it reads with what it sent, so values are kept as sent "
    "and only compared in a canonical form.",
)
def values_are_given_back_as_sent(acme: Client) -> None:
    """Values come back as they were sent; their canonical form is used to compare."""
    address = f"{name()}.MiXed@Example.COM"
    made = acme.user(
        emails=[{"value": address, "type": "work"}],
        phoneNumbers=[{"value": "+1 (555) 010-99", "type": "work"}],
    )
    read = acme.resource(made)
    assert read["emails"] == [{"value": address, "type": "work"}]
    assert read["phoneNumbers"] == [{"value": "+1 (555) 010-99", "type": "work"}]
    assert acme.find(f'emails.value eq "{address.lower()}"') == [made.id]


@rule("RES-22")
def integers_are_integers(acme: Client) -> None:
    """Integers have no fraction and no exponent."""
    acme.user()
    answer, config = acme.get("/Users"), acme.get("/ServiceProviderConfig")
    for key in ("totalResults", "startIndex", "itemsPerPage"):
        assert re.search(rb'"%s":\d+[,}]' % key.encode(), answer.content), key
    assert re.search(rb'"maxOperations":\d+[,}]', config.content)


@rule("RES-23")
def references_lead_somewhere(acme: Client) -> None:
    """$ref is a URI that leads to the resource."""
    user = acme.user()
    group = acme.group(user.id)
    shown = acme.resource(user)["groups"] or [{}]
    members = group["members"] or [{}]
    for reference, made in ((shown[0].get("$ref"), group), (members[0].get("$ref"), user)):
        assert reference == made.meta["location"]
        assert acme.get(path_of(made)).id == made.id


@rule("RES-24")
def certificates_are_base64(acme: Client) -> None:
    """A binary value is base64, one certificate each; other text is refused."""
    sent = [{"value": "MIIDQzCCAqygAwIBAgICEAAwDQYJKoZIhvcNAQEFBQAw"}]
    made = acme.user(x509Certificates=sent)
    assert acme.resource(made)["x509Certificates"] == sent
    odd = {"userName": name(), "x509Certificates": [{"value": "not base64 at all!"}]}
    assert acme.post("/Users", odd).error == (400, "invalidValue")
