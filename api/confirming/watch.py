"""Confirms whoever comes to wait, until it is stopped.

The work list on the server is the only truth. A change that is heard only says when to look; so
nothing is lost with a connection or with this program, and who is confirmed is on no list any more.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import suppress
from datetime import datetime
from typing import TypeVar

from api.confirming.key_source import WrongVersion
from api.confirming.run import ConfirmingRun, Tally
from api.confirming.stop import Stop
from api.remote.errors import NotLetIn, RemoteError, Stopped, Unheard, Unreachable
from domain.clock import utc_now

LOOK_S = 60.0
"""Between looks without a change: a new key pair or a raised limit is no change of a member."""
GATHER_S = 0.2
"""After a change, so that a crowd is confirmed in few batches."""
LONGEST_PAUSE_S = 30.0

Found = TypeVar("Found")
Changes = Callable[[], AsyncIterator[None]]
Say = Callable[[str], None]


async def confirm_once(run: ConfirmingRun, stop: Stop) -> Tally:
    """One pass, begun again where an answer got lost. Raises Unreachable, RemoteError, Stopped."""
    for pause_s in (1.0, 2.0, 4.0, 8.0):
        try:
            return await run.once()
        except Unreachable:
            await stop.pause(pause_s)
    return await run.once()


async def reached(work: Callable[[], Awaitable[Found]], stop: Stop, say: Say) -> Found:
    """The result of `work`, as soon as there is a server. Raises RemoteError, Stopped."""
    pauses = _Pauses(say)
    while True:
        try:
            return await work()
        except Unreachable as error:
            await stop.pause(pauses.after(error))


async def watch(run: ConfirmingRun, changes: Changes, stop: Stop, say: Say) -> None:
    """Pass after pass until it is stopped. Raises NotLetIn, Unheard.

    Whatever else goes wrong is waited for, unless it already does in the first pass: then it is
    raised, for it is more likely a mistake than trouble.
    """
    bell = asyncio.Event()
    ringing = asyncio.create_task(_ring(changes, bell, stop))
    pauses, has_worked = _Pauses(say), False
    try:
        while True:
            bell.clear()
            try:
                await run.once()
            except (NotLetIn, Unheard):
                raise
            except RemoteError as error:
                if not has_worked and not isinstance(error, (Unreachable, WrongVersion)):
                    raise
                await stop.pause(pauses.after(error))
                continue
            has_worked = True
            pauses.over()
            await stop.pause_until(bell, _seconds_to(run.budget.next_room_at()))
            await stop.pause(GATHER_S)
    except Stopped:
        return
    finally:
        ringing.cancel()
        with suppress(asyncio.CancelledError):
            await ringing


class _Pauses:
    """Longer and longer while the same trouble lasts, which is told once."""

    def __init__(self, say: Say) -> None:
        self._say = say
        self._told: str | None = None
        self._next_s = 1.0

    def after(self, error: RemoteError) -> float:
        """How long to wait now, in seconds."""
        if str(error) != self._told:
            self._say(f"{error} Trying again.")
            self._told = str(error)
        pause_s, self._next_s = self._next_s, min(2 * self._next_s, LONGEST_PAUSE_S)
        return pause_s

    def over(self) -> None:
        """The trouble is over."""
        if self._told is not None:
            self._say("It works again.")
        self._told = None
        self._next_s = 1.0


async def _ring(changes: Changes, bell: asyncio.Event, stop: Stop) -> None:
    """Ring at each change; a connection that is lost is made again."""
    pause_s = 1.0
    with suppress(Stopped):
        while True:
            try:
                # The first item comes when the server has begun to listen: what happened before
                # it is on the list.
                async for _ in changes():
                    bell.set()
            except NotLetIn:
                # The next pass finds out, and says so.
                bell.set()
            except RemoteError:
                pass
            else:
                # The server ended it in good order, as one does that stops.
                pause_s = 1.0
            await stop.pause(pause_s)
            pause_s = min(2 * pause_s, LONGEST_PAUSE_S)


def _seconds_to(instant: datetime | None) -> float:
    if instant is None:
        return LOOK_S
    return min(LOOK_S, max(1.0, (instant - utc_now()).total_seconds()))
