"""A secret leaves no trace in the log, in whatever shape a client wraps it."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.ids import new_id
from domain.secrets import REDACTED, make_secret, masked
from scim_facade.redaction import redacted, redacted_query
from tests.support.request_log import write_requests
from tests.support.scim import PATCH_OP, USER, Served

SECRET = "hunter2-Hunter2"
KEY = make_secret("rck", new_id()).text
NAMES = ("password", "newPassword", "access_token", "clientSecret", "Authorization", "api_key")

cased = st.builds(
    lambda name, mask: "".join(
        letter.upper() if mask >> index & 1 else letter for index, letter in enumerate(name)
    ),
    st.sampled_from((*NAMES, f"{USER}:password", f"{USER}.password")),
    st.integers(0, 2**40),
)
plain: st.SearchStrategy[Any] = st.sampled_from([None, True, 7, "Ada", "Secret Service", [], {}])


def inside(secret: Any, depth: int = 3) -> st.SearchStrategy[Any]:
    """The value, or one that has it somewhere inside."""
    return st.recursive(
        st.just(secret),
        lambda inner: st.one_of(
            st.tuples(plain, inner).map(list),
            st.tuples(inner, plain).map(list),
            inner.map(lambda value: {"value": value, "primary": True}),
            inner.map(lambda value: {"Operations": [{"op": "add", "path": "x", "value": value}]}),
            inner.map(lambda value: {"data": value, "method": "PATCH", "path": "/Users/7"}),
        ),
        max_leaves=depth,
    )


secret_values = inside(SECRET)
holders: st.SearchStrategy[Any] = st.one_of(
    st.builds(lambda name, value: {name: value, "userName": "s"}, cased, secret_values),
    st.builds(
        lambda name, value: {"op": "add", "path": name, "value": value}, cased, secret_values
    ),
    st.builds(lambda name, value: {"Path": name, "Op": "x", "VALUE": value}, cased, secret_values),
    st.builds(lambda name, value: {"type": name, "value": value}, cased, secret_values),
    st.builds(lambda name: {"op": "remove", "path": f'{name}[value eq "{SECRET}"]'}, cased),
    st.builds(lambda name: {"filter": f'{name} eq "{SECRET}"'}, cased),
    st.builds(lambda name: {"filter": f"{name} Eq {SECRET}"}, cased),
    st.builds(lambda name: {"path": f"/Users?{name}={SECRET}", "method": "GET"}, cased),
    st.builds(lambda name, value: {"x": json.dumps({name: value})}, cased, secret_values),
    st.just({"nickName": f"Bearer {KEY}"}),
    st.just({"x": [KEY]}),
)
bodies = holders.flatmap(inside).map(
    lambda value: value if isinstance(value, dict) else {"v": value}
)


def written(body: Any, how: int) -> bytes:
    """The body as one of several clients writes it."""
    text = json.dumps(body, ensure_ascii=bool(how & 1), indent=2 if how & 2 else None)
    if how & 4:
        text = text.replace("asswor", "assw\\u006fr").replace("oken", "\\u006Fken")
    if how & 8:
        text = text[: len(text) - 1]
    if how & 16:
        return f" {text}\n".encode("utf-16-le")
    return text.encode()


@given(bodies, st.integers(0, 31))
def test_no_shape_of_body_keeps_a_secret(body: Any, how: int) -> None:
    kept = redacted(written(body, how)) or ""

    assert SECRET not in kept.replace("\ufffd", "")
    assert KEY[-43:] not in kept.replace("\ufffd", "")


@given(
    cased, st.sampled_from(["{}={}", "filter={}+eq+%22{}%22", "filter=a%20eq%20b%20or%20{}%3d{}"])
)
def test_no_shape_of_query_keeps_a_secret(name: str, form: str) -> None:
    kept = redacted_query(f"count=1&{form.format(name, SECRET)}&startIndex=2".encode())

    assert SECRET not in kept
    assert kept.startswith("count=1&")
    assert kept.endswith("&startIndex=2")


@pytest.mark.parametrize("prefix", ["rck", "rcs", "adm", "inv", "sil", "ses"])
def test_own_secrets_are_known_by_their_form(prefix: str) -> None:
    secret = make_secret(prefix, new_id(), new_id()).text

    assert masked(f"at {secret}, it is") == f"at {REDACTED}, it is"


def test_tokens_of_others_are_known_by_their_form() -> None:
    token = "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJhZGEifQ.c2lnbmF0dXJl"

    assert masked(f'{{"nickName": "{token}"}}') == f'{{"nickName": "{REDACTED}"}}'


def test_other_texts_stay_as_they_are() -> None:
    body = b'{"displayName": "Token Ring", "note": "100% eyJ", "x": "\\u00e9"}'

    assert redacted(body) == '{"displayName":"Token Ring","note":"100% eyJ","x":"\u00e9"}'
    assert redacted(b"\xff{") == "\ufffd{"


async def test_nothing_of_it_reaches_the_table(acme: Served) -> None:
    user = await acme.user()
    path = f"/Users/{user.id}"
    operation = {"op": "replace", "path": "password", "value": SECRET}
    for body in (
        {"userName": "s", "PassWord": SECRET, "nickName": KEY},
        {"schemas": [PATCH_OP], "Operations": [operation]},
        {"Operations": [{"method": "PATCH", "path": path, "data": {"Operations": [operation]}}]},
        {"filter": f'password eq "{SECRET}"'},
    ):
        for method, place in (("POST", "/Users"), ("PUT", path), ("PATCH", path)):
            await acme.request(method, place, body)
        for place in ("/Bulk", "/.search", "/Users/.search"):
            await acme.post(place, body, user_agent=f"curl {acme.key}")
    await acme.get(f"/Users/{acme.key}?filter=userName%20eq%20%22{acme.key}%22&password={SECRET}")
    await acme.request("GET", "/Users", None, {"authorization": acme.key, "user-agent": acme.key})
    await write_requests(acme.world.app, acme.log)

    rows = await acme.looks.rows(
        "SELECT request::text AS row FROM provisioning_requests AS request"
        " WHERE organization_id = $1"
    )
    assert len(rows) == len(acme.log) == 27
    for row in rows:
        assert SECRET not in row["row"]
        assert acme.key not in row["row"]
        assert KEY not in row["row"]


async def test_no_error_repeats_a_secret(acme: Served) -> None:
    key = make_secret("rck", new_id()).text
    data = {"userName": "s", "title": f"bulkId:{key}"}
    operation = {"method": "POST", "path": "/Users", "bulkId": "a", "data": data}
    bulk = {"schemas": ["urn:ietf:params:scim:api:messages:2.0:BulkRequest"]}
    answers = [
        await acme.get(f"/Users?sortBy={key}"),
        await acme.get(f"/Users?attributes={key}&filter={key}"),
        await acme.post("/Bulk", bulk | {"Operations": [operation]}),
        await acme.post("/Bulk", bulk | {"Operations": [operation | {"path": f"/{key}"}]}),
    ]

    assert [answer.status for answer in answers] == [400, 400, 200, 200]
    assert [answer.body for answer in answers if key[-43:-20].encode() in answer.body] == []
    assert REDACTED.encode() in answers[0].body
    assert REDACTED.encode() in answers[2].body
