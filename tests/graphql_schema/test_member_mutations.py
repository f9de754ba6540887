"""Members over the admin API: invite, attributes, what is possible."""

from __future__ import annotations

from typing import Any

from domain.application import Application
from domain.commands import CreateGroup
from domain.vocabulary import MemberStatus, ProvisioningSource
from tests.support import factories
from tests.support.factories import SYSTEM, Looks
from tests.support.graphql import Api

SELECTED = "member { id status role version displayName email externalId userName source }"


async def test_invite(app: Application, caller: Api) -> None:
    group = CreateGroup(caller.organization_id, "Engineers", source=ProvisioningSource.ADMIN_API)
    group_id = (await app.execute(group, SYSTEM)).value.group_id

    done = await caller.change(
        "inviteMember",
        SELECTED,
        organizationId=caller.org,
        email=" Ada@example.com",
        displayName="Ada",
        externalId="e1",
        role="ADMIN",
        groupIds=[caller.group_id(group_id)],
    )

    member = done["member"]
    assert (done["changed"], done["errors"]) == (True, [])
    assert member | {"id": "", "version": 1} == {
        "id": "",
        "status": "INVITED",
        "role": "ADMIN",
        "version": 1,
        "displayName": "Ada",
        "email": "Ada@example.com",
        "externalId": "e1",
        "userName": "Ada@example.com",
        "source": "ADMIN_API",
    }
    found = await caller.ask_here(
        "group(by: {id: $id}) { members { nodes { id } } }", id=caller.group_id(group_id)
    )
    assert found["group"]["members"]["nodes"] == [{"id": member["id"]}]


async def test_update_of_a_member_made_here(app: Application, caller: Api) -> None:
    given = {"organizationId": caller.org, "email": "ada@example.com", "displayName": "Ada"}
    id_ = (await caller.change("inviteMember", "member { id }", **given))["member"]["id"]
    looks = Looks(app.pool, caller.organization_id)

    done = await caller.change(
        "updateMember", SELECTED, memberId=id_, email="ada@example.org", displayName=None
    )
    repeated = await caller.change("updateMember", SELECTED, memberId=id_, email="ada@example.org")

    member = done["member"]
    assert (done["changed"], done["errors"]) == (True, [])
    assert (member["email"], member["userName"]) == ("ada@example.org", "ada@example.org")
    assert member["displayName"] is None
    assert repeated == done | {"changed": False}
    # The address of the link changed: the old link is void, a new one is on its way.
    rows = await looks.rows(
        "SELECT email, state FROM invitations WHERE organization_id = $1 ORDER BY id"
    )
    assert [tuple(row) for row in rows] == [
        ("ada@example.com", "CANCELLED"),
        ("ada@example.org", "QUEUED"),
    ]


async def test_actions_say_what_is_possible(app: Application, caller: Api) -> None:
    owner = await factories.owner(app, caller.organization_id)
    accepted = await factories.member(app, caller.organization_id, MemberStatus.ACCEPTED)
    selection = (
        "member(by: {id: $id}) { actions { "
        + " ".join(
            f"{name} {{ allowed reason }}"
            for name in ("confirm", "reinvite", "revoke", "restore", "remove", "changeRole")
        )
        + " } }"
    )

    async def reasons(id_: Any) -> dict[str, str | None]:
        found = (await caller.ask_here(selection, id=caller.member_id(id_)))["member"]["actions"]
        assert all(each["allowed"] is (each["reason"] is None) for each in found.values())
        return {name: each["reason"] for name, each in found.items()}

    assert await reasons(owner.id) == {
        "confirm": "INVALID_TRANSITION",
        "reinvite": "INVALID_TRANSITION",
        "revoke": "LAST_OWNER",
        "restore": "INVALID_TRANSITION",
        "remove": "LAST_OWNER",
        "changeRole": "LAST_OWNER",
    }
    assert await reasons(accepted.id) == {
        "confirm": None,
        "reinvite": "INVALID_TRANSITION",
        "revoke": None,
        "restore": "INVALID_TRANSITION",
        "remove": None,
        "changeRole": None,
    }
