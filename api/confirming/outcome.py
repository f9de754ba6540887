"""What came of each member, as one line to read or one line of JSON."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import orjson

from api.plain_text import printable
from api.remote.errors import Unheard
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
        return printable(
            f"{self.result.value:<13}  {self.label}{'  ' if more else ''}{'; '.join(more)}"
        )


def print_outcome(outcome: Outcome, *, as_json: bool) -> None:
    """One line on standard output, at once. Raises Unheard where nothing can be written there."""
    line = orjson.dumps(outcome.as_row()).decode() if as_json else outcome.as_line()
    if sys.stdout is None:  # closed on purpose, as `>&-` does
        return
    try:
        try:
            sys.stdout.write(line + "\n")
        except UnicodeEncodeError:
            plain = json.dumps(outcome.as_row()) if as_json else ascii(line)[1:-1]
            sys.stdout.write(plain + "\n")
        sys.stdout.flush()
    except OSError as error:
        # What is left in the buffer would be tried again, and complained of, at the end.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise Unheard(
            f"What came of each member cannot be written: {error.strerror}. Some may be confirmed"
            " without a line here; start again for the others."
        ) from None
