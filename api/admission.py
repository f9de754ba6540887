"""Who may ask the admin API now: budgets of operations and of points for each caller."""

from __future__ import annotations

import logging
from ipaddress import ip_network
from time import monotonic
from typing import TYPE_CHECKING

from api.pace import Pace
from domain.caller import NO_ORGANIZATION
from graphql_schema.services import Admission, Wait

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable

    from domain.caller import Caller

log = logging.getLogger("rollcall.sign_in")

MINUTE_S = 60
HOUR_S = 3600
WRONG_TOKENS_PER_MINUTE = 30
LINKS_PER_HOUR = 60
"""Of one address: an office may have many people behind it."""
SIGN_IN_STEPS_PER_MINUTE = 120
"""Of single sign-on, which has two; a whole office may share an address."""


class Budget:
    """What callers of one kind may spend in one process: all of it at once; 0 is no limit."""

    __slots__ = ("_operations", "_per_minute", "_points")

    def __init__(
        self,
        operations_per_minute: int,
        points_per_minute: int,
        *,
        clock: Callable[[], float] = monotonic,
    ) -> None:
        self._per_minute = (operations_per_minute, points_per_minute)
        self._operations = _pace(operations_per_minute, clock)
        self._points = _pace(points_per_minute, clock)

    def start(self, caller: Hashable) -> Wait | None:
        """One more operation."""
        turn = None if self._operations is None else self._operations.turn(caller)
        return None if turn is None else Wait(turn.wait_s, f"{self._per_minute[0]} operations")

    def spend(self, caller: Hashable, cost: int) -> Wait | None:
        """So many points; whom this refuses has the operation back."""
        # What costs more than a whole budget takes all of it, rather than never running.
        most = self._per_minute[1]
        turn = None if self._points is None else self._points.turn(caller, min(cost, most))
        if turn is None:
            return None
        if self._operations is not None:
            self._operations.give_back(caller)
        return Wait(turn.wait_s, f"{most} points of cost")

    def left(self, caller: Hashable) -> int | None:
        """The points that could be spent at once."""
        return None if self._points is None else self._points.left(caller)


def admission(*, tokens: Budget, people: Budget, nobody: Budget) -> Admission:
    """A budget for each token, for each person whatever their sessions, for each other address."""

    def of(caller: Caller) -> tuple[Budget, Hashable]:
        if caller.account_id is not None:
            return people, caller.account_id
        if caller.organization_id == NO_ORGANIZATION:
            return nobody, _network(caller.ip)
        return tokens, caller.actor.id

    def start(caller: Caller) -> Wait | None:
        budget, key = of(caller)
        return budget.start(key)

    def spend(caller: Caller, cost: int) -> Wait | None:
        budget, key = of(caller)
        return budget.spend(key, cost)

    def left(caller: Caller) -> int | None:
        budget, key = of(caller)
        return budget.left(key)

    return Admission(start=start, spend=spend, left=left)


def link_requests() -> Callable[[str | None], float | None]:
    """Counts the links that are asked for likewise."""
    return _by_address(LINKS_PER_HOUR, HOUR_S)


def wrong_tokens() -> Callable[[str | None], float | None]:
    """Counts wrong secrets by address: the seconds to wait where there were too many.

    The first too many of each minute stands in the log, for those who watch over it.
    """
    count = _by_address(WRONG_TOKENS_PER_MINUTE)
    said = Pace(1 / MINUTE_S, burst=1)

    def counted(ip: str | None) -> float | None:
        wait_s = count(ip)
        if wait_s is not None and said.turn(_network(ip)) is None:
            log.warning("more than %s wrong secrets a minute from %s", WRONG_TOKENS_PER_MINUTE, ip)
        return wait_s

    return counted


def sign_in_steps() -> Callable[[str | None], float | None]:
    """Counts the steps of single sign-on likewise."""
    return _by_address(SIGN_IN_STEPS_PER_MINUTE)


def _by_address(most: int, within_s: int = MINUTE_S) -> Callable[[str | None], float | None]:
    pace = Pace(most / within_s, burst=most)

    def count(ip: str | None) -> float | None:
        turn = pace.turn(_network(ip))
        return None if turn is None else turn.wait_s

    return count


def _network(ip: str | None) -> str | None:
    """The address; of IPv6 the 64 bits that one customer of a provider has for itself."""
    if ip is None or ":" not in ip:
        return ip
    try:
        return str(ip_network((ip, 64), strict=False))
    except ValueError:
        return ip


def _pace(per_minute: int, clock: Callable[[], float]) -> Pace | None:
    return Pace(per_minute / MINUTE_S, burst=per_minute, clock=clock) if per_minute else None
