"""How often a caller may come: a budget per caller, kept in this process alone.

The generic cell rate algorithm: one number per caller, the instant at which its budget would be
whole again.
"""

from __future__ import annotations

from time import monotonic
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable

MAX_REMEMBERED = 10_000


class Pace:
    """Lets each caller through `per_second` times a second, and `burst` times at once."""

    __slots__ = ("_apart_s", "_burst_s", "_clock", "_whole_at")

    def __init__(
        self, per_second: float, *, burst: int, clock: Callable[[], float] = monotonic
    ) -> None:
        self._apart_s = 1 / per_second
        self._burst_s = burst / per_second
        self._clock = clock
        self._whole_at: dict[Hashable, float] = {}

    def wait_s(self, caller: Hashable, cost: int = 1) -> float | None:
        """None when the caller is let through, else the seconds until it would be.

        Who is refused pays nothing.
        """
        now = self._clock()
        whole_at = self._whole_at.get(caller, now)
        spent_s = max(whole_at, now) - now + self._apart_s * cost
        if spent_s > self._burst_s:
            return spent_s - self._burst_s
        if caller not in self._whole_at and len(self._whole_at) >= MAX_REMEMBERED:
            # Whose budget is whole need not be remembered.
            self._whole_at = {key: at for key, at in self._whole_at.items() if at > now}
        self._whole_at[caller] = now + spent_s
        return None
