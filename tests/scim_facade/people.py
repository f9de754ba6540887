"""Ada, whom the tests of changes change, and other people for groups."""

from typing import Any

from domain.ids import UUID
from tests.support.scim import ENTERPRISE, Served

FULL: dict[str, Any] = {
    "userName": "ada",
    "externalId": "e-1",
    "displayName": "Ada",
    "name": {"givenName": "Ada", "familyName": "Byron"},
    "title": "Analyst",
    "emails": [
        {"value": "ada@x.example", "type": "work", "primary": True},
        {"value": "ada@second.example", "type": "home"},
    ],
    ENTERPRISE: {"department": "Engines"},
}


async def ada(acme: Served) -> str:
    """Ada's id."""
    answer = await acme.post("/Users", FULL)
    assert answer.status == 201, answer.body
    return answer.id


def without(*names: str) -> dict[str, Any]:
    """Ada's attributes but for these."""
    return {name: value for name, value in FULL.items() if name not in names}


async def people(acme: Served, count: int) -> list[str]:
    """Ids of so many new users, in order."""
    return [(await acme.user()).id for _ in range(count)]


async def members(acme: Served, group_id: str) -> set[str]:
    """Ids of the members, by table and by answer."""
    shown = {m["value"] for m in (await acme.get(f"/Groups/{group_id}"))["members"]}
    assert {str(id_) for id_ in await acme.looks.group_members(UUID(group_id))} == shown
    assert {str(id_) for id_ in await acme.looks.replayed_members(UUID(group_id))} == shown
    return shown
