"""Roles, confirmations and keys are out of a provider's reach, whatever it sends."""

from __future__ import annotations

from typing import Any

import pytest

from domain.vocabulary import MemberRole, MemberStatus
from tests.support import factories
from tests.support.scim import ENTERPRISE, MEMBERSHIP, PATCH_OP, USER, Served

BULK = "urn:ietf:params:scim:api:messages:2.0:BulkRequest"
OURS = (
    "role", "permissions", "stage", "accepted_at", "confirmed_at", "account_id",
    "wrapped_organization_key", "wrapped_key_version", "wrapped_key_kid",
)  # fmt: skip
GREEDY: dict[str, Any] = {
    "role": "OWNER",
    "roles": [{"value": "OWNER", "primary": True}],
    "permissions": ["MEMBERS_CONFIRM", "ORGANIZATION_WRITE"],
    "entitlements": [{"value": "OWNER"}],
    "userType": "OWNER",
    "stage": "CONFIRMED",
    "status": "CONFIRMED",
    "accountId": "0190f1d2-0000-7000-8000-000000000000",
    "wrappedOrganizationKey": "e30.e30.e30.e30.e30",
}


async def ours(acme: Served, id_: str) -> dict[str, Any]:
    """What no provider may touch of a member."""
    (row,) = await acme.looks.rows(
        "SELECT * FROM members WHERE organization_id = $1 AND id = $2::uuid", id_
    )
    return {name: row[name] for name in OURS}


@pytest.mark.parametrize("status", [MemberStatus.INVITED, MemberStatus.ACCEPTED])
async def test_no_change_of_a_member_gives_rights(acme: Served, status: MemberStatus) -> None:
    member = await factories.member(acme.world.app, acme.organization_id, status)
    name, path = str(member.attributes.user_name), f"/Users/{member.id}"
    before = await ours(acme, str(member.id))
    extended = {"schemas": [USER, ENTERPRISE, MEMBERSHIP], "userName": name, **GREEDY}
    extended |= {MEMBERSHIP: GREEDY, ENTERPRISE: GREEDY}
    operations = [
        {"op": op, "path": place, "value": value}
        for op in ("add", "replace")
        for key, value in GREEDY.items()
        for place in (key, f"{MEMBERSHIP}:{key}")
    ]
    whole = [{"op": "replace", "value": given} for given in (GREEDY, {MEMBERSHIP: GREEDY})]

    answers = [await acme.put(path, extended)]
    answers += [await acme.patch(path, operation) for operation in operations + whole]
    data = {"schemas": [PATCH_OP], "Operations": whole}
    bulk = {"schemas": [BULK], "Operations": [{"method": "PATCH", "path": path, "data": data}]}
    answers.append(await acme.post("/Bulk", bulk))

    # Some of it is no attribute, and some is kept as what the provider says of the person.
    assert {answer.status for answer in answers} == {200, 400}
    assert answers[-1].status == 200
    assert await ours(acme, str(member.id)) == before
    assert before["role"] == "USER"


async def test_nobody_is_made_with_rights(acme: Served) -> None:
    made = await acme.post(
        "/Users",
        {
            "schemas": [USER, MEMBERSHIP],
            "userName": f"{factories.unique('greedy')}@example.com",
            **GREEDY,
            MEMBERSHIP: GREEDY,
        },
    )

    assert made.status == 201
    found = await ours(acme, made.id)
    assert (found["role"], found["stage"]) == ("USER", "INVITED")
    assert {name: found[name] for name in OURS if name not in ("role", "stage")} == {
        "permissions": found["permissions"],
        "accepted_at": None,
        "confirmed_at": None,
        "account_id": None,
        "wrapped_organization_key": None,
        "wrapped_key_version": 0,
        "wrapped_key_kid": None,
    }
    assert not found["permissions"]


async def test_an_administrator_keeps_the_role_that_was_given_here(acme: Served) -> None:
    member = await factories.member(
        acme.world.app, acme.organization_id, MemberStatus.CONFIRMED, role=MemberRole.ADMIN
    )
    body = {"userName": str(member.attributes.user_name), "roles": [{"value": "USER"}]}

    answer = await acme.put(f"/Users/{member.id}", body)

    assert answer.status == 200
    found = await ours(acme, str(member.id))
    assert (found["role"], found["stage"]) == ("ADMIN", "CONFIRMED")
