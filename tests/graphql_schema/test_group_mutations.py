"""Groups over the admin API: what administrators make is theirs, what a provider made is not."""

from __future__ import annotations

from uuid import UUID

from domain.application import Application
from domain.commands import CreateGroup
from domain.ids import new_id
from domain.vocabulary import ProvisioningSource
from tests.support import factories
from tests.support.factories import SYSTEM, Looks
from tests.support.graphql import Api

GROUP = "group { id scimId displayName externalId source version memberCount }"


async def own(
    app: Application, caller: Api, *member_ids: UUID, name: str | None = None
) -> tuple[UUID, str]:
    """A group that an administrator made."""
    command = CreateGroup(
        caller.organization_id,
        name or factories.unique("group"),
        member_ids=frozenset(member_ids),
        source=ProvisioningSource.ADMIN_API,
    )
    id_ = (await app.execute(command, SYSTEM)).value.group_id
    return id_, caller.group_id(id_)


def looks(app: Application, caller: Api) -> Looks:
    return Looks(app.pool, caller.organization_id)


async def test_members_are_added_and_removed_as_sets(app: Application, caller: Api) -> None:
    first, second, third = await factories.members(app, caller.organization_id, 3)
    id_, group = await own(app, caller, first, second)
    given = {
        "groupId": group,
        "add": [caller.member_id(third), caller.member_id(first)],
        "remove": [caller.member_id(second), caller.member_id(third)],
    }

    done = await caller.change("changeGroupMembers", f"added removed {GROUP}", **given)
    again = await caller.change("changeGroupMembers", f"added removed {GROUP}", **given)
    nothing = await caller.change("changeGroupMembers", "added removed", groupId=group)

    assert (done["changed"], done["added"], done["removed"]) == (True, 0, 1)
    assert done["group"]["memberCount"] == 1
    assert (again["changed"], again["added"], again["removed"]) == (False, 0, 0)
    assert again["group"] == done["group"]
    assert (nothing["changed"], nothing["errors"]) == (False, [])
    assert await looks(app, caller).group_members(id_) == {first}
    assert await looks(app, caller).replayed_members(id_) == {first}


async def test_five_hundred_at_once_are_fine(app: Application, caller: Api) -> None:
    (known,) = await factories.members(app, caller.organization_id, 1)
    _, group = await own(app, caller, known)
    strangers = [caller.member_id(new_id()) for _ in range(499)]

    done = await caller.change(
        "changeGroupMembers",
        "removed",
        groupId=group,
        remove=[caller.member_id(known), *strangers],
    )

    assert (done["removed"], done["errors"]) == (1, [])
