"""Sends spans to a collector in the background; what it cannot take is dropped, and said once."""

from __future__ import annotations

import asyncio
import logging
import secrets
from collections.abc import Sequence
from contextlib import suppress
from importlib.metadata import version

import httpx
import orjson

from api.tracing.otlp import export_request
from domain.spans import Span, trace_to

EVERY_S = 2.0
TIMEOUT_S = 5.0
MOST_AT_ONCE = 1_000
MOST_KEPT = 10_000
"""Spans of one process that wait; further ones are dropped."""

logger = logging.getLogger(__name__)


class Exporter:
    """Takes spans without waiting, and posts them to `endpoint`/v1/traces every two seconds."""

    def __init__(self, endpoint: str, *, percent: float) -> None:
        self._url = f"{endpoint.rstrip('/')}/v1/traces"
        self._percent = percent
        self._spans: list[Span] = []
        self._stopped = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        self._in_trouble = False
        self._resource = {
            "service.name": "rollcall",
            "service.version": version("rollcall"),
            "service.instance.id": secrets.token_hex(8),
        }

    def start(self) -> None:
        """Take the spans of this process from here on."""
        trace_to(self.take, percent=self._percent)
        self._task = asyncio.create_task(self._run(), name="traces")

    async def stop(self) -> None:
        """Take no more, and send what waits, within a few seconds."""
        trace_to(None)
        self._stopped.set()
        if self._task is not None:
            with suppress(TimeoutError):
                await asyncio.wait_for(self._task, TIMEOUT_S)

    def take(self, spans: Sequence[Span]) -> None:
        """Keep the spans until they are sent."""
        if len(self._spans) + len(spans) <= MOST_KEPT:
            self._spans += spans
        else:
            self._trouble("more spans than can be sent")

    async def _run(self) -> None:
        async with httpx.AsyncClient(timeout=TIMEOUT_S, follow_redirects=False) as client:
            while not self._stopped.is_set():
                with suppress(TimeoutError):
                    await asyncio.wait_for(self._stopped.wait(), EVERY_S)
                while self._spans and await self._send(client):
                    pass

    async def _send(self, client: httpx.AsyncClient) -> bool:
        """Send a batch, or forget it; whether to go on at once."""
        batch, self._spans = self._spans[:MOST_AT_ONCE], self._spans[MOST_AT_ONCE:]
        body = orjson.dumps(export_request(batch, self._resource))
        try:
            answer = await client.post(
                self._url, content=body, headers={"content-type": "application/json"}
            )
        except (httpx.HTTPError, httpx.InvalidURL, OSError) as error:
            self._trouble(type(error).__name__)
            return False
        if not answer.is_success:
            self._trouble(f"it answered {answer.status_code}")
            return False
        self._in_trouble = False
        return True

    def _trouble(self, why: str) -> None:
        if not self._in_trouble:
            self._in_trouble = True
            logger.warning("traces are dropped: %s", why)
