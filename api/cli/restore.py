"""`rollcall restore`: a backup in the place of the embedded database."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Annotated

import typer

from api.backup import expect_backup, read_backup
from api.cli.console import say
from api.cli.session import embedded_database, fail, settings_of
from api.deployment_secret import secret_file
from api.start_error import StartError

app = typer.Typer(add_completion=False)


@app.command()
def restore(
    file: Annotated[Path, typer.Argument(help="What `rollcall backup` wrote.")],
    replace: Annotated[
        bool, typer.Option("--replace", help="The organizations that are there may go.")
    ] = False,
) -> None:
    """Stop the server first. Everything comes back, or everything stays as it was."""
    settings = settings_of()
    try:
        expect_backup(file)  # before a database is made for nothing
    except StartError as error:
        fail(str(error))
    with embedded_database(settings, make=True) as database:
        asyncio.run(read_backup(database, file, replace=replace))
    say("The backup is in place. The next start brings it to the newest revision.")
    if settings.secret_key is None:
        say(
            "The deployment's secret is not in it: before the server starts, put the copy that you"
            f" kept back as {secret_file(settings)}."
        )
