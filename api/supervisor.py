"""Keeps background tasks running: restarts what crashes, and waits for all when the time comes."""

from __future__ import annotations

import asyncio
import logging
import traceback
from collections.abc import Awaitable, Callable
from contextlib import suppress
from time import monotonic

from api.worker_metrics import CRASHES
from domain.spans import span
from domain.store.patience import DATABASE_TROUBLE, Patience

SHORTEST_PAUSE_S = 0.2
LONGEST_PAUSE_S = 30.0
# A task that ran for so long had recovered: its next crash counts as the first.
RECOVERED_AFTER_S = 60.0
CANCELLATIONS = 5
CANCEL_S = 0.1

logger = logging.getLogger(__name__)
Work = Callable[[], Awaitable[object]]


class Supervisor:
    """Runs tasks until `drain`; each is told to stop by its own `stop`."""

    def __init__(self) -> None:
        self.stopping = asyncio.Event()
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._stops: list[Callable[[], None]] = []

    def keep(self, name: str, run: Work, stop: Callable[[], None] = lambda: None) -> None:
        """Run `run`, and again whenever it crashes; `stop` makes it finish and return."""
        self._tasks[name] = asyncio.create_task(self._run(name, run), name=name)
        self._stops.append(stop)

    def keep_every(self, name: str, seconds: float, work: Work) -> None:
        """Do `work` now and again after each pause; a database that is away is waited for."""
        patience = Patience(logger, name)

        async def repeat() -> None:
            while not self.stopping.is_set():
                pause = seconds
                try:
                    with span(f"turn of {name}", drops_quiet=True):
                        await work()
                    patience.worked()
                except DATABASE_TROUBLE as error:
                    pause = min(seconds, max(1.0, patience.failed(error)))
                await self._sleep(pause)

        self.keep(name, repeat)

    async def drain(self, within_s: float) -> None:
        """Stop all tasks; those that have not finished in time are cancelled."""
        self.stopping.set()
        for stop in self._stops:
            stop()
        tasks = list(self._tasks.values())
        if not tasks:
            return
        _, late = await asyncio.wait(tasks, timeout=within_s)
        for task in late:
            logger.error("%s did not finish in time", task.get_name())
        # More than once: `wait_for` of Python 3.11 may swallow a cancellation.
        for _ in range(CANCELLATIONS):
            for task in late:
                task.cancel()
            if late:
                _, late = await asyncio.wait(late, timeout=CANCEL_S)

    async def _run(self, name: str, run: Work) -> None:
        pause = SHORTEST_PAUSE_S
        while True:
            began = monotonic()
            try:
                await run()
            except Exception as error:  # noqa: BLE001 whatever it is, the others' work goes on
                CRASHES.labels(name).inc()
                if monotonic() - began > RECOVERED_AFTER_S:
                    pause = SHORTEST_PAUSE_S
                _log_crash(name, error, pause)
            else:
                return
            if self.stopping.is_set():
                await asyncio.sleep(pause)
            else:
                await self._sleep(pause)
            pause = min(LONGEST_PAUSE_S, 2 * pause)

    async def _sleep(self, seconds: float) -> None:
        with suppress(TimeoutError):
            await asyncio.wait_for(self.stopping.wait(), seconds)


def _log_crash(name: str, error: Exception, pause_s: float) -> None:
    # Where, not what: messages of errors quote rows, addresses and links.
    stack = "".join(traceback.format_tb(error.__traceback__))
    logger.error(
        "%s crashed (%s) and starts again in %.1f s\n%s", name, type(error).__name__, pause_s, stack
    )
