"""Bodies of POST and PUT: every provider's form in, one canonical form out."""

from __future__ import annotations

from typing import Any

import pytest

from scim_facade.protocol.dialect import Deviation, Warnings
from scim_facade.protocol.errors import ScimError
from scim_facade.protocol.resources import (
    UserDocument,
    read_user,
)
from tests.scim_facade.protocol.samples import (
    ENTERPRISE,
    ENTRA_CREATE,
    MEMBERSHIP,
    OKTA_CREATE,
    OKTA_PUT,
    ONELOGIN_CREATE,
    USER,
)


def attributes_of(**body: Any) -> dict[str, Any]:
    return read_user({"schemas": [USER], **body}, Warnings()).attributes


def deviations_of(body: dict[str, Any]) -> set[Deviation]:
    warnings = Warnings()
    read_user({"schemas": [USER], **body}, warnings)
    return set(warnings.counts)


def refused(**body: Any) -> str:
    with pytest.raises(ScimError) as caught:
        read_user({"schemas": [USER], **body}, Warnings())
    assert (caught.value.status, caught.value.scim_type) == (400, "invalidValue")
    return caught.value.detail


def test_an_ordinary_body_is_read_as_it_is() -> None:
    warnings = Warnings()

    user = read_user(OKTA_CREATE, warnings)

    assert user == UserDocument(
        {
            key: value
            for key, value in OKTA_CREATE.items()
            if key not in ("schemas", "groups", "password")
        },
        had_password=True,
    )
    assert (user.user_name, user.external_id, user.display_name, user.active) == (
        "ines@contoso.example",
        "00u7aa",
        "Ines Roth",
        True,
    )
    assert warnings.sentences == []


def test_res_05_res_09_res_28_echoes_are_passed_over() -> None:
    warnings = Warnings()

    user = read_user(OKTA_PUT, warnings)

    assert not {"id", "meta", "groups", "schemas", MEMBERSHIP} & set(user.attributes)
    assert user.attributes["title"] == "Buyer"
    assert warnings.sentences == []


def test_res_15_null_and_empty_are_unassigned_but_known() -> None:
    user = read_user(ENTRA_CREATE, Warnings())

    assert user.cleared == {"roles", "addresses"}
    assert user.attributes[ENTERPRISE] == {"employeeNumber": "E-1", "department": "Risk"}
    assert "roles" not in user.attributes


def test_onelogin_template() -> None:
    warnings = Warnings()

    user = read_user(ONELOGIN_CREATE, warnings)

    assert user.attributes == {
        "userName": "sam@adatum.example",
        "name": {"givenName": "Sam", "familyName": "Ito"},
        "emails": [{"value": "sam@adatum.example", "type": "work"}],
        "active": True,
        ENTERPRISE: {"manager": {"value": "m-7"}},
    }
    assert set(warnings.counts) == {
        Deviation.SCHEMAS_FOREIGN,
        Deviation.OBJECT_FOR_LIST,
        Deviation.STRING_BOOLEAN,
        Deviation.MANAGER_ID,
        Deviation.READ_ONLY_IGNORED,
    }


def test_res_17_keys_in_any_case() -> None:
    assert attributes_of(
        USERNAME="x", Emails=[{"VALUE": "a@x", "Type": "work"}], nickname="n", externalid="e"
    ) == {
        "userName": "x",
        "emails": [{"value": "a@x", "type": "work"}],
        "nickName": "n",
        "externalId": "e",
    }


@pytest.mark.parametrize("blank", [None, "", "  ", []])
def test_post_04_blank_values_clear(blank: Any) -> None:
    user = read_user({"userName": "x", "title": blank, "emails": blank}, Warnings())

    assert user == UserDocument({"userName": "x"}, cleared=frozenset({"title", "emails"}))


def test_strings_are_kept_as_sent() -> None:
    assert attributes_of(title="  Chief ", phoneNumbers=[{"value": " 018-1 "}]) == {
        "title": "  Chief ",
        "phoneNumbers": [{"value": " 018-1 "}],
    }


@pytest.mark.parametrize(
    ("sent", "active"),
    [
        (True, True),
        ("True", True),
        ("false", False),
        ("1", True),
        ("0", False),
        ([False], False),
        (["True"], True),
        (None, None),
        ("", None),
    ],
)
def test_booleans(sent: Any, active: bool | None) -> None:
    assert read_user({"active": sent}, Warnings()).active is active


@pytest.mark.parametrize("sent", ["maybe", 1, 0, {}, [True, False], [[]], 1.5])
def test_err_07_no_boolean(sent: Any) -> None:
    assert refused(active=sent) == "Send active as true or false."


