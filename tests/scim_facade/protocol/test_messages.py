"""Errors, envelopes, warnings, conditions and bodies: the small pieces, value by value."""

from __future__ import annotations

import json

import pytest

from scim_facade.protocol.body import decode_body
from scim_facade.protocol.conditions import Condition, etag, parse_condition
from scim_facade.protocol.dialect import SENTENCES, Deviation, Warnings
from scim_facade.protocol.errors import ScimError, error_body
from scim_facade.protocol.messages import cursor_response, list_response


def test_err_02_status_is_a_string() -> None:
    assert error_body(ScimError.uniqueness("Choose another userName.")) == {
        "schemas": ["urn:ietf:params:scim:api:messages:2.0:Error"],
        "status": "409",
        "scimType": "uniqueness",
        "detail": "Choose another userName.",
    }
    assert "scimType" not in error_body(ScimError.not_found("No such user."))


@pytest.mark.parametrize(
    ("error", "status", "scim_type"),
    [
        (ScimError.invalid_filter(""), 400, "invalidFilter"),
        (ScimError.invalid_syntax(""), 400, "invalidSyntax"),
        (ScimError.invalid_path(""), 400, "invalidPath"),
        (ScimError.no_target(""), 400, "noTarget"),
        (ScimError.invalid_value(""), 400, "invalidValue"),
        (ScimError.mutability(""), 400, "mutability"),
        (ScimError.invalid_version(""), 400, "invalidVers"),
        (ScimError.too_many(""), 400, "tooMany"),
        (ScimError.invalid_cursor(""), 400, "invalidCursor"),
        (ScimError.expired_cursor(""), 400, "expiredCursor"),
        (ScimError.invalid_count(""), 400, "invalidCount"),
        (ScimError.unauthorized(""), 401, None),
        (ScimError.forbidden(""), 403, None),
        (ScimError.not_found(""), 404, None),
        (ScimError.uniqueness(""), 409, "uniqueness"),
        (ScimError.conflict(""), 409, None),
        (ScimError.precondition_failed(""), 412, None),
        (ScimError.too_large(""), 413, None),
        (ScimError.unsupported_media_type(""), 415, None),
        (ScimError.too_many_requests("", 1), 429, None),
        (ScimError.internal(""), 500, None),
        (ScimError.not_implemented(""), 501, None),
        (ScimError.unavailable("", 5), 503, None),
    ],
)
def test_err_04_scim_types(error: ScimError, status: int, scim_type: str | None) -> None:
    assert (error.status, error.scim_type) == (status, scim_type)


def test_get_03_list_response() -> None:
    assert list_response([{"id": "a"}], 7, 3) == {
        "schemas": ["urn:ietf:params:scim:api:messages:2.0:ListResponse"],
        "totalResults": 7,
        "startIndex": 3,
        "itemsPerPage": 1,
        "Resources": [{"id": "a"}],
    }


def test_cur_01_the_last_page_has_no_next_cursor() -> None:
    page = cursor_response([], 0, None)

    assert "nextCursor" not in page
    assert page["Resources"] == []


def test_every_deviation_has_a_sentence() -> None:
    assert set(SENTENCES) == set(Deviation)


def test_warnings_come_once_in_order_and_bounded() -> None:
    warnings = Warnings()
    assert not warnings

    for number in range(60):
        warnings.add(Deviation.UNKNOWN_ATTRIBUTE, attribute=f"a{number}")
        warnings.add(Deviation.UNKNOWN_ATTRIBUTE, attribute="a0")

    assert warnings.sentences[0] == "The attribute a0 is unknown and was dropped."
    assert len(warnings.sentences) == 50
    assert warnings.counts == {Deviation.UNKNOWN_ATTRIBUTE: 120}


def test_warnings_clip_what_the_client_wrote() -> None:
    warnings = Warnings()

    warnings.add(Deviation.UNKNOWN_EXTENSION, urn="u" * 500)

    assert len(warnings.sentences[0]) < 130


@pytest.mark.parametrize(
    ("header", "condition"),
    [
        (None, None),
        ("  ", None),
        ("*", Condition(any_version=True)),
        ('W/"3"', Condition(versions=frozenset({3}))),
        ('"3"', Condition(versions=frozenset({3}))),
        ('W/"3", "4" ,w/"5"', Condition(versions=frozenset({3, 4, 5}))),
        ("3", Condition()),
        ('W/"x"', Condition()),
        ('W/"03"', Condition()),
        ('W/"3', Condition()),
        ("garbage, ,", Condition()),
    ],
)
def test_etg_04_conditions(header: str | None, condition: Condition | None) -> None:
    assert parse_condition(header) == condition


def test_etg_04_what_a_condition_matches() -> None:
    known = parse_condition(etag(7))

    assert etag(7) == 'W/"7"'
    assert known is not None
    assert known.matches(7)
    assert not known.matches(8)
    assert Condition(any_version=True).matches(1)
    assert not Condition().matches(1)


def nested(depth: int) -> bytes:
    return b'{"a":' * depth + b"1" + b"}" * depth


@pytest.mark.parametrize(
    ("raw", "scim_type"),
    [
        (b"", "invalidSyntax"),
        (b"{", "invalidSyntax"),
        (b"[]", "invalidSyntax"),
        (b'"x"', "invalidSyntax"),
        (b"null", "invalidSyntax"),
        (b"\xff", "invalidSyntax"),
        (b'{"a":NaN}', "invalidSyntax"),
        (nested(65), "invalidSyntax"),
        (nested(5000), "invalidSyntax"),
        (b'{"a":' + b"[" * 64 + b"]" * 64 + b"}", "invalidSyntax"),
        (b'{"a":"x\\u0000"}', "invalidValue"),
        (b'{"a\\u0000":1}', "invalidValue"),
        (b'{"a":["\\ud800"]}', "invalidValue"),
        (b'{"a":"\\udc00"}', "invalidValue"),
        (b'{"a":9007199254740993}', "invalidValue"),
        (b'{"a":{"b":[-9007199254740993]}}', "invalidValue"),
        (b'{"a":123456789012345678901234567890}', "invalidValue"),
    ],
)
def test_err_05_err_06_bodies_that_are_refused(raw: bytes, scim_type: str) -> None:
    with pytest.raises(ScimError) as caught:
        decode_body(raw)
    assert (caught.value.status, caught.value.scim_type) == (400, scim_type)


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"a": "é", "b": [1, None, True, 1.5]},
        {"a": 2**53, "b": -(2**53)},
        {"phone": "1234567890123456789"},
        {"a": "\\u0000 spelled out"},
        {"many": [{"value": str(number)} for number in range(1000)]},
    ],
)
def test_bodies_that_are_read(body: dict[str, object]) -> None:
    assert decode_body(json.dumps(body).encode()) == body


def test_the_deepest_body() -> None:
    assert list(decode_body(nested(64))) == ["a"]
