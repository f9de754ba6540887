"""A server stops under load, again and again: each request that it took is answered."""

from __future__ import annotations

import asyncio
from time import monotonic
from typing import TYPE_CHECKING

from tests.soak.crew import at_work
from tests.soak.deployment import Deployment
from tests.soak.postbox import Postbox, mail_settings
from tests.support.mail_server import MailServer

if TYPE_CHECKING:
    from tests.soak.report import Report

LOAD_S = 2.0


async def shutdown(report: Report, *, stops: int, seed: str) -> None:
    """SIGTERM while the load goes on, and a new server, so many times."""
    box = Postbox()
    with MailServer(letters=box) as mail:
        deployment = Deployment(mail_settings(mail))
        try:
            crew = await at_work(deployment, seed)
            wrong = []
            for _ in range(stops):
                await asyncio.sleep(LOAD_S)
                began = monotonic()
                if (code := await asyncio.to_thread(deployment.stop)) != 0:
                    wrong.append(f"the server ended with {code}")
                report.note(f"stopped within {monotonic() - began:.2f} s")
                deployment.start_again()
                await deployment.until_ready()
            await asyncio.sleep(LOAD_S)
            crew.still_writing()
            await crew.finish()
            wrong += await crew.verdict(box.by_row)
            report.note(crew.summary())
            if crew.record.troubles:
                wrong.append(f"requests without a proper answer: {dict(crew.record.troubles)}")
            if box.doubles():
                wrong.append(f"{box.doubles()} mails arrived twice")
            report.wrong(wrong)
        finally:
            await asyncio.to_thread(deployment.close)
