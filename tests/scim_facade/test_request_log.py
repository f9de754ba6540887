"""What the request log keeps of a call: what was asked, of whom, what came of it, no secrets."""

from __future__ import annotations

import json
from typing import Any

import pytest

from domain.ids import UUID
from tests.support.scim import PATCH_OP, USER, Served, patch_body

SECRET = "hunter2-Hunter2"
PASSWORD = f"{USER}:password"


async def test_every_call_says_what_came_of_it(acme: Served) -> None:
    user = await acme.user("ada@x.example")
    group = await acme.group(user.id, name="Engines")
    path = f"/Users/{user.id}"
    await acme.get(path)
    await acme.get("/Users?filter=userName%20eq%20%22ada@x.example%22")
    await acme.put(path, {"userName": "ada@x.example"})
    await acme.patch(path, {"op": "replace", "path": "title", "value": "T"})
    await acme.patch(path, {"op": "replace", "path": "id", "value": "T"})
    await acme.post("/Users", {"userName": "ADA@x.example"})
    await acme.get("/Schemas")
    await acme.get("/nothing")
    await acme.get(path, if_none_match="*")
    await acme.delete(f"/Groups/{group.id}")
    await acme.delete(path)
    await acme.delete(path)

    told = [(e.operation, e.status_code, e.outcome, e.subject_label, e.scim_type) for e in acme.log]
    assert told == [
        ("CREATE", 201, "APPLIED", "ada@x.example", None),
        ("CREATE", 201, "APPLIED", "Engines", None),
        ("READ", 200, "UNCHANGED", "ada@x.example", None),
        ("SEARCH", 200, "UNCHANGED", "ada@x.example", None),
        ("REPLACE", 200, "UNCHANGED", "ada@x.example", None),
        ("PATCH", 200, "APPLIED", "ada@x.example", None),
        ("PATCH", 400, "REJECTED", None, "mutability"),
        ("CREATE", 409, "REJECTED", "ADA@x.example", "uniqueness"),
        ("DISCOVERY", 200, "UNCHANGED", None, None),
        ("READ", 404, "REJECTED", None, None),
        ("READ", 304, "UNCHANGED", "ada@x.example", None),
        ("DELETE", 204, "APPLIED", acme.log[11].subject_label, None),
        ("DELETE", 204, "APPLIED", "ada@x.example", None),
        ("DELETE", 404, "REJECTED", None, None),
    ]
    subjects = [(e.resource_type, e.subject_kind, e.subject_id) for e in acme.log]
    assert subjects[0] == subjects[2] == ("USER", "MEMBER", UUID(user.id))
    assert subjects[1] == subjects[11] == ("GROUP", "GROUP", UUID(group.id))


async def test_an_entry_has_the_call_and_its_answer(acme: Served) -> None:
    body = {"schemas": [USER], "userName": "ad\u00e9@x.example"}
    answer = await acme.post("/Users?attributes=userName", body, user_agent="Okta SCIM Client 1.0")

    (entry,) = acme.log
    assert (entry.method, entry.status_code) == ("POST", 201)
    assert entry.path == f"/v2/{acme.organization_id}/Users?attributes=userName"
    assert json.loads(entry.request_body or "") == body
    assert entry.response_body == answer.body.decode()
    assert entry.user_agent == "Okta SCIM Client 1.0"
    assert entry.remote_ip == "192.0.2.7"
    assert 0 <= entry.duration_ms < 10_000
    events = await acme.looks.rows(
        "SELECT DISTINCT correlation_id FROM audit_events WHERE organization_id = $1"
        " AND subject_id = $2",
        UUID(answer.id),
    )
    assert [event["correlation_id"] for event in events] == [entry.correlation_id]


async def test_long_bodies_are_cut(acme: Served) -> None:
    await acme.user("long", nickName="n" * 200_000)

    (entry,) = acme.log
    assert len(entry.request_body or "") == 65_536
    assert len(entry.response_body or "") == 65_536


