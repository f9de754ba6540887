"""Keeps a flood out of the request log: of calls refused for their number, a few a minute."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

from api.pace import Pace

if TYPE_CHECKING:
    from domain.provisioning_entry import ProvisioningEntry, ProvisioningLog

PER_MINUTE = 10


class SparingLog:
    """A request log that of an organization's 429s passes on ten, and then ten a minute."""

    __slots__ = ("_inner", "_pace")

    def __init__(self, inner: ProvisioningLog) -> None:
        self._inner = inner
        self._pace = Pace(PER_MINUTE / 60, burst=PER_MINUTE)

    def record(self, entry: ProvisioningEntry) -> None:
        """Pass the entry on, unless there were enough like it."""
        refused = entry.status_code == HTTPStatus.TOO_MANY_REQUESTS
        if refused and self._pace.turn(entry.organization_id) is not None:
            return
        self._inner.record(entry)
