"""Members who go while groups take them, and everything at once."""

from __future__ import annotations

import asyncio
import random
from time import monotonic
from typing import Any

import orjson
import pytest

from domain.application import Application, Command
from domain.commands import (
    EditKind,
    InviteMember,
    ProvisionMember,
    RemoveMember,
    RevokeMember,
    UpdateOrganization,
)
from domain.ids import UUID
from domain.vocabulary import ProvisioningSource
from tests.domain.membership import edit, orphans
from tests.support import factories
from tests.support.factories import SYSTEM, Looks, unique
from tests.support.racing import race

STRAIN_S = 2.0


async def test_removing_a_member_against_adding_it_to_groups(app: Application) -> None:
    organization_id = await factories.organization(app)
    looks = Looks(app.pool, organization_id)
    for _ in range(5):
        (person,) = await factories.members(app, organization_id, 1)
        groups = [await factories.group(app, organization_id) for _ in range(6)]
        await app.execute(edit(organization_id, groups[0], EditKind.ADD, person), SYSTEM)

        results = await race(
            [
                *(
                    app.execute(edit(organization_id, each, EditKind.ADD, person), SYSTEM)
                    for each in groups[1:4]
                ),
                app.execute(RemoveMember(organization_id, person), SYSTEM),
                *(
                    app.execute(edit(organization_id, each, EditKind.ADD, person), SYSTEM)
                    for each in groups
                ),
            ]
        )

        assert results.refused == []
        assert await looks.member(person) is None
        assert await orphans(looks) == 0
        for each in groups:
            assert await looks.replayed_members(each) == set()


async def test_removing_a_member_whom_groups_take_and_drop_all_the_time(
    app: Application, organization_id: UUID, looks: Looks
) -> None:
    groups = [await factories.group(app, organization_id) for _ in range(20)]
    for _ in range(3):
        (person,) = await factories.members(app, organization_id, 1)
        taken, gone = asyncio.Event(), asyncio.Event()

        async def churn(
            seed: int, person: UUID = person, taken: asyncio.Event = taken, gone: Any = gone
        ) -> None:
            dice = random.Random(seed)  # noqa: S311 - not for secrets
            while not gone.is_set():
                kind = dice.choice([EditKind.ADD, EditKind.ADD, EditKind.REMOVE])
                command = edit(organization_id, dice.choice(groups), kind, person)
                await app.execute(command, SYSTEM)
                if seed == 0 and len(await looks.actions(person)) == 1:
                    taken.set()

        async def remove(
            person: UUID = person, taken: asyncio.Event = taken, gone: asyncio.Event = gone
        ) -> None:
            await taken.wait()
            try:
                await app.execute(RemoveMember(organization_id, person), SYSTEM)
            finally:
                gone.set()

        await asyncio.gather(*(churn(seed) for seed in range(12)), remove())

        held = await looks.rows(
            "SELECT c.group_id FROM group_changes AS c JOIN audit_events AS e"
            " ON e.organization_id = $1 AND e.sequence = c.sequence"
            " WHERE c.organization_id = $1 AND c.member_id = $2 AND e.action = 'member.removed'",
            person,
        )
        told = await looks.rows(
            "SELECT changes FROM audit_events WHERE organization_id = $1 AND subject_id = $2"
            " AND action = 'member.removed'",
            person,
        )
        listed = [c["before"] for c in told[0]["changes"] if c["attribute"] == "groups"]
        assert sorted(str(row["group_id"]) for row in held) == (
            orjson.loads(listed[0]) if listed else []
        )
        for group_id in groups:
            assert person not in await looks.replayed_members(group_id)
    assert await orphans(looks) == 0


@pytest.mark.parametrize("seats", [None, 200])
async def test_everything_at_once_for_some_seconds(app: Application, seats: int | None) -> None:
    """Neither deadlocks nor database errors reach a caller, and history agrees with state."""
    organization_id = await factories.organization(app, seats=seats)
    looks = Looks(app.pool, organization_id)
    people = await factories.members(app, organization_id, 20)
    groups = [await factories.group(app, organization_id) for _ in range(5)]
    until = monotonic() + STRAIN_S
    refused: set[str] = set()

    async def strain(seed: int) -> None:
        dice = random.Random(seed)  # noqa: S311 - not for secrets
        while monotonic() < until:
            ids = dice.sample(people, min(len(people), dice.randint(1, 6)))
            kind = dice.choice(list(EditKind))
            group_id = dice.choice(groups)
            command: Command[Any]
            match dice.randint(0, 6):
                case 0:
                    people.remove(ids[0])
                    command = RemoveMember(organization_id, ids[0])
                case 1:
                    invite = InviteMember(
                        organization_id,
                        f"{unique('new')}@example.com",
                        ProvisioningSource.ADMIN_API,
                        group_ids=tuple(dice.sample(groups, 3)),
                    )
                    people.append((await app.execute(invite, SYSTEM)).value.id)
                    continue
                case 2:
                    made = ProvisionMember(organization_id, factories.attributes())
                    people.append((await app.execute(made, SYSTEM)).value.id)
                    continue
                case 3:
                    command = RevokeMember(organization_id, ids[0])
                case 4 if seats is not None:
                    command = UpdateOrganization(organization_id, seats=dice.randint(200, 300))
                case _:
                    command = edit(organization_id, group_id, kind, *ids)
            results = await race([app.execute(command, SYSTEM)])
            refused.update(results.refusals())

    await asyncio.gather(*(strain(seed) for seed in range(16)))

    assert refused <= {"NotFound"}
    assert await orphans(looks) == 0
    for group_id in groups:
        assert await looks.replayed_members(group_id) == await looks.group_members(group_id)
    counted, taken = await looks.seats()
    assert counted == (None if seats is None else taken)
