"""A provider that brings back a person whom a policy of the organization keeps out."""

from __future__ import annotations

from typing import Any

import pytest

from domain.commands import UpdateOrganization
from domain.ids import UUID
from domain.vocabulary import Rehire
from tests.scim_facade.people import ada
from tests.support.factories import SYSTEM
from tests.support.scim import Served

DETAIL = (
    "The organization takes only addresses of acme.example, and this one is of x.example; use"
    " another address, or let an owner add the domain to allowedEmailDomains."
)


@pytest.mark.parametrize("way", ["patch", "put", "post"])
async def test_who_may_not_belong_is_not_restored(acme: Served, way: str) -> None:
    if way == "post":
        await acme.settings(rehire=Rehire.RESTORE)
    id_ = await ada(acme)
    deactivated = await acme.patch(f"/Users/{id_}", {"op": "replace", "value": {"active": False}})
    assert deactivated.status == 200
    command = UpdateOrganization(acme.organization_id, allowed_email_domains=("acme.example",))
    await acme.world.app.execute(command, SYSTEM)
    before = await acme.looks.member(UUID(id_))
    resource: dict[str, Any] = {
        "userName": "ada",
        "emails": [{"value": "ada@x.example"}],
        "active": True,
    }

    match way:
        case "patch":
            value = {"op": "replace", "value": {"active": True}}
            answer = await acme.patch(f"/Users/{id_}", value)
        case "put":
            answer = await acme.put(f"/Users/{id_}", resource)
        case _:
            answer = await acme.post("/Users", resource)

    assert (answer.status, answer["detail"]) == (403, DETAIL)
    assert "scimType" not in answer.json
    assert await acme.looks.member(UUID(id_)) == before
