"""The request log: takes entries without waiting and writes them in batches, beside the commands.

It is written outside the commands' transactions, so that refused calls are in it too. A process
that is killed loses what it took in the last fifth of a second.
"""

from __future__ import annotations

import asyncio
import logging
from contextlib import suppress
from dataclasses import replace
from time import monotonic
from typing import TYPE_CHECKING

import asyncpg

from domain.provisioning_entry import MAX_BODY, ProvisioningEntry
from domain.store.patience import DATABASE_TROUBLE, Patience
from domain.store.request_log_rows import storable, without_stored, write_entries

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from domain.ids import UUID

MAX_ENTRIES = 10_000
# Bodies of 64 KiB each would let few entries take all memory: 32 MiB characters are enough.
MAX_CHARACTERS = 32 * 1024 * 1024
MAX_TEXT = 2_000
BATCH = 500
FLUSH_S = 0.2
CLOSE_S = 5.0

# The batch itself is at fault, not the database: it would be refused for ever.
_BAD_DATA = (
    asyncpg.DataError,
    asyncpg.IntegrityConstraintViolationError,
    ValueError,
    TypeError,
    OverflowError,
)

logger = logging.getLogger(__name__)


class RequestLogWriter:
    """Takes entries with `record` while `run` writes them.

    Full, or when the database stays away for long, it drops the newest and counts: `dropped` hears
    how many. `written` hears of each organization that has new entries.
    """

    def __init__(
        self,
        pool: asyncpg.Pool,
        *,
        dropped: Callable[[int], None] = lambda _amount: None,
        written: Callable[[UUID], None] = lambda _organization_id: None,
    ) -> None:
        self._pool = pool
        self._dropped = dropped
        self._written = written
        self._queue: list[ProvisioningEntry] = []
        self._characters = 0
        self._any = asyncio.Event()
        self._full = asyncio.Event()
        self._stopping = False
        self._writing = asyncio.Lock()
        self._patience = Patience(logger, "writing the request log")
        self.dropped_total = 0

    @property
    def depth(self) -> int:
        """How many entries wait."""
        return len(self._queue)

    def record(self, entry: ProvisioningEntry) -> None:
        """Take one entry; never raises, never blocks."""
        entry = _cut(entry)
        waiting = len(self._queue)
        if waiting >= MAX_ENTRIES or self._characters > MAX_CHARACTERS:
            self._drop(1)
            return
        self._queue.append(entry)
        self._characters += _bodies(entry)
        if waiting == 0:
            self._any.set()
        elif waiting == BATCH - 1:
            self._full.set()

    def stop(self) -> None:
        """Write what is there, then end `run`."""
        self._stopping = True
        self._any.set()
        self._full.set()

    async def close(self) -> None:
        """Write what is there; what the database does not take within 5 s is lost, and logged."""
        self.stop()
        deadline = monotonic() + CLOSE_S
        while True:
            try:
                await self.flush()
            except DATABASE_TROUBLE as error:
                pause = self._patience.failed(error)
                if monotonic() + pause > deadline:
                    break
                await asyncio.sleep(pause)
            else:
                return
        logger.error("%d entries of the request log could not be written", len(self._queue))
        self._drop(len(self._queue))
        self._take(len(self._queue))

    async def run(self) -> None:
        """Write until stopped; a database that is away is waited for."""
        while not self._stopping:
            await self._any.wait()
            with suppress(TimeoutError):  # not full, but old enough
                await asyncio.wait_for(self._full.wait(), FLUSH_S)
            try:
                await self.flush()
            except DATABASE_TROUBLE as error:
                await asyncio.sleep(self._patience.failed(error))
        await self.close()

    async def flush(self) -> None:
        """Write all that is there now. Raises what the database raises, and keeps the entries."""
        async with self._writing:
            while self._queue:
                batch = self._queue[:BATCH]
                await self._write(batch)
                self._take(len(batch))
            self._patience.worked()
            if not self._stopping:
                self._any.clear()
                self._full.clear()

    async def _write(self, entries: Sequence[ProvisioningEntry]) -> None:
        try:
            organizations = await write_entries(self._pool, entries)
        except asyncpg.UniqueViolationError:
            entries = await without_stored(self._pool, entries)
            if entries:
                await self._write_apart(entries)
        except _BAD_DATA:
            await self._write_apart([storable(entry) for entry in entries])
        else:
            for organization_id in organizations:
                self._written(organization_id)

    async def _write_apart(self, entries: Sequence[ProvisioningEntry]) -> None:
        """Write all that can be written: in halves, until what cannot stands alone."""
        try:
            organizations = await write_entries(self._pool, entries)
        except _BAD_DATA as error:
            if len(entries) == 1:
                logger.error("an entry of the request log was refused (%s)", type(error).__name__)
                self._drop(1)
                return
            middle = len(entries) // 2
            await self._write_apart(entries[:middle])
            await self._write_apart(entries[middle:])
        else:
            for organization_id in organizations:
                self._written(organization_id)

    def _take(self, amount: int) -> None:
        self._characters -= sum(map(_bodies, self._queue[:amount]))
        del self._queue[:amount]

    def _drop(self, amount: int) -> None:
        self.dropped_total += amount
        self._dropped(amount)


def _cut(entry: ProvisioningEntry) -> ProvisioningEntry:
    """The entry with every text at most as long as the log keeps it."""
    request, response, agent = entry.request_body, entry.response_body, entry.user_agent
    if (
        len(entry.path) <= MAX_TEXT
        and (agent is None or len(agent) <= MAX_TEXT)
        and (request is None or len(request) <= MAX_BODY)
        and (response is None or len(response) <= MAX_BODY)
    ):
        return entry
    return replace(
        entry,
        path=entry.path[:MAX_TEXT],
        user_agent=agent and agent[:MAX_TEXT],
        request_body=request and request[:MAX_BODY],
        response_body=response and response[:MAX_BODY],
    )


def _bodies(entry: ProvisioningEntry) -> int:
    return len(entry.request_body or "") + len(entry.response_body or "")
