"""At most so many in an hour holds, whenever the program is killed."""

from __future__ import annotations

from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from api.confirming.hourly_budget import HOUR, IN_FLIGHT, HourlyBudget
from api.remote.errors import RemoteError

SECOND = timedelta(seconds=1)


class Clock:
    """An instant that tests move."""

    def __init__(self) -> None:
        self.now = datetime(2026, 3, 1, 12, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "state" / "confirm.json"


def budget(clock: Clock, most: int | None, path: Path | None = None) -> closing[HourlyBudget]:
    return closing(HourlyBudget(most, path, now=clock))


def test_room_comes_back_an_hour_after_each(clock: Clock, file: Path) -> None:
    with budget(clock, 2, file) as one:
        for id_ in ("a", "b"):
            one.reserve([id_])
            one.settle([id_], ())
            clock.now += 600 * SECOND

        assert one.left(["c", "d"]) == set()
        assert one.next_room_at() == datetime(2026, 3, 1, 13, tzinfo=UTC)
        clock.now = datetime(2026, 3, 1, 13, tzinfo=UTC) + SECOND
        assert one.left(["c", "d"]) == {"c"}
        assert one.next_room_at() is None


def test_the_first_ones_get_the_room(clock: Clock) -> None:
    with budget(clock, 2) as one:
        assert one.left(["z", "a", "m"]) == {"z", "a"}


def test_without_a_limit_there_is_room_for_all(clock: Clock) -> None:
    with budget(clock, None) as one:
        one.reserve(map(str, range(1000)))

        assert len(one.left(map(str, range(2000)))) == 2000
        assert one.next_room_at() is None


def test_who_was_not_confirmed_gives_the_room_back(clock: Clock, file: Path) -> None:
    with budget(clock, 2, file) as one:
        one.reserve(["a", "b"])
        one.settle(["a"], ["b"])

        assert one.left(["c", "d"]) == {"c"}


def test_a_kill_after_the_reservation_costs_room_until_it_is_known(
    clock: Clock, file: Path
) -> None:
    with budget(clock, 2, file) as killed:
        killed.reserve(["a", "b"])

    with budget(clock, 2, file) as again:
        assert again.left(["c"]) == set()
        assert again.left(["a"]) == {"a"}
        assert sorted(again.open_ids()) == ["a", "b"]
        clock.now += SECOND
        assert again.recover({"a"}) == ["a"]
        # The request for b may still be on its way.
        assert again.left(["c"]) == set()
        clock.now += IN_FLIGHT + SECOND
        assert again.recover(()) == []
        assert again.left(["c", "d"]) == {"c"}


def test_what_an_earlier_request_did_counts_though_the_later_changed_nothing(
    clock: Clock, file: Path
) -> None:
    with budget(clock, 1, file) as killed:
        killed.reserve(["a"])

    with budget(clock, 1, file) as again:
        again.reserve(["a"])
        again.settle((), ["a"])

        assert again.left(["b"]) == set()


def test_an_open_one_counts_however_old_it_is(clock: Clock, file: Path) -> None:
    with budget(clock, 1, file) as killed:
        killed.reserve(["a"])
    clock.now += 5 * HOUR

    with budget(clock, 1, file) as again:
        assert again.left(["b"]) == set()
        assert again.recover({"a"}) == ["a"]
        assert again.left(["b"]) == set()
        clock.now += HOUR + SECOND
        assert again.left(["b"]) == {"b"}


def test_the_file_has_one_user_at_a_time(clock: Clock, file: Path) -> None:
    with budget(clock, 1, file), pytest.raises(RemoteError, match="Another rollcall confirm uses"):
        HourlyBudget(1, file)
    with budget(clock, 1, file) as later:
        assert later.left(["a"]) == {"a"}


def test_a_broken_file_is_no_new_budget(file: Path) -> None:
    file.parent.mkdir()
    file.write_text("[]")

    with pytest.raises(RemoteError, match="is no record of confirmations"):
        HourlyBudget(1, file)

    assert file.read_text() == "[]"


def test_only_the_owner_reads_the_file(clock: Clock, file: Path) -> None:
    with budget(clock, 1, file) as one:
        one.reserve(["a"])

    assert file.stat().st_mode & 0o777 == 0o600
    assert [each.name for each in file.parent.iterdir() if "lock" not in each.name] == [file.name]


STEPS = st.lists(
    st.tuples(
        st.sampled_from(["confirm", "killed before", "killed after", "refused"]),
        st.sampled_from("abcdefgh"),
        st.integers(0, 1500),
    ),
    max_size=60,
)


@given(steps=STEPS, most=st.integers(1, 4))
@settings(max_examples=150, deadline=None)
def test_no_hour_has_more_than_the_limit(
    steps: list[tuple[str, str, int]], most: int, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Confirmations as the server would see them, in any order of kills and refusals."""
    path = tmp_path_factory.mktemp("budget") / "confirm.json"
    clock = Clock()
    confirmed: dict[str, datetime] = {}
    one = HourlyBudget(most, path, now=clock)
    for what, id_, seconds in steps:
        clock.now += seconds * SECOND
        one.recover({each for each in one.open_ids() if each in confirmed})
        if id_ in confirmed or id_ not in one.left([id_]):
            continue
        one.reserve([id_])
        if what in {"confirm", "killed after"}:
            confirmed[id_] = clock.now
        if what == "confirm":
            one.settle([id_], ())
        elif what == "refused":
            one.settle((), [id_])
        else:
            one.close()
            one = HourlyBudget(most, path, now=clock)
    one.close()

    for begin in confirmed.values():
        assert sum(begin <= at < begin + HOUR for at in confirmed.values()) <= most
