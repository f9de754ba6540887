"""A worker of bulk operations that can be interrupted, and what its operations came to."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import asyncpg

from api.bulk_work import BulkWork
from domain.application import Application
from domain.caller import Actor, Caller
from domain.commands import (
    CreateAccessToken,
    StartBulkOperation,
)
from domain.ids import UUID
from domain.queries.member_pages import EVERYONE, MemberFilter
from domain.vocabulary import ActorKind, MemberAction, Origin
from tests.support.factories import SYSTEM, Looks

_STATE = (
    "SELECT state, failure_reason, changed, unchanged, failed, total, finished_at, settled_at"
    " FROM bulk_operations WHERE organization_id = $1 AND id = $2"
)
_FAILURES = (
    "SELECT member_id, error_code FROM bulk_operation_items WHERE organization_id = $1"
    " AND outcome = 'FAILED' ORDER BY member_id"
)


async def started(
    app: Application,
    organization_id: UUID,
    action: MemberAction,
    expected: int,
    caller: Caller = SYSTEM,
    *,
    wanted: MemberFilter = EVERYONE,
) -> UUID:
    """The id of an operation that waits."""
    command = StartBulkOperation(organization_id, action, wanted, expected)
    return (await app.execute(command, caller)).value.id


async def state(looks: Looks, operation_id: UUID) -> asyncpg.Record:
    """How far the operation is."""
    return (await looks.rows(_STATE, operation_id))[0]


async def failures(looks: Looks) -> dict[UUID, str]:
    """What kept operations of the organization from a member: the code by the member's id."""
    return {row["member_id"]: row["error_code"] for row in await looks.rows(_FAILURES)}


class Stepwise(BulkWork):
    """A worker that lets something happen after the first few members of an organization."""

    def __init__(self, app: Application, organization_id: UUID, after: int, then: Any) -> None:
        super().__init__(app)
        self._organization_id = organization_id
        self._after = after
        self._then = then

    async def _one(self, operation: Any, caller: Caller, member_id: UUID) -> Any:
        outcome = await super()._one(operation, caller, member_id)
        # What other tests left over is worked on, too.
        self._after -= operation.organization_id == self._organization_id
        if self._after == 0 and operation.organization_id == self._organization_id:
            await self._then()
        return outcome


async def token_of(
    app: Application, organization_id: UUID, maker: Caller = SYSTEM
) -> tuple[UUID, Caller]:
    """A token, and who calls with it."""
    issued = (
        await app.execute(CreateAccessToken(organization_id, "a", frozenset(maker.scopes)), maker)
    ).value
    actor = Actor(ActorKind.ACCESS_TOKEN, issued.id, "a")
    return issued.id, replace(
        maker, actor=actor, origin=Origin.ADMIN_API, organization_id=organization_id
    )
