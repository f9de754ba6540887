"""The filter and path grammar: exact trees, tolerated forms, limits, and properties."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scim_facade.protocol.ast import (
    And,
    AttributePath,
    Comparison,
    ElementMatch,
    Filter,
    Not,
    Operator,
    Or,
    Presence,
)
from scim_facade.protocol.dialect import Deviation, Warnings
from scim_facade.protocol.errors import ScimError
from scim_facade.protocol.grammar import parse_filter, parse_path
from tests.scim_facade.protocol.strategies import filters, only_bad_requests, print_filter

CORE = "urn:ietf:params:scim:schemas:core:2.0:User"


def path(name: str, sub: str | None = None, urn: str | None = None) -> AttributePath:
    return AttributePath(urn, name, sub)


def equal(name: str, value: str | float | bool | None) -> Comparison:
    return Comparison(path(name), Operator.EQ, value)


def parse(text: str) -> Filter:
    return parse_filter(text, Warnings())


def refused(text: str) -> str:
    with pytest.raises(ScimError) as caught:
        parse(text)
    assert (caught.value.status, caught.value.scim_type) == (400, "invalidFilter")
    return caught.value.detail


@pytest.mark.parametrize("operator", list(Operator))
def test_fil_01_every_operator(operator: Operator) -> None:
    assert parse(f'title {operator} "x"') == Comparison(path("title"), operator, "x")


def test_fil_01_presence() -> None:
    assert parse("title pr") == Presence(path("title"))


def test_fil_02_operators_in_any_case() -> None:
    assert parse('USERNAME Eq "x" AND title PR') == And(
        (Comparison(path("USERNAME"), Operator.EQ, "x"), Presence(path("title")))
    )


def test_fil_04_and_binds_before_or() -> None:
    assert parse("a pr or b pr and c pr") == Or(
        (Presence(path("a")), And((Presence(path("b")), Presence(path("c")))))
    )


def test_fil_04_parentheses_bind_first() -> None:
    assert parse("(a pr or b pr) and c pr") == And(
        (Or((Presence(path("a")), Presence(path("b")))), Presence(path("c")))
    )


@pytest.mark.parametrize("text", ["not (a pr)", "not(a pr)", "NOT  ( a pr )"])
def test_fil_05_not_with_and_without_space(text: str) -> None:
    assert parse(text) == Not(Presence(path("a")))


def test_fil_05_not_without_parentheses_is_refused() -> None:
    assert refused("not active eq true") == (
        "At characters 5 to 10 of the filter: use one of eq, ne, co, sw, ew, pr, gt, ge, lt, le."
    )


def test_fil_07_value_path() -> None:
    assert parse('emails[type eq "work" and value co "@x"]') == ElementMatch(
        path("emails"), And((equal("type", "work"), Comparison(path("value"), Operator.CO, "@x")))
    )


@pytest.mark.parametrize(
    ("text", "value"),
    [
        (r'"a\"b"', 'a"b'),
        (r'"a\\b"', "a\\b"),
        (r'"\u00e9"', "é"),
        ('"x and y) or [z]"', "x and y) or [z]"),
        ("true", True),
        ("false", False),
        ("null", None),
        ("12", 12),
        ("-1.5e2", -150.0),
        ("9007199254740992", 2**53),
    ],
)
def test_fil_08_literals(text: str, value: str | float | bool | None) -> None:
    warnings = Warnings()

    tree = parse_filter(f"a eq {text}", warnings)

    assert tree == equal("a", value)
    assert isinstance(tree, Comparison)
    assert type(tree.value) is type(value)
    assert warnings.sentences == []


@pytest.mark.parametrize(
    ("text", "tree"),
    [
        ("userName eq bob@x", equal("userName", "bob@x")),
        ("externalId eq jyoung", equal("externalId", "jyoung")),
        ("title eq vice president", equal("title", "vice president")),
        ("title eq a b and c pr", And((equal("title", "a b"), Presence(path("c"))))),
        ("(title eq a b)", equal("title", "a b")),
        ("emails[type eq work]", ElementMatch(path("emails"), equal("type", "work"))),
        ("active eq True", equal("active", "True")),
        ("externalId eq 007", equal("externalId", "007")),
    ],
)
def test_fil_09_unquoted_values_run_to_the_next_and_or_bracket(text: str, tree: Filter) -> None:
    warnings = Warnings()

    assert parse_filter(text, warnings) == tree
    assert warnings.counts == {Deviation.UNQUOTED_FILTER_VALUE: 1}


def test_fil_10_single_quotes() -> None:
    warnings = Warnings()

    assert parse_filter(r"userName eq 'o\'neil and co'", warnings) == equal(
        "userName", "o'neil and co"
    )
    assert warnings.counts == {Deviation.SINGLE_QUOTED_VALUE: 1}


def test_fil_11_value_path_with_sub_attribute() -> None:
    assert parse('emails[type eq "work"].value eq "x"') == ElementMatch(
        path("emails"), And((equal("type", "work"), equal("value", "x")))
    )
    assert parse("emails[type eq 1 or type eq 2].value pr") == ElementMatch(
        path("emails"), And((Or((equal("type", 1), equal("type", 2))), Presence(path("value"))))
    )


def test_fil_19_names_behind_a_urn() -> None:
    assert parse(f'{CORE}:name.familyName eq "x"') == Comparison(
        path("name", "familyName", CORE), Operator.EQ, "x"
    )


@pytest.mark.parametrize(
    "text",
    [
        'userName xx "a"',
        "userName eq",
        "userName",
        "",
        "   ",
        '(userName eq "a"',
        'userName eq "a")',
        "userName eq bob)",
        'userName eq "a" and',
        'userName eq "a" xyz',
        'and userName eq "a"',
        "emails[]",
        'emails[type eq "a"',
        'emails.value[type eq "a"]',
        'emails[type eq "a"].',
        'userName eq "open',
        "userName eq 'open",
        r'userName eq "\x"',
        ".x pr",
        "a..b pr",
        "a.b.c pr",
        ":a pr",
        "a eq 9007199254740993",
        "a eq -9007199254740993",
        "a eq " + "9" * 4000,
        "a eq 1e999",
        "a eq5",
        "a pr or1 pr",
        'a[b[c pr].d eq "x"].e',
    ],
)
def test_fil_21_what_does_not_parse_is_refused(text: str) -> None:
    assert refused(text)


def test_fil_27_extra_white_space() -> None:
    assert parse('  a   eq\t"x"   and  ( b pr )  ') == And((equal("a", "x"), Presence(path("b"))))


def test_fil_29_limits() -> None:
    assert refused('a eq "' + "x" * 4096 + '"') == "Keep the filter within 4096 bytes."
    assert "nest no deeper than 32 levels" in refused("(" * 33 + "a pr" + ")" * 33)
    assert parse("(" * 32 + "a pr" + ")" * 32) == Presence(path("a"))
    assert "use no more than 200 terms" in refused(" or ".join(["a pr"] * 201))
    assert parse(" or ".join(["a pr"] * 200)) == Or((Presence(path("a")),) * 200)
    assert refused("(" * 4000)


@pytest.mark.parametrize(
    "text", ['a eq "x\0"', r'a eq "\u0000"', 'a eq "\ud800"', r'a eq "\ud800"']
)
def test_null_characters_and_lone_surrogates_are_refused(text: str) -> None:
    assert refused(text)


@pytest.mark.parametrize(
    ("text", "name", "sub", "urn"),
    [
        ("members", "members", None, None),
        (" name.givenName ", "name", "givenName", None),
        (f"{CORE}:name.givenName", "name", "givenName", CORE),
        (CORE, "User", None, "urn:ietf:params:scim:schemas:core:2.0"),
    ],
)
def test_plain_paths(text: str, name: str, sub: str | None, urn: str | None) -> None:
    parsed = parse_path(text, Warnings())

    assert (parsed.path, parsed.condition) == (AttributePath(urn, name, sub), None)


def test_path_with_condition_and_sub_attribute() -> None:
    parsed = parse_path('emails[type eq "work"].Value', Warnings())

    assert parsed.path == path("emails", "Value")
    assert parsed.condition == equal("type", "work")
    assert str(parsed) == 'emails[type eq "work"].Value'


@pytest.mark.parametrize(
    ("text", "scim_type"),
    [
        ("emails[type eq", "invalidPath"),
        (".x", "invalidPath"),
        ("a b", "invalidPath"),
        ("a.b.c", "invalidPath"),
        ("[type eq 1]", "invalidPath"),
        ("emails.value[type eq 1]", "invalidPath"),
        ("emails[type eq 1]x", "invalidPath"),
        ("emails\0", "invalidPath"),
        ("x" * 2000, "invalidPath"),
        ("emails[type xx 1]", "invalidFilter"),
        ("emails[]", "invalidFilter"),
    ],
)
def test_paths_that_do_not_parse(text: str, scim_type: str) -> None:
    with pytest.raises(ScimError) as caught:
        parse_path(text, Warnings())
    assert (caught.value.status, caught.value.scim_type) == (400, scim_type)


@given(filters)
def test_printing_and_parsing_gives_the_same_filter(tree: Filter) -> None:
    warnings = Warnings()

    assert parse_filter(print_filter(tree), warnings) == tree
    assert warnings.sentences == []


@given(st.text(max_size=60) | st.text("aeqprnot()[]\"' .and1:", max_size=60))
def test_any_text_parses_or_is_a_scim_error(text: str) -> None:
    for parser in (parse_filter, parse_path):
        with only_bad_requests():
            parser(text, Warnings())
