"""Carries out what the deprovision guard held and a person released, member by member.

Several processes may be at it: each item is locked and deleted in the transaction of its change, so
that it happens once, whoever is killed in between.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from domain.commands import CarryOutReleased
from domain.store.patience import DATABASE_TROUBLE
from domain.store.released_deprovisionings import organizations_with_released, released_after
from domain.store.rounds import InRounds

if TYPE_CHECKING:
    from domain.application import Application
    from domain.caller import Caller
    from domain.ids import UUID

POLL_S = 0.5

logger = logging.getLogger(__name__)


class ReleasedWork(InRounds):
    """Carries out what is released for as long as it runs."""

    def __init__(self, application: Application) -> None:
        super().__init__(logger, "carrying out what was released")
        self._application = application

    async def _round(self) -> float:
        await self.work_once()
        return POLL_S

    async def work_once(self) -> None:
        """Go once through all that is released, a batch of each organization in turn."""
        pool = self._application.pool
        seen: dict[UUID, UUID] = {}
        going = True
        while going:
            going = False
            for organization_id in await organizations_with_released(pool):
                waiting = await released_after(pool, organization_id, seen.get(organization_id))
                for held_id, caller in waiting:
                    if self._rounds.is_stopped:
                        return
                    await self._carry_out(organization_id, held_id, caller)
                    seen[organization_id] = held_id
                    going = True

    async def _carry_out(self, organization_id: UUID, held_id: UUID, caller: Caller) -> None:
        try:
            await self._application.execute(CarryOutReleased(organization_id, held_id), caller)
        except DATABASE_TROUBLE:
            raise
        except Exception as error:  # noqa: BLE001 one that cannot be done keeps no other waiting
            # Its kind, not its words, which may quote a row. It is tried again.
            kind = type(error).__name__
            logger.error("held item %s of %s failed (%s)", held_id, organization_id, kind)
