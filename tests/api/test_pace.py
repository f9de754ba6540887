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

    turns = [turn for turn in (budget.turn("a") for _ in range(402)) if turn is not None]

    assert [(round(turn.wait_s, 6), turn.refused) for turn in turns] == [(0.01, True)] * 2


def test_who_waits_as_told_is_let_through() -> None:
    clock = Clock()
    budget = Pace(2, burst=3, clock=clock)
    assert [budget.turn("a") for _ in range(3)] == [None] * 3
    turn = budget.turn("a")
    assert turn == (0.5, True)

    clock.now += turn.wait_s

    assert budget.turn("a") is None
    assert budget.turn("a") is not None


def test_who_comes_a_little_early_waits_and_who_comes_much_too_early_is_refused() -> None:
    clock = Clock()
    budget = Pace(10, burst=2, patience_s=0.25, clock=clock)

    turns = [budget.turn("a") for _ in range(6)]

    assert turns[:2] == [None, None]
    waits = [(round(turn.wait_s, 6), turn.refused) for turn in turns[2:] if turn is not None]
    # Who waits has its place; who is refused takes none.
    assert waits == [(0.1, False), (0.2, False), (0.3, True), (0.3, True)]
    clock.now += 0.1
    turn = budget.turn("a")
    assert turn is not None
    assert (round(turn.wait_s, 6), turn.refused) == (0.2, False)


def test_callers_do_not_share() -> None:
    budget = Pace(1, burst=1, clock=Clock())
    assert budget.turn("a") is None
    assert budget.turn("a") is not None

    assert budget.turn("b") is None


def test_a_dear_call_takes_more_of_the_budget() -> None:
    budget = Pace(1, burst=10, clock=Clock())

    assert budget.turn("a", 8) is None
    assert budget.turn("a", 8) == (6, True)
    assert budget.turn("a", 2) is None


def test_callers_with_a_whole_budget_are_forgotten_when_there_are_too_many() -> None:
    clock = Clock()
    budget = Pace(1, burst=1, clock=clock)
    for caller in range(pace.MAX_REMEMBERED):
        assert budget.turn(caller) is None
    clock.now += 1.5
    assert budget.turn("last") is None

    assert len(budget._whole_at) == 1
    assert budget.turn("last") is not None


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
        if budget.turn("a") is None:
            let_through.append(clock.now)

    for first, start in enumerate(let_through):
        for last in range(first, len(let_through)):
            allowed = burst + per_second * (let_through[last] - start)
            assert last - first + 1 <= allowed + 1e-3