@pytest.mark.parametrize(
    "sent",
    [
        "a@x",
        ["a@x"],
        {"value": "a@x"},
        [{"value": "a@x"}, None],
        [{"value": "a@x"}, {"value": "", "type": "home"}],
        [{"value": "a@x"}, {}],
    ],
)
def test_emails_in_every_shape(sent: Any) -> None:
    assert attributes_of(emails=sent) == {"emails": [{"value": "a@x"}]}


@pytest.mark.parametrize(
    "sent", ["m-1", {"value": "m-1"}, {"managerId": "m-1"}, [{"value": "m-1"}], ["m-1"]]
)
def test_pat_r11_manager_in_every_shape(sent: Any) -> None:
    assert attributes_of(**{ENTERPRISE: {"manager": sent}}) == {
        ENTERPRISE: {"manager": {"value": "m-1"}}
    }


@pytest.mark.parametrize("sent", [None, "", [], {}, {"value": None}, [None]])
def test_pat_r11_no_manager(sent: Any) -> None:
    assert attributes_of(**{ENTERPRISE: {"manager": sent}}) == {}


def test_json_strings_in_roles_are_kept_as_text() -> None:
    role = '{"id":"5c","value":"admin"}'

    assert attributes_of(roles=[role]) == {"roles": [{"value": role}]}
    assert deviations_of({"roles": [role]}) == {Deviation.JSON_STRING_ELEMENT}


def test_res_19_the_last_primary_stays() -> None:
    sent = [
        {"value": "a@x", "primary": True},
        {"value": "b@x", "primary": "True"},
        {"value": "c@x", "primary": False},
    ]

    assert attributes_of(emails=sent)["emails"] == [
        {"value": "a@x"},
        {"value": "b@x", "primary": True},
        {"value": "c@x", "primary": False},
    ]
    assert Deviation.DUPLICATE_PRIMARY in deviations_of({"emails": sent})


def test_res_20_the_same_type_and_value_once() -> None:
    sent = [
        {"value": "a@x", "type": "work"},
        {"value": "A@x", "type": "Work", "display": "A"},
        {"value": "a@x", "type": "home"},
    ]

    assert attributes_of(emails=sent)["emails"] == [
        {"value": "A@x", "type": "Work", "display": "A"},
        {"value": "a@x", "type": "home"},
    ]


def test_res_36_unknown_things_are_dropped_with_a_warning() -> None:
    body = {
        "schemas": [USER, "urn:acme:1.0:User"],
        "userName": "x",
        "shoeSize": 44,
        "urn:acme:1.0:User": {"a": 1},
        "name": {"nick": "n"},
        ENTERPRISE: {"desk": 1},
    }
    warnings = Warnings()

    assert read_user(body, warnings).attributes == {"userName": "x"}
    assert warnings.sentences == [
        "The schema urn:acme:1.0:User is not one of this server and was passed over.",
        "The attribute shoeSize is unknown and was dropped.",
        "The extension urn:acme:1.0:User is unknown and was dropped.",
        "The attribute name.nick is unknown and was dropped.",
        f"The attribute {ENTERPRISE}:desk is unknown and was dropped.",
    ]


def test_post_08_schemas_may_be_missing() -> None:
    warnings = Warnings()

    read_user({"userName": "x"}, warnings)

    assert warnings.sentences == ["schemas is missing; the endpoint decided what the body is."]


def test_extension_attributes_outside_their_container() -> None:
    assert attributes_of(department="d", manager="m") == {
        ENTERPRISE: {"department": "d", "manager": {"value": "m"}}
    }
    assert deviations_of({"department": "d"}) == {Deviation.UNQUALIFIED_EXTENSION}


def test_core_attributes_inside_their_urn() -> None:
    assert attributes_of(**{USER: {"userName": "x"}}) == {"userName": "x"}


@pytest.mark.parametrize(
    ("body", "detail"),
    [
        ({"userName": 5}, "Send userName as a string."),
        ({"title": ["x"]}, "Send title as a string."),
        ({"name": "Bo"}, "Send name as an object."),
        ({"name": [{}, {}]}, "Send name as one object."),
        ({"name": {"givenName": {}}}, "Send name.givenName as a string."),
        ({"emails": 5}, "Send emails as an object."),
        ({"emails": [[{}]]}, "Send emails as an object."),
        ({"emails": [{"value": 5}]}, "Send emails.value as a string."),
        ({"addresses": "Main St"}, "Send addresses as an object."),
        ({ENTERPRISE: "x"}, f"Send {ENTERPRISE} as an object."),
    ],
)
def test_err_07_wrong_types_name_the_attribute(body: dict[str, Any], detail: str) -> None:
    assert refused(**body) == detail


def test_a_document_of_a_patched_user() -> None:
    document = {**OKTA_PUT, "groups": [{"value": "g"}], ENTERPRISE: {"department": "d"}}

    user = UserDocument.of(document)

    assert set(document) - set(user.attributes) == {"schemas", "id", "meta", "groups", MEMBERSHIP}
