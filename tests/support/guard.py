"""An organization under a deprovision guard, and the commands of its provider."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

import pytest

from api.released_work import ReleasedWork
from domain.application import Application, Outcome
from domain.caller import Actor, Caller
from domain.commands import (
    DeprovisionLimit,
    EnableScim,
    Member,
    RemoveMember,
    ResolveDeprovisionGuard,
    RevisedState,
    ReviseMember,
)
from domain.errors import DeprovisionHeld
from domain.ids import UUID
from domain.vocabulary import ActorKind, GuardResolution, Origin
from tests.support import factories
from tests.support.factories import SYSTEM, Looks

_OLDER = (
    "UPDATE members SET created_at = created_at - interval '2 hours' WHERE organization_id = $1"
)
_INSTANTS = {
    "counted_deprovisionings": ["counted_at"],
    "deprovision_guards": ["last_counted_at", "members_counted_at"],
    "members": ["created_at"],
}


async def grow_older(app: Application, organization_id: UUID) -> None:
    """Make the members of the organization two hours older: losing them counts."""
    await app.pool.execute(_OLDER, organization_id)


async def pass_time(app: Application, organization_id: UUID, **time: int) -> None:
    """Let what was counted, and the members, be older by so much."""
    for table, columns in _INSTANTS.items():
        moved = ", ".join(f"{column} = {column} - $2::interval" for column in columns)
        sql = f"UPDATE {table} SET {moved} WHERE organization_id = $1"
        await app.pool.execute(sql, organization_id, timedelta(**time))


@dataclass(frozen=True, slots=True)
class Watched:
    """An organization whose provider may take away so much, and what its tables hold."""

    app: Application
    organization_id: UUID
    limit: DeprovisionLimit
    caller: Caller

    @property
    def looks(self) -> Looks:
        """The organization's tables."""
        return Looks(self.app.pool, self.organization_id)

    async def people(self, count: int) -> list[UUID]:
        """Members who have been here for a while."""
        made = await factories.members(self.app, self.organization_id, count)
        await grow_older(self.app, self.organization_id)
        return made

    async def set_active(
        self, member_id: UUID, active: bool | None, **changed: Any
    ) -> Outcome[Any]:
        """What the provider's PATCH or PUT of `active` asks for; `changed` are attributes."""

        def edit(member: Member) -> RevisedState:
            return RevisedState(replace(member.attributes, **changed), active)

        command = ReviseMember(self.organization_id, member_id, edit, limit=self.limit)
        return await self.app.execute(command, self.caller.for_command())

    async def revoke(self, member_id: UUID) -> Outcome[Any]:
        """The provider sends `active: false`."""
        return await self.set_active(member_id, active=False)

    async def remove(self, member_id: UUID) -> Outcome[Any]:
        """The provider sends DELETE."""
        command = RemoveMember(self.organization_id, member_id, limit=self.limit)
        return await self.app.execute(command, self.caller.for_command())

    async def state(self) -> str | None:
        """The guard's state; None while nothing was ever taken away."""
        rows = await self.looks.rows("SELECT * FROM deprovision_guards WHERE organization_id = $1")
        return rows[0]["state"] if rows else None

    async def held(self) -> dict[UUID, str]:
        """Actions by member of what waits for a decision, in the order it was held."""
        rows = await self.looks.rows(
            "SELECT member_id, action FROM held_deprovisionings WHERE organization_id = $1"
            " AND released_at IS NULL ORDER BY id"
        )
        return {row["member_id"]: row["action"] for row in rows}

    async def counted(self) -> list[UUID]:
        """Members that were counted, in order."""
        rows = await self.looks.rows(
            "SELECT member_id FROM counted_deprovisionings WHERE organization_id = $1"
            " ORDER BY ordinal"
        )
        return [row["member_id"] for row in rows]

    async def revoked(self) -> set[UUID]:
        """Members without access."""
        rows = await self.looks.rows(
            "SELECT id FROM members WHERE organization_id = $1 AND revoked_at IS NOT NULL"
        )
        return {row["id"] for row in rows}


async def watched(
    app: Application,
    *,
    max_members: int = 2,
    max_percent: int = 0,
    seats: int | None = None,
    organization_id: UUID | None = None,
) -> Watched:
    """An organization, a new one unless given, whose provider may take away so many in an hour."""
    if organization_id is None:
        organization_id = await factories.organization(app, seats=seats)
    connection = (await app.execute(EnableScim(organization_id), SYSTEM)).value.connection
    actor = Actor(ActorKind.SCIM_CONNECTION, connection.id, "SCIM")
    return Watched(
        app,
        organization_id,
        DeprovisionLimit(connection.id, max_members, max_percent),
        Caller(actor, Origin.SCIM, organization_id),
    )


async def tripped(acme: Watched) -> list[UUID]:
    """Five members: two revoked, one held, two untouched."""
    people = await acme.people(5)
    for id_ in people[:2]:
        await acme.revoke(id_)
    with pytest.raises(DeprovisionHeld):
        await acme.revoke(people[2])
    return people


async def holding(acme: Watched, count: int = 3) -> list[UUID]:
    """Members of whom the first two were revoked and `count` are held, one to be removed."""
    people = await acme.people(count + 3)
    for id_ in people[:2]:
        await acme.revoke(id_)
    for id_ in people[2 : count + 1]:
        with pytest.raises(DeprovisionHeld):
            await acme.revoke(id_)
    with pytest.raises(DeprovisionHeld):
        await acme.remove(people[count + 1])
    return people


async def resolve(acme: Watched, resolution: GuardResolution, caller: Caller = SYSTEM) -> Any:
    """Decide about what is held."""
    return await acme.app.execute(ResolveDeprovisionGuard(acme.organization_id, resolution), caller)


async def carry_out(app: Application) -> None:
    """One round of the worker."""
    await ReleasedWork(app).work_once()
