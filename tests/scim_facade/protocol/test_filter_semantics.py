"""What a filter means: names and types checked by the schema, evaluated over a document."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from scim_facade.protocol.ast import AttributePath, Comparison, ElementMatch, Operator
from scim_facade.protocol.dialect import Warnings
from scim_facade.protocol.errors import ScimError
from scim_facade.protocol.evaluation import matches
from scim_facade.protocol.filter_semantics import check_filter
from scim_facade.protocol.grammar import parse_filter
from scim_facade.protocol.schemas import (
    ENTERPRISE_USER,
    ENTERPRISE_USER_URN,
    GROUP_RESOURCE,
    USER,
    USER_RESOURCE,
    ResourceSchema,
)

USER_DOCUMENT: dict[str, Any] = {
    "schemas": ["urn:ietf:params:scim:schemas:core:2.0:User", ENTERPRISE_USER_URN],
    "id": "0b5e",
    "externalId": "FA-1",
    "userName": "fa@x.example",
    "displayName": 'Filter "A"',
    "title": "Chief (and) more",
    "nickName": "",
    "name": {"givenName": "Åsa", "familyName": "O'Malley"},
    "active": False,
    "photos": [],
    "emails": [
        {"value": "fa@x.example", "type": "work", "primary": True},
        {"value": "fa.home@y.example", "type": "home"},
    ],
    "meta": {"resourceType": "User", "lastModified": "2026-03-01T12:00:00+02:00"},
    ENTERPRISE_USER_URN: {"department": "D-1", "manager": {"value": "m-1"}},
}
GROUP_DOCUMENT: dict[str, Any] = {
    "id": "g1",
    "displayName": "Crew",
    "members": [{"value": "u1"}, {"value": "u2"}],
}


def holds(text: str, document: dict[str, Any], resource: ResourceSchema) -> bool:
    return matches(check_filter(parse_filter(text, Warnings()), resource), document)


def refused(text: str) -> str:
    with pytest.raises(ScimError) as caught:
        check_filter(parse_filter(text, Warnings()), USER_RESOURCE)
    assert (caught.value.status, caught.value.scim_type) == (400, "invalidFilter")
    return caught.value.detail


def test_paths_carry_canonical_names_and_their_schema() -> None:
    tree = check_filter(parse_filter('DEPARTMENT eq "x"', Warnings()), USER_RESOURCE)

    assert tree == Comparison(
        AttributePath(
            ENTERPRISE_USER_URN, "department", attribute=ENTERPRISE_USER.index["department"]
        ),
        Operator.EQ,
        "x",
    )


def test_fil_12_comparing_a_complex_attribute_means_its_value() -> None:
    emails = USER.index["emails"]

    tree = check_filter(parse_filter('emails co "x"', Warnings()), USER_RESOURCE)

    assert tree == Comparison(
        AttributePath(None, "emails", "value", attribute=emails.index["value"], container=emails),
        Operator.CO,
        "x",
    )


def test_names_inside_brackets_are_sub_attributes() -> None:
    emails = USER.index["emails"]

    tree = check_filter(parse_filter('EMAILS[TYPE eq "work"]', Warnings()), USER_RESOURCE)

    assert tree == ElementMatch(
        AttributePath(None, "emails", attribute=emails),
        Comparison(
            AttributePath(None, "type", attribute=emails.index["type"]), Operator.EQ, "work"
        ),
    )


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        # FIL-03: case as the schema has it
        ('userName eq "FA@X.EXAMPLE"', True),
        ('emails.value eq "FA@X.EXAMPLE"', True),
        ('name.givenName eq "åsa"', True),
        ('externalId eq "FA-1"', True),
        ('externalId eq "fa-1"', False),
        ('id eq "0B5E"', False),
        # FIL-01
        ('userName sw "FA"', True),
        ('userName ew ".example"', True),
        ('userName co "@x"', True),
        ('userName gt "ez"', True),
        ('userName lt "ez"', False),
        ('userName ge "fa@x.example"', True),
        ('userName le "fa@x.example"', True),
        # FIL-04, FIL-05
        ('userName eq "n" or active eq false and title pr', True),
        ('(userName eq "n" or active eq false) and title eq "n"', False),
        ("not (active eq true)", True),
        # FIL-06, FIL-07, FIL-11
        ('emails.value eq "fa.home@y.example"', True),
        ('emails[type eq "work" and value eq "fa.home@y.example"]', False),
        ('emails[type eq "home" and value eq "fa.home@y.example"]', True),
        ('emails[type eq "work"].value eq "fa@x.example"', True),
        ('emails[type eq "work"].value eq "fa.home@y.example"', False),
        ('emails[not (type eq "work")]', True),
        ("emails[primary eq true].value pr", True),
        # FIL-12, FIL-24
        ('emails eq "fa@x.example"', True),
        ('id eq "0b5e" and manager eq "m-1"', True),
        ('manager eq "m-2"', False),
        # FIL-13
        ('active eq "False"', True),
        ("active eq False", True),
        ('emails[primary eq "True"]', True),
        # FIL-15, FIL-25
        ('meta.lastModified eq "2026-03-01T10:00:00Z"', True),
        ('meta.lastModified gt "2026-03-01T09:59:59Z"', True),
        ('meta.lastModified lt "2026-03-01T11:00:00+02:00"', False),
        # FIL-16
        ("title pr", True),
        ("active pr", True),
        ("nickName pr", False),
        ("photos pr", False),
        ("userType pr", False),
        ("name pr", True),
        ("emails pr", True),
        # FIL-17
        ("userType eq null", True),
        ("userType ne null", False),
        ("title eq null", False),
        ("nickName eq null", True),
        ("emails ne null", True),
        # FIL-18: on several values, ne is the opposite of eq
        ('userType ne "x"', True),
        ("active ne true", True),
        ('emails.type ne "work"', False),
        ('emails.type ne "other"', True),
        # FIL-19, FIL-20
        ('urn:ietf:params:scim:schemas:core:2.0:User:userName eq "fa@x.example"', True),
        (f'{ENTERPRISE_USER_URN}:department eq "d-1"', True),
        (f'{ENTERPRISE_USER_URN.upper()}:Manager.Value eq "m-1"', True),
        (f'schemas eq "{ENTERPRISE_USER_URN}"', True),
        ('schemas eq "urn:other"', False),
        # FIL-28
        ('userName co "%"', False),
        ('userName sw "f_"', False),
    ],
)
def test_filters_over_a_user(text: str, expected: bool) -> None:
    assert holds(text, USER_DOCUMENT, USER_RESOURCE) is expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('id eq "g1" and members eq "u1"', True),
        ('members.value eq "u2"', True),
        ('members[value eq "u2"]', True),
        ('members eq "u3"', False),
        ('displayName eq "CREW"', True),
    ],
)
def test_fil_24_filters_over_a_group(text: str, expected: bool) -> None:
    assert holds(text, GROUP_DOCUMENT, GROUP_RESOURCE) is expected


@pytest.mark.parametrize(
    "text",
    [
        'unknown eq "x"',
        'name.unknown eq "x"',
        'urn:other:userName eq "x"',
        'password eq "x"',
        "password pr",
        "active gt true",
        "active co true",
        'active eq "maybe"',
        "userName gt null",
        'meta.lastModified gt "yesterday"',
        'meta.lastModified co "2026"',
        'x509Certificates.value gt "a"',
        'name eq "x"',
        'addresses eq "x"',
        'meta eq "x"',
        'userName[value eq "x"]',
        'emails[unknown eq "x"]',
        'emails[emails.type eq "x"]',
        'schemas[value eq "x"]',
        'emails[value[type eq "a"]]',
    ],
)
def test_fil_14_fil_22_fil_30_what_does_not_fit_the_schema_is_refused(text: str) -> None:
    assert refused(text)


def test_unquoted_numbers_compare_with_strings() -> None:
    assert holds("externalId eq 701984", {"externalId": "701984"}, USER_RESOURCE)


def test_dates_become_aware() -> None:
    tree = check_filter(
        parse_filter('meta.created ge "2026-01-02T03:04:05"', Warnings()), USER_RESOURCE
    )

    assert isinstance(tree, Comparison)
    assert tree.value == datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('members.value eq "x"', False),
        ('members.value ne "x"', True),
        ("members pr", False),
        ("members eq null", True),
        ("members ne null", False),
        ('members[value eq "x"]', False),
        ("not (members pr) and userName pr", True),
    ],
)
def test_fil_23_unknown_attributes_have_no_value_across_types(text: str, expected: bool) -> None:
    tree = check_filter(parse_filter(text, Warnings()), USER_RESOURCE, absent_if_unknown=True)

    assert matches(tree, USER_DOCUMENT) is expected
