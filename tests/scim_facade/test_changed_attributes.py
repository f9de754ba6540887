"""Which attributes a call is said to have changed, and in which warnings it is told by name."""

from __future__ import annotations

from typing import Any

import pytest

from domain.vocabulary import OmittedGroupMembers, Rehire
from tests.scim_facade.people import FULL, ada, people
from tests.support.scim import ENTERPRISE, Served

EVERY = [
    "userName",
    "emails",
    "externalId",
    "displayName",
    "name.givenName",
    "name.familyName",
]
MINUS = "\N{MINUS SIGN}"


def last_changed(acme: Served) -> list[str]:
    return list(acme.log[-1].changed_attributes)


async def test_a_create_names_all_that_was_set(acme: Served) -> None:
    await ada(acme)

    assert last_changed(acme) == [*EVERY, "title", f"{ENTERPRISE}:department"]


async def test_a_create_without_access_names_it(acme: Served) -> None:
    await acme.user("ian", active=False)

    assert last_changed(acme) == ["userName", "active"]


@pytest.mark.parametrize(
    ("operation", "changed"),
    [
        ({"path": "active", "value": "False"}, ["active"]),
        ({"path": "title", "value": "Countess"}, ["title"]),
        ({"path": "title", "value": "Analyst"}, []),
        ({"path": "userName", "value": "ada2"}, ["userName"]),
        ({"path": 'emails[type eq "work"].value', "value": "new@x.example"}, ["emails"]),
        ({"path": 'emails[type eq "home"].value', "value": "new@x.example"}, ["emails"]),
        ({"path": "name.familyName", "value": "King"}, ["name.familyName"]),
        ({"path": "name.formatted", "value": "Ada King"}, ["name.formatted"]),
        (
            {"value": {"name.givenName": "A", "name": {"middleName": "B"}, "nickName": "C"}},
            ["name.givenName", "name.middleName", "nickName"],
        ),
        ({"path": f"{ENTERPRISE}:department", "value": "Looms"}, [f"{ENTERPRISE}:department"]),
        (
            {"value": {ENTERPRISE: {"department": "Engines", "costCenter": "7"}}},
            [f"{ENTERPRISE}:costCenter"],
        ),
        ({"path": "password", "value": "hunter2"}, []),
    ],
)
async def test_a_patch_names_what_differs(
    acme: Served, operation: dict[str, Any], changed: list[str]
) -> None:
    id_ = await ada(acme)

    answer = await acme.patch(f"/Users/{id_}", {"op": "replace"} | operation)

    assert answer.status == 200
    assert last_changed(acme) == changed
    assert acme.log[-1].outcome == ("APPLIED" if changed else "UNCHANGED")


async def test_a_put_names_what_came_and_what_went(acme: Served) -> None:
    id_ = await ada(acme)
    body = {"userName": "ada", "emails": FULL["emails"], "active": False, "nickName": "Lady"}

    await acme.put(f"/Users/{id_}", body)

    assert last_changed(acme) == [
        "displayName",
        "name.givenName",
        "name.familyName",
        "nickName",
        "title",
        f"{ENTERPRISE}:department",
        "active",
    ]


async def test_a_put_of_the_same_names_nothing(acme: Served) -> None:
    id_ = await ada(acme)

    await acme.put(f"/Users/{id_}", FULL)

    assert (last_changed(acme), acme.log[-1].outcome) == ([], "UNCHANGED")


async def test_a_rehire_names_what_differs_from_before(acme: Served) -> None:
    await acme.settings(rehire=Rehire.RESTORE)
    id_ = await ada(acme)
    await acme.patch(f"/Users/{id_}", {"op": "replace", "path": "active", "value": False})

    answer = await acme.post("/Users", FULL | {"title": "Countess"})

    assert (answer.status, answer.id) == (201, id_)
    assert last_changed(acme) == ["title", "active"]


async def test_what_is_refused_or_only_read_changes_nothing(acme: Served) -> None:
    id_ = await ada(acme)
    await acme.post("/Users", FULL)
    await acme.put(f"/Users/{id_}", FULL | {"title": "T"}, if_match='W/"9"')
    await acme.get(f"/Users/{id_}")
    await acme.delete(f"/Users/{id_}")

    assert [entry.changed_attributes for entry in acme.log[1:]] == [()] * 4


async def test_of_a_group_name_and_number_of_members(acme: Served) -> None:
    one, two, three = await people(acme, 3)
    created = await acme.group(one, two, name="Engines", externalId="g-1")
    path = f"/Groups/{created.id}"

    def listed(*ids: str) -> list[dict[str, str]]:
        return [{"value": id_} for id_ in ids]

    await acme.patch(path, {"op": "add", "path": "members", "value": listed(two, three)})
    await acme.patch(path, {"op": "add", "path": "members", "value": listed(two)})
    await acme.patch(path, {"op": "replace", "value": {"displayName": "Looms"}})
    await acme.put(path, {"displayName": "Mills", "externalId": "g-2", "members": listed(one)})
    await acme.put(path, {"displayName": "Mills", "members": listed(two)})
    await acme.put(path, {"displayName": "Mills", "members": []})
    await acme.delete(path)

    assert [list(entry.changed_attributes) for entry in acme.log[3:]] == [
        ["displayName", "externalId", "members (+2)"],
        ["members (+1)"],
        [],
        ["displayName"],
        ["displayName", "externalId", f"members ({MINUS}2)"],
        [f"members (+1 {MINUS}1)"],
        [f"members ({MINUS}1)"],
        [],
    ]


async def test_warnings_are_known_by_name(acme: Served) -> None:
    other = await acme.group()
    group = await acme.group("unknown", other.id, "5e1f6c1a-0000-7000-8000-000000000000")
    await acme.put(f"/Groups/{group.id}", {"displayName": "Kept"})
    await acme.settings(omitted_group_members=OmittedGroupMembers.CLEAR)
    await acme.put(f"/Groups/{group.id}", {"displayName": "Kept"})
    await acme.post("/Users", {"userName": "gina", "active": "true", "password": "hunter2"})

    assert [sorted(entry.warning_names) for entry in acme.log[1:]] == [
        ["nested_groups", "unknown_members"],
        ["members_omitted", "schemas_missing"],
        ["members_cleared", "schemas_missing"],
        ["credential_dropped", "no_email", "schemas_missing", "string_boolean"],
    ]
    assert [len(entry.warnings) for entry in acme.log[1:]] == [3, 2, 2, 4]


@pytest.mark.parametrize(
    ("path", "body", "code"),
    [
        ("/Users", {"userName": "ADA"}, "TAKEN"),
        ("/Users", {"userName": "x" * 400}, "INVALID"),
        ("/Users", {}, None),
        ("/Groups", {"displayName": "ok"}, None),
    ],
)
async def test_refusals_of_the_domain_keep_their_code(
    acme: Served, path: str, body: dict[str, Any], code: str | None
) -> None:
    await ada(acme)

    await acme.post(path, body)

    assert acme.log[-1].error_code == code
