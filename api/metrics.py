"""The figures of /metrics, and the places where they are taken.

The server processes keep them in files of a folder that their parent made; whichever process is
asked adds them up, and a process that ended is still counted.
"""

from __future__ import annotations

import asyncio
import os
import time
from typing import TYPE_CHECKING

from prometheus_client import (
    CONTENT_TYPE_LATEST,
    REGISTRY,
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    generate_latest,
)
from prometheus_client.multiprocess import MultiProcessCollector

from api.http_middleware import PerRequest, at_start
from api.spawn import METRICS_FOLDER

if TYPE_CHECKING:
    import asyncpg
    from starlette.types import Message, Receive, Scope, Send

    from domain.provisioning_entry import ProvisioningEntry, ProvisioningLog

CONTENT_TYPE = CONTENT_TYPE_LATEST
LOOK_EVERY_S = 2.0
_EVENTS = b"text/event-stream"
_SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)

_SCIM_REQUESTS = Counter(
    "rollcall_scim_requests_total",
    "SCIM requests of known organizations.",
    ["operation", "resource", "status"],
)
_SCIM_SECONDS = Histogram(
    "rollcall_scim_request_seconds",
    "Time from a SCIM request to its answer.",
    ["operation", "resource"],
    buckets=_SECONDS,
)
_HTTP_REQUESTS = Counter(
    "rollcall_http_requests_total", "Other requests than SCIM's.", ["route", "status"]
)
_HTTP_SECONDS = Histogram(
    "rollcall_http_request_seconds",
    "Time from another request than SCIM's to its answer.",
    ["route"],
    buckets=_SECONDS,
)
_CONNECTIONS = Gauge(
    "rollcall_pool_connections",
    "Database connections by state.",
    ["state"],
    multiprocess_mode="livesum",
)


def render() -> bytes:
    """All figures, of all server processes, in Prometheus' text format."""
    if METRICS_FOLDER not in os.environ:
        return generate_latest(REGISTRY)
    registry = CollectorRegistry()
    MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    return generate_latest(registry)


class CountingLog:
    """A request log that counts what it takes and passes it on.

    The facade reports each call here, so its hot path needs no middleware.
    """

    __slots__ = ("_inner", "_known")

    def __init__(self, inner: ProvisioningLog) -> None:
        self._inner = inner
        # Finding a figure by its labels costs three times what adding to it does.
        self._known: dict[tuple[str, str | None, int], tuple[Counter, Histogram]] = {}

    def record(self, entry: ProvisioningEntry) -> None:
        """Count the entry and pass it on."""
        key = (entry.operation, entry.resource_type, entry.status_code)
        known = self._known.get(key)
        if known is None:
            labels = (entry.operation, entry.resource_type or "NONE")
            known = self._known[key] = (
                _SCIM_REQUESTS.labels(*labels, entry.status_code),
                _SCIM_SECONDS.labels(*labels),
            )
        requests, seconds = known
        requests.inc()
        seconds.observe(entry.duration_ms / 1000)
        self._inner.record(entry)


class CountRequests(PerRequest):
    """Counts and times the requests of an application."""

    async def _pass(self, route: str, scope: Scope, receive: Receive, send: Send) -> None:
        status, streams = 500, False
        began = time.perf_counter()

        def note(head: Message) -> None:
            nonlocal status, streams
            status = head["status"]
            streams = _EVENTS in dict(head["headers"]).get(b"content-type", b"")

        try:
            await self._app(scope, receive, at_start(send, note))
        finally:
            _HTTP_REQUESTS.labels(route, status).inc()
            if not streams:  # how long somebody listened says nothing of speed
                _HTTP_SECONDS.labels(route).observe(time.perf_counter() - began)


async def watch_pool(pool: asyncpg.Pool) -> None:
    """Keep the figures of the connection pool current, until cancelled."""
    while True:
        idle, size = pool.get_idle_size(), pool.get_size()
        _CONNECTIONS.labels("idle").set(idle)
        _CONNECTIONS.labels("used").set(size - idle)
        await asyncio.sleep(LOOK_EVERY_S)
