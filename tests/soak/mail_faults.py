"""A mail server hangs, refuses, hangs up amid a mail: changes go on, and no mail is lost."""

from __future__ import annotations

import asyncio
from time import monotonic, time
from typing import TYPE_CHECKING

from tests.soak.crew import at_work
from tests.soak.deployment import Deployment
from tests.soak.postbox import Postbox, mail_settings
from tests.soak.verdict import Fault
from tests.support.mail_server import MailServer, answer, hang, hang_up

if TYPE_CHECKING:
    from tests.soak.report import Report
    from tests.support.mail_server import Behaviour


async def mail_faults(report: Report, *, seconds: float, seed: str) -> None:
    """Each trouble for so long while people are invited; at the end every mail has arrived."""
    box = Postbox()
    with MailServer(letters=box) as mail:
        deployment = Deployment(mail_settings(mail))
        try:
            crew = await at_work(deployment, seed, scim=2, admin=2)
            for name, (step, behaviour) in _TROUBLES.items():
                began, moment, before = monotonic(), time(), len(box)
                setattr(mail, step, behaviour)
                await asyncio.sleep(seconds)
                arrived = len(box) - before
                setattr(mail, step, None)
                crew.faults.append(Fault(f"mail {name}", moment, monotonic() - began))
                report.note(f"{name} for {seconds:g} s: {arrived} mails arrived meanwhile")
                await asyncio.sleep(seconds / 4)
            crew.still_writing()
            await crew.finish()
            # What was refused for now waits 30 s and more for its next turn.
            wrong = await crew.verdict(box.by_row, hurry=True, sooner=True)
            report.note(crew.summary())
            report.note(f"{len(box)} mails arrived, {box.doubles()} a second time")
            if crew.record.troubles:
                wrong.append(f"changes were disturbed: {dict(crew.record.troubles)}")
            if box.doubles():
                wrong.append(f"{box.doubles()} mails arrived twice, though nobody took them twice")
            wrong += await deployment.ends_in_order()
            report.wrong(wrong)
        finally:
            await asyncio.to_thread(deployment.close)


_TROUBLES: dict[str, tuple[str, Behaviour]] = {
    "hangs at the sender": ("on_sender", hang),
    "hangs amid the mail": ("on_content", hang),
    "refuses for now": ("on_content", answer("451 4.3.0 come again")),
    "refuses everybody": ("on_sender", answer("421 4.3.2 closing")),
    "hangs up amid the mail": ("on_content", hang_up),
}
