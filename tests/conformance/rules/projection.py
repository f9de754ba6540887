"""Which attributes an answer shows."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from tests.conformance.client import ENTERPRISE, USER, Answer, Client, name, path_of
from tests.conformance.registry import rule

ALWAYS = {"schemas", "id"}
PERSON = {
    "title": "Weaver",
    "displayName": "Ada",
    "name": {"givenName": "Ada", "familyName": "Byron"},
    ENTERPRISE: {"department": "Looms", "costCenter": "7"},
}


def _person(acme: Client) -> Answer:
    return acme.user(**PERSON)


def _answers(acme: Client, made: Answer) -> Iterator[tuple[str, Callable[[str], Answer]]]:
    """Each kind of answer that shows a resource, as a function of the query."""
    path, patch = path_of(made), {"op": "add", "path": "nickName", "value": "A"}
    body = {"userName": made["userName"]} | PERSON
    envelope = {"schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"]}
    yield "GET one", lambda query: acme.get(f"{path}?{query}")
    yield "PUT", lambda query: acme.put(f"{path}?{query}", body)
    yield (
        "PATCH",
        lambda query: acme.send("PATCH", f"{path}?{query}", envelope | {"Operations": [patch]}),
    )
    yield "POST", lambda query: acme.post(f"/Users?{query}", PERSON | {"userName": name()})


@rule("ATT-01")
def attributes_chooses(acme: Client) -> None:
    """`attributes` shows what it names, and what is always returned."""
    made = _person(acme)
    read = acme.get(f"{path_of(made)}?attributes=userName")
    assert read.keys == ALWAYS | {"userName"}
    listed = acme.get("/Users?attributes=title,displayName").resources
    assert [set(one) for one in listed] == [ALWAYS | {"title", "displayName"}]


@rule("ATT-02")
def excluded_attributes_hides(acme: Client) -> None:
    """`excludedAttributes` hides what it names, but never what is always returned."""
    user = acme.user()
    group = acme.group(user.id)
    shown = acme.get(f"{path_of(group)}?excludedAttributes=members")
    assert shown.keys == {"schemas", "id", "displayName", "meta"}
    always = acme.get(f"{path_of(group)}?excludedAttributes=id,schemas")
    assert always.json == acme.resource(group).json
    listed = acme.get("/Groups?excludedAttributes=members,meta").resources
    assert [set(one) for one in listed] == [{"schemas", "id", "displayName"}]


@rule("ATT-03")
def names_may_be_qualified(acme: Client) -> None:
    """Names may carry their URN and a sub-attribute, in any case, with spaces around commas."""
    path = path_of(_person(acme))
    for names, shown in (
        ("name.givenName", {"name": {"givenName": "Ada"}}),
        (f"{USER}:title", {"title": "Weaver"}),
        (f"{USER}:name.familyName", {"name": {"familyName": "Byron"}}),
        (f"{ENTERPRISE}:department", {ENTERPRISE: {"department": "Looms"}}),
        (ENTERPRISE, {ENTERPRISE: PERSON[ENTERPRISE]}),
        ("TITLE,DisplayName", {"title": "Weaver", "displayName": "Ada"}),
        ("title,%20displayName%20", {"title": "Weaver", "displayName": "Ada"}),
    ):
        read = acme.get(f"{path}?attributes={names}")
        assert {key: read[key] for key in read.keys - ALWAYS} == shown, names
    hidden = acme.get(f"{path}?excludedAttributes={ENTERPRISE}:costCenter,NAME.givenname")
    assert (hidden[ENTERPRISE], hidden["name"]) == (
        {"department": "Looms"},
        {"familyName": "Byron"},
    )


@rule("ATT-04")
def the_two_exclude_each_other(acme: Client) -> None:
    """`attributes` and excludedAttributes together are 400 invalidValue."""
    made = _person(acme)
    for path in ("/Users", path_of(made), "/Groups"):
        answer = acme.get(f"{path}?attributes=title&excludedAttributes=meta")
        assert answer.error == (400, "invalidValue")
    both = acme.search("/Users", attributes=["title"], excludedAttributes=["meta"])
    assert both.error == (400, "invalidValue")


@rule("ATT-05")
def every_answer_can_be_shaped(acme: Client) -> None:
    """Both work on one resource, lists, searches, and the answers to POST, PUT and PATCH."""
    made = _person(acme)
    for kind, ask in _answers(acme, made):
        assert ask("attributes=title").keys == ALWAYS | {"title"}, kind
        left = ask("excludedAttributes=title,meta")
        assert left.keys.isdisjoint({"title", "meta"}), kind
        assert left.keys >= {"userName", "displayName", "name"}, kind
    chosen = acme.search("/Users", attributes=["title"]).resources
    hidden = acme.search(excludedAttributes=["title", "meta"]).resources
    assert [set(one) for one in chosen] == [ALWAYS | {"title"}] * 3
    assert len(hidden) == 3
    assert all({"title", "meta"}.isdisjoint(one) for one in hidden)


@rule("ATT-06")
def unknown_names_are_passed_over(acme: Client) -> None:
    """Names that no schema has are passed over."""
    made = _person(acme)
    read = acme.get(f"{path_of(made)}?attributes=title,shoeSize,urn:x:y")
    assert read.keys == ALWAYS | {"title"}
    assert acme.get(f"{path_of(made)}?attributes=shoeSize").keys == ALWAYS
    whole = acme.get(f"{path_of(made)}?excludedAttributes=shoeSize")
    assert whole.json == acme.resource(made).json


@rule("ATT-07")
def a_part_of_each_value_can_be_chosen(acme: Client) -> None:
    """A sub-attribute of a multi-valued attribute is shown of each value, alone."""
    made = acme.user(
        phoneNumbers=[{"value": "+1", "type": "work"}, {"value": "+2", "type": "home"}]
    )
    path = path_of(made)
    chosen = acme.get(f"{path}?attributes=phoneNumbers.value")
    assert chosen.keys == ALWAYS | {"phoneNumbers"}
    assert chosen["phoneNumbers"] == [{"value": "+1"}, {"value": "+2"}]
    hidden = acme.get(f"{path}?excludedAttributes=phoneNumbers.type")
    assert hidden["phoneNumbers"] == [{"value": "+1"}, {"value": "+2"}]
