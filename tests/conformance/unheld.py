"""Rules that no request can prove or that do not hold here, each with the reason."""

from __future__ import annotations

from typing import Final

_NO_EVENTS: Final = "Security events and asynchronous answers (RFC 9967) are not offered."

UNHELD: Final = {
    "HTTP-01": "TLS ends at the proxy in front of Rollcall; Rollcall itself speaks plain HTTP.",
    "ME-02": "/Me is not offered, see ME-01.",
    "EVT-02": _NO_EVENTS,
    "EVT-04": _NO_EVENTS,
    "EVT-05": _NO_EVENTS,
    "EVT-06": _NO_EVENTS,
}
"""Ids of the catalogue without a check."""
