"""A mail server's box that remembers when each letter came."""

from __future__ import annotations

from time import time
from typing import TYPE_CHECKING

from tests.support.mail_server import Letter, MailServer

if TYPE_CHECKING:
    from collections.abc import Iterator


class Postbox(list[Letter]):
    """The letters that arrived, with the moment of each."""

    def __init__(self) -> None:
        super().__init__()
        self._moments: list[float] = []

    def append(self, letter: Letter) -> None:
        """Keep a letter."""
        super().append(letter)
        self._moments.append(time())

    def by_row(self) -> dict[str, list[float]]:
        """Moments of arrival (Unix time) by the row that was sent."""
        found: dict[str, list[float]] = {}
        for id_, moment in self._stamped():
            found.setdefault(id_, []).append(moment)
        return found

    def doubles(self) -> int:
        """How many letters came a second time."""
        return len(self) - len(self.by_row())

    def _stamped(self) -> Iterator[tuple[str, float]]:
        for letter, moment in zip(self, list(self._moments), strict=False):
            yield letter.content["Message-ID"].strip("<>").partition("@")[0], moment


def mail_settings(mail: MailServer) -> dict[str, str]:
    """Settings under which a server sends its mail there."""
    return {
        "ROLLCALL_SMTP_HOST": "127.0.0.1",
        "ROLLCALL_SMTP_PORT": str(mail.port),
        "ROLLCALL_SMTP_SECURITY": "none",
        "ROLLCALL_MAIL_FROM": "Rollcall <invitations@rollcall.example>",
    }
