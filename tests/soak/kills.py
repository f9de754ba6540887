"""The fault checker: kill -9 of server processes, parent and database while a mixed load writes."""

from __future__ import annotations

import asyncio
from random import Random

from tests.soak.crew import at_work
from tests.soak.deployment import Deployment
from tests.soak.disturber import KINDS, Disturber
from tests.soak.postbox import Postbox, mail_settings
from tests.soak.report import Report
from tests.support.mail_server import MailServer

EVERY_S = 6.0
LONG_S = 120.0


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
    crew = await at_work(deployment, seed)
    disturber = Disturber(deployment, Random(f"{seed}/faults"), every_s=min(EVERY_S, seconds / 8))
    await disturber.run(seconds, first)
    crew.still_writing()
    await deployment.until_ready()
    await crew.finish()
    crew.faults = disturber.faults
    # A killed sender's claims run out after three minutes; a short run does not wait for that.
    wrong = await crew.verdict(box.by_row, hurry=seconds < LONG_S)
    report.note(f"{len(disturber.faults)} kills: {' '.join(f.kind for f in disturber.faults)}")
    report.note(crew.summary())
    report.note(f"{len(box)} mails arrived, {box.doubles()} a second time")
    report.note(f"troubles: {dict(crew.record.troubles)}")
    wrong += await deployment.history_holds(crew.organization_id)
    wrong += await deployment.ends_in_order()
    report.wrong(wrong)
