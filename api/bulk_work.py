"""Carries out bulk operations, member by member, in turns that are fair between organizations.

Several processes may be at it. Each member's item is locked and marked in the transaction of the
change, so that it happens once, whoever is killed in between.
"""

from __future__ import annotations

import asyncio
import logging
from collections import Counter, deque
from dataclasses import dataclass, replace
from time import monotonic
from typing import TYPE_CHECKING

import asyncpg

from api.worker_metrics import BULK_MEMBERS
from domain.caller import Caller, system_caller
from domain.commands import CarryOutBulkItem, FailBulkItem, SettleBulkOperation
from domain.errors import DomainError
from domain.ids import new_id
from domain.queries.bulk_callers import RightLost, caller_of_operation
from domain.queries.reader import Reader
from domain.store.bulk_work import (
    add_outcomes,
    claim,
    next_items,
    organizations_with_bulk_operations,
    recount,
    release,
)
from domain.store.patience import DATABASE_TROUBLE
from domain.store.rounds import InRounds
from domain.vocabulary import BulkOperationState, BulkOutcome

if TYPE_CHECKING:
    from collections.abc import Callable

    from domain.application import Application
    from domain.ids import UUID
    from domain.store.bulk_work import ClaimedOperation

POLL_S = 0.25
# How long an organization's turn lasts, and so how often its progress is told.
TURN_S = 0.15
# Connections in use at once: requests want most of the pool.
AT_ONCE = 4
_UNEXPECTED = "Something went wrong here; the server's log says more."

logger = logging.getLogger(__name__)


@dataclass(slots=True)
class Walk:
    """One way through the members of an operation: the last that had its turn, how many did."""

    operation_id: UUID
    reached: UUID | None = None
    done: int = 0


class BulkWork(InRounds):
    """Works for as long as it runs; `progressed` hears of each organization after its turn."""

    def __init__(
        self,
        application: Application,
        progressed: Callable[[UUID], None] = lambda _organization_id: None,
    ) -> None:
        super().__init__(logger, "carrying out bulk operations")
        self._application = application
        self._pool = application.pool
        self._reader = Reader(application.pool)
        self._progressed = progressed
        self._worker = new_id()
        self._walks: dict[UUID, Walk] = {}

    async def _round(self) -> float:
        await self.work_once()
        return POLL_S

    async def work_once(self) -> None:
        """Go on, a turn of each organization after the other, until there is nothing to do here."""
        going = True
        while going:
            going = False
            for organization_id in await organizations_with_bulk_operations(self._pool):
                if self._rounds.is_stopped:
                    return
                going |= await self._turn(organization_id)

    async def _turn(self, organization_id: UUID) -> bool:
        """Some members of the organization's oldest operation; whether that led anywhere."""
        operation = await claim(self._pool, organization_id, self._worker)
        if operation is None:
            return False
        try:
            return await self._work_on(operation)
        finally:
            self._progressed(organization_id)
            if self._rounds.is_stopped:
                await release(self._pool, organization_id, self._worker)

    async def _work_on(self, operation: ClaimedOperation) -> bool:
        if operation.state is not BulkOperationState.RUNNING:
            return await self._settle(operation)
        if operation.is_taken_over:
            await recount(self._pool, operation, self._worker)
        walk = self._walks.get(operation.organization_id)
        if walk is None or walk.operation_id != operation.id:
            walk = self._walks[operation.organization_id] = Walk(operation.id)
        members = await next_items(self._pool, operation, walk.reached)
        if not members:
            del self._walks[operation.organization_id]
            # Once more from the beginning as long as that helps: some may have been left.
            return walk.done > 0 or await self._settle(operation)
        try:
            caller = await caller_of_operation(self._reader, operation)
        except RightLost as lost:
            return await self._settle(operation, str(lost))
        await self._carry_out(operation, caller, members, walk)
        return True

    async def _carry_out(
        self, operation: ClaimedOperation, caller: Caller, members: list[UUID], walk: Walk
    ) -> None:
        waiting, outcomes = deque(members), Counter[BulkOutcome]()
        until = monotonic() + TURN_S

        async def take_one_after_the_other() -> None:
            # One at least, however long it took to come here.
            while waiting and not self._rounds.is_stopped:
                if len(waiting) < len(members) and monotonic() >= until:
                    return
                walk.reached = member_id = waiting.popleft()
                outcome = await self._one(operation, caller, member_id)
                if outcome is not None:
                    outcomes[outcome] += 1

        takers = (take_one_after_the_other() for _ in range(AT_ONCE))
        ends = await asyncio.gather(*takers, return_exceptions=True)
        walk.done += outcomes.total()
        await add_outcomes(self._pool, operation, self._worker, outcomes)
        for outcome, number in outcomes.items():
            BULK_MEMBERS.labels(outcome.value).inc(number)
        for end in ends:
            if end is not None:
                raise end

    async def _one(
        self, operation: ClaimedOperation, caller: Caller, member_id: UUID
    ) -> BulkOutcome | None:
        key = (operation.organization_id, operation.id, member_id)
        try:
            return (await self._application.execute(CarryOutBulkItem(*key), caller)).value
        except DomainError as refusal:
            code, message = refusal.code, refusal.message
        except (asyncpg.DataError, asyncpg.IntegrityConstraintViolationError) as error:
            code, message = self._unexpected(operation, member_id, error)
        except DATABASE_TROUBLE:
            raise
        except Exception as error:  # noqa: BLE001 one that cannot be done keeps no other waiting
            code, message = self._unexpected(operation, member_id, error)
        failed = FailBulkItem(*key, code=code, message=message)
        return (await self._application.execute(failed, caller)).value

    @staticmethod
    def _unexpected(
        operation: ClaimedOperation, member_id: UUID, error: Exception
    ) -> tuple[str, str]:
        # Its kind, not its words, which may quote a row.
        kind = type(error).__name__
        logger.error("member %s of bulk operation %s failed (%s)", member_id, operation.id, kind)
        return "INTERNAL", _UNEXPECTED

    async def _settle(self, operation: ClaimedOperation, reason: str | None = None) -> bool:
        """End the operation; whether it has ended."""
        caller = Caller(operation.started_by, operation.origin, operation.organization_id)
        if reason is not None:
            caller = system_caller("bulk operations")
        caller = replace(
            caller, request_id=operation.request_id, correlation_id=operation.correlation_id
        )
        command = SettleBulkOperation(operation.organization_id, operation.id, reason)
        state = (await self._application.execute(command, caller)).value
        if state is None:
            return False
        self._walks.pop(operation.organization_id, None)
        logger.info("bulk operation %s ended: %s", operation.id, state.value)
        return True
