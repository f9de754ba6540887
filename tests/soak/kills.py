"""The fault checker: kill -9 of server processes, parent and database while a mixed load writes."""

from __future__ import annotations

import asyncio
from random import Random
from time import time
from typing import TYPE_CHECKING

from tests.soak.crew import Crew
from tests.soak.deployment import Deployment
from tests.soak.disturber import KINDS, Disturber
from tests.soak.report import Report
from tests.support.mail_server import Letter, MailServer

if TYPE_CHECKING:
    from collections.abc import Iterator

EVERY_S = 6.0
LONG_S = 120.0


class Postbox(list[Letter]):
    """The letters that arrived, with the moment of each."""

    def __init__(self) -> None:
        super().__init__()
        self.moments: list[float] = []

    def append(self, letter: Letter) -> None:
        """Keep a letter."""
        super().append(letter)
        self.moments.append(time())

    def by_invitation(self) -> dict[str, list[float]]:
        """Moments of arrival by invitation."""
        found: dict[str, list[float]] = {}
        for id_, moment in self._stamped():
            found.setdefault(id_, []).append(moment)
        return found

    def _stamped(self) -> Iterator[tuple[str, float]]:
        for letter, moment in zip(self, list(self.moments), strict=False):
            yield letter.content["Message-ID"].strip("<>").partition("@")[0], moment


def mail_settings(mail: MailServer) -> dict[str, str]:
    """Settings under which a server sends its mail there."""
    return {
        "ROLLCALL_SMTP_HOST": "127.0.0.1",
        "ROLLCALL_SMTP_PORT": str(mail.port),
        "ROLLCALL_SMTP_SECURITY": "none",
        "ROLLCALL_MAIL_FROM": "Rollcall <invitations@rollcall.example>",
    }


async def kills(
    report: Report, *, seconds: float, seed: str, first: tuple[str, ...] = KINDS
) -> None:
    """Run the load for so long while things are killed, and compare afterwards."""
    box = Postbox()
    with MailServer(letters=box) as mail:
        deployment = Deployment(mail_settings(mail))
        try:
            await _kills(report, deployment, box, seconds=seconds, seed=seed, first=first)
        finally:
            await asyncio.to_thread(deployment.close)


async def _kills(
    report: Report,
    deployment: Deployment,
    box: Postbox,
    *,
    seconds: float,
    seed: str,
    first: tuple[str, ...],
) -> None:
    await deployment.until_ready()
    made = await asyncio.to_thread(deployment.server.init, "Soak")
    url = await asyncio.to_thread(deployment.superuser_url)
    crew = Crew([deployment.url], seed, made, url)
    await crew.gather()
    crew.start()
    disturber = Disturber(deployment, Random(f"{seed}/faults"), every_s=min(EVERY_S, seconds / 8))
    await disturber.run(seconds, first)
    crew.still_writing()
    await deployment.until_ready()
    await crew.finish()
    crew.faults = disturber.faults
    # A killed sender's claims run out after three minutes; a short run does not wait for that.
    wrong = await crew.verdict(box.by_invitation, hurry=seconds < LONG_S)
    report.note(f"{len(disturber.faults)} kills: {' '.join(f.kind for f in disturber.faults)}")
    report.note(crew.summary())
    report.note(f"{len(box)} mails arrived, {len(box) - len(box.by_invitation())} a second time")
    report.note(f"troubles: {dict(crew.record.troubles)}")
    verified = await asyncio.to_thread(
        deployment.server.rollcall, "audit", "verify", "-o", crew.organization_id
    )
    if verified.returncode != 0:
        wrong.append(f"the history does not hold: {verified.stdout} {verified.stderr}")
    code = await asyncio.to_thread(deployment.stop)
    if code != 0:
        wrong.append(f"the server ended with {code} when it was asked to stop")
    report.wrong(wrong)
