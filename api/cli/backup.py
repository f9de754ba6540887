"""`rollcall backup`: the embedded database as one file."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path
from typing import Annotated

import typer

from api.backup import count_organizations, new_file, write_backup
from api.cli.console import say
from api.cli.session import embedded_database, settings_of
from api.deployment_secret import secret_file

app = typer.Typer(add_completion=False)


@app.command()
def backup(
    file: Annotated[str, typer.Argument(help="A file that does not exist yet; - is the output.")],
) -> None:
    """May run while the server does; the file is as of one moment. See docs/backup.md."""
    settings = settings_of()
    with embedded_database(settings) as database:
        held = asyncio.run(count_organizations(database.addresses().owner_url))
        if file == "-":
            write_backup(database, sys.stdout.buffer)
            sys.stdout.buffer.flush()
        else:
            with new_file(Path(file)) as target:
                write_backup(database, target)
    what = "The output" if file == "-" else file
    named = "1 organization" if held == 1 else f"{held} organizations"
    say(f"{what} holds {named}: all of {database.data_dir}.")
    if settings.secret_key is None:
        say(
            f"The deployment's secret is not in it: keep a copy of {secret_file(settings)}, but not"
            " beside the backup."
        )
