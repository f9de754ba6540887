"""Hundreds of clients that drip, fall silent or do not read: everybody else is served as ever."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING

from tests.soak.crew import at_work
from tests.soak.deployment import Deployment
from tests.soak.postbox import Postbox, mail_settings
from tests.support.mail_server import MailServer

if TYPE_CHECKING:
    from tests.soak.report import Report

MOST = 100
"""Connections that the server takes; there are more slow ones."""
SLOW = 160
OTHER_FILES = 300
SLOWEST_S = 10.0
PAUSE_S = 0.5
_HEAD = b"POST /graphql HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\n"


async def slow_clients(report: Report, *, seconds: float, seed: str) -> None:
    """All kinds of slow clients at once, for so long."""
    box = Postbox()
    with MailServer(letters=box) as mail:
        settings = {"ROLLCALL_MAX_CONNECTIONS": str(MOST)}
        deployment = Deployment(mail_settings(mail) | settings, workers=1)
        try:
            crew = await at_work(deployment, seed)
            attack = Attack(int(deployment.url.rpartition(":")[2]))
            files = await attack.run(seconds, deployment)
            crew.still_writing()
            await crew.finish()
            wrong = await crew.verdict(box.by_row)
            report.note(crew.summary())
            report.note(f"{attack.made} slow connections; at most {files} files open in the server")
            if crew.record.troubles:
                wrong.append(f"others were disturbed: {dict(crew.record.troubles)}")
            if crew.record.slowest_s > SLOWEST_S:
                wrong.append(f"a request took {crew.record.slowest_s:.1f} s")
            if files > MOST + OTHER_FILES:
                wrong.append(f"the server had {files} files open")
            wrong += await deployment.ends_in_order()
            report.wrong(wrong)
        finally:
            await asyncio.to_thread(deployment.close)


class Attack:
    """Slow clients of every kind; each comes again when it is thrown out."""

    def __init__(self, port: int) -> None:
        self._port = port
        self.made = 0

    async def run(self, seconds: float, deployment: Deployment) -> int:
        """Attack for so long; the most files that the server had open meanwhile."""
        kinds = (self._silent, self._head, self._body, self._unread)
        clients = [asyncio.create_task(self._again(kinds[n % 4])) for n in range(SLOW)]
        most, ends = 0, monotonic() + seconds
        while monotonic() < ends:
            await asyncio.sleep(PAUSE_S)
            for pid in deployment.server.worker_pids():
                with suppress(OSError):
                    most = max(most, len(list(Path(f"/proc/{pid}/fd").iterdir())))
        for client in clients:
            client.cancel()
        await asyncio.gather(*clients, return_exceptions=True)
        return most

    async def _again(self, kind: object) -> None:
        assert callable(kind)
        while True:
            with suppress(OSError, asyncio.IncompleteReadError):
                reader, writer = await asyncio.open_connection("127.0.0.1", self._port)
                self.made += 1
                try:
                    await kind(reader, writer)
                finally:
                    writer.close()
            await asyncio.sleep(4 * PAUSE_S)

    async def _silent(self, reader: asyncio.StreamReader, _writer: asyncio.StreamWriter) -> None:
        await reader.read()

    async def _head(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(_HEAD)
        await self._drip(reader, writer, b"x-a: b\r\n")

    async def _body(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(_HEAD + b"content-length: 100000\r\n\r\n")
        await self._drip(reader, writer, b" ")

    async def _unread(self, _reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        # Many requests whose answers are never read.
        writer.transport.pause_reading()  # type: ignore[attr-defined]
        while not writer.is_closing():
            writer.write(b"GET / HTTP/1.1\r\nhost: x\r\n\r\n" * 5)
            await asyncio.wait_for(writer.drain(), 30)
            await asyncio.sleep(10 * PAUSE_S)

    async def _drip(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, drop: bytes
    ) -> None:
        while not (reader.at_eof() or writer.is_closing()):
            writer.write(drop)
            await writer.drain()
            await asyncio.sleep(PAUSE_S)
