"""The scenarios by name."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import Any

from tests.soak.database_away import database_away
from tests.soak.kills import kills
from tests.soak.report import Report

Scenario = Callable[[Report, str, float], Coroutine[Any, Any, None]]


async def _kills(report: Report, seed: str, seconds: float) -> None:
    await kills(report, seconds=seconds, seed=seed)


async def _database_away(report: Report, seed: str, seconds: float) -> None:
    await database_away(report, seconds=min(seconds, 30.0), seed=seed)


SCENARIOS: dict[str, Scenario] = {"kills": _kills, "database-away": _database_away}
