"""What came of each member, as one line to read or one line of JSON."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import orjson

from api.remote.work_list import Waiting


class Result(StrEnum):
    """What came of it."""

    CONFIRMED = "confirmed"
    REWRAPPED = "rewrapped"
    UNCHANGED = "unchanged"
    WOULD_CONFIRM = "would confirm"
    LEFT = "left"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Outcome:
    """Of one member; `code` is the server's UserErrorCode where it refused."""

    member_id: str | None
    label: str
    result: Result
    reason: str | None = None
    fingerprint: str | None = None
    code: str | None = None
    message: str | None = None

    @classmethod
    def of(
        cls, waiting: Waiting, result: Result, message: str | None = None, code: str | None = None
    ) -> Outcome:
        """For somebody of the work list."""
        return cls(
            waiting.id, waiting.label, result, waiting.reason, waiting.fingerprint, code, message
        )

    def as_row(self) -> Mapping[str, Any]:
        """For programs; every key is always there."""
        return {
            "memberId": self.member_id,
            "email": self.label,
            "result": self.result.name,
            "reason": self.reason,
            "fingerprint": self.fingerprint,
            "code": self.code,
            "message": self.message,
        }

    def as_line(self) -> str:
        """For people."""
        more = [text for text in (self.message, self.fingerprint) if text]
        line = f"{self.result.value:<13}  {self.label}{'  ' if more else ''}{'; '.join(more)}"
        # Names come from elsewhere: none may steer the terminal.
        return "".join(
            letter if letter.isprintable() else "\N{REPLACEMENT CHARACTER}" for letter in line
        )


def print_outcome(outcome: Outcome, *, as_json: bool) -> None:
    """One line on standard output, at once."""
    line = orjson.dumps(outcome.as_row()).decode() if as_json else outcome.as_line()
    sys.stdout.write(line + "\n")
    sys.stdout.flush()
