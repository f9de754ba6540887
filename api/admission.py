"""Who may ask the admin API now: a budget of operations and one of points for each token."""

from __future__ import annotations

from ipaddress import ip_network
from time import monotonic
from typing import TYPE_CHECKING

from api.pace import Pace
from graphql_schema.services import Admission, Wait

if TYPE_CHECKING:
    from collections.abc import Callable

    from domain.ids import UUID

MINUTE_S = 60
WRONG_TOKENS_PER_MINUTE = 30


def admission(
    operations_per_minute: int,
    points_per_minute: int,
    *,
    clock: Callable[[], float] = monotonic,
) -> Admission:
    """The budgets of one process, all of which may be spent at once; 0 is no limit."""
    operations = _budget(operations_per_minute, clock)
    points = _budget(points_per_minute, clock)

    def start(caller_id: UUID | None) -> Wait | None:
        turn = None if operations is None else operations.turn(caller_id)
        return None if turn is None else Wait(turn.wait_s, f"{operations_per_minute} operations")

    def spend(caller_id: UUID | None, cost: int) -> Wait | None:
        # What costs more than a whole budget takes all of it, rather than never running.
        turn = None if points is None else points.turn(caller_id, min(cost, points_per_minute))
        if turn is None:
            return None
        if operations is not None:
            operations.give_back(caller_id)
        return Wait(turn.wait_s, f"{points_per_minute} points of cost")

    def left(caller_id: UUID | None) -> int | None:
        return None if points is None else points.left(caller_id)

    return Admission(start=start, spend=spend, left=left)


def wrong_tokens() -> Callable[[str | None], float | None]:
    """Counts wrong tokens by address: the seconds to wait where there were too many."""
    pace = Pace(WRONG_TOKENS_PER_MINUTE / MINUTE_S, burst=WRONG_TOKENS_PER_MINUTE)

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


def _budget(per_minute: int, clock: Callable[[], float]) -> Pace | None:
    return Pace(per_minute / MINUTE_S, burst=per_minute, clock=clock) if per_minute else None
