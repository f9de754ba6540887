"""Budgets of callers: so many at once, then so many a second, each for itself."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from api import pace
from api.pace import Pace
from tests.support.effort import examples


class Clock:
    """Stands still until it is moved."""

    def __init__(self) -> None:
        self.now = 1_000.0

    def __call__(self) -> float:
        return self.now


def test_a_burst_is_let_through_and_the_next_call_hears_how_long_to_wait() -> None:
    clock = Clock()
    budget = Pace(100, burst=400, clock=clock)

    refused = [wait for wait in (budget.wait_s("a") for _ in range(402)) if wait is not None]

    assert [round(wait, 6) for wait in refused] == [0.01, 0.01]


def test_who_waits_as_told_is_let_through() -> None:
    clock = Clock()
    budget = Pace(2, burst=3, clock=clock)
    assert [budget.wait_s("a") for _ in range(3)] == [None] * 3
    wait = budget.wait_s("a")
    assert wait == 0.5

    clock.now += wait

    assert budget.wait_s("a") is None
    assert budget.wait_s("a") is not None


def test_callers_do_not_share() -> None:
    budget = Pace(1, burst=1, clock=Clock())
    assert budget.wait_s("a") is None
    assert budget.wait_s("a") is not None

    assert budget.wait_s("b") is None


def test_a_dear_call_takes_more_of_the_budget() -> None:
    budget = Pace(1, burst=10, clock=Clock())

    assert budget.wait_s("a", 8) is None
    assert budget.wait_s("a", 8) == 6
    assert budget.wait_s("a", 2) is None


def test_callers_with_a_whole_budget_are_forgotten_when_there_are_too_many() -> None:
    clock = Clock()
    budget = Pace(1, burst=1, clock=clock)
    for caller in range(pace.MAX_REMEMBERED):
        assert budget.wait_s(caller) is None
    clock.now += 1.5
    assert budget.wait_s("last") is None

    assert len(budget._whole_at) == 1
    assert budget.wait_s("last") is not None


@examples(200)
@given(
    st.integers(1, 50),
    st.integers(1, 100),
    st.lists(st.floats(0, 2), min_size=1, max_size=200),
)
def test_never_more_than_the_burst_and_the_rate_of_the_time_since(
    per_second: int, burst: int, pauses: list[float]
) -> None:
    clock = Clock()
    budget = Pace(per_second, burst=burst, clock=clock)
    let_through: list[float] = []
    for pause in pauses:
        clock.now += pause
        if budget.wait_s("a") is None:
            let_through.append(clock.now)

    for first, start in enumerate(let_through):
        for last in range(first, len(let_through)):
            allowed = burst + per_second * (let_through[last] - start)
            assert last - first + 1 <= allowed + 1e-6
