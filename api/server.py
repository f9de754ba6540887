"""The server as a whole: the parent that keeps database and server processes alive.

The parent answers no request. It brings the database up, starts the server processes beside that,
hands each the same listening socket, starts again whatever dies, and at the end stops the processes
first and the database last. When it is killed itself, its processes notice and end.
"""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Awaitable, Callable
from contextlib import suppress

import structlog

from api.database import DatabaseUrls, bring_up_to_date, open_database
from api.listener import listening_socket
from api.server_child import Child, Orders
from api.settings import Settings, Switch
from api.start_error import StartError

log = structlog.get_logger("rollcall.server")

DRAIN_SECONDS = 10
# Beside running requests, what waits to be written takes up to ten seconds more.
KILL_AFTER_SECONDS = DRAIN_SECONDS + 15
LONGEST_PAUSE_SECONDS = 5.0

Notify = Callable[[], Awaitable[None]]
Prepare = Callable[[DatabaseUrls], Awaitable[None]]


async def _nothing(*_: object) -> None:
    return


def serve(settings: Settings, *, prepare: Prepare = _nothing, on_ready: Notify = _nothing) -> None:
    """Run the server until it is told to stop (SIGINT, SIGTERM, SIGHUP).

    `prepare` runs once the database is there, `on_ready` once every process answers. Raises
    StartError when it cannot begin.
    """

    async def run() -> None:
        await Parent(settings, prepare, on_ready).run()

    asyncio.run(run())


class Parent:
    """The parent of the server processes."""

    def __init__(self, settings: Settings, prepare: Prepare, on_ready: Notify) -> None:
        self._settings = settings
        self._prepare = prepare
        self._on_ready = on_ready
        self._socket = listening_socket(settings.host, settings.port)
        self._stopping = asyncio.Event()
        self._urls: asyncio.Future[DatabaseUrls] = asyncio.Future()
        self._children: dict[int, Child] = {}
        self._ready: set[int] = set()

    async def run(self) -> None:
        """From start to end. Raises StartError."""
        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            loop.add_signal_handler(number, self._on_signal)
        # The processes import their modules while the database starts.
        keepers = [
            asyncio.create_task(self._keep_alive(number))
            for number in range(self._settings.workers)
        ]
        work = asyncio.create_task(self._run_database(keepers))
        stop = asyncio.create_task(self._stopping.wait())
        try:
            await asyncio.wait({work, stop, *keepers}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            self._stopping.set()
            # Else the kernel would go on to let clients in whom nobody answers.
            self._socket.close()
            await self._stop_children(keepers)
            if not self._urls.done():
                work.cancel()
            ends = await asyncio.gather(work, stop, *keepers, return_exceptions=True)
        for end in ends:
            if isinstance(end, Exception):
                raise end

    def _on_signal(self) -> None:
        if self._stopping.is_set():  # said twice: whoever it is will not wait
            for child in self._children.values():
                child.kill()
        self._stopping.set()

    async def _run_database(self, keepers: list[asyncio.Task[None]]) -> None:
        embedded = self._settings.database_url is None
        async with open_database(self._settings, watch=True, make=True) as urls:
            await bring_up_to_date(
                urls,
                embedded=embedded,
                row_security=self._settings.row_security is Switch.ON,
            )
            await self._prepare(urls)
            self._urls.set_result(urls)
            await asyncio.wait(keepers)

    async def _keep_alive(self, number: int) -> None:
        """One server process after the other until the server stops."""
        pause = 0.0
        while not self._stopping.is_set():
            child = self._children[number] = Child.start()
            if self._stopping.is_set():
                child.terminate()
            # Shielded: whoever is cancelled here must not cancel it for the others.
            child.command(Orders(self._socket, await asyncio.shield(self._urls)))
            if await child.is_ready():
                pause = 0.0
                await self._count_ready(number)
            code = await child.ended()
            if self._stopping.is_set():
                return
            if code >= 0 and number not in self._ready:
                raise StartError("The server did not start, for the reason given above.")
            log.error("a server process ended and is started again", number=number, code=code)
            with suppress(TimeoutError):
                await asyncio.wait_for(self._stopping.wait(), pause)
            pause = min(2 * pause or 0.1, LONGEST_PAUSE_SECONDS)

    async def _count_ready(self, number: int) -> None:
        before = len(self._ready)
        self._ready.add(number)
        if before < len(self._ready) == self._settings.workers:
            log.info("serving", url=self._settings.public_url, processes=self._settings.workers)
            await self._on_ready()

    async def _stop_children(self, keepers: list[asyncio.Task[None]]) -> None:
        """Lets the processes finish what they are at, then insists."""
        if not self._urls.done():  # none of them has begun
            for keeper in keepers:
                keeper.cancel()
        for child in self._children.values():
            child.terminate()
        _, late = await asyncio.wait(keepers, timeout=KILL_AFTER_SECONDS)
        if late:
            log.error("server processes did not end in time and are killed", count=len(late))
        for child in self._children.values():
            child.kill()
        await asyncio.wait(keepers)
