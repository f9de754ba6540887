"""Short forms of what `make soak` does at length; each breaks something real under load."""

from __future__ import annotations

import secrets

import pytest

from tests.soak.clocks import clocks
from tests.soak.machines import failover, pooler
from tests.soak.programs import is_there
from tests.soak.replica import replica
from tests.soak.report import Report
from tests.soak.shutdown import shutdown
from tests.soak.smuggling import smuggling
from tests.soak.timing import timing
from tests.soak.upgrade import upgrade

pytestmark = pytest.mark.faults


@pytest.fixture
def seed() -> str:
    """Another one each time, told when it fails."""
    return secrets.token_hex(4)


def assert_held(report: Report, seed: str) -> None:
    assert report.problems == [], f"seed {seed}: {report}"


def needing(program: str, report: Report) -> Report:
    """The report, where the program is there or can be fetched; skips the test where it cannot."""
    if not is_there(program, report):
        pytest.skip(f"{program} is not installed")
    return report


async def test_a_stop_under_load_leaves_no_request_without_its_answer(seed: str) -> None:
    report = Report("shutdown")

    await shutdown(report, stops=1, seed=seed)

    assert_held(report, seed)


async def test_a_promoted_standby_has_all_that_was_acknowledged(seed: str) -> None:
    report = Report("failover")

    await failover(report, seed=seed)

    assert_held(report, seed)


async def test_what_a_replica_shows_is_at_most_a_second_old(seed: str) -> None:
    report = Report("replica")

    await replica(report, queries=1, seed=seed)

    assert_held(report, seed)


async def test_two_versions_serve_side_by_side(seed: str) -> None:
    report = Report("upgrade")

    await upgrade(report, load_s=1.0, seed=seed)

    assert_held(report, seed)


async def test_history_goes_on_in_order_when_the_clock_jumps(seed: str) -> None:
    report = Report("clocks")

    await clocks(report, seconds=0.5, seed=seed)

    assert_held(report, seed)


async def test_nothing_is_lost_when_the_pooler_is_killed(seed: str) -> None:
    report = needing("pgbouncer", Report("pooler"))

    await pooler(report, seconds=4, seed=seed)

    assert_held(report, seed)


async def test_nothing_is_smuggled_through_nginx(seed: str) -> None:
    report = needing("nginx", Report("smuggling"))

    await smuggling(report)

    assert_held(report, seed)
    assert any("attacks, of which nginx passed on" in note for note in report.notes)


async def test_every_kind_of_wrong_key_is_refused_alike_and_timed(seed: str) -> None:
    report = Report("timing")

    await timing(report, seconds=0, seed=seed, fewest=20)

    assert_held(report, seed)
    for door in ("SCIM", "admin API"):
        assert any(note.startswith(f"{door}: 20 calls of each kind") for note in report.notes)
    for kind in ("unknown again", "half right", "nearly right", "revoked"):
        assert sum(f"  {kind}: " in note and " from unknown" in note for note in report.notes) == 2
