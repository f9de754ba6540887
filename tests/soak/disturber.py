"""Kills what runs, at random points of a load; everything it draws follows from the seed."""

from __future__ import annotations

import asyncio
from time import monotonic, time
from typing import TYPE_CHECKING

from tests.soak.verdict import Fault

if TYPE_CHECKING:
    from random import Random

    from tests.soak.deployment import Deployment

KINDS = ("worker", "supervisor", "database", "everything")
WEIGHTS = (5, 2, 4, 2)


class Disturber:
    """Waits, kills, and waits until the server answers again or for a moment only."""

    def __init__(self, deployment: Deployment, rng: Random, *, every_s: float) -> None:
        self._deployment = deployment
        self._rng = rng
        self._every_s = every_s
        self.faults: list[Fault] = []

    async def run(self, seconds: float, kinds: tuple[str, ...] = ()) -> None:
        """Disturb for so long: `kinds` first, each once, then what is drawn."""
        ends = monotonic() + seconds
        planned = list(kinds)
        while True:
            pause = self._rng.uniform(0.3, 1.7) * self._every_s
            if monotonic() + pause > ends:
                break
            await asyncio.sleep(pause)
            kind = planned.pop(0) if planned else self._rng.choices(KINDS, WEIGHTS)[0]
            await self._do(kind)
        await asyncio.sleep(max(0.0, ends - monotonic()))

    async def _do(self, kind: str) -> None:
        began, moment = monotonic(), time()
        deployment = self._deployment
        if kind == "worker":
            deployment.kill_worker(self._rng)
        elif kind == "supervisor":
            await asyncio.to_thread(deployment.kill_supervisor)
        elif kind == "database":
            deployment.kill_database()
        else:
            await asyncio.to_thread(deployment.kill_everything)
        # Now and then the next blow comes before everything stands again.
        if self._rng.random() < 0.75:
            await deployment.until_ready()
        self.faults.append(Fault(kind, moment, monotonic() - began))
