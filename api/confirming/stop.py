"""A clean stop: SIGTERM and SIGINT are heard between steps, never in the middle of one."""

from __future__ import annotations

import asyncio
import signal

from api.remote.errors import Stopped

_SIGNALS = (signal.SIGTERM, signal.SIGINT)


class Stop:
    """Set by the first signal; a second one ends the program at once."""

    def __init__(self) -> None:
        self._event = asyncio.Event()
        self.is_set = self._event.is_set

    def listen(self) -> None:
        """From now on signals ask for a stop."""
        loop = asyncio.get_running_loop()
        for number in _SIGNALS:
            loop.add_signal_handler(number, self.ask)

    def ask(self) -> None:
        """Ask for a stop; the next signal has its usual effect again."""
        self._event.set()
        for number in _SIGNALS:
            asyncio.get_running_loop().remove_signal_handler(number)

    async def pause(self, seconds: float) -> None:
        """Wait. Raises Stopped as soon as a stop is asked for."""
        try:
            await asyncio.wait_for(self._event.wait(), seconds)
        except TimeoutError:
            return
        raise Stopped

    async def pause_until(self, event: asyncio.Event, seconds: float) -> None:
        """Wait for the event, at most so long. Raises Stopped."""
        ends = [asyncio.ensure_future(each.wait()) for each in (self._event, event)]
        try:
            await asyncio.wait(ends, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for each in ends:
                each.cancel()
        if self._event.is_set():
            raise Stopped
