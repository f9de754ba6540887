"""A mixed lot of users, and generated filters about what they have and have not."""

from __future__ import annotations

from random import Random
from typing import Any

from hypothesis import strategies as st

from scim_facade.protocol.ast import (
    AttributePath,
    Comparison,
    ElementMatch,
    Filter,
    Operator,
    Presence,
)
from tests.scim_facade.protocol.strategies import combined
from tests.support.scim import ENTERPRISE, MEMBERSHIP, USER

WORDS = ["ada", "Ada", "ADA", "eva", "Éva", "éva", "a_a", "a%a", "a\\a", 'a"a', "a b", "x", "1"]
TYPES = ["work", "Work", "home"]
ROLES = ["USER", "user", "OWNER"]
STATES = ["INVITED", "invited", "STAGED", "REVOKED", "CONFIRMED", "nothing"]
INSTANTS = ["2001-02-03T04:05:06Z", "2999-01-01T00:00:00+05:00"]


def person(number: int, random: Random) -> dict[str, Any]:
    """A user of whom much or little is known. Addresses stand in `emails` or nowhere."""
    body: dict[str, Any] = {"schemas": [USER], "userName": f"{random.choice(WORDS)}-{number}"}

    def maybe(name: str, value: Any) -> None:
        if random.random() < 0.6:
            body[name] = value

    def word() -> str:
        return random.choice(WORDS)

    def several(**parts: list[Any]) -> list[dict[str, Any]]:
        return [
            {name: random.choice(values) for name, values in parts.items() if random.random() < 0.7}
            for _ in range(random.randint(0, 3))
        ]

    maybe("externalId", f"{word()}{number}")
    maybe("displayName", word())
    maybe("title", word())
    maybe("nickName", word())
    maybe("active", random.random() < 0.7)
    maybe("name", {"givenName": word(), "familyName": word(), "formatted": word()})
    maybe("name", {random.choice(["givenName", "familyName", "middleName"]): word()})
    addresses = [f"{word()}{number}@x.example", f"b{number}@Y.example", "no address"]
    maybe("emails", several(value=addresses, type=TYPES, primary=[True, False], display=WORDS))
    maybe("roles", several(value=WORDS, type=TYPES, primary=[True, False], display=WORDS))
    maybe("phoneNumbers", several(value=WORDS, type=TYPES))
    maybe("addresses", several(locality=WORDS, type=TYPES))
    maybe(ENTERPRISE, {"department": word(), "manager": {"value": word()}})
    return body


_words = st.sampled_from([*WORDS, "", "a", "%", "_", "\\", "@x.example", "b1@y.EXAMPLE", "no "])
_ops = st.sampled_from(Operator)
_equal = st.sampled_from([Operator.EQ, Operator.NE])
_ordered = st.sampled_from(
    [Operator.EQ, Operator.NE, Operator.GT, Operator.GE, Operator.LT, Operator.LE]
)
_booleans = st.sampled_from([True, False, "True", "false"])
_TEXTS = ["userName", "displayName", "externalId", "title", "nickName", "emails", "roles"]
_PARTS = [
    "name.givenName", "name.familyName", "name.formatted", "name.middleName", "emails.value",
    "emails.type", "emails.display", "roles.value", "roles.type", "phoneNumbers.value",
    "addresses.locality", "manager.value",
]  # fmt: skip
_EXTENSION = ["department", "manager"]


def _path(text: str, urn: str | None = None) -> AttributePath:
    name, _, sub = text.partition(".")
    return AttributePath(urn, name, sub or None)


def _tests(
    paths: st.SearchStrategy[AttributePath],
    operators: st.SearchStrategy[Operator],
    values: st.SearchStrategy[Any],
) -> st.SearchStrategy[Filter]:
    return (
        st.builds(Comparison, paths, operators, values)
        | st.builds(Comparison, paths, _equal, st.none())
        | st.builds(Presence, paths)
    )


def _named(names: list[str], urn: str | None = None) -> st.SearchStrategy[AttributePath]:
    return st.sampled_from([_path(name, urn) for name in names])


def _inside(*names: str, flag: bool = True) -> st.SearchStrategy[Filter]:
    leaf = _tests(_named(list(names)), _ops, _words | st.sampled_from(TYPES))
    if flag:
        leaf |= _tests(_named(["primary"]), _equal, _booleans)
    return st.recursive(leaf, combined, max_leaves=3)


def _linked() -> st.SearchStrategy[Filter]:
    """Conditions on one membership."""
    equals = st.just(Operator.EQ)
    leaf = (
        st.builds(Comparison, _named(["value"]), equals, _ids)
        | st.builds(Comparison, _named(["type"]), equals, st.sampled_from(["direct", "indirect"]))
        | st.builds(Presence, _named(["value", "type", "display"]))
    )
    return st.recursive(leaf, combined, max_leaves=3)


# Placeholders for what is known only when the users are there.
_whens = st.sampled_from([*INSTANTS, "<instant 0>", "<instant 1>", "<instant 2>"])
_ids = st.sampled_from(["<group 0>", "<group 1>", "no id"])
leaves = st.one_of(
    _tests(_named([*_TEXTS, *_PARTS]), _ops, _words),
    _tests(_named([*_TEXTS, *_PARTS], USER), _ops, _words),
    _tests(_named(_EXTENSION, ENTERPRISE), _ops, _words),
    _tests(_named(["active", "emails.primary", "roles.primary"]), _equal, _booleans),
    _tests(_named(["meta.created", "meta.lastModified"]), _ordered, _whens),
    _tests(_named(["invitedAt"], MEMBERSHIP), _ordered, _whens),
    st.builds(Comparison, _named(["status"], MEMBERSHIP), _equal, st.sampled_from(STATES)),
    st.builds(Comparison, _named(["role"], MEMBERSHIP), _equal, st.sampled_from(ROLES)),
    _tests(_named(["groups", "groups.value"]), _equal, _ids),
    st.builds(
        Comparison, _named(["schemas"]), _equal, st.sampled_from([USER, ENTERPRISE, "urn:x"])
    ),
    st.builds(Presence, _named(["name", "meta", "schemas", "id", "addresses", "groups"])),
    st.builds(ElementMatch, _named(["emails", "roles"]), _inside("value", "type", "display")),
    st.builds(ElementMatch, _named(["addresses"]), _inside("locality", "type")),
    st.builds(
        ElementMatch, _named(["name"]), _inside("givenName", "familyName", "formatted", flag=False)
    ),
    st.builds(ElementMatch, _named(["manager"], ENTERPRISE), _inside("value", flag=False)),
    st.builds(ElementMatch, _named(["groups"]), _linked()),
)
filters = st.recursive(leaves, combined, max_leaves=5)
