"""Members over the admin API: invite, roles, attributes, what is possible."""

from __future__ import annotations

from typing import Any

import pytest

from domain.application import Application
from domain.commands import CreateGroup, UpdateOrganization
from domain.ids import new_id
from domain.vocabulary import MemberRole, MemberStatus, ProvisioningSource, Scope
from tests.graphql_schema.members import SELECTED, error, made
from tests.support import factories
from tests.support.factories import Looks
from tests.support.graphql import SYSTEM, Api


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


async def test_invite_of_a_known_address_names_its_member(app: Application, caller: Api) -> None:
    known, id_, looks = await made(app, caller, MemberStatus.CONFIRMED)

    refused = await caller.change(
        "inviteMember",
        "member { id } errors { ... on TakenError { existing { id } } }",
        organizationId=caller.org,
        email=known.attributes.email,
    )

    expected = error(
        "TAKEN",
        "Another member of this organization has the same email; choose another.",
        "input",
        "email",
        type_="TakenError",
    )
    assert refused == {
        "changed": False,
        "member": None,
        "errors": [expected | {"existing": {"id": id_}}],
    }
    assert len(await looks.rows("SELECT 1 FROM members WHERE organization_id = $1")) == 1


@pytest.mark.parametrize(
    ("given", "code", "path"),
    [
        ({"email": "nobody"}, "INVALID", ["input", "email"]),
        ({"displayName": "x" * 257}, "INVALID", ["input", "displayName"]),
        ({"externalId": "x" * 301}, "INVALID", ["input", "externalId"]),
        ({"role": "CUSTOM"}, "INVALID", ["input", "role"]),
        ({"groupIds": ["grp_x"]}, "INVALID", ["input", "groupIds"]),
        ({"organizationId": "mbr_x"}, "INVALID", ["input", "organizationId"]),
    ],
)
async def test_invite_refuses(
    app: Application, caller: Api, given: dict[str, Any], code: str, path: list[str]
) -> None:
    valid = {"organizationId": caller.org, "email": "ada@example.com"}

    refused = await caller.change("inviteMember", "member { id }", **(valid | given))

    assert (refused["changed"], refused["member"]) == (False, None)
    (found,) = refused["errors"]
    assert (found["code"], found["path"]) == (code, path)
    counted = await caller.ask_here("memberCounts { total }")
    assert counted["memberCounts"]["total"] == 0


async def test_invite_to_an_unknown_group_or_beyond_the_seats(
    app: Application, caller: Api
) -> None:
    given = {"organizationId": caller.org, "email": "ada@example.com"}

    stranger = await caller.change(
        "inviteMember", "member { id }", **given, groupIds=[caller.group_id(new_id())]
    )
    await app.execute(UpdateOrganization(caller.organization_id, seats=0), SYSTEM)
    full = await caller.change("inviteMember", "member { id }", **given)

    assert stranger["errors"][0]["code"] == "NOT_FOUND"
    assert stranger["errors"][0]["path"] == ["input", "groupIds"]
    assert full["errors"][0]["code"] == "SEAT_LIMIT"
    counted = await caller.ask_here("memberCounts { total }")
    assert counted["memberCounts"]["total"] == 0


async def test_change_of_role(app: Application, caller: Api) -> None:
    _, id_, _ = await made(app, caller, MemberStatus.CONFIRMED)
    given = {"memberId": id_, "role": "CUSTOM", "permissions": ["AUDIT_READ", "GROUPS_READ"]}

    done = await caller.change("changeMemberRole", "member { role permissions }", **given)
    repeated = await caller.change("changeMemberRole", "member { role permissions }", **given)

    assert done["member"] == {"role": "CUSTOM", "permissions": ["AUDIT_READ", "GROUPS_READ"]}
    assert (done["changed"], repeated["changed"]) == (True, False)


async def test_nobody_grants_more_than_they_hold(app: Application, caller: Api) -> None:
    _, id_, _ = await made(app, caller, MemberStatus.CONFIRMED)
    limited = await caller.with_scopes(Scope.MEMBERS_WRITE)

    refused = await limited.change("changeMemberRole", "", memberId=id_, role="OWNER")

    assert [found["code"] for found in refused["errors"]] == ["FORBIDDEN"]
    found = await caller.ask_here("member(by: {id: $id}) { role }", id=id_)
    assert found["member"]["role"] == MemberRole.USER


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


@pytest.mark.parametrize(
    ("given", "code", "path"),
    [
        ({"email": None}, "INVALID", ["input", "email"]),
        ({"email": "x"}, "INVALID", ["input", "email"]),
        ({"displayName": "x" * 257}, "INVALID", ["input", "displayName"]),
        ({"externalId": "taken"}, "TAKEN", ["input", "externalId"]),
    ],
)
async def test_update_refuses(
    app: Application, caller: Api, given: dict[str, Any], code: str, path: list[str]
) -> None:
    await made(app, caller, MemberStatus.INVITED, external_id="taken")
    invited = {"organizationId": caller.org, "email": "ada@example.com"}
    id_ = (await caller.change("inviteMember", "member { id }", **invited))["member"]["id"]

    refused = await caller.change("updateMember", "member { id }", memberId=id_, **given)

    assert [(e["code"], e["path"]) for e in refused["errors"]] == [(code, path)]


async def test_a_provisioned_member_is_changed_at_its_source(app: Application, caller: Api) -> None:
    member, id_, looks = await made(app, caller, MemberStatus.CONFIRMED)

    refused = await caller.change("updateMember", "", memberId=id_, displayName="Else")
    same = await caller.change(
        "updateMember", "", memberId=id_, displayName=member.attributes.display_name
    )

    assert [found["code"] for found in refused["errors"]] == ["MANAGED_BY_IDP"]
    assert same == {"changed": False, "errors": []}
    row = await looks.member(member.id)
    assert row is not None
    assert row["version"] == member.version


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
