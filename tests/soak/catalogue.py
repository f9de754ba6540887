"""The scenarios by name."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import Any

from tests.soak.clocks import clocks
from tests.soak.database_away import database_away
from tests.soak.full_disk import full_disk
from tests.soak.kills import kills
from tests.soak.machines import failover, pooler, two_servers
from tests.soak.mail_faults import mail_faults
from tests.soak.replica import replica
from tests.soak.report import Report
from tests.soak.shutdown import shutdown
from tests.soak.slow_clients import slow_clients
from tests.soak.smuggling import smuggling
from tests.soak.timing import timing
from tests.soak.upgrade import upgrade

Scenario = Callable[[Report, str, float], Coroutine[Any, Any, None]]


async def _kills(report: Report, seed: str, seconds: float) -> None:
    await kills(report, seconds=seconds, seed=seed)


async def _database_away(report: Report, seed: str, seconds: float) -> None:
    await database_away(report, seconds=min(seconds, 30.0), seed=seed)


async def _mail(report: Report, seed: str, seconds: float) -> None:
    await mail_faults(report, seconds=min(seconds, 30.0), seed=seed)


async def _full_disk(report: Report, seed: str, seconds: float) -> None:
    await full_disk(report, seconds=min(seconds, 20.0), seed=seed)


async def _shutdown(report: Report, seed: str, seconds: float) -> None:
    await shutdown(report, stops=3 if seconds < 60 else 10, seed=seed)


async def _two_servers(report: Report, seed: str, seconds: float) -> None:
    await two_servers(report, rounds=1 if seconds < 60 else 5, seed=seed)


async def _pooler(report: Report, seed: str, seconds: float) -> None:
    await pooler(report, seconds=min(seconds, 30.0), seed=seed)


async def _failover(report: Report, seed: str, _seconds: float) -> None:
    await failover(report, seed=seed)


async def _replica(report: Report, seed: str, seconds: float) -> None:
    await replica(report, queries=2 if seconds < 60 else 5, seed=seed)


async def _slow_clients(report: Report, seed: str, seconds: float) -> None:
    await slow_clients(report, seconds=min(seconds, 60.0), seed=seed)


async def _clocks(report: Report, seed: str, seconds: float) -> None:
    await clocks(report, seconds=min(seconds / 6, 10.0), seed=seed)


async def _upgrade(report: Report, seed: str, seconds: float) -> None:
    await upgrade(report, load_s=min(seconds / 4, 5.0), seed=seed)


async def _smuggling(report: Report, _seed: str, _seconds: float) -> None:
    await smuggling(report)


async def _timing(report: Report, seed: str, seconds: float) -> None:
    await timing(report, seconds=min(seconds, 60.0), seed=seed)


SCENARIOS: dict[str, Scenario] = {
    "kills": _kills,
    "database-away": _database_away,
    "mail": _mail,
    "full-disk": _full_disk,
    "shutdown": _shutdown,
    "slow-clients": _slow_clients,
    "clocks": _clocks,
    "smuggling": _smuggling,
    "timing": _timing,
    "two-servers": _two_servers,
    "pooler": _pooler,
    "failover": _failover,
    "replica": _replica,
    "upgrade": _upgrade,
}
