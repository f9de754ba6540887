"""PUT of users: what absent, null and blank mean, and what follows a new address."""

from typing import Any

import pytest

from domain.ids import UUID
from tests.scim_facade.people import FULL, ada, without
from tests.support.scim import ENTERPRISE, Served


async def test_a_put_of_what_was_read_changes_nothing(acme: Served) -> None:
    id_ = await ada(acme)
    await acme.group(id_)
    read = await acme.get(f"/Users/{id_}")
    before = await acme.everything()

    answer = await acme.put(f"/Users/{id_}", read.json)

    assert answer.status == 200
    assert answer.json == read.json
    assert await acme.everything() == before
    assert acme.log[-1].outcome == "UNCHANGED"


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        pytest.param(without("externalId"), {"externalId": "e-1"}, id="absent externalId stays"),
        pytest.param(FULL | {"externalId": None}, {"externalId": None}, id="null clears it"),
        pytest.param(FULL | {"externalId": " "}, {"externalId": None}, id="blank clears it"),
        pytest.param(without("userName"), {"userName": "ada"}, id="absent userName stays"),
        pytest.param(FULL | {"userName": ""}, {"userName": "ada"}, id="blank userName stays"),
        pytest.param(without("title"), {"title": None}, id="absent title goes"),
        pytest.param(FULL | {"title": ""}, {"title": None}, id="blank title goes"),
        pytest.param(FULL | {"emails": None}, {"emails": None}, id="emails null"),
        pytest.param(FULL | {"emails": []}, {"emails": None}, id="emails empty"),
        pytest.param(FULL | {"active": None}, {"active": True}, id="active null stays"),
        pytest.param(FULL | {ENTERPRISE: None}, {ENTERPRISE: None}, id="extension null"),
        pytest.param(FULL | {ENTERPRISE: {"department": ""}}, {ENTERPRISE: None}, id="blank in it"),
    ],
)
async def test_what_absent_null_and_blank_mean_in_a_put(
    acme: Served, body: dict[str, Any], expected: dict[str, Any]
) -> None:
    id_ = await ada(acme)

    answer = await acme.put(f"/Users/{id_}", body)

    assert answer.status == 200
    assert {name: answer.json.get(name) for name in expected} == expected
    assert (await acme.standing(id_))["status"] == "INVITED"
    assert await acme.looks.invitations(UUID(id_)) == ["QUEUED"]


async def test_a_put_without_user_name_and_address_is_refused(acme: Served) -> None:
    id_ = await ada(acme)
    before = await acme.everything()

    answer = await acme.put(f"/Users/{id_}", {"displayName": "A"})

    assert answer.error() == (400, "invalidValue")
    assert await acme.everything() == before


async def test_an_invited_member_keeps_the_address_that_a_put_leaves_out(acme: Served) -> None:
    id_ = await ada(acme)

    await acme.put(f"/Users/{id_}", FULL | {"emails": None})

    row = await acme.looks.member(UUID(id_))
    assert row is not None
    assert row["email"] == "ada@x.example"
    assert acme.log[-1].warnings == (
        "schemas is missing; the endpoint decided what the body is.",
        "The e-mail address was cleared; an invited member keeps the one it had.",
    )
