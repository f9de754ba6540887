"""Short forms of what `make soak` does at length; each breaks something real under load."""

from __future__ import annotations

import secrets

import pytest

from tests.soak.clocks import clocks
from tests.soak.machines import failover, pooler
from tests.soak.programs import is_there
from tests.soak.report import Report
from tests.soak.shutdown import shutdown

pytestmark = pytest.mark.faults


@pytest.fixture
def seed() -> str:
    """Another one each time, told when it fails."""
    return secrets.token_hex(4)


def assert_held(report: Report, seed: str) -> None:
    assert report.problems == [], f"seed {seed}: {report}"


async def test_a_stop_under_load_leaves_no_request_without_its_answer(seed: str) -> None:
    report = Report("shutdown")

    await shutdown(report, stops=1, seed=seed)

    assert_held(report, seed)


async def test_a_promoted_standby_has_all_that_was_acknowledged(seed: str) -> None:
    report = Report("failover")

    await failover(report, seed=seed)

    assert_held(report, seed)


async def test_history_goes_on_in_order_when_the_clock_jumps(seed: str) -> None:
    report = Report("clocks")

    await clocks(report, seconds=0.5, seed=seed)

    assert_held(report, seed)


@pytest.mark.skipif(not is_there("pgbouncer"), reason="pgbouncer is not installed")
async def test_nothing_is_lost_when_the_pooler_is_killed(seed: str) -> None:
    report = Report("pooler")

    await pooler(report, seconds=4, seed=seed)

    assert_held(report, seed)