SECRETIVE: list[dict[str, Any] | bytes] = [
    {"schemas": [USER], "userName": "s", "password": SECRET},
    {"userName": "s", "PASSWORD": SECRET},
    {"userName": "s", PASSWORD: SECRET},
    {"userName": "s", USER: {"password": SECRET}},
    {"userName": "s", "newPassword": SECRET},
    {"userName": "s", "x": [{"y": {"password": {"value": [SECRET]}}}]},
    {"userName": "s", "access_token": SECRET, "clientSecret": SECRET},
    {"userName": "s", "credentials": [{"type": "password", "value": SECRET}]},
    patch_body({"op": "replace", "path": "password", "value": SECRET}),
    patch_body({"op": "add", "path": "PassWord", "value": SECRET}),
    patch_body({"op": "replace", "path": " password ", "value": SECRET}),
    patch_body({"op": "replace", "Path": "password", "Value": SECRET}),
    patch_body({"op": "replace", "path": PASSWORD, "value": SECRET}),
    patch_body({"op": "replace", "path": f"{USER}.password", "value": SECRET}),
    patch_body({"op": "replace", "path": f'password[value eq "{SECRET}"]', "value": "x"}),
    patch_body({"op": "replace", "value": {"password": SECRET}}),
    patch_body({"op": "replace", "value": {PASSWORD: SECRET}}),
    patch_body({"op": "replace", "value": {"password.value": SECRET}}),
    patch_body(
        {"op": "replace", "path": "title", "value": "x"},
        {"op": "replace", "path": "password", "value": {"value": SECRET}},
    ),
    {"schemas": [PATCH_OP], "Operations": {"path": "password", "value": SECRET}},
    {"schemas": [PATCH_OP], "Operations": json.dumps([{"path": "password", "value": SECRET}])},
    f'{{"pass\\u0077ord": "{SECRET}"}}'.encode(),
    f'{{"password": "{SECRET}"'.encode(),
    f"password={SECRET}&userName=s".encode(),
    f'[{{"password": "{SECRET}"}}]'.encode(),
    f'"password {SECRET}"'.encode(),
    f"<user><password>{SECRET}</password></user>".encode(),
    b'{"password": "' + SECRET.encode() + b'", "a": ' + b"[" * 300 + b"]" * 300 + b"}",
    b'{"password": "' + SECRET.encode() + b'", "a": ' + b"[" * 900 + b"]" * 900 + b"}",
    b'{"password": "' + SECRET.encode() + b'", "x": "' + b"x" * 70_000 + b'"}',
]


@pytest.mark.parametrize("body", SECRETIVE)
async def test_a_secret_is_never_kept(acme: Served, body: dict[str, Any] | bytes) -> None:
    user = await acme.user()

    for method, path in (("POST", "/Users"), ("PUT", "/Users/x"), ("PATCH", f"/Users/{user.id}")):
        await acme.request(method, path, body)

    assert len(acme.log) == 4
    assert SECRET not in str(acme.log)
    assert SECRET not in str(await acme.everything())


async def test_what_is_no_secret_is_kept_beside_one(acme: Served) -> None:
    await acme.user("s", displayName="Password Admins", password=SECRET, nickName="token")
    await acme.patch(
        "/Users/x",
        {"op": "replace", "path": "password", "value": SECRET},
        {"op": "replace", "path": "displayName", "value": "Secret Service"},
    )

    created, patched = (json.loads(entry.request_body or "") for entry in acme.log)
    assert created["displayName"] == "Password Admins"
    assert created["nickName"] == "token"
    assert created["password"] == "[redacted]"
    assert patched["Operations"] == [
        {"op": "replace", "path": "password", "value": "[redacted]"},
        {"op": "replace", "path": "displayName", "value": "Secret Service"},
    ]


@pytest.mark.parametrize(
    "query",
    [
        f"password={SECRET}",
        f"filter=password%20eq%20%22{SECRET}%22&count=1",
        f"count=1&p%61ssword={SECRET}",
        f"access_token={SECRET}",
    ],
)
async def test_a_secret_in_the_query_is_not_kept(acme: Served, query: str) -> None:
    await acme.get(f"/Users?{query}")
    await acme.get(f"/Users?startIndex=1&x={acme.key}")

    assert SECRET not in str(acme.log)
    assert acme.key not in str(acme.log)
    assert acme.log[-1].path.endswith("/Users?startIndex=1&x=[redacted]")
