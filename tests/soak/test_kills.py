"""The fault checker in its short form: kill -9 at random points, nothing acknowledged is lost."""

from __future__ import annotations

import secrets

import pytest

from tests.soak.kills import kills
from tests.soak.report import Report

pytestmark = pytest.mark.faults

SECONDS = 14.0


async def test_nothing_acknowledged_is_lost_whatever_is_killed() -> None:
    report = Report("kills")

    await kills(report, seconds=SECONDS, seed=secrets.token_hex(4))

    assert report.problems == [], report
