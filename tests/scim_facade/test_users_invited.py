"""Who is invited when a user is provisioned, at which address, and who is only staged."""

from typing import Any

import pytest

from domain.ids import UUID
from domain.vocabulary import OnProvision
from tests.support.scim import USER, Served, World


@pytest.mark.parametrize(
    ("emails", "user_name", "email"),
    [
        pytest.param(
            [{"value": "a@x.example"}, {"value": "b@x.example", "primary": True}],
            "someone",
            "b@x.example",
            id="the primary one",
        ),
        pytest.param(
            [{"value": "a@x.example", "type": "home"}, {"value": "b@x.example", "type": "Work"}],
            "someone",
            "b@x.example",
            id="else the one of type work",
        ),
        pytest.param(
            [{"type": "work", "primary": True}, {"value": "b@x.example", "type": "other"}],
            "someone",
            "b@x.example",
            id="one without value says nothing",
        ),
        pytest.param(
            [{"value": "nobody", "primary": True}, {"value": "c@x.example"}],
            "someone",
            "c@x.example",
            id="one that is no address cannot be written to",
        ),
        pytest.param([{"value": "a@x.example"}], "z@x.example", "a@x.example", id="any"),
        pytest.param([], "z@x.example", "z@x.example", id="else the userName"),
        pytest.param(None, "z@x.example", "z@x.example", id="null is none"),
        pytest.param({"value": "o@x.example"}, "someone", "o@x.example", id="one object"),
        pytest.param("s@x.example", "someone", "s@x.example", id="a string"),
        pytest.param(["s@x.example"], "someone", "s@x.example", id="a list of strings"),
    ],
)
async def test_the_address_that_the_invitation_goes_to(
    acme: Served, emails: Any, user_name: str, email: str
) -> None:
    created = await acme.post("/Users", {"userName": user_name, "emails": emails})

    assert created.status == 201
    row = await acme.looks.member(UUID(created.id))
    assert row is not None
    assert (row["email"], row["stage"]) == (email, "INVITED")
    (invitation,) = await acme.looks.rows(
        "SELECT email FROM invitations WHERE organization_id = $1"
    )
    assert invitation["email"] == email


async def test_without_an_address_the_member_is_staged_and_a_warning_says_so(acme: Served) -> None:
    created = await acme.post("/Users", {"schemas": [USER], "userName": "gina"})

    assert created.status == 201
    assert created["active"] is True
    assert acme.log[-1].warnings == (
        "No usable e-mail address was sent: the member is staged and cannot be invited yet.",
    )
    assert await acme.standing(created.id) == {"status": "STAGED", "role": "USER"}
    assert await acme.looks.invitations(UUID(created.id)) == []


@pytest.mark.parametrize("way", ["put", "patch"])
async def test_a_staged_member_is_invited_as_soon_as_an_address_arrives(
    acme: Served, way: str
) -> None:
    created = await acme.user("gina")
    path = f"/Users/{created.id}"
    emails = [{"value": "gina@x.example", "type": "work"}]

    if way == "put":
        answer = await acme.put(path, {"userName": "gina", "emails": emails})
    else:
        answer = await acme.patch(path, {"op": "add", "path": "emails", "value": emails})

    assert answer.status == 200
    assert (await acme.standing(created.id))["status"] == "INVITED"
    assert await acme.looks.invitations(UUID(created.id)) == ["QUEUED"]
    assert await acme.looks.actions(UUID(created.id)) == [
        "member.staged",
        "member.updated",
        "member.invited",
    ]


async def test_a_connection_that_stages_invites_nobody(acme: Served) -> None:
    await acme.settings(on_provision=OnProvision.STAGE)

    created = await acme.user("hal@x.example")
    emailless = await acme.user("hal2")
    await acme.patch(
        f"/Users/{emailless.id}",
        {"op": "add", "path": "emails", "value": [{"value": "hal2@x.example"}]},
    )

    assert (await acme.standing(created.id))["status"] == "STAGED"
    assert (await acme.standing(emailless.id))["status"] == "STAGED"
    assert await acme.looks.rows("SELECT 1 FROM invitations WHERE organization_id = $1") == []


@pytest.mark.parametrize("sent", [False, "False", "false", [False], "0"])
async def test_created_inactive_is_staged_and_revoked_without_seat_or_mail(
    acme: Served, sent: Any
) -> None:
    created = await acme.user("ian@x.example", active=sent)

    assert created["active"] is False
    assert (await acme.standing(created.id))["status"] == "REVOKED"
    row = await acme.looks.member(UUID(created.id))
    assert row is not None
    assert (row["stage"], row["revoked_at"]) == ("STAGED", row["created_at"])
    assert await acme.looks.invitations(row["id"]) == []
    assert await acme.looks.seats() == (None, 0)

    activated = await acme.patch(
        f"/Users/{created.id}", {"op": "replace", "value": {"active": True}}
    )

    assert activated["active"] is True
    assert (await acme.standing(created.id))["status"] == "INVITED"
    assert await acme.looks.invitations(row["id"]) == ["QUEUED"]
    assert await acme.looks.seats() == (None, 1)


async def test_without_a_free_seat_nobody_is_invited(world: World) -> None:
    acme = await world.organization(seats=1)
    await acme.user("a@x.example")
    before = await acme.everything()

    answer = await acme.post("/Users", {"userName": "b@x.example"})

    assert answer.error() == (403, None)
    assert await acme.everything() == before
