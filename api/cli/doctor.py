"""`rollcall doctor`: whether everything is as it should be, and what to do where it is not."""

from __future__ import annotations

import typer

from api.checks import (
    Finding,
    Health,
    check_database,
    check_documents,
    check_mail,
    check_public_url,
    check_secret,
)
from api.cli.console import print_rows
from api.cli.session import FAILED, AsJson, run_command, settings_of
from api.database import open_database
from api.settings import Settings
from api.start_error import StartError

app = typer.Typer(add_completion=False)

_COLUMNS = {"what": "check", "health": "state", "text": "found"}


@app.command()
def doctor(as_json: AsJson = False) -> None:
    """Looks at everything and repairs nothing. Exit code 1 when something is broken."""
    settings = settings_of()

    async def work() -> list[Finding]:
        return await _findings(settings)

    findings = run_command(settings, work)
    rows = [
        {"what": finding.what, "health": finding.health, "text": finding.text}
        for finding in findings
    ]
    print_rows(_COLUMNS, rows, as_json=as_json)
    if any(finding.health is Health.BROKEN for finding in findings):
        raise typer.Exit(FAILED)


async def _findings(settings: Settings) -> list[Finding]:
    findings: list[Finding] = []
    try:
        async with open_database(settings) as urls:
            findings += [finding async for finding in check_database(settings, urls)]
    except StartError as error:
        findings.append(Finding("database", Health.BROKEN, str(error)))
    findings.append(check_secret(settings))
    findings.append(await check_mail(settings))
    findings.append(await check_public_url(settings))
    if (documents := check_documents(settings)) is not None:
        findings.append(documents)
    return findings
