"""How often a caller may come: a budget per caller, kept in this process alone.

The generic cell rate algorithm: one number per caller, the instant at which its budget would be
whole again. Who comes a little early waits for its turn; who comes much too early is refused.
"""

from __future__ import annotations

from time import monotonic
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable

MAX_REMEMBERED = 10_000
ROUNDING_S = 1e-6


class Turn(NamedTuple):
    """Not now: go on after `wait_s` seconds or, where that is refused, come again after them."""

    wait_s: float
    refused: bool


class Pace:
    """Lets each caller through `per_second` times a second, and `burst` times at once.

    A call whose turn comes within `patience_s` is taken, and waits for it.
    """

    __slots__ = ("_apart_s", "_burst_s", "_clock", "_patience_s", "_whole_at")

    def __init__(
        self,
        per_second: float,
        *,
        burst: int,
        patience_s: float = 0.0,
        clock: Callable[[], float] = monotonic,
    ) -> None:
        self._apart_s = 1 / per_second
        self._burst_s = burst / per_second
        self._patience_s = patience_s
        self._clock = clock
        self._whole_at: dict[Hashable, float] = {}

    def turn(self, caller: Hashable, cost: int = 1) -> Turn | None:
        """None when the caller goes on at once. Who is refused pays nothing."""
        now = self._clock()
        whole_at = self._whole_at.get(caller, now)
        spent_s = max(whole_at, now) - now + self._apart_s * cost
        wait_s = spent_s - self._burst_s
        if wait_s > self._patience_s + ROUNDING_S:
            return Turn(wait_s, refused=True)
        if caller not in self._whole_at and len(self._whole_at) >= MAX_REMEMBERED:
            # Whose budget is whole need not be remembered.
            self._whole_at = {key: at for key, at in self._whole_at.items() if at > now}
            if len(self._whole_at) >= MAX_REMEMBERED:
                self._whole_at.clear()  # rather a whole budget for all than memory without end
        self._whole_at[caller] = now + spent_s
        return Turn(wait_s, refused=False) if wait_s > ROUNDING_S else None

    def give_back(self, caller: Hashable, cost: int = 1) -> None:
        """Undo a turn that was taken."""
        if caller in self._whole_at:
            self._whole_at[caller] -= self._apart_s * cost

    def left(self, caller: Hashable) -> int:
        """What the caller could spend at once."""
        now = self._clock()
        spent_s = max(self._whole_at.get(caller, now), now) - now
        return max(0, int((self._burst_s - spent_s + ROUNDING_S) / self._apart_s))
