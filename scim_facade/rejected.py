"""Calls that could not be authenticated: logged and audited sparingly, never told apart."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass, field
from time import monotonic
from typing import TYPE_CHECKING

from domain.caller import Actor, Caller
from domain.commands import NoteRejectedCalls
from domain.queries.scim_connections import find_connection_id
from domain.vocabulary import ActorKind, Origin
from scim_facade.recording import record

if TYPE_CHECKING:
    from domain.ids import UUID
    from scim_facade.exchange import Answer, Exchange
    from scim_facade.services import ScimServices

PER_MINUTE = 10
WINDOW_S = 60.0
MAX_WATCHED = 10_000

log = logging.getLogger("rollcall.scim")


@dataclass(slots=True)
class _Window:
    ends: float
    calls: int = 0
    connection_id: asyncio.Task[UUID | None] | None = None


@dataclass(slots=True)
class RejectedCalls:
    """Of a known organization at most ten a minute enter its log, and one its history."""

    services: ScimServices
    _windows: dict[UUID, _Window] = field(default_factory=dict)
    _tasks: set[asyncio.Task[None]] = field(default_factory=set)

    def note(self, exchange: Exchange, answer: Answer) -> None:
        """Take note, after the answer is decided and outside its way."""
        window = self._windows.get(exchange.organization_id)
        if window is None or window.ends < monotonic():
            if len(self._windows) >= MAX_WATCHED:
                self._windows.clear()
            window = _Window(monotonic() + WINDOW_S)
            self._windows[exchange.organization_id] = window
        window.calls += 1
        if window.calls > PER_MINUTE:
            return
        task = asyncio.create_task(self._write(window, exchange, answer))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _write(self, window: _Window, exchange: Exchange, answer: Answer) -> None:
        try:
            first = window.connection_id is None
            if window.connection_id is None:
                # Calls that come meanwhile wait for the same answer.
                window.connection_id = asyncio.ensure_future(
                    find_connection_id(self.services.reader, exchange.organization_id)
                )
            connection_id = await window.connection_id
            if connection_id is None:
                return
            record(exchange, answer)
            if first:
                caller = Caller(
                    actor=Actor(ActorKind.SYSTEM_PROCESS, None, "SCIM endpoint"),
                    origin=Origin.SCIM,
                    organization_id=exchange.organization_id,
                    ip=exchange.remote_ip,
                    request_id=exchange.id,
                    correlation_id=exchange.id,
                )
                command = NoteRejectedCalls(exchange.organization_id, connection_id)
                await self.services.application.execute(command, caller)
        except Exception as error:  # noqa: BLE001 - a note must never break what it is about
            log.warning("rejected call not noted: %s", type(error).__name__)
