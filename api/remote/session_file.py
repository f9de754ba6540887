"""The sessions of a person at this machine, one for each server, in one private file."""

from __future__ import annotations

import hashlib
import json
import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from api.remote.errors import RemoteError
from api.remote.private_file import read_private, write_private


@dataclass(frozen=True, slots=True)
class StoredSession:
    """A session as a Cookie header, and whose it is."""

    email: str
    cookie: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class SessionFile:
    """The file; one that does not exist holds no session."""

    path: Path

    def find(self, url: str) -> StoredSession | None:
        """The session at that server. Raises RemoteError."""
        entry = self._read().get(url)
        return None if entry is None else StoredSession(entry["email"], entry["cookie"])

    def keep(self, url: str, session: StoredSession) -> None:
        """Remember a session, in place of the one before. Raises RemoteError."""
        self._write(self._read() | {url: {"email": session.email, "cookie": session.cookie}})

    def forget(self, url: str) -> None:
        """Forget the session at that server, if there is one. Raises RemoteError."""
        known = self._read()
        if known.pop(url, None) is not None:
            self._write(known)

    def _read(self) -> dict[str, Any]:
        if not self.path.exists():
            return {}
        try:
            known = json.loads(read_private(self.path) or "{}")
            for entry in known.values():
                StoredSession(str(entry["email"]), str(entry["cookie"]))
        except (ValueError, AttributeError, TypeError, KeyError):
            raise RemoteError(f"{self.path} is no file of sessions.") from None
        found: dict[str, Any] = known
        return found

    def _write(self, known: dict[str, Any]) -> None:
        write_private(self.path, json.dumps(known, indent=2) + "\n")


def config_folder() -> Path:
    """Where this person's sessions are kept (XDG base directories)."""
    return _folder("XDG_CONFIG_HOME", ".config")


def state_file(purpose: str, url: str, organization_id: str) -> Path:
    """Where commands remember what is under way for that purpose in an organization of a server."""
    name = hashlib.sha256(f"{url} {organization_id}".encode()).hexdigest()[:16]
    return _folder("XDG_STATE_HOME", ".local/state") / f"{purpose}-{name}.json"


def _folder(variable: str, otherwise: str) -> Path:
    named = os.environ.get(variable, "")
    # The standard has relative paths ignored.
    base = Path(named) if named.startswith("/") else Path.home() / otherwise
    return base / "rollcall"
