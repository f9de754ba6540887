"""The scenarios by name."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import Any

from tests.soak.kills import kills
from tests.soak.report import Report

Scenario = Callable[[Report, str, float], Coroutine[Any, Any, None]]


async def _kills(report: Report, seed: str, seconds: float) -> None:
    await kills(report, seconds=seconds, seed=seed)


SCENARIOS: dict[str, Scenario] = {"kills": _kills}
