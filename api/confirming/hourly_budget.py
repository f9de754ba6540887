"""At most so many confirmations in an hour, however often the program is killed in between.

A member is written down, on disk, before the server is asked to confirm them, and what came of it
afterwards. Who was only asked for counts as confirmed until the server says otherwise. So a kill at
any moment may make the budget smaller for a while, never larger.
"""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import IO

from api.remote.errors import RemoteError
from api.remote.private_file import FOLDER_MODE, write_private
from domain.clock import utc_now

HOUR = timedelta(hours=1)
IN_FLIGHT = timedelta(seconds=90)
"""After this time no request that was sent is still worked on: a server ends each after 10 s."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One confirmation; an open one was asked for, `doubted` when twice without an answer."""

    at: datetime
    open: bool
    doubted: bool = False


class HourlyBudget:
    """What was confirmed in the last hour; without `path` it is forgotten with the program.

    `most` None counts without a limit.
    """

    def __init__(
        self,
        most: int | None,
        path: Path | None = None,
        *,
        now: Callable[[], datetime] = utc_now,
    ) -> None:
        self._most = most
        self._now = now
        self._path = path
        self._entries: dict[str, Entry] = {}
        self._lock: IO[bytes] | None = None
        if path is not None:
            self._lock = _locked(path)
            try:
                self._entries = _read(path)
            except RemoteError:
                self.close()
                raise

    def close(self) -> None:
        """Let other programs use the file."""
        if self._lock is not None:
            self._lock.close()
            self._lock = None

    def left(self, wanted: Iterable[str]) -> set[str]:
        """Which of `wanted`, in their order, may be confirmed now; repeating one costs nothing."""
        self._forget()
        chosen: set[str] = set()
        room = None if self._most is None else self._most - len(self._entries)
        for id_ in wanted:
            if room is None or id_ in self._entries:
                chosen.add(id_)
            elif room > 0:
                chosen.add(id_)
                room -= 1
        return chosen

    def next_room_at(self) -> datetime | None:
        """When there is room again; None where there is room."""
        self._forget()
        if self._most is None or len(self._entries) < self._most:
            return None
        settled = sorted(entry.at for entry in self._entries.values())
        return settled[len(settled) - self._most] + HOUR

    def open_ids(self) -> list[str]:
        """Members that were asked for, and of whom nothing was heard."""
        return [id_ for id_, entry in self._entries.items() if entry.open]

    def reserve(self, ids: Iterable[str]) -> None:
        """Write down who is asked for next. Raises RemoteError."""
        now = self._now()
        for id_ in ids:
            before = self._entries.get(id_)
            self._entries[id_] = Entry(now, open=True, doubted=before is not None)
        self._write()

    def settle(self, changed: Collection[str], unchanged: Collection[str]) -> None:
        """Write down who was confirmed by this, and who was not. Raises RemoteError."""
        now = self._now()
        for id_ in changed:
            self._entries[id_] = Entry(now, open=False)
        for id_ in unchanged:
            entry = self._entries.get(id_)
            if entry is not None and entry.open and entry.doubted:
                # An earlier request, whose answer was lost, may have been the one that did it.
                self._entries[id_] = Entry(now, open=False)
            elif entry is not None and entry.open:
                del self._entries[id_]
        self._write()

    def recover(self, settled: Collection[str]) -> list[str]:
        """Decide about the open ones, of whom `settled` are confirmed now: those that were ours.

        The others are asked for no more, once no request can still be on its way.
        """
        now = self._now()
        ours = [id_ for id_ in self.open_ids() if id_ in settled]
        for id_ in ours:
            self._entries[id_] = Entry(now, open=False)
        for id_ in self.open_ids():
            if self._entries[id_].at < now - IN_FLIGHT:
                del self._entries[id_]
        self._write()
        return ours

    def _forget(self) -> None:
        since = self._now() - HOUR
        self._entries = {
            id_: entry for id_, entry in self._entries.items() if entry.open or entry.at > since
        }

    def _write(self) -> None:
        if self._path is None:
            return
        self._forget()
        rows = {
            id_: {"at": entry.at.isoformat(), "open": entry.open, "doubted": entry.doubted}
            for id_, entry in self._entries.items()
        }
        write_private(self._path, json.dumps(rows, indent=1) + "\n")


def _locked(path: Path) -> IO[bytes]:
    """A lock beside the file, held until it is closed or the process ends."""
    try:
        path.parent.mkdir(mode=FOLDER_MODE, parents=True, exist_ok=True)
        descriptor = os.open(f"{path}.lock", os.O_RDWR | os.O_CREAT, 0o600)
        file = os.fdopen(descriptor, "rb")
    except OSError as error:
        raise RemoteError(f"{path}.lock cannot be written: {error.strerror}.") from None
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        file.close()
        raise RemoteError(
            f"Another rollcall confirm uses {path}. Let it end, or give this one its own --state."
        ) from None
    return file


def _read(path: Path) -> dict[str, Entry]:
    try:
        rows = json.loads(path.read_text("utf-8")) if path.exists() else {}
        return {
            str(id_): Entry(
                datetime.fromisoformat(row["at"]), bool(row["open"]), bool(row["doubted"])
            )
            for id_, row in rows.items()
        }
    except OSError as error:
        raise RemoteError(f"{path} cannot be read: {error.strerror}.") from None
    except (ValueError, KeyError, TypeError, AttributeError):
        # Forgetting would give a new budget: a person decides.
        raise RemoteError(
            f"{path} is no record of confirmations. If an hour has passed, delete it."
        ) from None
