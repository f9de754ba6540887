"""What a member held of the organization's key is told again from the history."""

from __future__ import annotations

from domain.application import Application
from domain.commands import RevokeMember
from tests.domain.past import Picture, compare, picture
from tests.support.factories import SYSTEM
from tests.support.key_pairs import keys
from tests.support.keyed import give_keys, keyed


async def test_every_state_of_the_keys_is_told_again(app: Application) -> None:
    acme = await keyed(app)
    id_ = acme.organization_id
    seen: list[Picture] = [await picture(app, id_, None)]

    async def look() -> None:
        seen.append(await picture(app, id_, seen[-1]))

    member = await acme.confirmed(keys(1))
    await look()
    await acme.rotate()
    await look()
    await acme.confirm(member, keys(1))
    await look()
    await give_keys(app, member, keys(2))
    await look()
    await acme.confirm(member, keys(2))
    await look()
    await app.execute(RevokeMember(id_, member.id), SYSTEM)
    await look()

    held = [each.members[member.id]["wrapped_key_version"] for each in seen[1:]]
    assert held == [1, 1, 2, 0, 2, 2]
    for then in seen:
        await compare(app, id_, then, {member.id, acme.owner.id})
